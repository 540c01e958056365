"""Who may do what: one table from permissions to roles, and the person who asks.

Views and steps ask for a permission; no other file names a role to decide anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backend.errors import NotAllowed

if TYPE_CHECKING:
    from uuid import UUID


class Role(StrEnum):
    """What an account is for; code asks for permissions, never for a role."""

    MODERATOR = "moderator"
    LEAD = "lead"
    ANALYST = "analyst"
    CITY_ADMIN = "city_admin"
    OPERATOR = "operator"


class Permission(StrEnum):
    """One thing that an account may be allowed to do."""

    REVIEW = "review"
    ANSWER = "answer"
    UNDO_OTHERS = "undo_others"
    DECIDE_ESCALATED = "decide_escalated"
    GRANT_OPENING = "grant_opening"
    MASK = "mask"
    WATCH_QUEUE = "watch_queue"
    READ_TRAIL = "read_trail"
    WITHDRAW_RELEASE = "withdraw_release"
    WRITE_CITY_NOTES = "write_city_notes"
    PRACTISE = "practise"
    READ_FAIRNESS = "read_fairness"
    PROMOTE_MODEL = "promote_model"


# What is published needs no permission: everybody reads it, and analysts read nothing else.
MAY: dict[Permission, frozenset[Role]] = {
    Permission.REVIEW: frozenset({Role.MODERATOR, Role.LEAD}),
    Permission.ANSWER: frozenset({Role.MODERATOR, Role.LEAD}),
    Permission.UNDO_OTHERS: frozenset({Role.LEAD}),
    Permission.DECIDE_ESCALATED: frozenset({Role.LEAD}),
    # A second person opens what a moderator asks to see; never the one who asked.
    Permission.GRANT_OPENING: frozenset({Role.LEAD}),
    Permission.MASK: frozenset({Role.MODERATOR, Role.LEAD}),
    Permission.WATCH_QUEUE: frozenset({Role.LEAD}),
    Permission.READ_TRAIL: frozenset({Role.LEAD, Role.CITY_ADMIN}),
    Permission.WITHDRAW_RELEASE: frozenset({Role.LEAD, Role.CITY_ADMIN}),
    Permission.WRITE_CITY_NOTES: frozenset({Role.LEAD, Role.CITY_ADMIN}),
    Permission.PRACTISE: frozenset({Role.MODERATOR, Role.LEAD}),
    Permission.READ_FAIRNESS: frozenset({Role.LEAD, Role.CITY_ADMIN}),
    # Only a command does it, in the name of one of these.
    Permission.PROMOTE_MODEL: frozenset({Role.LEAD, Role.CITY_ADMIN}),
}


@dataclass(frozen=True)
class Actor:
    """The member of staff behind a request; colleagues see the pseudonym only."""

    account_id: UUID
    pseudonym: str
    role: Role
    # Only who is trained for it reads what children tell, or what is told of them.
    trained: bool = False
    # Whether a command acts in this account's name: the trail tells it from what its holder did.
    by_operator: bool = False

    def may(self, permission: Permission) -> bool:
        """Tell whether this account is allowed something."""
        return self.role in MAY[permission]

    def need(self, permission: Permission) -> None:
        """Refuse to go on without a permission.

        Raises:
            NotAllowed: the account does not have it.
        """
        if not self.may(permission):
            raise NotAllowed("This account may not do that.")

    @property
    def permissions(self) -> list[Permission]:
        """Everything this account may do, in the order of the table."""
        return [permission for permission in MAY if self.may(permission)]
