"""A moderator's message to a resident: sealed for both, added once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from backend.domain.clock import local_date
from backend.domain.messages import MOST, Author
from backend.domain.workflow import State
from backend.errors import Conflict
from backend.store import trail
from backend.store.messages import seal_message
from backend.store.models import Message
from backend.store.queries import find_city

if TYPE_CHECKING:
    from backend.domain.permissions import Actor
    from backend.store.models import Report
    from backend.store.work import Work


def hash_of(actor: Actor, key: str) -> bytes:
    """Return under what an account's key is kept; it stands for nothing and needs no secret."""
    return hashlib.sha256(f"{actor.account_id}|{key}".encode()).digest()


def earlier(work: Work, actor: Actor, report: Report, key: str) -> Message | None:
    """Return the message that was added under the same key before."""
    query = select(Message).where(
        Message.city_id == report.city_id,
        Message.report_id == report.id,
        Message.key_hash == hash_of(actor, key),
    )
    return work.session.scalar(query)


def add(work: Work, actor: Actor, report: Report, key: str, words: str) -> Message:
    """Add a message of a moderator to a locked report, and note it in the trail.

    Raises:
        Conflict: the resident took the report back, left no key to seal an answer to, or has
            as many answers as a report takes.
    """
    _check(work, report)
    last = select(func.max(Message.number)).where(
        Message.city_id == report.city_id, Message.report_id == report.id
    )
    number = (work.session.scalar(last) or 0) + 1
    sealed = seal_message(work, report.id, number, words, report.reply_key)
    row = Message(
        city_id=report.city_id,
        report_id=report.id,
        number=number,
        author=Author.CITY,
        day=local_date(work.clock, find_city(work.session, work.city_id).timezone),
        account_id=actor.account_id,
        key_hash=hash_of(actor, key),
        **vars(sealed),
    )
    work.session.add(row)
    entry = {"what": "answered", "account": actor.account_id, "report": report.id, "message": number}
    trail.append(work, entry)
    return row


def _check(work: Work, report: Report) -> None:
    if report.state is State.WITHDRAWN:
        raise Conflict("The resident took this report back; nobody reads an answer.")
    if report.reply_key is None:
        raise Conflict("The resident left no key, so an answer cannot be sealed for them.")
    if _sent(work, report) >= MOST:
        raise Conflict(f"A report takes {MOST} answers, and has them.")


def _sent(work: Work, report: Report) -> int:
    query = select(func.count()).where(
        Message.city_id == report.city_id, Message.report_id == report.id, Message.author == Author.CITY
    )
    return work.session.scalar(query) or 0
