"""What the city did, for everybody to read: a note is written, published and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from backend.domain.citynotes import check_texts, check_time
from backend.domain.clock import local_date
from backend.domain.permissions import Permission
from backend.errors import Conflict, NotFound, UnprocessableInput
from backend.store import trail
from backend.store.models import Account, Area, CityNote, NoteState
from backend.store.queries import find_city

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.work import Work


@dataclass(frozen=True)
class Told:
    """A note, and the pseudonym of who wrote it."""

    note: CityNote
    written_by: str


def write(
    work: Work,
    actor: Actor,
    *,
    area: str,
    texts: Mapping[str, str],
    period: str | None = None,
    day: date | None = None,
) -> Told:
    """Write a draft that the public does not see yet.

    Raises:
        NotAllowed: the account may not. UnprocessableInput: the area is none of the city's, the time is
            missing, doubled or still to come, or a text is no plain line in a language of the city.
    """
    actor.need(Permission.WRITE_CITY_NOTES)
    city = find_city(work.session, work.city_id)
    check_texts(texts, city.languages)
    check_time(period, day, local_date(work.clock, city.timezone))
    if work.session.get(Area, (work.city_id, area)) is None:
        raise UnprocessableInput("The city has no area of this code.", field="area")
    note = CityNote(
        city_id=work.city_id, id=uuid4(), area=area, period=period, day=day,
        texts={language: text.strip() for language, text in texts.items()},
        state=NoteState.DRAFT, written_by=actor.account_id,
    )  # fmt: skip
    work.session.add(note)
    work.session.flush()
    return Told(note, actor.pseudonym)


def every(work: Work, actor: Actor) -> Sequence[Told]:
    """Return all notes with what became of them, by area; of those taken back no words are left."""
    actor.need(Permission.WRITE_CITY_NOTES)
    query = (
        select(CityNote, Account.pseudonym)
        .outerjoin(Account, (Account.city_id == CityNote.city_id) & (Account.id == CityNote.written_by))
        .where(CityNote.city_id == work.city_id)
        .order_by(CityNote.area, CityNote.published_on.desc(), CityNote.id)
    )
    return [Told(note, pseudonym or "") for note, pseudonym in work.session.execute(query)]


def publish(work: Work, actor: Actor, note_id: UUID, *, quotes_no_report: bool) -> None:
    """Let everybody read a draft.

    Raises:
        NotAllowed: the account may not. NotFound: there is no such note.
        UnprocessableInput: nobody vouches that it quotes no report. Conflict: it is no draft.
    """
    actor.need(Permission.WRITE_CITY_NOTES)
    if not quotes_no_report:
        raise UnprocessableInput("A note that quotes a report is not published.", field="quotes_no_report")
    note = _find(work, note_id)
    if note.state is not NoteState.DRAFT:
        raise Conflict("Only a draft can be published.")
    note.state = NoteState.PUBLISHED
    note.published_on = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    _note(work, actor, note, "city_note_published")


def withdraw(work: Work, actor: Actor, note_id: UUID) -> None:
    """Take a note back, published or not; its words go at once, that there was one stays.

    Raises:
        NotAllowed: the account may not. NotFound: there is no such note. Conflict: it was taken back already.
    """
    actor.need(Permission.WRITE_CITY_NOTES)
    note = _find(work, note_id)
    if note.state is NoteState.WITHDRAWN:
        raise Conflict("This was taken back already.")
    note.state, note.texts = NoteState.WITHDRAWN, {}
    _note(work, actor, note, "city_note_withdrawn")


def _find(work: Work, note_id: UUID) -> CityNote:
    note = work.session.get(CityNote, (work.city_id, note_id), with_for_update=True)
    if note is None:
        raise NotFound("There is no such note here.")
    return note


def _note(work: Work, actor: Actor, note: CityNote, what: str) -> None:
    by = {"by": "operator"} if actor.by_operator else {}
    trail.append(work, {"what": what, "account": actor.account_id, "note": note.id, **by})
