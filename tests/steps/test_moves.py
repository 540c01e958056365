"""Every move a member of staff can make, from every state: what the table says happens, and nothing else."""

from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import select, text, update

from backend.domain.permissions import Actor, Role
from backend.domain.reasons import REASONS
from backend.domain.workflow import (
    ASK_PATIENCE,
    CLOSED,
    RULES,
    TO_DECIDE,
    UNDO,
    UNDONE_FROM,
    State,
    Verdict,
)
from backend.errors import Conflict, FarolaError, NotAllowed, NotFound, UnprocessableInput
from backend.steps import claims, review
from backend.store.leases import Hold
from backend.store.models import Forward, ForwardState, Message, Report, Trail
from backend.store.verdicts import Judgement
from backend.store.waiting import waiting
from backend.store.wanted import Wanted
from tests.staff import Desk, add_staff
from workers.sweep import sweep

PHONE = PrivateKey.generate()
DESK = {"url": "http://127.0.0.1:9", "services": {"default": "general", "badly_lit": "lamps"}}
POLICY = {"service_desk": DESK, "four_eyes": ["rape_assault", "touching"]}
CONDITION = {
    "kind": "condition", "categories": ["badly_lit"], "consent_forward": True,
    "reply_key": bytes(PHONE.public_key),
}  # fmt: skip


@pytest.fixture
def desk(works, make_city, hand_in, keyring) -> Desk:
    return Desk(works, make_city(policy=POLICY), hand_in, keyring)


@pytest.fixture
def mara(works, desk) -> Actor:
    return add_staff(works, desk.city, "mara")


@pytest.fixture
def nil(works, desk) -> Actor:
    return add_staff(works, desk.city, "nil")


@pytest.fixture
def lead(works, desk) -> Actor:
    return add_staff(works, desk.city, "lead", Role.LEAD)


def condition(desk, **more):
    return desk.report(CONDITION | more.pop("told", {}), **more)


def decide(desk, actor, report_id, verdict, **more):
    reason = more.pop("reason", REASONS[Verdict(verdict)][0])
    if verdict == "ask":
        more.setdefault("public_note", "Which exit was it?")
    return desk.decide(actor, desk.claim(actor, report_id), verdict, reason, **more)


def reverse(desk, actor, report_id, reason="mistake", **more):
    with desk.works["staff"].open(desk.city) as work:
        return review.reverse(
            work, desk.keyring, actor, report_id, Judgement(Verdict.REVERSE, reason, **more)
        )


def at_once(desk, actor, report_id, verdict, reason):
    with desk.works["staff"].open(desk.city) as work:
        judgement = Judgement(Verdict(verdict), reason)
        return review.decide_at_once(work, desk.keyring, actor, report_id, judgement)


def appeal(desk, report_id):
    receipt = desk.row(report_id).receipt_hash
    with desk.works["residents"].open(desk.city) as work:
        return work.session.scalar(text("select receipt_appeal(:r)"), {"r": receipt})


def put(desk, report_id, state: State):
    """Bring a report to a state by force: what matters is what can be done from there."""
    with desk.works["owner"].open(desk.city) as work:
        told = {"state": state, "due_at": None, "claim_until": None}
        work.session.execute(update(Report).where(Report.id == report_id).values(**told))


def snapshot(desk, report_id):
    """Everything about a report that a refusal must not change; the trail tells of claims as well."""
    with desk.works["owner"].open(desk.city) as work:
        report = work.session.get_one(Report, (desk.city, report_id))
        told = {
            column.name: getattr(report, column.name)
            for column in Report.__table__.columns
            if not column.name.startswith("claim")
        }
        rows = [
            work.session.scalar(text(f"select count(*) from {table}"))
            for table in ("decisions", "messages", "forwards", "sealed")
        ]
        return told, rows


# --- the table, exhaustively -------------------------------------------------------------------


@pytest.mark.parametrize(("state", "verdict"), list(product(State, Verdict)))
def test_from_every_state_a_verdict_does_what_the_table_says(desk, mara, nil, lead, state, verdict):
    report_id = condition(desk)
    put(desk, report_id, state)
    actor = lead if state is State.ESCALATED else mara
    allowed = state in RULES[verdict].since and verdict is not Verdict.REVERSE
    # A lead has nobody to escalate to; that is no move of the table either.
    before = snapshot(desk, report_id)
    try:
        report = decide(desk, actor, report_id, verdict)
    except FarolaError:
        assert not allowed
        assert snapshot(desk, report_id) == before
        return
    assert allowed
    [made] = desk.decisions(report_id)
    if state is State.SECOND_LOOK and RULES[verdict].becomes in CLOSED:
        # Nobody proposed this before, so it is a proposal itself.
        assert (report.state, made.proposed) == (State.SECOND_LOOK, verdict)
    else:
        assert report.state is RULES[verdict].becomes
    assert (made.was, made.became, made.account_id) == (state, report.state, actor.account_id)
    assert (report.closed_on is not None) == (report.state in CLOSED)


@pytest.mark.parametrize("state", list(State))
def test_without_a_decision_nothing_is_undone_or_reversed(desk, lead, state):
    report_id = condition(desk)
    put(desk, report_id, state)
    before = snapshot(desk, report_id)
    for take_back in (desk.undo, lambda actor, one: reverse(desk, actor, one)):
        with pytest.raises(Conflict):
            take_back(lead, report_id)
    assert snapshot(desk, report_id) == before


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.REVERSE])
def test_every_verdict_can_be_undone_for_ten_minutes(desk, mara, clock, verdict):
    first, second = condition(desk), condition(desk)
    for report_id in (first, second):
        decide(desk, mara, report_id, verdict)
        assert desk.row(report_id).state in UNDONE_FROM
    clock.move(seconds=UNDO.total_seconds() - 1)
    report = desk.undo(mara, first)
    assert (report.state, report.closed_on, report.barred) == (State.IN_REVIEW, None, [])
    clock.move(seconds=1)
    with pytest.raises(Conflict, match="too late"):
        desk.undo(mara, second)
    assert desk.row(second).state is RULES[verdict].becomes


@pytest.mark.parametrize("state", list(State))
def test_an_appeal_leads_from_a_refusal_only(desk, state):
    report_id = condition(desk)
    put(desk, report_id, state)
    found = appeal(desk, report_id)
    if state is State.WITHDRAWN:
        assert found is None
    elif state in {State.REJECTED, State.DUPLICATE}:
        assert (found, desk.row(report_id).state) == ("appealed", State.APPEALED)
    else:
        assert (found, desk.row(report_id).state) == ("refused", state)


def test_who_waits_is_shown_to_who_may_decide(desk, mara, lead):
    reports = {}
    for state in TO_DECIDE:
        reports[state] = condition(desk)
        put(desk, reports[state], state)
    for actor, hidden in ((mara, {State.ESCALATED}), (lead, set())):
        with desk.works["staff"].open(desk.city) as work:
            shown = {report.state for report in waiting(work, actor, Wanted(), 50)}
        assert shown == set(TO_DECIDE) - hidden
    with pytest.raises(NotAllowed, match="lead"):
        desk.claim(mara, reports[State.ESCALATED])


# --- two have to agree -------------------------------------------------------------------------


def test_a_sensitive_report_is_decided_by_two(desk, mara, nil):
    report_id = desk.report({"categories": ["touching"]})
    proposed = decide(desk, mara, report_id, "approve", reason="unsure", note="Look at the second line.")
    assert (proposed.state, proposed.countable_on, proposed.closed_on) == (State.SECOND_LOOK, None, None)
    with pytest.raises(Conflict, match="somebody else"):
        desk.claim(mara, report_id)
    agreed = decide(desk, nil, report_id, "approve")
    assert (agreed.state, agreed.countable_on is not None) == (State.APPROVED, True)
    assert {mara.account_id, nil.account_id} == set(agreed.barred)
    assert [entry["what"] for entry in desk.trail() if "verdict" in entry] == ["proposed", "decided"]


def test_who_disagrees_proposes_something_else_until_two_say_the_same(desk, mara, nil):
    report_id = desk.report({"categories": ["touching"]})
    decide(desk, mara, report_id, "approve")
    assert decide(desk, nil, report_id, "reject").state is State.SECOND_LOOK
    with pytest.raises(Conflict, match="somebody else"):
        desk.claim(nil, report_id)
    assert decide(desk, mara, report_id, "reject").state is State.REJECTED


def test_taking_a_sensitive_category_away_needs_two_as_well(desk, mara):
    report_id = desk.report({"categories": ["touching"]})
    assert decide(desk, mara, report_id, "approve", categories=["following"]).state is State.SECOND_LOOK


def test_without_a_list_of_its_own_a_city_looks_twice_at_the_gravest(desk, make_city, works):
    desk.city = make_city(policy={})
    rita = add_staff(works, desk.city, "rita")
    grave, other = desk.report({"categories": ["rape_assault"]}), desk.report({"categories": ["theft"]})
    assert decide(desk, rita, grave, "reject", reason="spam").state is State.SECOND_LOOK
    assert decide(desk, rita, other, "reject", reason="spam").state is State.REJECTED


def test_what_a_first_person_writes_reaches_the_resident_when_a_second_agrees(desk, mara, nil):
    told = {"categories": ["touching"], "reply_key": bytes(PHONE.public_key)}
    report_id = desk.report(told)
    decide(desk, mara, report_id, "reject", reason="too_little", public_note="Tell us the street, please.")
    assert read(desk, report_id) == []
    decide(desk, nil, report_id, "reject", reason="too_little")
    assert read(desk, report_id) == ["Tell us the street, please."]


def read(desk, report_id):
    """What the phone reads of the city's messages."""
    with desk.works["worker"].open(desk.city) as work:
        rows = work.session.scalars(select(Message).where(Message.report_id == report_id))
        boxes = [SealedBox(PHONE).decrypt(row.reply_copy) for row in rows if row.author == "city"]
    return [box[: box.rindex(b"\x80")].decode() for box in boxes]


# --- escalating, asking, merging ---------------------------------------------------------------


def test_an_escalated_report_is_decided_by_a_lead_who_did_not_escalate_it(desk, mara, nil, lead):
    report_id = desk.report({"categories": ["touching"]})
    decide(desk, mara, report_id, "escalate")
    for other in (mara, nil):
        with pytest.raises(NotAllowed, match="lead"):
            desk.claim(other, report_id)
    assert decide(desk, lead, report_id, "approve").state is State.APPROVED


def test_a_question_waits_for_its_answer_and_the_answer_brings_the_report_back(desk, mara, clock):
    report_id = condition(desk)
    decide(desk, mara, report_id, "ask", public_note="Which exit was it?")
    assert read(desk, report_id) == ["Which exit was it?"]
    with pytest.raises(Conflict, match="answer"):
        desk.claim(mara, report_id)
    held = desk.row(report_id).receipt_hash
    told = {"r": held, "n": 2, "d": clock.now().date()}
    with desk.works["residents"].open(desk.city) as work:
        work.session.execute(
            text("select message_add(:r, cast(:n as smallint), :d, '2026-11', '\\x00', '\\x00', null)"), told
        )
    row = desk.row(report_id)
    assert (row.state, row.due_at) == (State.IN_REVIEW, None)


def test_a_question_nobody_answers_is_waited_for_two_weeks(desk, mara, works, clock):
    report_id = condition(desk)
    decide(desk, mara, report_id, "ask")
    clock.move(days=ASK_PATIENCE.days)
    sweep(works["worker"])
    assert desk.row(report_id).state is State.ASKED
    clock.move(minutes=1)
    sweep(works["worker"])
    assert desk.row(report_id).state is State.IN_REVIEW


def test_a_question_needs_words_and_somebody_who_can_read_them(desk, mara):
    report_id = condition(desk)
    hold = desk.claim(mara, report_id)
    with pytest.raises(UnprocessableInput, match="question"):
        desk.decide(mara, hold, "ask", "unclear_place")
    mute = desk.report(CONDITION | {"reply_key": None})
    with pytest.raises(Conflict, match="no key"):
        decide(desk, mara, mute, "ask")
    assert desk.row(mute).state is desk.row(report_id).state is State.IN_REVIEW


def test_a_duplicate_points_at_the_report_that_tells_the_same(desk, mara):
    first, second, third = desk.report(), desk.report(), desk.report()
    assert decide(desk, mara, second, "duplicate", duplicate_of=first).duplicate_of == first
    for into, refused in ((third, UnprocessableInput), (second, Conflict), (uuid4(), NotFound)):
        with pytest.raises(refused):
            decide(desk, mara, third, "duplicate", duplicate_of=into)
    with pytest.raises(UnprocessableInput):
        decide(desk, mara, third, "approve", duplicate_of=first)
    assert desk.undo(mara, second).duplicate_of is None


def test_a_merge_into_a_report_that_is_taken_back_forgets_where_it_led(desk, mara, works):
    first, second = desk.report(), desk.report()
    decide(desk, mara, second, "duplicate", duplicate_of=first)
    receipt = desk.row(first).receipt_hash
    with works["residents"].open(desk.city) as work:
        work.session.execute(text("select receipt_withdraw(:r, current_date)"), {"r": receipt})
    assert (desk.row(second).duplicate_of, desk.row(second).state) == (None, State.DUPLICATE)


# --- forwarding --------------------------------------------------------------------------------


def forward_of(desk, report_id):
    with desk.works["owner"].open(desk.city) as work:
        return work.session.get(Forward, (desk.city, report_id))


def test_a_forwarded_condition_is_approved_and_leaves_after_the_time_to_undo(desk, mara, clock):
    report_id = condition(desk)
    assert decide(desk, mara, report_id, "forward").state is State.APPROVED
    row = forward_of(desk, report_id)
    assert (row.state, row.due_at) == (ForwardState.WAITING, clock.now() + UNDO)
    desk.undo(mara, report_id)
    row = forward_of(desk, report_id)
    assert (row.state, row.due_at) == (ForwardState.CANCELLED, None)
    decide(desk, mara, report_id, "forward")
    assert forward_of(desk, report_id).state is ForwardState.WAITING


@pytest.mark.parametrize(
    "told",
    [{"consent_forward": False}, {"kind": "incident", "categories": ["theft"], "consent_forward": False}],
)
def test_only_a_condition_whose_resident_agreed_is_forwarded(desk, mara, told):
    report_id = desk.report(CONDITION | told)
    with pytest.raises(Conflict, match="agreed"):
        decide(desk, mara, report_id, "forward")
    assert (forward_of(desk, report_id), desk.row(report_id).state) == (None, State.IN_REVIEW)


def test_a_city_without_a_desk_forwards_nothing(desk, make_city, works):
    desk.city = make_city(policy={})
    rita = add_staff(works, desk.city, "rita")
    report_id = condition(desk)
    with pytest.raises(Conflict, match="no service desk"):
        decide(desk, rita, report_id, "forward")


def test_a_report_that_is_taken_back_is_not_forwarded(desk, mara, works):
    report_id = condition(desk)
    decide(desk, mara, report_id, "forward")
    receipt = desk.row(report_id).receipt_hash
    with works["residents"].open(desk.city) as work:
        work.session.execute(text("select receipt_withdraw(:r, current_date)"), {"r": receipt})
    assert forward_of(desk, report_id) is None


# --- reversing, many at once -------------------------------------------------------------------


def test_a_later_reversal_is_a_new_event_with_a_reason(desk, mara, nil, lead, clock):
    report_id = desk.report()
    decide(desk, mara, report_id, "reject")
    clock.move(days=2)
    for wrong in (lambda: desk.undo(mara, report_id), lambda: desk.undo(lead, report_id)):
        with pytest.raises(Conflict, match="too late"):
            wrong()
    with pytest.raises(NotAllowed):
        reverse(desk, nil, report_id)
    with pytest.raises(UnprocessableInput, match="reason"):
        reverse(desk, lead, report_id, "clear")
    report = reverse(desk, lead, report_id, "complaint", note="She wrote to us.")
    assert (report.state, report.closed_on) == (State.IN_REVIEW, None)
    assert [(row.became, row.reason) for row in desk.decisions(report_id)] == [
        (State.REJECTED, "not_a_report"), (State.IN_REVIEW, "complaint"),
    ]  # fmt: skip
    entry = desk.trail()[-1]
    assert (entry["what"], entry["reason"], entry["was"]) == ("reversed", "complaint", "rejected")
    with pytest.raises(Conflict):
        reverse(desk, lead, report_id)


def test_what_was_counted_or_forgotten_is_not_reversed(desk, mara, works):
    counted, forgotten = desk.report(), desk.report()
    for report_id in (counted, forgotten):
        desk.approve(mara, report_id)
    with works["worker"].open(desk.city) as work:
        work.move(work.session.get_one(Report, (desk.city, counted)), State.COUNTED)
        work.session.get_one(Report, (desk.city, forgotten)).cell = None
    for report_id, why in ((counted, "counted"), (forgotten, "forgotten")):
        with pytest.raises(Conflict, match=why):
            reverse(desk, mara, report_id)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_many_are_decided_at_once_only_by_what_can_be_undone(desk, mara, verdict):
    report_id = condition(desk)
    reason = REASONS[verdict][0]
    if RULES[verdict].reversible:
        assert at_once(desk, mara, report_id, verdict, reason).state is RULES[verdict].becomes
        assert desk.undo(mara, report_id).state is State.IN_REVIEW
    else:
        with pytest.raises(UnprocessableInput, match="undone"):
            at_once(desk, mara, report_id, verdict, reason)
        assert desk.row(report_id).state is State.IN_REVIEW


def test_many_at_once_leave_alone_what_a_colleague_reads(desk, mara, nil):
    report_id = desk.report()
    hold = desk.claim(nil, report_id)
    with pytest.raises(Conflict, match="Somebody else"):
        at_once(desk, mara, report_id, "reject", "spam")
    assert desk.decide(nil, hold, "approve", "clear").state is State.APPROVED


# --- appeals -----------------------------------------------------------------------------------


def test_an_appeal_is_decided_by_somebody_else_and_once(desk, mara, nil):
    report_id = desk.report()
    decide(desk, mara, report_id, "reject", reason="too_little")
    assert appeal(desk, report_id) == "appealed"
    with pytest.raises(Conflict, match="somebody else"):
        desk.claim(mara, report_id)
    with desk.works["staff"].open(desk.city) as work:
        assert claims.claim_next(work, desk.keyring, mara, Wanted()) is None
    decide(desk, nil, report_id, "reject", reason="too_little")
    assert appeal(desk, report_id) == "refused"
    assert desk.row(report_id).state is State.REJECTED


def test_undoing_a_decision_on_an_appeal_does_not_give_it_back_to_who_was_appealed_against(desk, mara, nil):
    report_id = desk.report()
    decide(desk, mara, report_id, "reject")
    appeal(desk, report_id)
    decide(desk, nil, report_id, "approve")
    assert desk.undo(nil, report_id).state is State.IN_REVIEW
    with pytest.raises(Conflict, match="somebody else"):
        desk.claim(mara, report_id)
    assert decide(desk, nil, report_id, "approve").state is State.APPROVED


def test_both_of_two_deciders_are_shut_out_of_an_appeal(desk, mara, nil, lead):
    report_id = desk.report({"categories": ["touching"]})
    decide(desk, mara, report_id, "reject", reason="spam")
    decide(desk, nil, report_id, "reject", reason="spam")
    appeal(desk, report_id)
    for actor in (mara, nil):
        with pytest.raises(Conflict, match="somebody else"):
            desk.claim(actor, report_id)
    assert decide(desk, lead, report_id, "approve").state is State.APPROVED


def test_what_was_refused_out_of_the_quarantine_goes_back_there(desk, mara):
    report_id = desk.report(to="quarantined", text=None)
    desk.decide(mara, desk.claim(mara, report_id), "reject", "spam")
    assert appeal(desk, report_id) == "quarantined"
    assert desk.row(report_id).state is State.QUARANTINED


def test_a_refusal_whose_place_is_forgotten_cannot_be_appealed(desk, mara, works):
    report_id = desk.report()
    decide(desk, mara, report_id, "reject")
    with works["worker"].open(desk.city) as work:
        work.session.get_one(Report, (desk.city, report_id)).cell = None
    assert appeal(desk, report_id) == "refused"


# --- nothing forged, stale or twice ------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["forward", "ask", "escalate"])
def test_a_forged_or_stale_lease_changes_nothing(desk, mara, nil, clock, verdict):
    report_id = condition(desk)
    hold = desk.claim(mara, report_id)
    more = {"public_note": "Which exit?"} if verdict == "ask" else {}
    reason = REASONS[Verdict(verdict)][0]
    before = snapshot(desk, report_id)
    for actor, forged in ((nil, hold), (mara, Hold(report_id, "A" * 43)), (mara, Hold(report_id, ""))):
        with pytest.raises(Conflict, match="do not hold"):
            desk.decide(actor, forged, verdict, reason, **more)
    clock.move(minutes=5)
    with pytest.raises(Conflict, match="do not hold"):
        desk.decide(mara, hold, verdict, reason, **more)
    assert snapshot(desk, report_id) == before


def test_a_question_sent_twice_is_asked_once(desk, mara):
    report_id = condition(desk)
    hold = desk.claim(mara, report_id)
    desk.decide(mara, hold, "ask", "unclear_place", public_note="Which exit?")
    with pytest.raises(Conflict, match="waits for the resident"):
        desk.decide(mara, hold, "ask", "unclear_place", public_note="Which exit?")
    assert read(desk, report_id) == ["Which exit?"]


def test_the_trail_of_all_moves_holds_no_words(desk, mara, nil, lead):
    words = ("Which exit was it?", "A note for colleagues", "=HYPERLINK(1)", "<script>alert(1)</script>")
    reports = [condition(desk) for _ in range(4)]
    decide(desk, mara, reports[0], "ask", public_note=words[0], note=words[1])
    decide(desk, mara, reports[1], "reject", public_note=words[2], note=words[3])
    reverse(desk, lead, reports[1], note=words[1])
    decide(desk, mara, reports[2], "forward", note=words[3])
    decide(desk, mara, reports[3], "escalate", note=words[2])
    with desk.works["owner"].open(desk.city) as work:
        rows = [str(row.entry) for row in work.session.scalars(select(Trail))]
        kept = work.session.scalars(
            text("select s::text from sealed s union all select m::text from messages m")
        )
        stored = "".join(kept)
    assert len(rows) >= 9
    for word in words:
        assert not any(word in row for row in rows)
        assert word not in stored
