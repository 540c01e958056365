"""What must be true of a city's reports when all is quiet again: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

from redis import Redis
from sqlalchemy import func, select

from backend.cli.phone import Draft, show_receipt
from backend.domain import receipts
from backend.domain.workflow import State
from backend.store.blobs import Blobs
from backend.store.keyring import KeyRing
from backend.store.models import Decision, Photo, PhotoState, Report, ReportKey, Sealed, Submission
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, open_sealed
from backend.store.work import Work
from tests.river.stack import HERE, Town

_QUIET = (State.IN_REVIEW, None, None, 0)


def assert_each_effect_once(town: Town, acknowledged: Iterable[str]) -> None:
    """Every acknowledged report is in review, once, whole, and no other is there."""
    ids = set(acknowledged)
    with town.work() as work:
        reports = work.session.scalars(select(Report).where(Report.city_id == town.id)).all()
        assert {str(report.id) for report in reports} == ids
        assert _count(work, Submission) == len(ids)
        assert _count(work, Decision) == 0
        for report in reports:
            assert (report.state, report.lease_until, report.due_at, report.attempts) == _QUIET
            _assert_public_half(town, work, report.id)


def _count(work: Work, table: type) -> int:
    return work.session.scalar(select(func.count()).select_from(table).where(table.city_id == work.city_id))


def _assert_public_half(town: Town, work: Work, report_id: UUID) -> None:
    """The public half was written once, and its words and photos open under the one key it has."""
    settings = town.river.stack.settings
    fields = work.session.scalars(select(Sealed.field).where(Sealed.report_id == report_id)).all()
    assert Counter(fields)["public_words"] == 1
    assert max(Counter(fields).values()) == 1
    kinds = work.session.scalars(select(ReportKey.key_class).where(ReportKey.report_id == report_id)).all()
    assert Counter(kinds)[KeyClass.PUBLIC] == 1
    opener = Opener(work.session, KeyRing(settings.keys_dir), town.id, report_id)
    words = opener.read("public_words")
    assert ("text" in words) == ("words" in fields)
    key = opener.key_of(KeyClass.PUBLIC)
    for photo in work.session.scalars(select(Photo).where(Photo.report_id == report_id)):
        assert photo.state is PhotoState.REDACTED
        sealed = Blobs(settings.blobs_url).get(photo.public_blob)
        assert open_sealed(key, Binding(report_id, f"public_photo:{photo.name}"), sealed).startswith(
            b"\xff\xd8"
        )


def in_redis(url: str) -> Iterator[bytes]:
    """Every key, member, field and value in Redis, and what is behind those that are compressed."""
    with Redis.from_url(url) as redis:
        for key in redis.scan_iter(count=1000):
            yield key
            for found in _parts(redis, key):
                yield found
                try:
                    yield zlib.decompress(found)
                except zlib.error:
                    continue


def _parts(redis: Redis, key: bytes) -> list[bytes]:
    read = {
        b"string": lambda: [redis.get(key) or b""],
        b"list": lambda: redis.lrange(key, 0, -1),
        b"set": lambda: redis.smembers(key),
        b"zset": lambda: redis.zrange(key, 0, -1),
        b"hash": lambda: [part for pair in redis.hgetall(key).items() for part in pair],
        b"stream": lambda: [part for _, told in redis.xrange(key) for pair in told.items() for part in pair],
        b"none": list,  # it went while we looked
    }
    return list(read[redis.type(key)]())


def secrets_of(town: Town, report: Draft) -> list[str]:
    """What only the phone may know, in each form in which it could be written down."""
    shown = receipts.shown_to_server(report.secret)
    return [
        *(shown, show_receipt(report.secret), receipts.encode(report.secret), report.secret.hex()),
        *(report.key, town.importer, HERE),
    ]
