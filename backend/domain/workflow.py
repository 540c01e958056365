"""The states a report can be in, the moves it may make, who makes them, and what each state wakes.

Every stage hands over through the report's state; nothing else tells a worker what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from backend.errors import Conflict


class State(StrEnum):
    """Where a report stands."""

    AWAITING_PHOTOS = "awaiting_photos"
    RECEIVED = "received"
    ANONYMISED = "anonymised"
    IN_REVIEW = "in_review"
    ASKED = "asked"  # a question lies with the resident
    SECOND_LOOK = "second_look"  # one has proposed, another has to agree
    ESCALATED = "escalated"  # a lead decides
    APPEALED = "appealed"  # the resident asked somebody else to decide
    APPROVED = "approved"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    COUNTED = "counted"
    QUARANTINED = "quarantined"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """A job that workers run on one report."""

    ANONYMISE = "anonymise"
    CLASSIFY = "classify"


class Verdict(StrEnum):
    """What a member of staff makes of one report."""

    APPROVE = "approve"
    REJECT = "reject"
    DUPLICATE = "duplicate"
    FORWARD = "forward"
    ASK = "ask"
    ESCALATE = "escalate"
    REVERSE = "reverse"


_WITHDRAW = {State.WITHDRAWN}
_DECISIONS = {State.APPROVED, State.REJECTED, State.DUPLICATE}

MOVES: dict[State, set[State]] = {
    State.AWAITING_PHOTOS: {State.RECEIVED} | _WITHDRAW,
    State.RECEIVED: {State.ANONYMISED, State.QUARANTINED} | _WITHDRAW,
    State.ANONYMISED: {State.IN_REVIEW, State.QUARANTINED} | _WITHDRAW,
    State.QUARANTINED: {State.RECEIVED, State.REJECTED} | _WITHDRAW,
    State.IN_REVIEW: _DECISIONS | {State.ASKED, State.SECOND_LOOK, State.ESCALATED} | _WITHDRAW,
    State.ASKED: {State.IN_REVIEW} | _WITHDRAW,
    # Who disagrees proposes something else: two have to say the same.
    State.SECOND_LOOK: _DECISIONS | {State.SECOND_LOOK, State.ESCALATED, State.IN_REVIEW} | _WITHDRAW,
    State.ESCALATED: _DECISIONS | {State.IN_REVIEW} | _WITHDRAW,
    State.APPEALED: _DECISIONS | {State.ESCALATED} | _WITHDRAW,
    State.APPROVED: {State.IN_REVIEW, State.COUNTED} | _WITHDRAW,
    # One that was refused out of the quarantine goes back there: it was never anonymised.
    State.REJECTED: {State.IN_REVIEW, State.QUARANTINED, State.APPEALED} | _WITHDRAW,
    State.DUPLICATE: {State.IN_REVIEW, State.APPEALED} | _WITHDRAW,
    State.COUNTED: _WITHDRAW,
    State.WITHDRAWN: set(),
}


@dataclass(frozen=True)
class Rule:
    """From where a verdict leads where, and whether it can be taken back as if it had not been.

    What has left for somebody outside, a question or a forwarded condition, cannot.
    """

    since: frozenset[State]
    becomes: State
    reversible: bool = True


_READ = frozenset({State.IN_REVIEW, State.SECOND_LOOK, State.ESCALATED, State.APPEALED})

RULES: dict[Verdict, Rule] = {
    Verdict.APPROVE: Rule(_READ, State.APPROVED),
    Verdict.REJECT: Rule(_READ | {State.QUARANTINED}, State.REJECTED),
    Verdict.DUPLICATE: Rule(_READ, State.DUPLICATE),
    Verdict.FORWARD: Rule(_READ, State.APPROVED, reversible=False),
    Verdict.ASK: Rule(frozenset({State.IN_REVIEW}), State.ASKED, reversible=False),
    Verdict.ESCALATE: Rule(_READ - {State.ESCALATED}, State.ESCALATED),
    Verdict.REVERSE: Rule(frozenset(_DECISIONS), State.IN_REVIEW, reversible=False),
}

# What ends the work on a report, and what waits for people; what closes is proposed first where four eyes are asked for.
CLOSED = frozenset(_DECISIONS)
TO_DECIDE = _READ | {State.QUARANTINED}
UNDONE_FROM = CLOSED | {State.ASKED, State.SECOND_LOOK, State.ESCALATED}

WAKES: dict[State, Stage] = {
    State.RECEIVED: Stage.ANONYMISE,
    State.ANONYMISED: Stage.CLASSIFY,
}

# Growing pauses between attempts; after the last attempt the report is quarantined, where
# moderators see it. It is never dropped and never published.
PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
)
ATTEMPTS = len(PAUSES) + 1
LEASE = timedelta(minutes=3)
# A report waits this long for promised photos, then goes on without the missing ones.
PHOTO_PATIENCE = timedelta(hours=48)
REVIEW_LEASE = timedelta(minutes=5)
# So long a decision can be taken back without a reason; what is forwarded leaves after it.
UNDO = timedelta(minutes=10)
# A resident who does not answer is waited for this long; then the report is decided as it is.
ASK_PATIENCE = timedelta(days=14)


def told_state(state: str) -> State:
    """Return what a resident is told of a state: who else looks at it is the city's matter."""
    among_us = {State.SECOND_LOOK, State.ESCALATED}
    return State.IN_REVIEW if state in among_us else State(state)


def check_move(was: State, to: State) -> None:
    """Refuse a move that the table does not allow.

    Raises:
        Conflict: the report is not in a state from which it can go there.
    """
    if to not in MOVES[was]:
        raise Conflict(f"A report that is {was} cannot become {to}.")


def check_verdict(verdict: Verdict, was: State) -> None:
    """Refuse a verdict on a report that stands where it cannot be given.

    Raises:
        Conflict: the table of rules does not lead from there.
    """
    if was not in RULES[verdict].since:
        raise Conflict(f"A report that is {was} cannot become {RULES[verdict].becomes}.")
