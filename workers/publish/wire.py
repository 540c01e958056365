"""The bytes of vector tiles, written in one pass over their pieces (Mapbox Vector Tile 2.1, 4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.publish.compiled import compiled
from workers.publish.pieces import CLOSE, LINE, MOVE, Index, Pieces
from workers.publish.varints import Bytes, Numbers

POLYGON = 3
# What stands before a layer, and in one before a feature, its tags, its type and its geometry.
_LAYER, _FEATURE, _TAGS, _TYPE, _GEOMETRY = 3 << 3 | 2, 2 << 3 | 2, 2 << 3 | 2, 3 << 3, 4 << 3 | 2
_AROUND = 4  # bytes of a feature's names of fields and its type
_MORE, _BITS = 0x80, 7
_THREE_LINES, _OF_SQUARE = 3 << 3 | LINE, 11
# The most bytes that a number of 32 bits takes, and what stands around a layer or a feature.
_LONGEST, _HEAD = 5, 6


class Drawn(NamedTuple):
    """Pieces in the order of their tiles: tile, feature, and which of the rectangles and then outlines they are.

    Rectangles have a row of edges each; outlines are commands in a row, where each begins and how many.
    """

    tiles: Index
    rows: Index
    turn: Index
    edges: Index
    commands: Numbers
    starts: Index
    sizes: Index


class Said(NamedTuple):
    """What features say: the number of the value in each row and column, -1 for none, and the values.

    Values are messages in a row; `starts` is where each begins and, at last, where all end.
    """

    codes: NDArray[np.int32]
    values: Bytes
    starts: Index


class Around(NamedTuple):
    """What stands in every tile before its features, after them, and at its end."""

    head: Bytes
    words: Bytes
    tail: Bytes


class Met(NamedTuple):
    """The values that were met: of each, in which tile last and as which number in it.

    `seen` tells how many the tile at hand has, and then which they are in the order of their numbers.
    """

    held: Index
    seen: Index


@compiled
def _size(number: int) -> int:
    size = 1
    while number >= _MORE:
        number >>= _BITS
        size += 1
    return size


@compiled
def _put(out: Bytes, at: int, number: int) -> int:
    """Write a number, seven bits a byte, low ones first; return where it ends."""
    while number >= _MORE:
        out[at] = number & (_MORE - 1) | _MORE
        number >>= _BITS
        at += 1
    out[at] = number
    return at + 1


@compiled
def _copy(out: Bytes, at: int, told: Bytes, first: int, last: int) -> int:
    for each in range(last - first):
        out[at + each] = told[first + each]
    return at + last - first


@compiled
def _signed(number: int) -> int:
    return number << 1 ^ number >> 63


@compiled
def _square(out: Bytes, edges: Index, row: int) -> int:
    """Write the commands of a rectangle; return how many bytes they are."""
    west, north = edges[row, 0], edges[row, 1]
    across, down = 2 * (edges[row, 2] - west), 2 * (edges[row, 3] - north)
    out[0] = MOVE
    at = _put(out, _put(out, 1, _signed(west)), _signed(north))
    out[at] = _THREE_LINES
    at = _put(out, at + 1, across)
    out[at] = out[at + 1] = 0
    at = _put(out, _put(out, at + 2, down), across - 1)
    out[at], out[at + 1] = 0, CLOSE
    return at + 2


@compiled
def _outline(out: Bytes, drawn: Drawn, number: int) -> int:
    """Write the commands of another shape; return how many bytes they are."""
    at = 0
    for each in range(drawn.starts[number], drawn.starts[number] + drawn.sizes[number]):
        at = _put(out, at, drawn.commands[each])
    return at


@compiled
def _tags(out: Bytes, codes: NDArray[np.int32], row: int, tile: int, met: Met) -> int:
    """Write the pairs of a row's keys and values; return how many bytes they are."""
    held, seen = met
    at = 0
    for key in range(codes.shape[1]):
        code = codes[row, key]
        if code >= 0:
            if held[code, 0] != tile:
                held[code, 0], held[code, 1] = tile, seen[0]
                seen[0] += 1
                seen[seen[0]] = code
            at = _put(out, _put(out, at, key), held[code, 1])
    return at


@compiled
def _feature(out: Bytes, at: int, tags: Bytes, lines: Bytes, sizes: tuple[int, int]) -> int:
    """Write one feature of so many bytes of tags and of commands; return where it ends."""
    told, drawn = sizes
    out[at] = _FEATURE
    at = _put(out, at + 1, _AROUND + _size(told) + told + _size(drawn) + drawn)
    out[at] = _TAGS
    at = _copy(out, _put(out, at + 1, told), tags, 0, told)
    out[at], out[at + 1], out[at + 2] = _TYPE, POLYGON, _GEOMETRY
    return _copy(out, _put(out, at + 3, drawn), lines, 0, drawn)


@compiled
def _end(out: Bytes, at: int, around: Around, said: Said, seen: Index) -> int:
    """Write the words and the values that a tile uses, and its last numbers; return where it ends."""
    at = _copy(out, at, around.words, 0, len(around.words))
    for each in range(1, seen[0] + 1):
        start, end = said.starts[seen[each]], said.starts[seen[each] + 1]
        at = _copy(out, at, said.values, start, end)
    return _copy(out, at, around.tail, 0, len(around.tail))


@compiled
def _write(drawn: Drawn, said: Said, around: Around, out: Bytes) -> Index:
    """Write all tiles, one after the other; return where each begins and ends."""
    tiles = drawn.tiles
    bounds = np.empty((tiles[-1] + 1, 2), np.int64)
    met = Met(np.full((len(said.starts), 2), -1, np.int64), np.zeros(len(said.starts) + 1, np.int64))
    tags = np.empty(2 * _LONGEST * said.codes.shape[1], np.uint8)
    lines = np.empty(_LONGEST * max(_OF_SQUARE, drawn.sizes.max() if len(drawn.sizes) else 0), np.uint8)
    at = piece = 0
    while piece < len(tiles):
        tile, begin = tiles[piece], at + _HEAD
        met.seen[0] = 0
        at = _copy(out, begin, around.head, 0, len(around.head))
        while piece < len(tiles) and tiles[piece] == tile:
            told = _tags(tags, said.codes, drawn.rows[piece], tile, met)
            shape, squares = drawn.turn[piece], len(drawn.edges)
            if shape < squares:
                size = _square(lines, drawn.edges, shape)
            else:
                size = _outline(lines, drawn, shape - squares)
            at = _feature(out, at, tags, lines, (told, size))
            piece += 1
        at = _end(out, at, around, said, met.seen)
        # A layer's length stands before it and is known after it: some of the room left for it stays empty.
        bounds[tile, 0], bounds[tile, 1] = begin - _size(at - begin) - 1, at
        out[bounds[tile, 0]] = _LAYER
        _put(out, bounds[tile, 0] + 1, at - begin)
    return bounds


def write_tiles(pieces: Pieces, said: Said, around: Around) -> Iterator[bytes]:
    """Yield the tiles 0, 1, 2 ... that pieces lie in; what is said has a row for each feature."""
    if not pieces.count:
        return
    drawn = Drawn(pieces.tiles, pieces.rows, pieces.turn, pieces.rectangles.edges, *pieces.drawn)
    out = np.empty(_room(pieces, said, around), dtype=np.uint8)
    for start, end in _write(drawn, said, around, out).tolist():
        yield out[start:end].tobytes()


def _room(pieces: Pieces, said: Said, around: Around) -> int:
    """Return more bytes than all tiles can take: what is not written to costs nothing."""
    longest = int(np.diff(said.starts).max(initial=0))
    width: int = said.codes.shape[1]
    numbers = _OF_SQUARE + 2 * width + _AROUND
    piece = numbers * _LONGEST + width * longest + _HEAD
    tile = _HEAD + sum(map(len, around))
    return len(pieces.rows) * piece + pieces.count * tile + _LONGEST * int(pieces.drawn.sizes.sum())
