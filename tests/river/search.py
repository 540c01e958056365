"""A search of all bytes an installation keeps, by place, and an attempt to open what is there with every key."""

from __future__ import annotations

import mmap
import secrets
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import re2
from redis import Redis

from backend.errors import SealError
from backend.store.keyring import KeyRing
from backend.store.seals import unwrap
from tests.river.effects import in_redis
from tests.river.stack import River

# A wrapped key of 80 bytes as PostgreSQL writes it, in a table's file or in the log: a byte of length before it.
_WRAP = 80
_SHORT = bytes([(_WRAP + 1) << 1 | 1])
_RANDOM = 50  # so many different bytes, at least, are among 80 random ones


def forms_of(needle: str) -> set[bytes]:
    """A text as it could be written down: as it is, in hex, in base64 wherever it begins, in UTF-16."""
    raw = needle.encode()
    return {raw.upper(), needle.encode("utf-16-le")} | written(raw)


def written(raw: bytes) -> set[bytes]:
    """Bytes as they are, in hex, and in base64 wherever they begin."""
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for shift, start in ((0, 0), (1, 2), (2, 3)):
        told = b64encode(bytes(shift) + raw)[start : (shift + len(raw)) * 8 // 6]
        found |= {told, told.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def kept_in(river: River, needle: str) -> set[str]:
    """Every file, and every part of Redis, in which a text is kept in any form."""
    forms = forms_of(needle)
    found = {"redis" for part in in_memory(river) if any(form in part for form in forms)}
    for path in files(river):
        if any(form in told for told in _bytes_of(path) for form in forms):
            found.add(str(path))
    return found


def in_memory(river: River) -> list[bytes]:
    """What Redis holds; all that the servers hold is in their files after this."""
    with psycopg.connect(river.postgres.url, autocommit=True) as connection:
        connection.execute("checkpoint")
    with Redis.from_url(river.redis.url) as redis:
        redis.config_set("rdbcompression", "no")
        redis.save()
        return [repr(redis.slowlog_get(1000)).encode(), *in_redis(river.redis.url)]


def files(river: River) -> set[Path]:
    """Every file of the installation: database, its log, blobs, releases, logs, keys, what Redis wrote."""
    roots = {river.stack.settings.state_dir, river.postgres.folder, river.redis.folder}
    logs = {river.postgres.log, river.redis.log}
    return logs | {path for root in roots for path in root.rglob("*") if path.is_file()}


def _bytes_of(path: Path) -> Iterator[Any]:
    """A file's name, and what is in it, without reading it whole."""
    yield path.name.encode()
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield Whole(mapped)
    except (ValueError, FileNotFoundError):
        return  # empty, or gone while we looked


@dataclass
class Whole:
    """A mapped file in which `in` looks for more than one byte."""

    mapped: mmap.mmap

    def __contains__(self, form: bytes) -> bool:
        return self.mapped.find(form) >= 0


class Search:
    """Looks for many things at once, each known by its name and by any of its forms."""

    def __init__(self, things: Mapping[str, Sequence[bytes]]) -> None:
        options = re2.Options()
        options.encoding, options.max_mem = re2.Options.Encoding.LATIN1, 1 << 28
        self._set = re2.Set.SearchSet(options)
        self._names: list[str] = []
        # Found at the end of whatever is looked through: a search that gave up would be noticed.
        self._end = secrets.token_bytes(16)
        for name, forms in {**things, "": [self._end]}.items():
            for form in forms:
                self._set.Add(re2.escape(form))
                self._names.append(name)
        self._set.Compile()

    def names_in(self, told: bytes) -> set[str]:
        """The things that are in some bytes."""
        found = {self._names[number] for number in self._set.Match(told + self._end) or ()}
        assert "" in found, "the search gave up"
        return found - {""}

    def places(self, river: River) -> dict[str, set[str]]:
        """Of each thing that is kept anywhere, the places: folders of the servers and of the state, Redis."""
        found: dict[str, set[str]] = {}
        told = [("redis", part) for part in in_memory(river)]
        for place, part in told:
            self._note(found, place, part)
        for path in files(river):
            try:
                self._note(found, place_of(river, path), path.name.encode() + b"\n" + path.read_bytes())
            except FileNotFoundError:
                continue
        return found

    def _note(self, found: dict[str, set[str]], place: str, told: bytes) -> None:
        for name in self.names_in(told):
            found.setdefault(name, set()).add(place)


def place_of(river: River, path: Path) -> str:
    """The folder of a server, or of the state, that a file lies in."""
    for root in (river.postgres.folder, river.stack.settings.state_dir):
        if path.is_relative_to(root):
            return path.relative_to(root).parts[0]
    return path.parent.name


def carved(river: River) -> set[bytes]:
    """Every content key that any private key here opens, out of anything that may be a wrapped key."""
    private = list(KeyRing(river.stack.settings.keys_dir).every().values())
    in_memory(river)
    wraps = {wrap for path in files(river) for wrap in _wraps_in(path)}
    return {key for wrap in wraps for one in private if (key := _opened(wrap, one))}


def _wraps_in(path: Path) -> Iterator[bytes]:
    try:
        told = path.read_bytes()
    except FileNotFoundError:
        return
    at = told.find(_SHORT)
    while at >= 0:
        wrap = told[at + 1 : at + 1 + _WRAP]
        if len(set(wrap)) >= _RANDOM:
            yield wrap
        at = told.find(_SHORT, at + 1)


def _opened(wrap: bytes, private: bytes) -> bytes | None:
    try:
        return unwrap(wrap, private)
    except SealError:
        return None


@contextmanager
def planting(river: River) -> Iterator[tuple[str, list[str]]]:
    """A text that is kept in every place in which something could be kept, and the files among these."""
    needle, settings = f"plant{secrets.token_hex(6)}", river.stack.settings
    names = (f"blobs/{needle}", "releases/planted", "logs/planted.log")
    files_of_it = [settings.state_dir / name for name in names]
    for file in files_of_it:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(f"before {needle} after".encode())
    files_of_it[1].write_bytes(b"x" + b64encode(f"in the middle {needle}".encode()))
    with (
        psycopg.connect(river.postgres.url, autocommit=True) as connection,
        Redis.from_url(river.redis.url) as redis,
    ):
        connection.execute("create table public.planted (told text)")
        connection.execute("insert into public.planted values (%s)", [needle])
        redis.set("planted", needle)
        yield needle, [str(file) for file in files_of_it]
        connection.execute("drop table public.planted")
        redis.delete("planted")
    for file in files_of_it:
        file.unlink()
