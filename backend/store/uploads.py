"""Uploads as the database tells of them: how far one has come, and why it takes no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import text

from backend.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge, Unavailable

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Row

    from backend.errors import FarolaError
    from backend.store.work import Work

UNKNOWN = "There is no such upload here."

REFUSED: dict[str, FarolaError] = {
    "gone": NotFound(UNKNOWN),
    "whole": NotAllowed("An upload that was put together takes no more bytes."),
    "moved": Conflict("The upload stands elsewhere; ask it where.", field="Upload-Offset"),
    "length": InvalidInput("This is not the length that was announced.", field="Upload-Length"),
    "large": TooLarge("More bytes than were announced.", field="Upload-Length"),
    "closed": Conflict("This report no longer waits for photos."),
    "scattered": Conflict("It came in too many small pieces; start it again with larger ones."),
    "unfinished": Conflict("A part is not complete yet.", field="Upload-Concat"),
    "size": InvalidInput("The parts are not as long as the photo was announced.", field="Upload-Concat"),
}


@dataclass(frozen=True)
class Upload:
    """How far an upload has come, and the key that more of it is sealed to.

    `name` is the photo's, or the id of a part; `parts` is what a photo was put together from.
    """

    id: UUID
    report_id: UUID
    name: str
    size: int | None
    received: int
    chunks: int
    expires: datetime
    open: bool
    deferred: bool
    part: bool
    parts: tuple[UUID, ...] | None
    month: str
    public_key: bytes | None

    @property
    def sealing_key(self) -> bytes:
        """The public key of this month.

        Raises:
            Unavailable: it was not made yet.
        """
        if self.public_key is None:
            raise Unavailable("The keys of this month are not ready; please try again in a minute.")
        return self.public_key


def call(work: Work, function: str, asked: dict[str, Any]) -> Row[Any]:
    """Call a function of the database, which answers in one row."""
    known = asked | {"now": work.clock.now()}
    return work.session.execute(text(f"select * from {function}"), known).one()  # noqa: S608 - no input


def refuse(outcome: str) -> NoReturn:
    """Raise what an outcome means."""
    why = REFUSED[outcome]
    raise type(why)(why.detail, field=why.field)
