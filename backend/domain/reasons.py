"""Verdicts a moderator can give, and the fixed list of reasons for each.

A reason is a code, never free words, so that decisions can be compared and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.domain.workflow import RULES, Verdict
from backend.errors import UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BECOMES", "REASONS", "TRIED_AGAIN", "UNDONE", "Verdict", "check_reason", "reasons_for"]

# The verdicts that end the work on a report, and where each of them leads.
BECOMES = {
    verdict: RULES[verdict].becomes for verdict in (Verdict.APPROVE, Verdict.REJECT, Verdict.DUPLICATE)
}

# The first of each list is the one most often right.
REASONS: dict[Verdict, tuple[str, ...]] = {
    Verdict.APPROVE: ("clear", "corrected", "unsure"),
    Verdict.REJECT: ("not_a_report", "spam", "abusive", "names_someone", "not_public_space", "too_little"),
    Verdict.DUPLICATE: ("duplicate", "sent_again"),
    Verdict.FORWARD: ("needs_repair", "needs_cleaning", "needs_change"),
    Verdict.ASK: ("unclear_place", "unclear_time", "unclear_words"),
    Verdict.ESCALATE: ("danger", "not_sure", "complex"),
    Verdict.REVERSE: ("mistake", "new_facts", "complaint"),
}

# Written by the system beside moderators' own reasons: a decision taken back, a second try.
UNDONE = "undone"
TRIED_AGAIN = "tried_again"


def reasons_for(verdict: Verdict, policy: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the reasons a city's moderators may give.

    A city adds its own in its policy: `{"reasons": {"reject": {"school_matter": {"en": "..."}}}}`.
    """
    own = policy.get("reasons", {}).get(verdict.value, {})
    return (*REASONS[verdict], *(code for code in own if code not in REASONS[verdict]))


def check_reason(verdict: Verdict, reason: str, policy: Mapping[str, Any]) -> None:
    """Refuse a reason that is not on the list of a verdict.

    Raises:
        UnprocessableInput: the reason belongs to another verdict or to none.
    """
    known = reasons_for(verdict, policy)
    if reason not in known:
        raise UnprocessableInput(f"A reason to {verdict} is one of: {', '.join(known)}.", field="reason")
