"""Whether capitalised words stand where the name of a place does."""

from __future__ import annotations

from workers.anonymise.words import neighbours as by
from workers.anonymise.words.reading import Reading

_BACK, _LISTED = 4, 4


def at_place(reading: Reading, language: str, first: int, last: int) -> bool:
    """Tell whether the words before, or after, say that a place is named."""
    if language == "hi":
        return reading.key(last + 1) in by.PLACE_AFTER
    for _ in range(_LISTED):
        before = reading.key(first - 1)
        if not first or (before not in by.AND and "," not in reading.gap(first - 1)):
            return _says_place(reading, language, first - 1)
        # "in X and Y", "from X, Y": what stands before the first of them counts.
        earlier = first - 2 if before in by.AND else first - 1
        if earlier < 0 or not reading.words[earlier].capital:
            return False
        first, _ = reading.run(earlier)
    return False


def _says_place(reading: Reading, language: str, index: int) -> bool:
    before = reading.key(index)
    if before in by.AT_PLACE or (before in by.FILLERS and reading.key(index - 1) in by.AT_PLACE):
        return True
    return before in by.EITHER and _leads_to_place(reading, language, index, before)


def _leads_to_place(reading: Reading, language: str, index: int, before: str) -> bool:
    earlier = [reading.key(each) for each in range(max(0, index - _BACK), index)]
    if any(key in by.TOLD or key in by.PEOPLE for key in earlier):
        return False
    return before not in {"a", "al", "ao"} or language == "fr" or any(key in by.GOES for key in earlier)
