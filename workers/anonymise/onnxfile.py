"""Opens the fixed shapes of an ONNX file, on the protobuf wire, without the onnx package."""

from collections.abc import Iterator

# Field numbers of the messages in onnx.proto3.
MODEL_IR_VERSION, MODEL_GRAPH = 1, 7
GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO = 11, 12, 13
VALUE_NAME = 1
# Since this version of the format an initializer need not also be an input, and can then be folded into the graph.
FOLDABLE_IR_VERSION = 4

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
# The high bit of a byte of a varint: another byte follows.
MORE = 0x80
FIXED_SIZES = {FIXED64: 8, FIXED32: 4}

Field = tuple[int, bytes, bytes]


def open_shapes(model: bytes, *, input_name: str) -> bytes:
    """Return the same model with one input of shape (1, 3, any, any) and with outputs of any shape.

    Initializers that older exporters also listed as inputs are listed no more, so that the runtime may fold them.
    """
    parts = [_message(1, FOLDABLE_IR_VERSION.to_bytes(1), kind=VARINT)]
    for number, body, whole in _fields(model):
        if number == MODEL_GRAPH:
            parts.append(_message(MODEL_GRAPH, _open_graph(body, input_name)))
        elif number != MODEL_IR_VERSION:
            parts.append(whole)
    return b"".join(parts)


def _open_graph(graph: bytes, input_name: str) -> bytes:
    wanted = input_name.encode()
    parts = [_message(GRAPH_INPUT, _tensor(wanted, (1, 3, "height", "width")))]
    for number, body, whole in _fields(graph):
        if number == GRAPH_OUTPUT:
            parts.append(_message(GRAPH_OUTPUT, _tensor(_name(body), None)))
        elif number not in {GRAPH_INPUT, GRAPH_VALUE_INFO}:
            parts.append(whole)
    return b"".join(parts)


def _name(value: bytes) -> bytes:
    return next(body for number, body, _ in _fields(value) if number == VALUE_NAME)


def _tensor(name: bytes, shape: tuple[int | str, ...] | None) -> bytes:
    """Encode a ValueInfoProto of a float tensor."""
    tensor = _message(1, b"\x01", kind=VARINT)
    if shape is not None:
        tensor += _message(2, b"".join(_message(1, _dimension(size)) for size in shape))
    return _message(VALUE_NAME, name) + _message(2, _message(1, tensor))


def _dimension(size: int | str) -> bytes:
    if isinstance(size, int):
        return _message(1, _varint(size), kind=VARINT)
    return _message(2, size.encode())


def _message(number: int, body: bytes, *, kind: int = BYTES) -> bytes:
    head = _varint(number << 3 | kind)
    return head + _varint(len(body)) + body if kind == BYTES else head + body


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= MORE:
        out.append(value % MORE | MORE)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte % MORE) << shift
        at += 1
        shift += 7
        if byte < MORE:
            return value, at


def _fields(data: bytes) -> Iterator[Field]:
    """Each field of a message: its number, its content, and the field as it stands."""
    at = 0
    while at < len(data):
        start = at
        tag, at = _read_varint(data, at)
        kind = tag & 7
        if kind == VARINT:
            first, (_, at) = at, _read_varint(data, at)
        else:
            size, at = _read_varint(data, at) if kind == BYTES else (FIXED_SIZES[kind], at)
            first, at = at, at + size
        yield tag >> 3, data[first:at], data[start:at]
