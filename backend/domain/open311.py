"""What the Open311 door offers: services made of our categories, their attributes, and how states are told.

A service is a category of a place condition or of a behaviour, and one more for what has no
category; places that feel safe and audits have no shape in Open311 and are not offered. A
client that reports a service says by it the kind and the first category of a report.

A client of Open311 has no key to a receipt of its own, so the server makes the receipt, hands
it out as the `token`, and forgets it. The id of the request is derived from it, so that it
opens the state of the report and nothing else: an address that holds it is worth less than
the token, and what staff see of a report does not lead to either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.domain.cityform import offered
from backend.domain.receipts import derive
from backend.domain.taxonomy import (
    CATEGORIES,
    PLACE_TYPES,
    TRANSPORT_MODES,
    Axis,
    Daypart,
    Group,
    Kind,
    categories_for,
)
from backend.domain.workflow import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REQUEST_INFO = b"farola open311 request"
MAX_DESCRIPTION = 4000
MAX_STOP = 80
_REQUEST_BYTES = 16
# Conditions of places first: that is what the clients of a city's service desk are made for.
_AXES = {Kind.CONDITION: Axis.PLACE, Kind.INCIDENT: Axis.BEHAVIOUR}
_DECIDED = frozenset({State.APPROVED, State.COUNTED, State.REJECTED, State.DUPLICATE})
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Service:
    """One thing that can be asked for; without a category it needs words."""

    code: str
    kind: Kind
    category: str | None

    @property
    def group(self) -> Group | None:
        """The group of its category."""
        return CATEGORIES[self.category].group if self.category else None


@dataclass(frozen=True)
class Attribute:
    """One question of a service; `family` is where the names of its values are found."""

    code: str
    datatype: str
    values: tuple[str, ...] = ()
    family: str | None = None
    required: bool = False
    asks: bool = True


def _services() -> Iterable[Service]:
    for kind, axis in _AXES.items():
        codes = (category.code for category in categories_for(kind) if category.axis is axis)
        yield from (Service(code, kind, code) for code in codes)
        yield Service(f"{kind}_other", kind, None)


SERVICES = {service.code: service for service in _services()}


def services_of(policy: Mapping[str, Any]) -> list[Service]:
    """Return the services of a city: its own categories, and what has none."""
    known = {kind: offered(policy, kind) for kind in _AXES}
    return [one for one in SERVICES.values() if one.category is None or one.category in known[one.kind]]


def attributes_of(service: Service, policy: Mapping[str, Any]) -> list[Attribute]:
    """Return the questions of a service of a city, in the order in which they are asked."""
    others = tuple(code for code in offered(policy, service.kind) if code != service.category)
    asked = [
        Attribute("notice", "string", asks=False),
        Attribute("daypart", "singlevaluelist", tuple(Daypart), "daypart", required=True),
        Attribute("occurred_on", "datetime"),
        Attribute("place_type", "singlevaluelist", PLACE_TYPES, "place_type"),
        Attribute("transport_mode", "singlevaluelist", TRANSPORT_MODES, "transport_mode"),
        Attribute("stop", "string"),
        Attribute("also", "multivaluelist", others, "category"),
    ]
    if service.kind is Kind.CONDITION:
        asked.append(Attribute("forward", "singlevaluelist", (YES, NO)))
    return asked


def service_of(kind: Kind, categories: Iterable[str]) -> Service:
    """Return what a report would be reported as now; moderators may have corrected its categories."""
    fitting = (code for code in categories if code in SERVICES and SERVICES[code].kind is kind)
    return SERVICES[next(fitting, f"{kind}_other")]


def status_of(state: State) -> str:
    """Return Open311's word for a state: `closed` once somebody has decided, else `open`."""
    return "closed" if state in _DECIDED else "open"


def request_id(secret: bytes) -> str:
    """Return the id of the request whose receipt is this; 128 bits that cannot be turned back."""
    return derive(secret, REQUEST_INFO)[:_REQUEST_BYTES].hex()
