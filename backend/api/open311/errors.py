"""Refusals as Open311 says them: the table of problems decides, this says it again in another form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import request

from backend.api.open311.xml import TYPES, written
from backend.api.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response

_OURS = "/open311/"
# The standard knows 403 for keys and 400 for whatever a client can amend.
_STATUS = {401: 403, 422: 400}
# What a part of a report is called in a form.
_FIELDS = {
    "Authorization": "api_key",
    "categories": "service_code",
    "consent_forward": "attribute[forward]",
    "daypart": "attribute[daypart]",
    "location": "lat, long",
    "occurred_on": "attribute[occurred_on]",
    "setting.place_type": "attribute[place_type]",
    "setting.stop": "attribute[stop]",
    "setting.transport_mode": "attribute[transport_mode]",
    "text": "description",
}
_NAMELESS = {"", "?"}
_LISTS = ("categories", "location")


def in_own_form(answer: Response) -> Response:
    """Turn a problem document into Open311's list of errors, in the format of the address."""
    if not request.path.startswith(_OURS) or answer.mimetype != MEDIA_TYPE:
        return answer
    problem = json.loads(answer.get_data())
    answer.status_code = _STATUS.get(answer.status_code, answer.status_code)
    form = "json" if request.path.endswith(".json") else "xml"
    told = [{"code": answer.status_code, "description": sentence} for sentence in _sentences(problem)]
    answer.set_data(written("errors", told, form))
    answer.headers["Content-Type"] = TYPES[form]
    answer.headers.pop("WWW-Authenticate", None)
    return answer


def _sentences(problem: dict[str, Any]) -> Iterator[str]:
    for told in problem.get("errors") or [problem]:
        name = _named(told.get("field") or "")
        yield f"{name}: {told['detail']}" if name not in _NAMELESS else told["detail"]


def _named(field: str) -> str:
    """Return what a form calls a field of ours; `attribute.x` is `attribute[x]` there."""
    first, _, rest = field.partition(".")
    if first == "attribute":
        return f"attribute[{rest}]"
    return _FIELDS.get(first if first in _LISTS else field, field)
