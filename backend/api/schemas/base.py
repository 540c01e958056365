"""Strict schemas and fields: nothing unknown, nothing turned into something else."""

from __future__ import annotations

import base64
import re
from datetime import date
from typing import Any, cast
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from backend.api.strict import check_text

_INTEGER = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_SAFE_INTEGER = 2**53 - 1


class JsonSchema(ma.Schema):
    """A JSON object; members that are not listed are refused."""

    class Meta:
        """Say so in the OpenAPI document too (`additionalProperties: false`)."""

        unknown = ma.RAISE


class QuerySchema(ma.Schema):
    """Query parameters; unknown ones are refused, repeated ones before they get here."""

    class Meta:
        """Refuse what is not listed."""

        unknown = ma.RAISE


class FullMatch(ma.validate.Regexp):
    """A text that matches a pattern from its first character to its last, a line's end included."""

    def __call__(self, value: str) -> str:  # type: ignore[override] # bytes are no JSON
        """Return the value, or refuse it; `$` alone would let a newline pass."""
        if cast("re.Pattern[str]", self.regex).fullmatch(value) is None:
            raise ma.ValidationError(self._format_error(value))
        return value


class Strict(fields.Field[Any]):
    """A field that reads a value in one way, or refuses it with one sentence."""

    wanted = "This is not what is wanted here."

    def read(self, value: Any) -> Any:
        """Return what a value means, None when it means nothing here."""
        raise NotImplementedError

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        del attr, data, kwargs
        found = self.read(value)
        if found is None:
            raise ma.ValidationError(self.wanted)
        return found


class StrictString(Strict, fields.String):
    """A text, as text."""

    wanted = "This must be a text."

    def read(self, value: Any) -> str | None:
        """Return a text unchanged."""
        if not isinstance(value, str):
            return None
        check_text(value, "")
        return value


class StrictInteger(Strict, fields.Integer):
    """A whole number that JSON wrote as one."""

    wanted = "This must be a whole number."

    def read(self, value: Any) -> int | None:
        """Return a whole number that every JSON reader keeps exact."""
        exact = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _SAFE_INTEGER
        return value if exact else None


class QueryInteger(Strict, fields.Integer):
    """A whole number in ASCII digits, as query parameters write it."""

    wanted = "This must be a whole number."

    def read(self, value: Any) -> int | None:
        """Return the number that some digits write."""
        return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else None


class StrictFloat(Strict, fields.Float):
    """A number that JSON wrote as one."""

    wanted = "This must be a number."

    def read(self, value: Any) -> float | None:
        """Return a number; a text that looks like one is none."""
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


class StrictBoolean(Strict, fields.Boolean):
    """True or false, and no other word for it."""

    wanted = "This must be true or false."

    def read(self, value: Any) -> bool | None:
        """Return true or false unchanged."""
        return value if isinstance(value, bool) else None


class StrictDate(Strict, fields.Date):
    """A calendar day written like 2026-11-20."""

    wanted = "This must be a day written like 2026-11-20."

    def read(self, value: Any) -> date | None:
        """Return the day, if there is such a day."""
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None


class StrictUUID(Strict, fields.UUID):
    """A UUID in its usual 36 characters."""

    wanted = "This must be a UUID."

    def read(self, value: Any) -> UUID | None:
        """Return the UUID."""
        return UUID(value) if isinstance(value, str) and _UUID.fullmatch(value) else None


class Base64Url(Strict, fields.String):
    """Exactly `size` bytes in base64url without padding; loads as bytes."""

    def __init__(self, size: int, **kwargs: Any) -> None:
        length = -(-size * 4 // 3)
        self.wanted = f"This must be {size} bytes in base64url without padding."
        self._form = re.compile(f"[A-Za-z0-9_-]{{{length}}}", re.ASCII)
        metadata = {"pattern": f"^{self._form.pattern}$", **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def read(self, value: Any) -> bytes | None:
        """Return the bytes."""
        if not isinstance(value, str) or not self._form.fullmatch(value):
            return None
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


class ProblemError(ma.Schema):
    """One thing that is not acceptable."""

    field = fields.String(required=True, metadata={"description": "Dotted path, empty for the whole."})
    detail = fields.String(required=True)


class Problem(ma.Schema):
    """A refusal (RFC 9457)."""

    type = fields.String(
        required=True,
        metadata={
            "description": "Stable name of the kind of problem.",
            "example": "urn:farola:problem:not-found",
        },
    )
    title = fields.String(required=True, metadata={"example": "There is no such thing here"})
    status = fields.Integer(required=True, metadata={"example": 404})
    detail = fields.String(required=True, metadata={"example": "There is no such city here."})
    field = fields.String(metadata={"description": "Dotted path of the part of the input it is about."})
    errors = fields.List(fields.Nested(ProblemError))
    challenge = fields.String(metadata={"description": "Where a fresh challenge is, when a proof is needed."})
    instance = fields.String(metadata={"description": "Under which id the server noted it."})
