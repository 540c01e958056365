"""Reads what is imported: stories from CSV, points from Parquet or CSV, photos by their content."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import numpy as np

from backend.domain.taxonomy import Daypart
from backend.errors import InvalidInput

TEXT_COLUMN = "Description"
LONGITUDES = ("lon", "longitude", "lng")
LATITUDES = ("lat", "latitude")
TIMES = ("time", "date", "datetime", "occurred_at")
LARGEST_PHOTO = 15 * 1024 * 1024  # what the uploads take
_SEED = 7
# The first hour of each band; what comes before the first belongs to the night.
_BANDS = ((22, Daypart.NIGHT), (18, Daypart.EVENING), (12, Daypart.AFTERNOON), (6, Daypart.MORNING))


@dataclass(frozen=True)
class Place:
    """A point in WGS84 and the time band in which something was noted there, if known."""

    lon: float
    lat: float
    daypart: Daypart | None = None


def read_stories(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number of each row, from 1, and its text.

    Raises:
        InvalidInput: the file has no column of that name or is no CSV in UTF-8.
    """
    with _text(path) as file:
        for number, row in enumerate(_rows(file, path.name, (TEXT_COLUMN,)), start=1):
            yield number, (row[TEXT_COLUMN] or "").strip()


def read_points(path: Path) -> Iterator[Place | None]:
    """Yield the places of a file in a repeatable shuffled order, None for a row without a usable point.

    Raises:
        InvalidInput: the file has no columns for longitude and latitude.
    """
    rows = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    order = np.random.default_rng(_SEED).permutation(len(rows))
    return (_place(*rows[int(at)]) for at in order)


def read_photos(folder: Path) -> list[Path]:
    """Return every file below a folder that begins like a JPEG, PNG or WebP, in the order of names."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and _is_photo(path))


def read_rows(path: Path, needed: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV that has at least the `needed` columns.

    Raises:
        InvalidInput: a column is missing or the file is no CSV in UTF-8.
    """
    with _text(path) as file:
        yield from _rows(file, path.name, needed)


def daypart_of(hour: int) -> Daypart:
    """Return the time band of an hour of the day."""
    return next((band for first, band in _BANDS if hour >= first), Daypart.NIGHT)


def _text(path: Path) -> IO[str]:
    """Open a file as text, unpacked when it is packed."""
    try:
        if path.suffix == ".gz":
            return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {type(error).__name__}.") from error


def _rows(file: IO[str], name: str, needed: Iterable[str]) -> Iterator[dict[str, str]]:
    try:
        reader = csv.DictReader(file)
        missing = [column for column in needed if column not in (reader.fieldnames or ())]
        if missing:
            raise InvalidInput(f"{name} has no column {', '.join(missing)}.")
        yield from reader
    except (csv.Error, UnicodeDecodeError, OSError, EOFError) as error:
        raise InvalidInput(f"{name} is no CSV in UTF-8.") from error


def _column(names: Iterable[str], wanted: Sequence[str], *, file: str) -> str:
    found = {name.lower(): name for name in names}
    for name in wanted:
        if name in found:
            return found[name]
    raise InvalidInput(f"{file} has no column {' or '.join(wanted)}.")


def _parquet(path: Path) -> list[tuple[Any, Any, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
        columns = _chosen(names, path.name)
        table = pq.read_table(path, columns=[name for name in columns if name])
    except (pa.ArrowException, OSError) as error:
        raise InvalidInput(f"{path.name} is no Parquet file.") from error
    lists = [table[name].to_pylist() if name else [None] * table.num_rows for name in columns]
    return list(zip(*lists, strict=True))


def _csv(path: Path) -> list[tuple[Any, Any, Any]]:
    rows: list[Mapping[str, str]] = list(read_rows(path, ()))
    lon, lat, when = _chosen(rows[0] if rows else (), path.name)
    return [(row[lon], row[lat], _instant(row[when]) if when else None) for row in rows]


def _chosen(names: Iterable[str], file: str) -> tuple[str, str, str | None]:
    names = list(names)
    when = next((name for name in names if name.lower() in TIMES), None)
    return _column(names, LONGITUDES, file=file), _column(names, LATITUDES, file=file), when


def _instant(told: str) -> datetime | None:
    try:
        return datetime.fromisoformat(told)
    except (ValueError, TypeError):
        return None


def _place(lon: Any, lat: Any, when: datetime | None) -> Place | None:
    try:
        place = float(lon), float(lat)
    except (ValueError, TypeError):
        return None
    if not all(map(math.isfinite, place)):
        return None
    return Place(*place, daypart_of(when.hour) if when else None)


def _is_photo(path: Path) -> bool:
    if path.stat().st_size > LARGEST_PHOTO:
        return False
    with path.open("rb") as file:
        head = file.read(12)
    webp = head[:4] == b"RIFF" and head[8:] == b"WEBP"
    return webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
