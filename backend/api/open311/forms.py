"""Reading the form of a new request strictly; who reports is left out while it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import request

from backend.api.strict import check_text
from backend.errors import InvalidInput, UnsupportedMedia

if TYPE_CHECKING:
    from collections.abc import Iterable

_URLENCODED, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_TAKEN = frozenset({"jurisdiction_id", "service_code", "lat", "long", "description", "api_key", "locale"})
# Taken, because clients send it, and never looked at: who reports, and what we neither keep nor open.
_WHO = frozenset({"email", "device_id", "account_id", "first_name", "last_name", "phone"})
LEFT_OUT = frozenset({"address_string", "address_id", "media_url"})
_ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_]{1,40})\](\[\])?", re.ASCII)
_MOST_FIELDS = 200
_REPLACED = "\N{REPLACEMENT CHARACTER}"


@dataclass
class Form:
    """What a client said, but for who it is; empty values count as left out."""

    fields: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def add(self, name: str, value: str) -> None:
        """Add one pair of a form.

        Raises:
            InvalidInput: it is not known here, it is there twice, or it holds what cannot be text.
        """
        if name in _WHO or not value:
            return
        check_text(name + value, name)
        attribute = _ATTRIBUTE.fullmatch(name)
        if attribute is not None:
            self._answer(attribute[1], value, more=bool(attribute[2]))
        elif name in LEFT_OUT:
            self.left_out.add(name)
        elif name not in _TAKEN:
            raise InvalidInput("This parameter is not known here.", field=name)
        elif name in self.fields:
            raise InvalidInput("This parameter is there twice.", field=name)
        else:
            self.fields[name] = value

    def _answer(self, code: str, value: str, *, more: bool) -> None:
        if code in self.attributes and not more:
            raise InvalidInput("This attribute is there twice.", field=f"attribute.{code}")
        self.attributes.setdefault(code, []).append(value)


def read_form() -> Form:
    """Return the form of this request.

    Raises:
        UnsupportedMedia: it is no form in UTF-8.
        InvalidInput: it was cut off, it carries a file, or as for `Form.add`.
    """
    if request.mimetype not in {_URLENCODED, _MULTIPART}:
        raise UnsupportedMedia(f"The body must be {_URLENCODED}, in UTF-8.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMedia("The body must be in UTF-8.")
    body = request.get_data(cache=True)
    if request.content_length != len(body):
        raise InvalidInput("The body was cut off, or its length was not said.", field="Content-Length")
    form = Form()
    for name, value in _of_parts() if request.mimetype == _MULTIPART else _of_pairs(body):
        form.add(name, value)
    return form


def _of_pairs(body: bytes) -> Iterable[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise InvalidInput("The form cannot be read as UTF-8, or has too many fields.") from None


def _of_parts() -> Iterable[tuple[str, str]]:
    told, files = request.form, request.files
    if any(file.filename or file.read(1) for file in files.values()):
        raise InvalidInput("Pictures are not taken through this door; send the report without.")
    pairs = list(told.items(multi=True))
    if len(pairs) > _MOST_FIELDS:
        raise InvalidInput("The form has too many fields.")
    if any(_REPLACED in name + value for name, value in pairs):
        raise InvalidInput("The form cannot be read as UTF-8.")
    return pairs
