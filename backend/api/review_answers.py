"""From rows to what moderators are answered: the queue's line, the report in full, who is logged in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from backend.domain.cells import bounds, quadkey
from backend.domain.cityreview import due_on, four_eyes, service_desk
from backend.domain.factors import Step
from backend.domain.flags import DUPLICATE
from backend.domain.openings import Sought
from backend.domain.reasons import reasons_for
from backend.domain.taxonomy import Kind
from backend.domain.workflow import State, Verdict
from backend.store.leases import holder
from backend.store.models import PhotoState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from backend.domain.permissions import Actor
    from backend.steps.claims import Past, Reading
    from backend.steps.openings import Told
    from backend.store.company import Alike
    from backend.store.models import Photo, Report, Trail
    from backend.store.sessions import LogIn


def summary(
    report: Report, actor: Actor, now: datetime, photos: int, policy: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a report as the queue shows it."""
    who = holder(report, now)
    return _columns(report, policy) | {
        "photos": photos,
        "claimed": None if who is None else "me" if who == actor.account_id else "other",
    }


def _columns(report: Report, policy: Mapping[str, Any]) -> dict[str, Any]:
    told = ("id", "kind", "state", "urgency", "minor", "language", "labels", "categories", "area",
            "occurred_on", "daypart", "received_on")  # fmt: skip
    cell = None if report.cell is None else quadkey(report.cell)
    due = due_on(policy, report.categories, report.received_on)
    flags = sorted({*report.flags, *(["minor"] if report.minor else [])})
    return {name: getattr(report, name) for name in told} | {"cell": cell, "due_on": due, "flags": flags}


def claimed(reading: Reading) -> dict[str, Any]:
    """Return a report that is held, with its lease."""
    report = reading.report
    told = (
        _columns(report, reading.policy)
        | reading.half
        | {
            "audit": report.audit,
            "area_name": reading.area_name,
            "cell_bounds": None if report.cell is None else bounds(report.cell),
            "asides": [_aside(one) for one in reading.half["asides"] if one["about"] != DUPLICATE],
            "alike": [_alike(one) for one in reading.alike],
            "duplicate_of": next((one.report.id for one in reading.alike if one.can_merge), None),
            "near": reading.near,
            "messages": reading.messages,
            "claimed": "me",
            "photos": [photo(each) for each in reading.half["photos"]],
            "can_answer": report.reply_key is not None,
            "can_forward": _can_forward(report, reading.policy),
            "two_decide": report.state is State.IN_REVIEW and four_eyes(reading.policy, report.categories),
            "history": [_past(past) for past in reading.history],
        }
    )
    return {"lease": reading.lease, "report": told}


def _aside(told: Mapping[str, Any]) -> dict[str, Any]:
    return {**told, "others": len(told.get("reports", ()))}


def _alike(one: Alike) -> dict[str, Any]:
    told = {name: getattr(one.report, name) for name in ("state", "kind", "categories", "labels")}
    when = {name: getattr(one.report, name) for name in ("received_on", "occurred_on", "daypart")}
    proposal = {name: one.proposal[name] for name in ("code", "score", "words", "model")}
    return {"id": one.report.id, "can_merge": one.can_merge} | told | when | proposal


def _can_forward(report: Report, policy: Mapping[str, Any]) -> bool:
    desk = service_desk(policy)
    fits = report.kind is Kind.CONDITION and report.forward_consent
    return fits and desk is not None and desk.service_for(report.categories) is not None


def photo(row: Photo) -> dict[str, Any]:
    """Return a photo with its masks; its address only while it may be looked at."""
    shown = row.state is PhotoState.REDACTED
    return {
        "name": row.name,
        "state": row.state,
        "url": _address(row) if shown else None,
        "reason": row.reason,
        "width": row.width,
        "height": row.height,
        "masks": row.masks or [],
    }


def _address(photo: Photo) -> str:
    return url_for("review.read_photo", city=photo.city_id, report_id=photo.report_id, name=photo.name)


def _past(past: Past) -> dict[str, Any]:
    row = past.decision
    told = ("was", "became", "reason", "categories", "decided_on", "proposed")
    return {name: getattr(row, name) for name in told} | {"by": past.pseudonym, "note": past.note}


def trail_entry(row: Trail, names: Mapping[str, str]) -> dict[str, Any]:
    """Return an entry of the trail, and whose it is by pseudonym."""
    told = {"sequence": row.sequence, "at": row.at, "entry": row.entry, "digest": row.digest.hex()}
    return told | {"by": names.get(str(row.entry.get("account")))}


def opening(told: Told, actor: Actor) -> dict[str, Any]:
    """Return a question to open something, with the pseudonyms of the two."""
    row = told.opening
    return {name: getattr(row, name) for name in ("id", "photo", "reason", "state", "until")} | {
        "report": row.report_id,
        "what": Sought(row.key_class.value),
        "asked_by": told.asked_by,
        "answered_by": told.answered_by,
        "mine": row.asked_by == actor.account_id,
    }


def session(login: LogIn, policy: Mapping[str, Any], *, fresh: bool) -> dict[str, Any]:
    """Return a session; its token only when it has just begun."""
    told: dict[str, Any] = {
        "csrf": login.csrf,
        "expires_at": login.expires_at,
        "step": login.step,
        "factors": login.factors,
    }
    if login.step is Step.DONE:
        told["account"] = login.actor
        told["reasons"] = {verdict.value: _reasons(verdict, policy) for verdict in Verdict}
    return told | ({"token": login.token} if fresh else {})


def _reasons(verdict: Verdict, policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = policy.get("reasons", {}).get(verdict.value, {})
    return [
        {"code": code, **({"names": own[code]} if code in own else {})}
        for code in reasons_for(verdict, policy)
    ]
