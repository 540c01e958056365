"""The messages of a report: sealed one by one with public keys, read back with private ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from backend.domain.messages import Author
from backend.store.leases import only_shown_to
from backend.store.models import Account, Message, Report
from backend.store.queries import month_key
from backend.store.replies import seal_reply
from backend.store.seals import Binding, new_key, open_sealed, seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.domain.workflow import State
    from backend.store.keyring import KeyRing
    from backend.store.work import Work


@dataclass(frozen=True)
class SealedMessage:
    """A message as it is stored; nobody without a private key reads it."""

    month: str
    wrapped: bytes
    ciphertext: bytes
    reply_copy: bytes | None


@dataclass(frozen=True)
class Said:
    """A message that was opened for a moderator; `by` is a colleague's pseudonym."""

    number: int
    author: Author
    day: date
    text: str
    by: str | None


@dataclass(frozen=True)
class Unanswered:
    """A report whose last word is the resident's."""

    report_id: UUID
    state: State
    minor: bool
    number: int
    day: date


def _binding(report_id: UUID, number: int) -> Binding:
    return Binding(report_id, "message", version=number)


def seal_message(
    work: Work, report_id: UUID, number: int, words: str, reply_key: bytes | None
) -> SealedMessage:
    """Seal a message under a key of its own, and once more for the phone if that left a key.

    Raises:
        Unavailable: the city's key of this month was not made yet.
    """
    city = month_key(work.session, work.city_id, work.clock.now())
    key = new_key(city.public_key)
    content = words.encode()
    return SealedMessage(
        city.month,
        key.wrapped,
        seal(key.key, _binding(report_id, number), content),
        None if reply_key is None else seal_reply(reply_key, content),
    )


def open_message(keyring: KeyRing, row: Message) -> str:
    """Return what a message says.

    Raises:
        SealError: the private key of its month is not here, or the row was changed.
    """
    key = keyring.unwrap(row.city_id, row.month, row.wrapped)
    return open_sealed(key, _binding(row.report_id, row.number), row.ciphertext).decode()


def thread(work: Work, keyring: KeyRing, report: Report) -> Sequence[Said]:
    """Return the messages of a report, opened, oldest first."""
    query = (
        select(Message, Account.pseudonym)
        .outerjoin(Account, (Account.city_id == Message.city_id) & (Account.id == Message.account_id))
        .where(Message.city_id == report.city_id, Message.report_id == report.id)
        .order_by(Message.number)
    )
    return [
        Said(row.number, row.author, row.day, open_message(keyring, row), pseudonym)
        for row, pseudonym in work.session.execute(query)
    ]


def messages_of(work: Work, report_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """Return how many messages there are on each of some reports."""
    query = (
        select(Message.report_id, func.count().label("n"))
        .where(Message.city_id == work.city_id, Message.report_id.in_(list(report_ids)))
        .group_by(Message.report_id)
    )
    return {row.report_id: row.n for row in work.session.execute(query)}


def unanswered(work: Work, actor: Actor, limit: int) -> Sequence[Unanswered]:
    """Return the reports, closed ones too, whose last message is the resident's, oldest first.

    Only those that the account is shown.
    """
    last = (
        select(Message.report_id, func.max(Message.number).label("number"))
        .where(Message.city_id == work.city_id)
        .group_by(Message.report_id)
        .subquery()
    )
    query = (
        select(Report.id, Report.state, Report.minor, Message.number, Message.day)
        .join(Message, (Message.city_id == Report.city_id) & (Message.report_id == Report.id))
        .join(last, (last.c.report_id == Message.report_id) & (last.c.number == Message.number))
        .where(
            Report.city_id == work.city_id,
            Message.author == Author.RESIDENT,
            *only_shown_to(actor, work.clock.now()),
        )
        .order_by(Message.day, Report.id)
        .limit(limit)
    )
    return [Unanswered(*row) for row in work.session.execute(query)]
