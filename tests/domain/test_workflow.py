"""The table of states, moves and verdicts: nothing in it leads nowhere, and nothing goes round it."""

from __future__ import annotations

from itertools import product

import pytest

from backend.domain.reasons import BECOMES, REASONS
from backend.domain.workflow import (
    CLOSED,
    MOVES,
    RULES,
    TO_DECIDE,
    UNDONE_FROM,
    WAKES,
    State,
    Verdict,
    check_move,
    check_verdict,
    told_state,
)
from backend.errors import Conflict

# Written down apart from the code, so that a change of the table is a change of two files.
ALLOWED = {
    ("awaiting_photos", "received"), ("received", "anonymised"), ("received", "quarantined"),
    ("anonymised", "in_review"), ("anonymised", "quarantined"), ("quarantined", "received"),
    ("quarantined", "rejected"),
    ("in_review", "approved"), ("in_review", "rejected"), ("in_review", "duplicate"), ("in_review", "asked"),
    ("in_review", "second_look"), ("in_review", "escalated"),
    ("asked", "in_review"),
    ("second_look", "approved"), ("second_look", "rejected"), ("second_look", "duplicate"),
    ("second_look", "second_look"), ("second_look", "escalated"), ("second_look", "in_review"),
    ("escalated", "approved"), ("escalated", "rejected"), ("escalated", "duplicate"), ("escalated", "in_review"),
    ("appealed", "approved"), ("appealed", "rejected"), ("appealed", "duplicate"), ("appealed", "escalated"),
    ("approved", "in_review"), ("approved", "counted"),
    ("rejected", "in_review"), ("rejected", "quarantined"), ("rejected", "appealed"),
    ("duplicate", "in_review"), ("duplicate", "appealed"),
} | {(state.value, "withdrawn") for state in State if state is not State.WITHDRAWN}  # fmt: skip


@pytest.mark.parametrize(("was", "to"), list(product(State, State)))
def test_every_pair_of_states_is_a_move_or_a_refusal(was, to):
    if (was.value, to.value) in ALLOWED:
        check_move(was, to)
    else:
        with pytest.raises(Conflict):
            check_move(was, to)


@pytest.mark.parametrize(("verdict", "state"), list(product(Verdict, State)))
def test_a_verdict_is_given_where_its_rule_says_and_its_move_is_one_of_the_table(verdict, state):
    rule = RULES[verdict]
    if state in rule.since:
        check_verdict(verdict, state)
        assert rule.becomes in MOVES[state]
    else:
        with pytest.raises(Conflict):
            check_verdict(verdict, state)


def test_every_verdict_has_a_rule_and_reasons():
    assert set(RULES) == set(Verdict) == set(REASONS)
    assert all(len(set(codes)) == len(codes) > 0 for codes in REASONS.values())
    assert set(BECOMES.values()) == CLOSED


def test_what_has_left_the_house_is_not_taken_back_as_if_it_had_not():
    assert {verdict for verdict, rule in RULES.items() if not rule.reversible} == {
        Verdict.FORWARD, Verdict.ASK, Verdict.REVERSE,
    }  # fmt: skip


def test_whatever_waits_for_people_can_be_ended_by_them_and_comes_from_somewhere():
    for state in TO_DECIDE:
        assert any(state in rule.since and rule.becomes in CLOSED for rule in RULES.values()), state
        assert any(state in after for after in MOVES.values()), state
    assert not TO_DECIDE & (CLOSED | set(WAKES))
    for state in UNDONE_FROM:
        assert State.IN_REVIEW in MOVES[state]


def test_every_state_can_be_left_for_good_by_the_resident():
    for state in set(State) - {State.WITHDRAWN}:
        assert State.WITHDRAWN in MOVES[state]
    assert MOVES[State.WITHDRAWN] == set()


def test_a_resident_is_not_told_who_else_looks():
    told = {state: told_state(state) for state in State}
    assert {state for state, one in told.items() if one is not state} == {State.SECOND_LOOK, State.ESCALATED}
    assert told[State.ESCALATED] is told[State.SECOND_LOOK] is State.IN_REVIEW
