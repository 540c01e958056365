"""What JSON lets through and no database takes, put into every text of every body of the residents' door."""

from __future__ import annotations

import json
from copy import deepcopy
from urllib.parse import quote

import pytest
from sqlalchemy import text

from backend.api.examples import REQUESTS
from tests.support import proof

DOORS = {
    "postReport": "reports",
    "postReportBatch": "reports/batch",
    "postReceiptMessages": "receipt/messages",
}
# Half a surrogate pair, either half, a pair the wrong way round, and NUL.
UNSTORABLE = ["\ud83d", "\udca1", "\udca1\ud83d", "\x00"]


def texts_of(told, path=()):
    """The path of every text and of every name in a JSON value."""
    if isinstance(told, str):
        yield path
    elif isinstance(told, dict):
        for name, inner in told.items():
            yield (*path, name, None)
            yield from texts_of(inner, (*path, name))
    elif isinstance(told, list):
        for at, inner in enumerate(told):
            yield from texts_of(inner, (*path, at))


def spoilt(told, path, what):
    """A copy of a JSON value with something more in one text, or in the name before a None."""
    copy = deepcopy(told)
    *way, last = path[:-1] if path[-1] is None else path
    part = copy
    for step in way:
        part = part[step]
    if path[-1] is None:
        part[f"{last}{what}"] = part.pop(last)
    else:
        part[last] += what
    return copy


@pytest.mark.parametrize("what", UNSTORABLE, ids=lambda what: what.encode("unicode_escape").decode())
@pytest.mark.parametrize("operation", DOORS)
def test_a_text_that_cannot_be_kept_is_refused_wherever_it_is(client, city, databases, operation, what):
    told = REQUESTS[operation]
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
        **proof(client, city),
    }
    if operation == "postReceiptMessages":
        headers["Authorization"] = "Receipt " + "A" * 43
    paths = list(texts_of(told))
    assert len(paths) >= 2
    for path in paths:
        for raw in (
            json.dumps(spoilt(told, path, what)),
            json.dumps(spoilt(told, path, what), ensure_ascii=False),
        ):
            sent = raw.encode("utf-8", "surrogatepass")
            answer = client.post(f"/v1/cities/{city}/{DOORS[operation]}", data=sent, headers=headers)
            assert answer.status_code == 400, (path, answer.text)
            assert answer.mimetype == "application/problem+json"
    with databases["worker"].session(city) as session:
        for table in ("reports", "submissions", "messages"):
            assert session.scalar(text(f"select count(*) from {table}")) == 0


@pytest.mark.parametrize("what", UNSTORABLE, ids=lambda what: what.encode("unicode_escape").decode())
def test_no_form_keeps_such_a_text(desk, what):
    told = {
        "api_key": desk.api_key, "jurisdiction_id": desk.city, "service_code": "badly_lit", "lat": "41.3851",
        "long": "2.1734", "description": "dark", "locale": "es", "attribute[daypart]": "night",
        "attribute[stop]": "7", "attribute[also][]": "isolated",
    }  # fmt: skip
    for spoilt_name in (*told, ""):
        pairs = {name + what * (name == spoilt_name): value for name, value in told.items()}
        for fields in (pairs, told | {spoilt_name: told.get(spoilt_name, "") + what}):
            body = "&".join(
                f"{quote(n, errors='surrogatepass')}={quote(v, errors='surrogatepass')}"
                for n, v in fields.items()
            )
            if fields == told:
                continue
            answer = desk.client.post(
                "/open311/v2/requests.json", data=body, content_type="application/x-www-form-urlencoded"
            )
            assert answer.status_code == 400, (spoilt_name, answer.text)
