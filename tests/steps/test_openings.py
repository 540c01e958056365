"""Opening an original, an exact place or a raw photo takes two, for a short while, and leaves entries."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from backend.domain.openings import ASKED_FOR, OPEN_FOR, Sought
from backend.domain.permissions import Role
from backend.errors import Conflict, NotAllowed, NotFound, UnprocessableInput
from backend.steps import openings
from backend.store.models import Opening, OpeningState, PhotoChunk
from backend.store.pieces import Place, Sheaf
from backend.store.queries import month_key
from backend.store.sealed import Opener
from tests.staff import add_staff
from workers.sweep import forget_expired

RAW = os.urandom(3000)


@pytest.fixture
def room(desk, keyring, blobs):
    """What can be done with openings in one city."""

    class Room:
        def ask(self, actor, report_id, what="words", reason="redaction_wrong", photo=None):
            with desk.works["staff"].open(desk.city) as work:
                return openings.ask(
                    work, actor, report_id, Sought(what), reason=reason, photo=photo
                ).opening.id

        def answer(self, actor, opening_id, *, grant=True):
            with desk.works["staff"].open(desk.city) as work:
                openings.answer(work, actor, opening_id, grant=grant)

        def read(self, actor, opening_id):
            with desk.works["staff"].open(desk.city) as work:
                return openings.read(work, keyring, actor, opening_id)

        def photo(self, actor, opening_id):
            with desk.works["staff"].open(desk.city) as work:
                return openings.read_photo(work, keyring, blobs, actor, opening_id)

        def row(self, opening_id):
            with desk.works["owner"].open(desk.city) as work:
                return work.session.get_one(Opening, (desk.city, opening_id))

        def names(self, actor):
            with desk.works["staff"].open(desk.city) as work:
                return [
                    (one.opening.id, one.asked_by, one.answered_by) for one in openings.pending(work, actor)
                ]

    return Room()


@pytest.fixture
def photographed(desk, blobs) -> UUID:
    """A report with the pieces of a photo as they arrived."""
    told = {"photos": [{"name": "1", "size": len(RAW), "sha256": "0" * 64}]}
    report_id = UUID(desk.hand_in(at=desk.city, **told)["id"])
    with desk.works["worker"].open(desk.city) as work:
        key = month_key(work.session, desk.city, work.clock.now())
        sheaf = Sheaf(blobs, key.public_key, Place(desk.city, report_id, "1", 0))
        for part in (RAW[:2000], RAW[2000:]):
            sheaf.add(part)
        for number, piece in enumerate(sheaf.pieces):
            row = PhotoChunk(
                city_id=desk.city, report_id=report_id, name="1", sequence=number, month=key.month,
                wrapped=piece.wrapped, blob=piece.blob,
            )  # fmt: skip
            work.session.add(row)
    return report_id


def test_words_open_when_a_second_person_allows_it_and_close_again(desk, room, mara, lead, clock):
    report_id = desk.report()
    opening = room.ask(mara, report_id)
    with pytest.raises(Conflict, match="allowed"):
        room.read(mara, opening)
    room.answer(lead, opening)
    assert room.read(mara, opening)["text"] == "A man followed me from the stop to my street."
    clock.move(seconds=OPEN_FOR.total_seconds())
    with pytest.raises(Conflict, match="time is over"):
        room.read(mara, opening)
    entries = [entry for entry in desk.trail() if "opening" in entry]
    assert [(entry["what"], entry["account"]) for entry in entries] == [
        ("opening_asked", str(mara.account_id)), ("opening_granted", str(lead.account_id)),
        ("opening_read", str(mara.account_id)),
    ]  # fmt: skip
    assert all(entry["report"] == str(report_id) for entry in entries)


def test_an_exact_place_opens_the_same_way(desk, room, mara, lead):
    opening = room.ask(mara, desk.report(), "point", "danger_to_life")
    room.answer(lead, opening)
    assert room.read(mara, opening) == {"lon": 2.1734, "lat": 41.3851, "accuracy_m": 25.0}


def test_a_raw_photo_comes_byte_for_byte_and_not_without_two(desk, room, mara, lead, photographed):
    opening = room.ask(mara, photographed, "photos", photo="1")
    with pytest.raises(Conflict):
        room.photo(mara, opening)
    room.answer(lead, opening)
    assert room.photo(mara, opening) == RAW
    with pytest.raises(NotFound):
        room.read(mara, opening)


def test_nobody_allows_what_they_asked_for(desk, room, works):
    lead = add_staff(works, desk.city, "lead", Role.LEAD)
    opening = room.ask(lead, desk.report())
    with pytest.raises(NotAllowed, match="Somebody else"):
        room.answer(lead, opening)
    assert room.row(opening).state is OpeningState.ASKED


def test_the_database_itself_knows_no_opening_by_one_person(desk, room, mara, works):
    opening = room.ask(mara, desk.report())
    statement = "update openings set state = 'granted', answered_by = :who where id = :id"
    for who in (mara.account_id, None):
        with pytest.raises(Exception, match="ck_openings"), works["staff"].open(desk.city) as work:
            work.session.execute(text(statement), {"who": who, "id": opening})


def test_without_a_grant_the_staffs_login_sees_no_key_and_with_one_no_other(desk, room, mara, lead, keyring):
    first, second = desk.report(), desk.report()

    def seen(report_id):
        with desk.works["staff"].open(desk.city) as work:
            opener = Opener(work.session, keyring, desk.city, report_id)
            return [
                field
                for field in ("words", "point", "about_me", "manifest")
                if opener.read(field) is not None
            ]

    opening = room.ask(mara, first)
    assert seen(first) == seen(second) == []
    room.answer(lead, opening)
    assert (seen(first), seen(second)) == (["words"], [])


@pytest.mark.parametrize("who", ["nil", "lead"])
def test_what_was_opened_is_open_for_who_asked(desk, room, mara, nil, lead, who):
    opening = room.ask(mara, desk.report())
    room.answer(lead, opening)
    with pytest.raises(NotFound):
        room.read({"nil": nil, "lead": lead}[who], opening)


def test_a_question_is_answered_once_refused_or_forgotten(desk, room, mara, lead, clock):
    refused, late = room.ask(mara, desk.report()), room.ask(mara, desk.report())
    room.answer(lead, refused, grant=False)
    for grant in (True, False):
        with pytest.raises(Conflict):
            room.answer(lead, refused, grant=grant)
    with pytest.raises(Conflict):
        room.read(mara, refused)
    clock.move(seconds=ASKED_FOR.total_seconds())
    with pytest.raises(Conflict, match="in time"):
        room.answer(lead, late)


def test_the_sweeper_closes_what_nobody_closes(desk, room, mara, lead, works, clock):
    opening = room.ask(mara, desk.report())
    room.answer(lead, opening)
    clock.move(seconds=OPEN_FOR.total_seconds() - 1)
    forget_expired(works["worker"])
    assert room.row(opening).state is OpeningState.GRANTED
    clock.move(seconds=1)
    forget_expired(works["worker"])
    assert room.row(opening).state is OpeningState.CLOSED
    assert timedelta(hours=1) > OPEN_FOR


def test_a_question_is_one_the_list_knows(desk, room, mara, photographed):
    report_id = desk.report()
    for changes, refused in (
        ({"reason": "curious"}, UnprocessableInput),
        ({"what": "photos"}, UnprocessableInput),
        ({"photo": "1"}, UnprocessableInput),
        ({"what": "photos", "photo": "7"}, NotFound),
    ):
        with pytest.raises(refused):
            room.ask(mara, report_id, **changes)
    room.ask(mara, report_id)
    with pytest.raises(Conflict, match="already"):
        room.ask(mara, report_id)
    room.ask(mara, report_id, "point")


def test_pending_questions_bear_pseudonyms_and_not_what_children_tell(desk, room, mara, lead, works):
    plain = add_staff(works, desk.city, "plain", trained=False)
    opening = room.ask(mara, desk.report())
    childs = room.ask(mara, desk.report(minor=True))
    assert room.names(lead) == [(one, "mara*", None) for one in sorted((opening, childs))]
    assert room.names(plain) == [(opening, "mara*", None)]
    with pytest.raises(NotFound):
        room.ask(plain, room.row(childs).report_id, "point")
    room.answer(lead, opening)
    assert (opening, "mara*", "lead*") in room.names(lead)


def test_what_was_withdrawn_or_erased_does_not_open(desk, room, mara, lead, works):
    erased, gone = desk.report(), desk.report()
    first, second = room.ask(mara, erased), room.ask(mara, gone)
    for opening in (first, second):
        room.answer(lead, opening)
    with works["owner"].open(desk.city) as work:
        for table in ("sealed", "report_keys"):
            work.session.execute(
                text(f"delete from {table} where report_id = :id and key_class = 'words'"), {"id": erased}
            )
    with works["residents"].open(desk.city) as work:
        held = desk.row(gone).receipt_hash
        work.session.execute(text("select receipt_withdraw(:r, current_date)"), {"r": held})
    for opening in (first, second):
        with pytest.raises(NotFound):
            room.read(mara, opening)


def test_moderators_ask_and_leads_allow_and_nobody_else(desk, room, mara, nil, works):
    opening = room.ask(mara, desk.report())
    with pytest.raises(NotAllowed):
        room.answer(nil, opening)
    reader = add_staff(works, desk.city, "reader", Role.ANALYST)
    for refused in (lambda: room.ask(reader, desk.report()), lambda: room.names(reader)):
        with pytest.raises(NotAllowed):
            refused()
    with pytest.raises(NotFound):
        room.read(mara, uuid4())
