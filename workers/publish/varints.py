"""Protocol buffers' whole numbers, many at once: seven bits a byte, low ones first, none too long."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Large = NDArray[np.uint64]
Lengths = NDArray[np.uint8]
Bytes = NDArray[np.uint8]
_Signed = TypeVar("_Signed", int, NDArray[np.int64])

_BITS = 7
_MORE = 0x80
# The least numbers that need a second, a third ... byte.
_STEPS = tuple(1 << _BITS * more for more in range(1, 10))


def zigzag(number: _Signed) -> _Signed:
    """Return signed numbers as unsigned ones, small in either direction: 0, -1, 1, -2 are 0, 1, 2, 3."""
    return number << 1 ^ number >> 63


def lengths(numbers: Numbers | Large) -> Lengths:
    """Return how many bytes each number takes."""
    found = np.ones(numbers.shape, dtype=np.uint8)
    largest = int(numbers.max(initial=0))
    for step in _STEPS:
        if largest < step:
            break
        found += numbers >= numbers.dtype.type(step)
    return found


def pack(numbers: Numbers | Large, taken: Lengths, at: NDArray[np.int64]) -> Bytes:
    """Return the bytes of numbers in a row.

    `taken` is what `lengths` says of them, and `at` where each begins and, at last, where all end.
    """
    packed = np.empty(int(at[-1]), dtype=np.uint8)
    packed[at[:-1]] = _digits(numbers, taken > 1)
    for byte in range(1, int(taken.max(initial=1))):
        longer = np.flatnonzero(taken > byte)
        rest = numbers[longer] >> numbers.dtype.type(_BITS * byte)
        packed[at[longer] + byte] = _digits(rest, taken[longer] > byte + 1)
    return packed


def _digits(numbers: Numbers | Large, more: NDArray[np.bool_]) -> Bytes:
    """Return the low seven bits of each, marked where more follow."""
    low: Bytes = numbers.astype(np.uint8) & np.uint8(_MORE - 1)
    low |= more.view(np.uint8) << np.uint8(_BITS)
    return low


_SHORT = [bytes([number]) for number in range(_MORE)]


def varint(number: int) -> bytes:
    """Return the bytes of one number of any size."""
    if number < _MORE:
        return _SHORT[number]
    out = bytearray()
    while number >= _MORE:
        out.append(number & _MORE - 1 | _MORE)
        number >>= _BITS
    out.append(number)
    return bytes(out)


def message(field: int, body: bytes) -> bytes:
    """Return a field that holds bytes: a text, a message, or packed numbers."""
    return b"".join((varint(field << 3 | 2), varint(len(body)), body))


def number(field: int, value: int) -> bytes:
    """Return a field that holds one number."""
    return varint(field << 3) + varint(value)
