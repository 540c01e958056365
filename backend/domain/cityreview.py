"""What a city's file says of review: who decides with whom, how fast, and where things are sent.

All of it is in the policy: `four_eyes` (category codes), `sla_days` (`default` and category codes),
`service_desk` (an Open311 server for conditions of places) and `on_call` (who is woken for what is urgent).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from backend.domain.taxonomy import CATEGORIES
from backend.errors import UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

SLA_DAYS = 7
UNCLAIMED_MINUTES = 15
_LONGEST_WAIT = 24 * 60
_MOST_DAYS = 90
_LONGEST_NAME = 100
_ADDRESS = re.compile(r"https?://[!-~]{1,300}", re.ASCII)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_HERE = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:/|$)", re.ASCII)


@dataclass(frozen=True)
class ServiceDesk:
    """A city's Open311 server: its address, its jurisdiction, and the service code of each category."""

    url: str
    jurisdiction: str | None
    services: Mapping[str, str]

    def service_for(self, categories: Iterable[str]) -> str | None:
        """Return the service code of the first category that has one, else the desk's default."""
        found = (self.services[code] for code in categories if code in self.services)
        return next(found, self.services.get("default"))


@dataclass(frozen=True)
class Watch:
    """Somebody who is woken: at once, or once nobody has taken a report for so long."""

    email: str | None
    webhook: str | None


@dataclass(frozen=True)
class OnCall:
    """Who is woken first, who next, and after how long."""

    first: Watch
    then: Watch
    unclaimed: timedelta


def four_eyes(policy: Mapping[str, Any], codes: Iterable[str]) -> bool:
    """Tell whether a report of these categories is decided by two people."""
    listed = policy.get("four_eyes")
    sensitive = {code for code, one in CATEGORIES.items() if one.sensitive} if listed is None else set(listed)
    return not sensitive.isdisjoint(codes)


def terms(policy: Mapping[str, Any]) -> dict[str, int]:
    """Return within how many days a city wants reports decided, by category, and the usual as `default`."""
    days: dict[str, int] = policy.get("sla_days", {})
    return {"default": SLA_DAYS} | days


def due_on(policy: Mapping[str, Any], codes: Iterable[str], received_on: date) -> date:
    """Return the day by which a report is to be decided: the shortest term of its categories."""
    days = terms(policy)
    usual = days["default"]
    return received_on + timedelta(days=min((days.get(code, usual) for code in codes), default=usual))


def service_desk(policy: Mapping[str, Any]) -> ServiceDesk | None:
    """Return where conditions are forwarded to, None where a city has no such desk."""
    told = policy.get("service_desk")
    if told is None:
        return None
    return ServiceDesk(told["url"].rstrip("/"), told.get("jurisdiction_id"), told["services"])


def on_call(policy: Mapping[str, Any]) -> OnCall | None:
    """Return who is woken for an urgent report, None where nobody is."""
    told = policy.get("on_call")
    if told is None:
        return None
    first = _watch(told)
    minutes = told.get("unclaimed_minutes", UNCLAIMED_MINUTES)
    return OnCall(first, _watch(told["then"]) if "then" in told else first, timedelta(minutes=minutes))


def _watch(told: Mapping[str, Any]) -> Watch:
    return Watch(told.get("email"), told.get("webhook"))


def check_review(policy: Mapping[str, Any]) -> None:
    """Refuse what a city's file says of review where it could not be followed.

    Raises:
        UnprocessableInput: a member is unknown or has a value that means nothing.
    """
    codes = policy.get("four_eyes", [])
    _demand(isinstance(codes, list) and all(code in CATEGORIES for code in codes), "policy.four_eyes")
    for code, days in _members(policy.get("sla_days", {}), {"default", *CATEGORIES}, "policy.sla_days"):
        _demand(_whole(days, 1, _MOST_DAYS), f"policy.sla_days.{code}")
    if "service_desk" in policy:
        _check_desk(policy["service_desk"], "policy.service_desk")
    if "on_call" in policy:
        _check_on_call(policy["on_call"], "policy.on_call")


def _check_desk(told: Any, field: str) -> None:
    _members(told, {"url", "jurisdiction_id", "services"}, field)
    _demand(_is_secure(told.get("url")), f"{field}.url")
    code = told.get("jurisdiction_id", "-")
    _demand(
        isinstance(code, str) and 0 < len(code) <= _LONGEST_NAME and code.isprintable(),
        f"{field}.jurisdiction_id",
    )
    services = _members(told.get("services"), {"default", *CATEGORIES}, f"{field}.services")
    _demand(services, f"{field}.services")
    for category, service in services:
        _demand(_matches(_CODE, service), f"{field}.services.{category}")


def _check_on_call(told: Any, field: str) -> None:
    _members(told, {"email", "webhook", "unclaimed_minutes", "then"}, field)
    if "then" in told:
        _members(told["then"], {"email", "webhook"}, f"{field}.then")
    for part, where in ((told, field), *([(told["then"], f"{field}.then")] if "then" in told else [])):
        _demand("email" in part or "webhook" in part, where)
        _demand("email" not in part or _matches(_MAIL, part["email"]), f"{where}.email")
        _demand("webhook" not in part or _is_secure(part["webhook"]), f"{where}.webhook")
    _demand(_whole(told.get("unclaimed_minutes", UNCLAIMED_MINUTES), 1, _LONGEST_WAIT), field)


def _is_secure(address: Any) -> bool:
    """Tell whether an address uses TLS, or stays on this machine."""
    if not _matches(_ADDRESS, address):
        return False
    return address.startswith("https://") or _HERE.match(address) is not None


def _matches(pattern: re.Pattern[str], told: Any) -> bool:
    return isinstance(told, str) and pattern.fullmatch(told) is not None


def _whole(told: Any, least: int, most: int) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and least <= told <= most


def _members(told: Any, known: set[str], field: str) -> list[tuple[str, Any]]:
    _demand(isinstance(told, dict) and told.keys() <= known, field)
    return list(told.items())


def _demand(fits: object, field: str) -> None:
    if not fits:
        raise UnprocessableInput(
            "The city's file says something of review that cannot be followed.", field=field
        )
