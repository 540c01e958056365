"""Review: leases are exclusive, decisions are final until undone, the first approval fixes what counts."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backend.domain.permissions import Actor, Role
from backend.domain.reasons import BECOMES, REASONS
from backend.domain.taxonomy import Group
from backend.domain.workflow import MOVES, REVIEW_LEASE, Stage, State
from backend.errors import Conflict, NotAllowed, NotFound, UnprocessableInput
from backend.steps import claims, review
from backend.store.leases import TO_DECIDE, Hold
from backend.store.models import Photo, PhotoState, Report
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, seal
from backend.store.waiting import counts, waiting
from backend.store.wanted import Wanted
from tests.staff import add_staff
from tests.support import in_review

TRAINED = Actor(uuid4(), "trained*", Role.MODERATOR, trained=True)


def take_next(desk, actor, **wanted):
    with desk.works["staff"].open(desk.city) as work:
        return claims.claim_next(work, desk.keyring, actor, Wanted(**wanted))


def queue(desk, limit=50, **wanted):
    with desk.works["staff"].open(desk.city) as work:
        return [report.id for report in waiting(work, TRAINED, Wanted(**wanted), limit)]


# --- the queue ---------------------------------------------------------------------------------


def test_the_queue_is_ordered_by_urgency_then_day_then_id(desk, mara, clock):
    early = [desk.report(), desk.report()]
    clock.move(days=2)
    late = desk.report()
    urgent = desk.report(urgency=3)
    stuck = desk.report(to="quarantined", urgency=1)
    expected = [urgent, stuck, *sorted(early), late]
    assert queue(desk) == expected
    assert queue(desk, limit=2) == expected[:2]
    assert take_next(desk, mara).report.id == urgent
    assert take_next(desk, mara).report.id == min(early), "the quarantine is not handed out"


def test_filters_narrow_the_queue_and_its_counts(desk):
    catalan = desk.report({"language": "ca"}, urgency=2)
    other = desk.report(
        {"categories": ["theft"], "location": {"type": "Point", "coordinates": [2.06, 41.46]}}
    )
    assert queue(desk, language="ca") == [catalan]
    assert queue(desk, category="theft") == [other] == queue(desk, area="nw")
    with desk.works["staff"].open(desk.city) as work:
        assert counts(work, TRAINED, Wanted()) == {
            "in_review": 2, "quarantined": 0, "urgent": 1, "languages": {"ca": 1, "en": 1},
        }  # fmt: skip
        assert counts(work, TRAINED, Wanted(language="fr"))["in_review"] == 0


def test_only_reports_that_wait_for_people_stand_in_the_queue(desk, mara):
    done = desk.report()
    desk.approve(mara, done)
    desk.hand_in()
    assert queue(desk) == []
    assert take_next(desk, mara) is None


# --- claims ------------------------------------------------------------------------------------


def test_a_reading_shows_the_public_half_and_nothing_of_the_original(desk, mara):
    report_id = desk.report()
    reading = take_next(desk, mara)
    assert reading.report.id == report_id
    assert reading.half["text"].startswith("[person] followed me")
    assert reading.half["spans"] == [{"start": 0, "end": 8, "kind": "person"}]
    assert reading.half["labels"][0] == {"code": "following", "score": 0.91, "words": ["followed"]}
    assert "A man" not in str(reading.half)
    assert reading.area_name == "SE"
    assert reading.near == 0
    assert desk.trail()[-1] == {"what": "claimed", "account": str(mara.account_id), "report": str(report_id)}


def test_the_staff_login_cannot_read_point_or_person(desk, mara):
    report_id = desk.report()
    with desk.works["staff"].open(desk.city) as work:
        opener = Opener(work.session, desk.keyring, desk.city, report_id)
        assert opener.read("point") is None
        assert opener.read("about_me") is None


def test_a_held_report_is_refused_to_others_until_the_lease_ends(desk, mara, nil, clock):
    report_id = desk.report()
    hold = desk.claim(mara, report_id)
    with pytest.raises(Conflict, match="Somebody else"):
        desk.claim(nil, report_id)
    assert take_next(desk, nil) is None
    clock.move(seconds=REVIEW_LEASE.total_seconds())
    newer = desk.claim(nil, report_id)
    with pytest.raises(Conflict, match="do not hold"):
        desk.decide(mara, hold, "approve", "clear")
    assert desk.decide(nil, newer, "approve", "clear").state is State.APPROVED


def test_a_heartbeat_keeps_a_report_and_a_release_frees_it(desk, mara, nil, clock):
    hold = desk.claim(mara, desk.report())
    clock.move(minutes=4)
    with desk.works["staff"].open(desk.city) as work:
        assert claims.heartbeat(work, mara, hold) == clock.now() + REVIEW_LEASE
    clock.move(minutes=4)
    assert take_next(desk, nil) is None
    with desk.works["staff"].open(desk.city) as work:
        claims.release(work, mara, hold)
    assert take_next(desk, nil).report.id == hold.report_id


def test_claiming_again_makes_the_older_token_worthless(desk, mara):
    report_id = desk.report()
    older, newer = desk.claim(mara, report_id), desk.claim(mara, report_id)
    with pytest.raises(Conflict):
        desk.decide(mara, older, "approve", "clear")
    assert desk.decide(mara, newer, "approve", "clear").state is State.APPROVED


def test_a_token_is_good_for_its_own_account_and_report_only(desk, mara, nil):
    first, second = desk.report(), desk.report()
    hold, other = desk.claim(mara, first), desk.claim(mara, second)
    for actor, forged in [
        (nil, hold),
        (mara, Hold(first, other.token)),
        (mara, Hold(first, "A" * 43)),
        (mara, Hold(first, "")),
    ]:
        with pytest.raises(Conflict, match="do not hold"):
            desk.decide(actor, forged, "approve", "clear")
    assert desk.row(first).state is State.IN_REVIEW
    assert desk.decisions(first) == []


def test_two_moderators_at_once_never_get_the_same_report(desk, mara, nil):
    reports = {desk.report(urgency=number % 3) for number in range(12)}
    start, taken = Barrier(4), {mara: [], nil: []}

    def work_through(actor):
        start.wait()
        while (reading := take_next(desk, actor)) is not None:
            taken[actor].append(reading.report.id)

    threads = [Thread(target=work_through, args=(actor,)) for actor in (mara, nil, mara, nil)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    both = taken[mara] + taken[nil]
    assert len(both) == len(set(both)) == len(reports)


def test_one_report_claimed_by_two_at_once_goes_to_one(desk, mara, nil):
    report_id, start, results = desk.report(), Barrier(2), []

    def go(actor):
        start.wait()
        try:
            results.append(desk.claim(actor, report_id))
        except Conflict as refused:
            results.append(refused)

    threads = [Thread(target=go, args=(actor,)) for actor in (mara, nil)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Hold"]


# --- decisions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", list(BECOMES))
def test_a_decision_moves_the_report_and_leaves_history_and_trail(desk, mara, verdict):
    report_id = desk.report()
    reason = REASONS[verdict][0]
    desk.decide(mara, desk.claim(mara, report_id), verdict, reason)
    row = desk.row(report_id)
    assert row.state is BECOMES[verdict]
    assert (row.claimed_by, row.claim_token, row.claim_until) == (None, None, None)
    assert row.closed_on == date(2026, 11, 18)
    [decision] = desk.decisions(report_id)
    assert (decision.was, decision.became, decision.reason) == (State.IN_REVIEW, row.state, reason)
    assert decision.categories == ["following"]
    assert desk.trail()[-1] == {
        "what": "decided", "account": str(mara.account_id), "report": str(report_id),
        "verdict": verdict, "reason": reason, "became": row.state,
    }  # fmt: skip


def test_the_first_approval_fixes_group_and_day_for_good(desk, make_city, works, clock):
    desk.city = make_city(policy={"four_eyes": []})
    mara = add_staff(works, desk.city, "mara")
    report_id = desk.report()
    desk.approve(mara, report_id, categories=["badly_lit", "touching", "badly_lit"])
    first = desk.row(report_id)
    assert (first.categories, first.primary_group) == (["badly_lit", "touching"], Group.VIOLENCE)
    assert first.countable_on == date(2026, 11, 21), "three days after it was received"
    desk.undo(mara, report_id)
    clock.move(days=10)
    desk.approve(mara, report_id, categories=["theft"])
    again = desk.row(report_id)
    assert again.categories == ["theft"]
    assert (again.primary_group, again.countable_on) == (first.primary_group, first.countable_on)
    assert [row.became for row in desk.decisions(report_id)] == [
        State.APPROVED,
        State.IN_REVIEW,
        State.APPROVED,
    ]


def test_a_late_approval_counts_from_the_citys_own_day(desk, mara, clock):
    report_id = desk.report()
    clock.move(days=20, hours=11, minutes=30)  # 23:30 UTC is tomorrow in Madrid
    desk.approve(mara, report_id)
    assert desk.row(report_id).countable_on == date(2026, 12, 9)


def test_a_rejected_report_is_never_countable(desk, mara):
    report_id = desk.report()
    desk.decide(mara, desk.claim(mara, report_id), "reject", "spam")
    row = desk.row(report_id)
    assert (row.countable_on, row.primary_group) == (None, None)


def test_a_safe_place_has_no_group_and_needs_no_category(desk, mara):
    report_id = desk.report({"kind": "safe_place", "categories": []}, labels={"well_lit": 0.6})
    desk.approve(mara, report_id)
    row = desk.row(report_id)
    assert (row.primary_group, row.countable_on) == (None, date(2026, 11, 21))


@pytest.mark.parametrize(
    ("verdict", "reason", "categories", "field"),
    [
        ("approve", "spam", None, "reason"),
        ("reject", "clear", None, "reason"),
        ("approve", "clear", ["no_such"], "categories.0"),
        ("approve", "clear", ["following", "well_lit"], "categories.1"),
        ("approve", "clear", [], "categories"),
    ],
)
def test_what_is_not_on_a_list_is_refused_and_nothing_changes(desk, mara, verdict, reason, categories, field):
    report_id = desk.report()
    hold = desk.claim(mara, report_id)
    with pytest.raises(UnprocessableInput) as refused:
        desk.decide(mara, hold, verdict, reason, categories=categories)
    assert refused.value.field == field
    row = desk.row(report_id)
    assert (row.state, row.categories, row.countable_on) == (State.IN_REVIEW, ["following"], None)
    assert desk.decisions(report_id) == []
    desk.decide(mara, hold, "approve", "clear")  # the lease still holds


def test_a_city_adds_reasons_of_its_own(works, make_city, hand_in, keyring, desk):
    policy = {"reasons": {"reject": {"school_matter": {"en": "A matter for the school"}}}}
    desk.city = make_city(policy=policy)
    rita = add_staff(works, desk.city, "rita")
    report_id = desk.report()
    desk.decide(rita, desk.claim(rita, report_id), "reject", "school_matter")
    assert desk.row(report_id).state is State.REJECTED


def test_a_double_submit_is_a_conflict_and_one_decision(desk, mara):
    hold = desk.claim(mara, desk.report())
    desk.decide(mara, hold, "approve", "clear")
    with pytest.raises(Conflict, match="approved already"):
        desk.decide(mara, hold, "reject", "spam")
    assert len(desk.decisions(hold.report_id)) == 1
    assert desk.row(hold.report_id).state is State.APPROVED


def test_a_report_taken_back_while_being_read_stays_taken_back(desk, mara, works):
    hold = desk.claim(mara, desk.report())
    receipt = desk.row(hold.report_id).receipt_hash
    with works["residents"].open(desk.city) as work:
        work.session.execute(text("select receipt_withdraw(:r, current_date)"), {"r": receipt})
    with pytest.raises(Conflict, match="took this report back"):
        desk.decide(mara, hold, "approve", "clear")
    with pytest.raises(Conflict, match="took this report back"):
        desk.claim(mara, hold.report_id)
    with pytest.raises(Conflict, match="took this report back"):
        desk.undo(mara, hold.report_id)
    assert desk.row(hold.report_id).state is State.WITHDRAWN
    assert queue(desk) == []


# --- undo --------------------------------------------------------------------------------------


def test_undo_is_for_whoever_decided_and_for_leads(desk, mara, nil, lead):
    report_id = desk.report()
    desk.approve(mara, report_id)
    with pytest.raises(NotAllowed):
        desk.undo(nil, report_id)
    assert desk.row(report_id).state is State.APPROVED
    desk.undo(lead, report_id)
    row = desk.row(report_id)
    assert (row.state, row.closed_on) == (State.IN_REVIEW, None)
    last = desk.decisions(report_id)[-1]
    assert (last.account_id, last.reason, last.was) == (lead.account_id, "undone", State.APPROVED)
    with pytest.raises(Conflict, match="no decision"):
        desk.undo(lead, report_id)


def test_what_was_counted_cannot_be_undone(desk, mara, works):
    report_id = desk.report()
    desk.approve(mara, report_id)
    with works["worker"].open(desk.city) as work:
        work.move(work.session.get_one(Report, (desk.city, report_id)), State.COUNTED)
    with pytest.raises(Conflict, match="counted"):
        desk.undo(mara, report_id)
    with pytest.raises(Conflict, match="counted"):
        desk.claim(mara, report_id)


# --- the quarantine ----------------------------------------------------------------------------


def test_a_refusal_whose_place_is_forgotten_cannot_be_undone(desk, mara, works):
    report_id = desk.report()
    desk.decide(mara, desk.claim(mara, report_id), "reject", "spam")
    with works["worker"].open(desk.city) as work:
        work.session.execute(text("update reports set cell = null where id = :id"), {"id": report_id})
    with pytest.raises(Conflict, match="forgotten"):
        desk.undo(mara, report_id)


def test_a_report_in_quarantine_is_sent_through_again(desk, mara, sent):
    report_id = desk.report(to="quarantined", attempts=5)
    hold = desk.claim(mara, report_id)
    sent.clear()
    with desk.works["staff"].open(desk.city) as work:
        review.try_again(work, mara, hold)
    row = desk.row(report_id)
    assert (row.state, row.attempts) == (State.RECEIVED, 0)
    assert row.due_at is not None
    assert [(job.stage, job.report_id) for job in sent] == [(Stage.ANONYMISE, report_id)]


def test_a_report_in_quarantine_is_rejected_but_never_approved_and_undo_brings_it_back_there(desk, mara):
    report_id = desk.report(to="quarantined", text=None)
    hold = desk.claim(mara, report_id)
    for verdict, reason in (("approve", "clear"), ("duplicate", "duplicate")):
        with pytest.raises(Conflict, match="quarantined"):
            desk.decide(mara, hold, verdict, reason)
    desk.decide(mara, hold, "reject", "spam")
    assert desk.undo(mara, report_id).state is State.QUARANTINED
    with desk.works["staff"].open(desk.city) as work, pytest.raises(Conflict):
        review.try_again(work, mara, Hold(report_id, "x"))


def test_only_the_quarantine_can_be_sent_through_again(desk, mara):
    hold = desk.claim(mara, desk.report())
    with desk.works["staff"].open(desk.city) as work, pytest.raises(Conflict, match="quarantine"):
        review.try_again(work, mara, hold)


# --- notes and photos --------------------------------------------------------------------------


def test_a_note_is_sealed_and_read_by_the_next_moderator(desk, mara, lead):
    report_id = desk.report()
    desk.approve(mara, report_id, note="Same stop as last week.")
    with desk.works["worker"].open(desk.city) as work:
        stored = work.session.scalars(text("select s::text from sealed s")).all()
    assert not any("last week" in row for row in stored)
    assert "last week" not in str(desk.trail())
    desk.undo(lead, report_id)
    history = take_next(desk, lead).history
    assert [(past.pseudonym, past.note) for past in history] == [
        ("mara*", "Same stop as last week."), ("lead*", None),
    ]  # fmt: skip


def test_staff_can_add_notes_and_nothing_else_to_what_is_sealed(desk, mara):
    report_id = desk.report()
    for field, key_class in (("public_words", "public"), ("note", "words")):
        told = {"city": desk.city, "id": report_id, "field": field, "class": key_class}
        with (
            pytest.raises(Exception, match="row-level security"),
            desk.works["staff"].open(desk.city) as work,
        ):
            work.session.execute(
                text("insert into sealed (city_id, report_id, field, version, key_class, ciphertext) "
                     "values (:city, :id, :field, 9, :class, '')"), told)  # fmt: skip


@pytest.fixture
def photographed(desk, blobs):
    """A report with a redacted photo, a withheld one, and the redacted picture's bytes."""
    photos = [{"name": name, "size": 10, "sha256": "0" * 64} for name in "12"]
    report_id = UUID(desk.hand_in(at=desk.city, photos=photos)["id"])
    with desk.works["worker"].open(desk.city) as work:
        work.move(work.session.get_one(Report, (desk.city, report_id)), State.RECEIVED)
        in_review(work, report_id)
    jpeg = b"\xff\xd8 a redacted picture"
    with desk.works["worker"].open(desk.city) as work:
        key = Opener(work.session, desk.keyring, desk.city, report_id).key_of(KeyClass.PUBLIC)
        shown = work.session.get_one(Photo, (desk.city, report_id, "1"))
        withheld = work.session.get_one(Photo, (desk.city, report_id, "2"))
        shown.public_blob = withheld.public_blob = f"public/{desk.city}/{uuid4()}"
        blobs.put(shown.public_blob, seal(key, Binding(report_id, "public_photo:1"), jpeg))
        shown.state, withheld.state = PhotoState.REDACTED, PhotoState.WITHHELD
    return report_id, jpeg


def look(desk, blobs, actor, report_id, name):
    with desk.works["staff"].open(desk.city) as work:
        return claims.look_at_photo(work, desk.keyring, blobs, actor, report_id=report_id, name=name)


def test_a_redacted_photo_opens_for_who_holds_the_report_and_leaves_an_entry(
    desk, mara, nil, blobs, photographed
):
    report_id, jpeg = photographed
    with pytest.raises(Conflict):
        look(desk, blobs, mara, report_id, "1")
    desk.claim(mara, report_id)
    assert look(desk, blobs, mara, report_id, "1") == jpeg
    assert desk.trail()[-1] | {"account": ""} == {
        "what": "photo_seen", "account": "", "report": str(report_id), "photo": "1",
    }  # fmt: skip
    with pytest.raises(Conflict):
        look(desk, blobs, nil, report_id, "1")


@pytest.mark.parametrize("name", ["2", "3", "../1"])
def test_a_withheld_or_unknown_photo_is_not_there(desk, mara, blobs, photographed, name):
    desk.claim(mara, photographed[0])
    with pytest.raises(NotFound):
        look(desk, blobs, mara, photographed[0], name)


# --- who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MODERATOR, Role.LEAD}])
def test_other_roles_review_nothing(desk, works, mara, blobs, role):
    reader = add_staff(works, desk.city, role.value, role)
    hold = desk.claim(mara, desk.report())
    with desk.works["staff"].open(desk.city) as work:
        for refused in (
            lambda: claims.claim(work, desk.keyring, reader, hold.report_id),
            lambda: claims.claim_next(work, desk.keyring, reader, Wanted()),
            lambda: claims.heartbeat(work, reader, hold),
            lambda: claims.release(work, reader, hold),
            lambda: claims.look_at_photo(
                work, desk.keyring, blobs, reader, report_id=hold.report_id, name="1"
            ),
            lambda: review.undo(work, reader, hold.report_id),
            lambda: review.try_again(work, reader, hold),
        ):
            with pytest.raises(NotAllowed):
                refused()
    with pytest.raises(NotAllowed):
        desk.decide(reader, hold, "approve", "clear")


def test_another_citys_report_is_not_there(desk, make_city, works, mara):
    report_id = desk.report()
    elsewhere = make_city()
    stranger = add_staff(works, elsewhere, "mara")
    desk.city, home = elsewhere, desk.city
    for call in (desk.claim, desk.undo):
        with pytest.raises(NotFound):
            call(stranger, report_id)
    desk.city = home
    assert desk.row(report_id).claimed_by is None


def test_an_unknown_report_is_not_there(desk, mara):
    with pytest.raises(NotFound):
        desk.claim(mara, uuid4())


# --- the moves ---------------------------------------------------------------------------------

_ACTIONS = ("approve", "reject", "duplicate", "undo", "try_again")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(st.sampled_from(_ACTIONS), max_size=6), stuck=st.booleans())
def test_whatever_a_moderator_tries_only_allowed_moves_happen(desk, mara, actions, stuck):
    report_id = desk.report(to="quarantined" if stuck else "in_review")
    for action in actions:
        before, rows = desk.row(report_id).state, len(desk.decisions(report_id))
        try:
            act(desk, mara, report_id, action)
        except Conflict:
            assert desk.row(report_id).state is before
            assert len(desk.decisions(report_id)) == rows
            continue
        after = desk.row(report_id).state
        assert after in MOVES[before]
        last = desk.decisions(report_id)[-1]
        assert (last.was, last.became, last.sequence) == (before, after, rows + 1)
        assert (after in BECOMES.values()) == (desk.row(report_id).closed_on is not None)


def act(desk, actor: Actor, report_id, action):
    if action == "undo":
        return desk.undo(actor, report_id)
    hold = desk.claim(actor, report_id)
    if action == "try_again":
        with desk.works["staff"].open(desk.city) as work:
            return review.try_again(work, actor, hold)
    reason = {"approve": "clear", "reject": "spam", "duplicate": "duplicate"}[action]
    return desk.decide(actor, hold, action, reason)


def test_every_state_that_waits_for_people_can_be_left_by_them():
    for state in TO_DECIDE:
        assert State.REJECTED in MOVES[state]
    assert timedelta(minutes=10) > REVIEW_LEASE
