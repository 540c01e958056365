"""Mapbox Vector Tiles 2.1, all tiles of a zoom at once: the same features always give the same bytes.

A tile of one layer is its name, its features, the words and the values they use, and two numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.publish.pieces import Index, Pieces
from workers.publish.varints import lengths, message, number, pack, varint, zigzag
from workers.publish.wire import Around, Said, write_tiles

EXTENT = 4096
Value = str | bool | int | float
Column = Sequence[Value | None] | NDArray[np.int64]
Columns = Mapping[str, Column]


@dataclass(frozen=True, eq=False)
class Table:
    """What features say: which of the distinct values stands in which row and column, -1 for none."""

    keys: tuple[str, ...]
    codes: NDArray[np.int32]
    values: NDArray[np.uint8]
    starts: Index


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
    words = b"".join(message(3, key.encode()) for key in table.keys)
    around = (message(1, layer.encode()), words, number(5, EXTENT) + number(15, 2))
    said = Said(table.codes, table.values, table.starts)
    return write_tiles(pieces, said, Around(*(np.frombuffer(each, dtype=np.uint8) for each in around)))
