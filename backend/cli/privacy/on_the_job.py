"""Attacks on the release job and the door: A3 retries, A4 one device, A6 timing, A7 erasure, A8 edges, A10 ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlalchemy import select

from backend.cli.privacy.ground import QUARTER, residents
from backend.cli.privacy.reading import regions_in_tiles, tile_bytes
from backend.cli.privacy.scene import AFTER, Attacked, Verdict
from backend.cli.privacy.worlds import Stage, Told
from backend.domain.taxonomy import Kind
from backend.domain.workflow import State
from backend.store.models import Report
from workers.publish import release
from workers.runtime import Runtime

if TYPE_CHECKING:
    from workers.publish.draw import Row

CAP = 3
FETCHES = 1000
_QUIET = timedelta(days=2)
_RANDOM = 4  # the version of an id that is nothing but chance


def retries(at: Attacked) -> Verdict:
    """A3: kill the release job at each step and try again; look at the shelf after each."""
    city = at.stage.city()
    at.stage.clock.at = AFTER
    seen: dict[Path, set[str]] = {}
    for step in ("draw", "enter_release", "note_counted", "_publish", "close_counted", None):
        if step is not None:
            with patch.object(release, step, side_effect=KeyboardInterrupt):
                _killed(at.runtime, city)
        else:
            release.release_city(at.runtime, city)
        _look(at.shelf(city), seen)
    release.release_city(at.runtime, city)
    _look(at.shelf(city), seen)
    several = [path for path, found in seen.items() if len(found) > 1]
    tiles = {tile_bytes(at.shelf(city).parent, city, QUARTER.name) for _ in range(FETCHES)}
    held = not several and len(tiles) == 1 and bool(seen)
    return Verdict(
        "A3",
        held,
        f"{len(seen)} releases, {len(several)} with more than one content; {FETCHES} fetches, {len(tiles)} content",
    )


def _killed(runtime: Runtime, city: str) -> None:
    try:
        release.release_city(runtime, city)
    except KeyboardInterrupt:
        return


def _look(folder: Path, seen: dict[Path, set[str]]) -> None:
    """Note the content of every release that stands where everybody can read it."""
    for path in folder.glob("*/*/release.json"):
        seen.setdefault(path, set()).add(hashlib.sha256(path.read_bytes()).hexdigest())


def one_device(at: Attacked) -> Verdict:
    """A4: one token sends report after report, from everywhere."""
    city, grid = at.stage.city(), residents(200, seed=9)
    before = _total(at.stage.rows(city, "map"))
    many = min(500, max(30, at.runs // 4))
    for number in range(many):
        at.stage.hand_in(city, Told(int(grid[number % len(grid)]), token=b"one-device-00001", day=number % 3))
    moved = _total(at.stage.rows(city, "map")) - before
    return Verdict("A4", 0 < moved <= CAP, f"{many} reports of one device moved the count by {moved}")


def _total(rows: Sequence[Row]) -> int:
    return sum(row[2] for row in rows)


def timing(at: Attacked) -> Verdict:
    """A6: decide a report between two releases; nothing that is published may move."""
    city = at.published()
    at.stage.clock.at = AFTER + _QUIET
    before = _fingerprint(at.shelf(city))
    report = at.stage.hand_in(city, Told(int(residents(1)[0]), day=12))
    release.release_city(at.runtime, city)
    with at.stage.works["owner"].open(city) as work:
        work.session.get_one(Report, (city, report)).state = State.REJECTED
    release.release_city(at.runtime, city)
    held = before == _fingerprint(at.shelf(city)) and bool(before)
    return Verdict("A6", held, f"{len(before)} files, {'none' if held else 'some'} touched by a decision")


def _fingerprint(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return content, size and time of every published file."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size, path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }  # fmt: skip


def erasure(at: Attacked) -> Verdict:
    """A7: withdraw after publication, and before it; the first changes nothing, the second leaves nothing."""
    told = Told(int(residents(1, seed=2)[0]), kind=Kind.SAFE_PLACE, category="well_lit")
    city = at.stage.city()
    early = at.stage.hand_in(city, told)
    at.stage.hand_in(city, told)
    _withdraw(at.stage, city, early)
    counted = _total(at.stage.rows(city, "safe"))
    at.stage.clock.at = AFTER
    release.release_city(at.runtime, city)
    before = _fingerprint(at.shelf(city))
    with at.stage.works["owner"].open(city) as work:
        left = work.session.scalars(select(Report.id).where(Report.city_id == city, Report.id != early)).all()
    for report in left[:3]:
        _withdraw(at.stage, city, report)
    release.release_city(at.runtime, city)
    held = counted == 1 and before == _fingerprint(at.shelf(city))
    return Verdict(
        "A7", held, f"withdrawn before: {2 - counted} of 1 gone; after: {len(before)} files as they were"
    )


def _withdraw(stage: Stage, city: str, report: object) -> None:
    with stage.works["owner"].open(city) as work:
        work.session.get_one(Report, (city, report)).state = State.WITHDRAWN


def edges(at: Attacked) -> Verdict:
    """A8: read every tile of every zoom, its margin included; no region but those published is in any."""
    city = at.published()
    strange, tiles = regions_in_tiles(at.shelf(city) / "map" / QUARTER.name)
    return Verdict(
        "A8", not strange and tiles > 0, f"{tiles} tiles, {len(strange)} regions that are not in the release"
    )


def ids(at: Attacked) -> Verdict:
    """A10: ids and times of reports; what staff can export must not tell the order of arrival."""
    city = at.stage.city()
    made = [at.stage.hand_in(city, Told(int(cell))) for cell in residents(12, seed=6)]
    with at.stage.works["owner"].open(city) as work:
        rows = work.session.scalars(select(Report).where(Report.id.in_(made))).all()
        fine = [
            column.name
            for row in rows
            for column in Report.__table__.columns
            if isinstance(getattr(row, column.name), datetime)
        ]
        days = all(type(row.received_on) is date for row in rows)
    random_ids = all(one.version == _RANDOM for one in made) and made != sorted(made)
    return Verdict(
        "A10",
        random_ids and days and not fine,
        f"ids random: {random_ids}; times finer than a day: {sorted(set(fine)) or 'none'}",
    )
