"""What OGC API Features are asked, and what their answers hold."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields

from backend.api.schemas import told
from backend.api.schemas.base import JsonSchema, QuerySchema, Strict
from backend.store.features import Box

MOST, USUAL = 10_000, 100
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CORNERS = {4: (0, 1, 2, 3), 6: (0, 1, 3, 4)}
Span = tuple[date, date]


class Whole(Strict):
    """A whole number in ASCII digits, at least `least`; one above `most` counts as `most`."""

    wanted = "This must be a whole number."

    def __init__(self, least: int, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._least, self._most = least, most

    def read(self, value: Any) -> int | None:
        """Return the number."""
        if not isinstance(value, str) or not _WHOLE.fullmatch(value) or int(value) < self._least:
            return None
        return min(int(value), self._most) if self._most else int(value)


class Boxes(Strict):
    """A box of four or six numbers; one that crosses the antimeridian becomes two."""

    wanted = (
        "This must be west,south,east,north in degrees, heights left out or in the third and sixth place."
    )

    def read(self, value: Any) -> list[Box] | None:
        """Return one box or two, each with its west at the left."""
        numbers = _numbers(str(value))
        if len(numbers) not in _CORNERS:
            return None
        west, south, east, north = (numbers[place] for place in _CORNERS[len(numbers)])
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004
            return None
        if west <= east:
            return [(west, south, east, north)]
        return [(west, south, 180.0, north), (-180.0, south, east, north)]


class Days(Strict):
    """An instant or an interval (RFC 3339, `..` for an open end), as the days it touches."""

    wanted = "This must be a time (RFC 3339) or an interval of two, with .. for an open end."

    def read(self, value: Any) -> Span | None:
        """Return the first and the last day."""
        parts = str(value).split("/")
        if len(parts) == 1:
            day = _day(parts[0])
            return (day, day) if day else None
        first, last = (
            _end(part, open_end) for part, open_end in zip(parts, (date.min, date.max), strict=False)
        )
        if len(parts) > 2 or first is None or last is None or first > last or set(parts) <= {"", ".."}:  # noqa: PLR2004
            return None
        return first, last


def _numbers(value: str) -> list[float]:
    try:
        found = [float(part) for part in value.split(",")]
    except ValueError:
        return []
    return found if value.isascii() and not set(value) & set("_ nN") else []


def _end(part: str, open_end: date) -> date | None:
    return open_end if part in {"", ".."} else _day(part)


def _day(part: str) -> date | None:
    """Return the day of a date, or the day in UTC of an instant."""
    try:
        if _DAY.fullmatch(part):
            return date.fromisoformat(part)
        told = datetime.fromisoformat(part)
        return told.astimezone(UTC).date() if told.tzinfo and "T" in part.upper() else None
    except (ValueError, OverflowError):
        return None


class Only(QuerySchema):
    """What every resource may be asked: its form, of which there is one."""

    f = fields.String(
        load_default="json",
        validate=ma.validate.OneOf(["json"]),
        metadata={"description": "The form of the answer; there is one.", "example": "json"},
    )


class ItemsAsked(Only):
    """Which features, and how many at a time."""

    limit = Whole(1, MOST, load_default=USUAL, metadata={"description": f"At most; {MOST} at the most."})
    offset = Whole(
        0, load_default=0, metadata={"description": "So many come before; told by the link `next`."}
    )
    bbox = Boxes(load_default=None, metadata={"description": "West, south, east, north in degrees (WGS84)."})
    datetime = Days(load_default=None, metadata={"description": "An instant or an interval, RFC 3339."})


class Link(JsonSchema):
    """Where something else is."""

    href = told.text("https://farola.example/ogc/conformance")
    rel = told.text("conformance")
    type = told.text("application/json")
    title = told.text("What is spoken here")


class Landing(JsonSchema):
    """The first page for programs."""

    title = told.text("Farola")
    description = told.text("Noisy counts of reports; reported, not verified.")
    links = fields.List(fields.Nested(Link), required=True)


class Conformance(JsonSchema):
    """Which classes of the standard are kept."""

    conforms_to = fields.List(fields.String(), required=True, data_key="conformsTo", attribute="conformsTo")


class Collection(JsonSchema):
    """A set of features: the regions of a layer in all periods, those of the newest, or its areas."""

    id = told.text("barcelona.map")
    title = told.text("Barcelona: map")
    description = told.text("reported, not verified; not a crime rate, not SDG 11.7.2")
    item_type = fields.String(required=True, data_key="itemType", attribute="itemType")
    crs = told.texts(["http://www.opengis.net/def/crs/OGC/1.3/CRS84"])
    extent = fields.Dict(required=True)
    links = fields.List(fields.Nested(Link), required=True)


class Collections(JsonSchema):
    """All sets of features."""

    collections = fields.List(fields.Nested(Collection), required=True)
    links = fields.List(fields.Nested(Link), required=True)
