"""A reader of protocol buffers' wire that accepts only what is as short as it can be."""


def fields(data):
    """The fields of a message as (number, content): bytes, or the number it holds."""
    found, at = [], 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            content, at = _varint(data, at)
        elif key & 7 == 1:
            content, at = data[at : at + 8], at + 8
        else:
            assert key & 7 == 2
            size, at = _varint(data, at)
            assert at + size <= len(data)
            content, at = data[at : at + size], at + size
        found.append((key >> 3, content))
    return found


def numbers(data):
    """Packed numbers."""
    found, at = [], 0
    while at < len(data):
        one, at = _varint(data, at)
        found.append(one)
    return found


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
        if byte < 128:
            assert byte or shift == 7, "a number with a byte that says nothing"
            return value, at
