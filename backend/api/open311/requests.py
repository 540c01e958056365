"""Service requests: handing one in, exchanging its token for its id, and asking where it stands."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request
from nacl.public import PrivateKey
from sqlalchemy import text

from backend.api.open311.base import FORM, answer, asked, blueprint, jurisdiction, pepper, voice, works
from backend.api.open311.filing import report_of
from backend.api.open311.forms import read_form
from backend.api.open311.told import check_filters, held_ids, told_of
from backend.api.schemas.reports import IdempotencyKey, ReportIn
from backend.domain import receipts
from backend.domain.clock import local_date
from backend.errors import InvalidInput, NotFound, Unauthenticated
from backend.steps import intake, open311
from backend.steps.accounts import importer_hash
from backend.store.secrets import keyed_hash

if TYPE_CHECKING:
    from flask import Response

    from backend.api.open311.base import Jurisdiction, Voice
    from backend.api.open311.forms import Form


@blueprint.post(f"/v2/requests.{FORM}")
def post_request(form: str) -> Response:
    """Take in a report; the token that is answered is its receipt."""
    asked_for, filled = asked(), read_form()
    if asked_for.keys() & filled.fields.keys():
        raise InvalidInput("A parameter is in the address and in the form.")
    told = asked_for | filled.fields
    place = jurisdiction(told)
    spoken = voice(told, place)
    _check_key(place, told.get("api_key"))
    report = report_of(filled, local_date(works().clock, place.timezone), place)
    filing = _filing(place, told["api_key"], filled)
    taken = intake.submit(intake.Door(works(), pepper(), place.city), filing.attempt(report))
    content = {
        "token": receipts.encode(filing.secret),
        "service_notice": _notice(filled, taken["help_lines"], spoken),
        "account_id": None,
    }
    return answer("service_requests", [content], form)


@blueprint.get(f"/v2/tokens/<token>.{FORM}")
def request_of_token(token: str, form: str) -> Response:
    """Tell the id of the request that a token was answered for."""
    place = jurisdiction(asked())
    try:
        secret = receipts.decode(token)
    except InvalidInput:
        raise NotFound(open311.UNKNOWN) from None
    with works().open(place.city) as work:
        found = open311.exchange(work, pepper(), secret)
    content = {"service_request_id": found, "token": receipts.encode(secret)}
    return answer("service_requests", [content], form)


@blueprint.get(f"/v2/requests/<request_id>.{FORM}")
def one_request(request_id: str, form: str) -> Response:
    """Tell where one request stands, to who holds its id."""
    told = asked("extensions")
    place = jurisdiction(told)
    with works().open(place.city) as work:
        found = open311.progress(work, pepper(), request_id)
    content = told_of(request_id, found, place, voice(told, place))
    return answer("service_requests", [content], form)


@blueprint.get(f"/v2/requests.{FORM}")
def list_requests(form: str) -> Response:
    """Tell where the requests stand whose ids the client holds; nobody is told of others."""
    told = asked(
        "service_request_id", "service_code", "start_date", "end_date", "status",
        "page", "page_size", "extensions",
    )  # fmt: skip
    place = jurisdiction(told)
    spoken = voice(told, place)
    held = held_ids(told)
    if not held:
        check_filters(told)
    content = []
    with works().open(place.city) as work:
        for request_id in held:
            try:
                found = open311.progress(work, pepper(), request_id)
            except NotFound:
                continue
            content.append(told_of(request_id, found, place, spoken))
    return answer("service_requests", content, form)


def _check_key(place: Jurisdiction, key: str | None) -> None:
    """See that an importer of the city asks: its key stands in for a proof of work."""
    if key is None:
        raise Unauthenticated("api_key was not provided.")
    with works().open(place.city) as work:
        hashed = importer_hash(work, pepper(), key)
        if work.session.scalar(text("select importer_of(:key)"), {"key": hashed}) is None:
            raise Unauthenticated("api_key provided is not valid in this city.")


@dataclass(frozen=True)
class _Filing:
    """One try to hand in a request: under which key, what it said in short, and with which receipt."""

    key: str
    fingerprint: bytes
    secret: bytes

    def attempt(self, report: dict[str, Any]) -> intake.Attempt:
        """Return the try as intake takes it; the receipt is as if a phone had made it."""
        reply = PrivateKey(receipts.derive(self.secret, receipts.REPLY_INFO)).public_key
        told = report | {
            "receipt": receipts.shown_to_server(self.secret),
            "reply_key": receipts.base64url(bytes(reply)),
        }
        return intake.Attempt(self.key, self.fingerprint, ReportIn().load(told), "importer")


def _filing(place: Jurisdiction, api_key: str, filled: Form) -> _Filing:
    """Draw a receipt; with an Idempotency-Key it follows from the key and all that was told.

    So a retry is answered with the same token, although the first one was forgotten here.
    """
    canonical = json.dumps([filled.fields, filled.attributes], sort_keys=True).encode()
    fingerprint = hashlib.sha256(canonical).digest()
    if "Idempotency-Key" not in request.headers:
        return _Filing(secrets.token_hex(32), fingerprint, secrets.token_bytes(receipts.SECRET_BYTES))
    told = {"Idempotency-Key": request.headers["Idempotency-Key"]}
    parts = (place.city, api_key, IdempotencyKey().load(told)["key"])
    key = keyed_hash(pepper(), "open311 key", *parts).hex()
    secret = keyed_hash(pepper(), "open311 token", *parts, canonical)
    return _Filing(key, fingerprint, secret[: receipts.SECRET_BYTES])


def _notice(filled: Form, help_lines: list[dict[str, Any]], spoken: Voice) -> str:
    """Say what happens next, what was left out, and who is there to talk to."""
    sentences = [spoken.say("open311.notice")]
    if filled.left_out:
        sentences.append(spoken.say("open311.notice.left_out"))
    sentences += [f"{line['name']}: {line['phone']}." for line in help_lines]
    return " ".join(sentences)
