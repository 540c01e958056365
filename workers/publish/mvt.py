"""Mapbox Vector Tiles 2.1, all tiles of a zoom at once: the same features always give the same bytes.

A tile of one layer is its name, its features, the words and the values they use, and two numbers.
Features are nothing but variable-length numbers, so those of many tiles are laid out in one array,
packed together, and cut where a tile ends.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workers.publish.pieces import Index, Pieces, ragged
from workers.publish.varints import Lengths, Numbers, lengths, message, number, pack, varint, zigzag

EXTENT = 4096
POLYGON = 3
Value = str | bool | int | float
Column = Sequence[Value | None] | NDArray[np.int64]
Columns = Mapping[str, Column]
# What stands before a feature's tags, between them and the geometry, and as numbers in between.
_FEATURE, _TAGS, _TYPE, _GEOMETRY = 2 << 3 | 2, 2 << 3 | 2, 3 << 3, 4 << 3 | 2
_HEAD, _MIDDLE = 4, 4
# How much is looked at together: marks of (tile, value), and pieces. More no longer fits a processor's cache.
_MARKS, _PIECES = 2_000_000, 8_000


@dataclass(frozen=True, eq=False)
class Table:
    """What features say: which of the distinct values stands in which row and column, -1 for none."""

    keys: tuple[str, ...]
    codes: NDArray[np.int32]
    values: NDArray[np.uint8]
    starts: Index

    @property
    def distinct(self) -> int:
        """Return how many values there are."""
        return len(self.starts) - 1


def table_of(columns: Columns) -> Table:
    """Return a table of columns that are equally long; values are numbered as they first come.

    A column without gaps may be an array of whole numbers, which is looked at all at once.
    """
    whole = [name for name, told in columns.items() if isinstance(told, np.ndarray)]
    distinct, numbered = _whole_numbers([columns[name] for name in whole])
    codes = dict(zip(whole, numbered, strict=True))
    numbers: dict[tuple[type, Value], int] = {}
    for name in columns:
        if name not in codes and any(one is not None for one in columns[name]):
            codes[name] = _numbered(numbers, columns[name], len(distinct.starts) - 1)
    keys = tuple(name for name in columns if name in codes)
    rows = len(next(iter(columns.values()), ()))
    grid = np.array([codes[key] for key in keys], dtype=np.int32).T.reshape(rows, len(keys))
    told = [message(4, _value(value)) for _, value in numbers]
    values = np.concatenate([distinct.values, np.frombuffer(b"".join(told), dtype=np.uint8)])
    ends = len(distinct.values) + np.cumsum([len(one) for one in told], dtype=np.int64)
    return Table(keys, grid, values, np.concatenate([distinct.starts, ends]))


def _numbered(numbers: dict[tuple[type, Value], int], told: Column, first: int) -> list[int]:
    """Return a number for each value of a column, -1 for none; new ones go on from `first`."""
    return [-1 if one is None else first + numbers.setdefault((type(one), one), len(numbers)) for one in told]


@dataclass(frozen=True, eq=False)
class _Distinct:
    """Values as messages in a row, and where each begins and at last all end."""

    values: NDArray[np.uint8]
    starts: Index


def _whole_numbers(columns: Sequence[Column]) -> tuple[_Distinct, NDArray[np.int64]]:
    """Return the distinct values of columns of whole numbers, and the number of each row's."""
    stacked = np.array(columns, dtype=np.int64)
    found, numbered = np.unique(stacked, return_inverse=True)
    coded = np.where(found < 0, zigzag(found), found).astype(np.uint64)
    field = np.where(found < 0, np.uint64(6 << 3), np.uint64(4 << 3))
    head = np.full(len(found), 4 << 3 | 2, dtype=np.uint64)
    told = np.column_stack([head, 1 + lengths(coded).astype(np.uint64), field, coded])
    taken = lengths(told.ravel())
    at = np.concatenate([[0], np.cumsum(taken, dtype=np.int64)])
    return _Distinct(pack(told.ravel(), taken, at), at[::4]), numbered.reshape(stacked.shape)


def _value(value: Value) -> bytes:
    """Return a value message: text 1, double 3, whole number 4, one below zero 6, truth 7."""
    match value:
        case bool():
            return number(7, int(value))
        case int():
            return number(4, value) if value >= 0 else number(6, zigzag(value))
        case float():
            return varint(3 << 3 | 1) + struct.pack("<d", value)
        case _:
            return message(1, value.encode())


def encode_tiles(layer: str, table: Table, pieces: Pieces) -> Iterator[bytes]:
    """Yield the tiles 0, 1, 2 ... that pieces lie in, each with one layer of polygons.

    `pieces` are in the order of their tiles; exterior rings have to turn so that their area is
    positive with y to the south.
    """
    head = message(1, layer.encode())
    words = b"".join(message(3, key.encode()) for key in table.keys)
    tail = number(5, EXTENT) + number(15, 2)
    for part in pieces.parts(max(1, _MARKS // max(1, table.distinct)), _PIECES):
        tags, told = _tags(table, part)
        for features, values in zip(_features(part, tags), told, strict=True):
            yield message(3, b"".join((head, features, words, values, tail)))


@dataclass(frozen=True, eq=False)
class _Tags:
    """Pairs of a key's and a value's place in the tile, of all pieces in a row, `sizes` numbers each."""

    numbers: Numbers
    sizes: Index


def _tags(table: Table, pieces: Pieces) -> tuple[_Tags, list[bytes]]:
    """Return the tags of pieces, and the values that each tile has to tell for them."""
    codes = table.codes[pieces.rows]
    marks = codes + (pieces.tiles * table.distinct)[:, None]
    there = codes >= 0
    used = np.zeros(pieces.count * table.distinct, dtype=bool)
    used[marks[there]] = True
    found = np.flatnonzero(used)
    first = np.searchsorted(found, np.arange(pieces.count + 1) * table.distinct)
    place = np.empty(len(used), dtype=np.uint32)
    place[found] = np.arange(len(found)) - np.repeat(first[:-1], np.diff(first))
    pairs = np.empty((*codes.shape, 2), dtype=np.uint32)
    pairs[..., 0] = np.arange(len(table.keys))
    pairs[..., 1] = place[np.where(there, marks, 0)] if len(place) else 0
    sizes = 2 * there.sum(axis=1)
    return _Tags(pairs[there].ravel(), sizes), _told(table, found, first)


def _told(table: Table, found: Index, first: Index) -> list[bytes]:
    """Return for each tile the values that it uses, one after the other."""
    codes = found % max(1, table.distinct)
    sizes = table.starts[codes + 1] - table.starts[codes]
    told = table.values[ragged(table.starts[codes], sizes)].tobytes()
    ends = np.concatenate([[0], np.cumsum(sizes)])[first].tolist()
    return [told[start:end] for start, end in pairwise(ends)]


def _features(pieces: Pieces, tags: _Tags) -> list[bytes]:
    """Return for each tile its features, one after the other."""
    widths = _HEAD + tags.sizes + _MIDDLE + pieces.sizes
    ends = np.cumsum(widths)
    starts = ends - widths
    numbers = np.zeros(int(ends[-1]), dtype=np.uint32)
    middles = starts + _HEAD + tags.sizes
    numbers[ragged(starts + _HEAD, tags.sizes)] = tags.numbers
    pieces.write(numbers, middles + _MIDDLE)
    taken = _measure(numbers, starts, middles, ends)
    at = np.concatenate([[0], np.cumsum(taken, dtype=np.int64)])
    packed = pack(numbers, taken, at).tobytes()
    cuts = np.searchsorted(pieces.tiles, np.arange(pieces.count + 1))
    edges = at[np.append(starts, len(numbers))[cuts]].tolist()
    return [packed[start:end] for start, end in pairwise(edges)]


def _measure(numbers: Numbers, starts: Index, middles: Index, ends: Index) -> Lengths:
    """Write the fields' names and their lengths in bytes; return how many bytes each number takes."""
    taken = lengths(numbers)
    at = np.concatenate([[0], np.cumsum(taken, dtype=np.int64)])
    tags = (at[middles] - at[starts + _HEAD]).astype(np.uint32)
    geometry = (at[ends] - at[middles + _MIDDLE]).astype(np.uint32)
    sizes = lengths(tags), lengths(geometry)
    whole = (tags + geometry + sizes[0] + sizes[1] + np.uint32(_MIDDLE)).astype(np.uint32)
    written = ((starts, _FEATURE), (starts + 1, whole), (starts + 2, _TAGS), (starts + 3, tags))
    for place, told in (*written, (middles, _TYPE), (middles + 1, POLYGON), (middles + 2, _GEOMETRY)):
        numbers[place] = told
    numbers[middles + 3] = geometry
    taken[starts + 1], taken[starts + 3], taken[middles + 3] = lengths(whole), *sizes
    return taken
