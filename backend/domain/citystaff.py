"""What a city's file says of its staff's log-ins: `policy.staff`, with `second_factor` and `oidc`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.errors import UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Mapping

_WANTED = ("optional", "required")
_LONGEST = 200
_ISSUER = re.compile(
    r"https://[!-~]{1,300}|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:/[!-~]*)?", re.ASCII
)
_CLAIM = re.compile(r"[A-Za-z0-9_.:/-]{1,100}", re.ASCII)
_SCOPE = re.compile(r"openid(?: [!#-\[\]-~]{1,60}){0,8}", re.ASCII)


@dataclass(frozen=True)
class Issuer:
    """A city's OpenID provider: who it is, as whom we ask it, and which claim names an account."""

    url: str
    client_id: str
    name: str
    claim: str
    scope: str


def second_factor_required(policy: Mapping[str, Any]) -> bool:
    """Tell whether who logs in with a password needs a second factor."""
    return _staff(policy).get("second_factor") == "required"


def issuer_of(policy: Mapping[str, Any]) -> Issuer | None:
    """Return the city's OpenID provider, None where it has none."""
    told = _staff(policy).get("oidc")
    if told is None:
        return None
    return Issuer(
        told["issuer"],
        told["client_id"],
        told.get("name", ""),
        told.get("claim", "sub"),
        told.get("scope", "openid"),
    )


def _staff(policy: Mapping[str, Any]) -> Mapping[str, Any]:
    told: Mapping[str, Any] = policy.get("staff", {})
    return told


def check_staff(policy: Mapping[str, Any]) -> None:
    """Refuse what a city's file says of its staff where it could not be followed.

    Raises:
        UnprocessableInput: a member is unknown, or has a value that means nothing.
    """
    told = policy.get("staff", {})
    _demand(isinstance(told, dict) and told.keys() <= {"second_factor", "oidc"}, "policy.staff")
    _demand(told.get("second_factor", "optional") in _WANTED, "policy.staff.second_factor")
    if "oidc" in told:
        _check_issuer(told["oidc"])


def _check_issuer(told: Any) -> None:
    field = "policy.staff.oidc"
    known = {"issuer", "client_id", "name", "claim", "scope"}
    _demand(isinstance(told, dict) and {"issuer", "client_id"} <= told.keys() <= known, field)
    _demand(_matches(_ISSUER, told["issuer"]), f"{field}.issuer")
    for member in ("client_id", "name"):
        _demand(_line(told.get(member, "-")), f"{field}.{member}")
    _demand(_matches(_CLAIM, told.get("claim", "sub")), f"{field}.claim")
    _demand(_matches(_SCOPE, told.get("scope", "openid")), f"{field}.scope")


def _line(told: Any) -> bool:
    return isinstance(told, str) and 0 < len(told) <= _LONGEST and told.isprintable()


def _matches(pattern: re.Pattern[str], told: Any) -> bool:
    return isinstance(told, str) and pattern.fullmatch(told) is not None


def _demand(fits: object, field: str) -> None:
    if not fits:
        raise UnprocessableInput(
            "The city's file says something of its staff that cannot be followed.", field=field
        )
