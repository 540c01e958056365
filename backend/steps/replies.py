"""The staff's side of the messages: reading a report's thread, and answering the resident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.domain.permissions import Permission
from backend.errors import UnprocessableInput
from backend.store import messages, replying, trail
from backend.store.leases import locked
from backend.store.messages import open_message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.keyring import KeyRing
    from backend.store.messages import Said, Unanswered
    from backend.store.work import Work


@dataclass(frozen=True)
class Reply:
    """What a moderator sends: the key their program chose, and the words."""

    key: str
    words: str


def unanswered(work: Work, actor: Actor, limit: int) -> Sequence[Unanswered]:
    """Return the reports on which the resident spoke last; a closed one is in no queue."""
    actor.need(Permission.ANSWER)
    return messages.unanswered(work, actor, limit)


def read(work: Work, keyring: KeyRing, actor: Actor, report_id: UUID) -> Sequence[Said]:
    """Return a report's messages as they were written; a look at any leaves an entry in the trail.

    Raises:
        NotFound: there is no such report here.
    """
    actor.need(Permission.ANSWER)
    said = messages.thread(work, keyring, locked(work, actor, report_id))
    if said:
        trail.append(work, {"what": "messages_read", "account": actor.account_id, "report": report_id})
    return said


def send(work: Work, keyring: KeyRing, actor: Actor, report_id: UUID, reply: Reply) -> Said:
    """Answer a resident exactly once; the report stays in the state it is in.

    Raises:
        NotFound: there is no such report here. UnprocessableInput: the key was used for other words.
        Conflict: the resident took the report back, left no key to seal an answer to, or has
            as many answers as a report takes.
    """
    actor.need(Permission.ANSWER)
    report = locked(work, actor, report_id)
    earlier = replying.earlier(work, actor, report, reply.key)
    if earlier is None:
        earlier = replying.add(work, actor, report, reply.key, reply.words)
    elif open_message(keyring, earlier) != reply.words:
        raise UnprocessableInput(
            "This Idempotency-Key was used for another message.", field="Idempotency-Key"
        )
    return messages.Said(earlier.number, earlier.author, earlier.day, reply.words, actor.pseudonym)
