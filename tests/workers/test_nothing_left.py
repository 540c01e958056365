"""What is left of a report, column by column as the schedule says: after withdrawal, after its term, after two years."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from backend.domain.messages import Author
from backend.domain.permissions import Role
from backend.domain.retention import kept, schedule
from backend.domain.workflow import State, Verdict
from backend.store import heads, notes, trail
from backend.store.models import (
    Account,
    Alert,
    Base,
    Decision,
    Forward,
    ForwardState,
    Importer,
    Likeness,
    Message,
    Open311Request,
    Opening,
    OpeningState,
    Photo,
    PhotoChunk,
    PhotoPart,
    PhotoState,
    Report,
    Trail,
    Training,
)
from backend.store.queries import month_key
from backend.store.seals import KeyClass, new_key
from backend.store.secrets import receipt_hash, secret_of
from tests.staff import add_staff
from tests.support import START, in_review
from workers.forgetting.run import TRAIL, forget

STAYING = {"reports", "decisions"}
# Each way in which a column says nothing.
BLANK = (None, False, 0, [], {})
OTHER = UUID(int=7)


@pytest.fixture(autouse=True)
def _only_this_city(monkeypatch, city):
    """The tests' database holds many cities, and this is about one."""
    monkeypatch.setattr("workers.forgetting.run.city_ids", lambda _database: [city])


def about_reports():
    """Every table with rows about a report, whichever there are."""
    return [table for table in Base.metadata.sorted_tables if "report_id" in table.columns]


def counted(works, city, report_id) -> dict[str, int]:
    with works["owner"].open(city) as work:
        return {
            table.name: work.session.scalar(
                select(func.count()).select_from(table).where(table.c.report_id == report_id)
            )
            for table in about_reports()
        }


@pytest.fixture
def secret() -> bytes:
    return os.urandom(32)


@pytest.fixture
def full(works, city, hand_in, keyring, blobs, secret) -> UUID:
    """A refused report about which every table holds something, and every column says something."""
    report_id = UUID(hand_in(receipt=secret, reply_key=os.urandom(32))["id"])
    with works["owner"].open(city) as work:
        in_review(work, report_id)
        report = work.session.get_one(Report, (city, report_id))
        month = month_key(work.session, city, work.clock.now())
        own, now = {"city_id": city, "report_id": report_id}, work.clock.now()
        later, wrapped = now + timedelta(hours=1), new_key(month.public_key).wrapped
        notes.write(work, keyring, report, 1, "An internal note.")
        notes.write(work, keyring, report, 1, "A public note.", field=notes.PUBLIC)
        work.session.add_all(
            [
                Photo(
                    **own, name="1", state=PhotoState.REDACTED, size=9, public_blob=f"public/{city}/x",
                    masks=[{"box": [1, 2, 3, 4], "by": "staff"}],
                ),
                PhotoPart(**own, id=uuid4(), size=9, received=3, chunks=1, expires=later),
                Decision(
                    **own, sequence=1, account_id=OTHER, was=State.IN_REVIEW, became=State.SECOND_LOOK,
                    reason="clear", categories=["following"], primary_group="intimidation",
                    decided_on=now.date(), proposed=Verdict.REJECT, undo_until=later,
                ),
                Message(
                    **own, number=1, author=Author.RESIDENT, day=now.date(), month=month.month,
                    wrapped=wrapped, ciphertext=os.urandom(64), reply_copy=os.urandom(80),
                ),
                Forward(**own, state=ForwardState.WAITING, account_id=OTHER, due_at=later),
                Alert(**own, level=1, next_at=later),
                Likeness(**own, band=1, received_on=work.clock.now().date()),
                Opening(
                    **own, key_class=KeyClass.WORDS, reason="redaction_wrong", state=OpeningState.GRANTED,
                    asked_by=OTHER, answered_by=UUID(int=8), until=later,
                ),
                Open311Request(city_id=city, request_hash=os.urandom(32), report_id=report_id),
            ]
        )  # fmt: skip
        work.session.flush()
        piece = f"originals/{city}/{report_id}/1/0-{uuid4()}"
        blobs.put(piece, os.urandom(64))
        work.session.add(
            PhotoChunk(**own, name="1", sequence=0, month=month.month, wrapped=wrapped, blob=piece)
        )
        report.state, report.closed_on = State.REJECTED, now.date()
        report.categories, report.primary_group, report.audit = ["following"], "intimidation", [1] * 9
        report.urgency, report.minor, report.forward_consent, report.burst = 3, True, True, True
        report.appealed, report.counts, report.countable_on = True, True, now.date()
        report.counted_in, report.duplicate_of, report.barred = ["2026-W47"], OTHER, [OTHER]
        report.flags = ["burst"]
        report.model, report.language, report.due_at, report.lease_until = "m1", "en", later, later
        report.claimed_by, report.claim_token, report.claim_until = OTHER, os.urandom(32), later
        work.session.flush()
        work.session.add(Training(**own, month=month.month, wrapped=wrapped, ciphertext=os.urandom(64)))
    return report_id


def said(works, city, report_id, which) -> dict[str, object]:
    """What the columns say that the schedule holds in some rows of the schedule."""
    names = {one for item in schedule() if which(item) for one in item.holds}
    with works["owner"].open(city) as work:
        rows = {
            "reports": work.session.get(Report, (city, report_id)),
            "decisions": work.session.scalar(select(Decision).where(Decision.report_id == report_id)),
        }
        return {
            name: getattr(rows[table], column)
            for name in names
            if (table := name.partition(".")[0]) in STAYING and (column := name.partition(".")[2])
        }


def told(works, city, report_id) -> dict[str, object]:
    """What columns other than a tombstone's say, the receipt's hash apart."""
    found = said(works, city, report_id, lambda item: item.item != "tombstone")
    found.pop("reports.receipt_hash")
    return {name: value for name, value in found.items() if value not in BLANK}


def test_the_report_of_these_tests_has_something_everywhere(works, city, full):
    assert min(counted(works, city, full).values()) > 0, "plant a row in the new table as well"
    held = said(works, city, full, lambda item: item.item != "tombstone")
    assert len(held) > 25
    assert {name for name, value in held.items() if value in BLANK} == set(), (
        "say something in the new column"
    )


def assert_a_tombstone(works, city, report_id, before: bytes) -> None:
    left = counted(works, city, report_id)
    assert left.pop("decisions") == 1
    assert left == dict.fromkeys(left, 0)
    assert told(works, city, report_id) == {}
    with works["owner"].open(city) as work:
        assert bytes(work.session.get_one(Report, (city, report_id)).receipt_hash) != before


def test_withdrawing_leaves_a_tombstone_at_once(works, city, full, secret, pepper):
    known = receipt_hash(pepper, city, secret)
    with works["residents"].open(city) as work:
        gone = work.session.scalar(
            text("select farola.receipt_withdraw(:known, :today)"), {"known": known, "today": START.date()}
        )
    assert len(gone) == 2
    assert_a_tombstone(works, city, full, known)


def test_the_term_leaves_a_tombstone(works, city, clock, runtime, full, secret, pepper, blobs):
    clock.move(days=kept("receipt", "closing").days)
    # The releases' round, which blanks what was refused, has had its day long ago.
    assert {one.item for one in forget(runtime) if one.count} >= {"point", "words", "photos", "receipt"}
    assert_a_tombstone(works, city, full, receipt_hash(pepper, city, secret))


def test_what_came_after_its_item_was_erased_goes_with_the_receipt(works, city, clock, runtime, full):
    """A message or a picture that is written while the job is at it is of no item any more, and goes all the same."""
    from workers.forgetting.erase import receipt

    clock.move(days=kept("receipt", "closing").days)
    with works["worker"].open(city) as work:
        count, blobs = receipt(work, clock.now().date())
    assert (count, len(blobs)) == (1, 2)
    left = counted(works, city, full)
    assert left.pop("decisions") == 1
    assert left == dict.fromkeys(left, 0)


def test_after_two_years_nothing_tells_that_there_was_a_report(works, city, clock, runtime, full):
    clock.move(days=kept("receipt", "closing").days)
    list(forget(runtime))
    clock.at = START + kept("tombstone", "receipt") - timedelta(days=1)
    assert {one.item: one.count for one in forget(runtime)}["tombstone"] == 0
    clock.move(days=1)
    assert {one.item: one.count for one in forget(runtime, dry=True)}["tombstone"] == 1
    assert {one.item: one.count for one in forget(runtime)}["tombstone"] == 1
    assert set(counted(works, city, full).values()) == {0}
    with works["owner"].open(city) as work:
        assert work.session.get(Report, (city, full)) is None


def test_a_worker_can_delete_no_report_that_is_not_erased(works, city, full):
    with works["worker"].open(city) as work:
        late = text("select farola.forget_tombstones('2100-01-01')")
        assert work.session.execute(late).scalar_one() == 0
    with works["owner"].open(city) as work:
        assert work.session.get(Report, (city, full)) is not None


def test_a_worker_can_delete_no_account_that_is_open(works, city):
    actor = add_staff(works, city, "stays")
    with works["worker"].open(city) as work:
        work.session.execute(text("delete from farola.accounts where city_id = :city"), {"city": city})
    with works["owner"].open(city) as work:
        assert work.session.get(Account, (city, actor.account_id)) is not None


def test_accounts_and_keys_go_two_years_after_they_were_closed(works, city, clock, runtime):
    stays, leaves = add_staff(works, city, "stays"), add_staff(works, city, "leaves", Role.LEAD)
    with works["owner"].open(city) as work:
        work.session.get_one(Account, (city, leaves.account_id)).disabled_on = START.date()
        for name, on in (("old", START.date()), ("open", None)):
            work.session.add(
                Importer(
                    city_id=city, name=name, key_hash=os.urandom(32), added_on=START.date(), revoked_on=on
                )
            )
    clock.move(days=kept("staff", "leaving").days - 1)
    assert {one.item: one.count for one in forget(runtime)}["staff"] == 0
    clock.move(days=1)
    assert {one.item: one.count for one in forget(runtime)}["staff"] == 2
    with works["owner"].open(city) as work:
        people = set(work.session.scalars(select(Account.id).where(Account.city_id == city)))
        importers = set(work.session.scalars(select(Importer.name).where(Importer.city_id == city)))
    assert (people, importers) == ({stays.account_id}, {"open"})


def entries(works, city) -> list[int]:
    with works["owner"].open(city) as work:
        query = select(Trail.sequence).where(Trail.city_id == city).order_by(Trail.sequence)
        return list(work.session.scalars(query))


def verified(works, city, runtime, *, seed: bytes | None = None) -> int | None:
    key = seed or secret_of(runtime.settings.trail_key_file)
    noted = heads.kept(runtime.settings.trail_heads_dir, heads.public_key(key), city)
    with works["staff"].open(city) as work:
        return trail.verify(work.session, city, *noted.heads, cuts=noted.cuts)


@pytest.fixture
def old_trail(works, city, clock) -> None:
    """Four entries of six years ago, one a day, and two of today."""
    clock.at = START - timedelta(days=6 * 365)
    for _ in range(4):
        with works["staff"].open(city) as work:
            trail.append(work, {"what": "claimed", "account": uuid4()})
        clock.move(days=1)
    clock.at = START
    for _ in range(2):
        with works["staff"].open(city) as work:
            trail.append(work, {"what": "claimed", "account": uuid4()})


@pytest.mark.usefixtures("old_trail")
def test_the_trail_is_shortened_and_still_proves_itself(works, city, runtime):
    assert {one.item: one.count for one in forget(runtime, dry=True)}[TRAIL] == 4
    assert entries(works, city) == [1, 2, 3, 4, 5, 6]
    assert {one.item: one.count for one in forget(runtime)}[TRAIL] == 4
    assert entries(works, city) == [5, 6]
    assert verified(works, city, runtime) is None
    assert {one.item: one.count for one in forget(runtime)}[TRAIL] == 0
    with works["staff"].open(city) as work:
        assert trail.append(work, {"what": "claimed"}).sequence == 7
    assert verified(works, city, runtime) is None


@pytest.mark.usefixtures("old_trail")
def test_a_beginning_that_nobody_signed_is_found(works, city, runtime):
    """Whoever removes entries without the clock's signature, or more than it signed, is caught."""
    list(forget(runtime))
    with works["owner"].open(city) as work:
        work.session.execute(
            text("delete from farola.trail where city_id = :city and sequence = 5"), {"city": city}
        )
    assert verified(works, city, runtime) == 1
    with works["staff"].open(city) as work:
        assert trail.verify(work.session, city) == 1


@pytest.mark.usefixtures("old_trail")
def test_a_worker_can_shorten_nothing_younger_than_two_years_nor_empty_the_trail(works, city, clock):
    with works["worker"].open(city) as work:
        cut = trail.shorten(work, START + timedelta(days=20 * 365))
    assert cut is not None
    assert cut.sequence == 4
    with works["owner"].open(city) as work:
        work.session.execute(
            text("update farola.trail set at = '2020-01-01' where city_id = :city"), {"city": city}
        )
    with works["worker"].open(city) as work:
        trail.shorten(work, START)
    assert entries(works, city) == [6]
