"""The services of a city, and the questions of each, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.api.headers import keep
from backend.api.open311.base import FORM, answer, asked, blueprint, jurisdiction, voice
from backend.api.open311.discovery import KEPT_SECONDS
from backend.domain.open311 import MAX_STOP, attributes_of, services_of
from backend.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from backend.api.open311.base import Voice
    from backend.domain.open311 import Attribute, Service

_HINTS = {
    "occurred_on": "open311.form.occurred_on",
    "stop": "open311.form.stop",
    "multivaluelist": "open311.form.choose",
    "singlevaluelist": "open311.form.choose_one",
}


@blueprint.route(f"/v2/services.{FORM}")
def list_services(form: str) -> Response:
    """List what can be reported."""
    told = asked()
    place = jurisdiction(told)
    spoken = voice(told, place)
    listed = [_listed(service, spoken) for service in services_of(place.policy)]
    return keep(answer("services", listed, form), KEPT_SECONDS)


@blueprint.route(f"/v2/services/<code>.{FORM}")
def service_definition(code: str, form: str) -> Response:
    """Tell what is asked about one service."""
    told = asked()
    place = jurisdiction(told)
    spoken, service = voice(told, place), service_named(code, place.policy)
    attributes = attributes_of(service, place.policy)
    questions = [_asked(attribute, order, spoken) for order, attribute in enumerate(attributes, 1)]
    content = {"service_code": service.code, "attributes": questions}
    return keep(answer("service_definition", content, form), KEPT_SECONDS)


def service_named(code: str, policy: Mapping[str, Any]) -> Service:
    """Return a service of a city.

    Raises:
        NotFound: it offers none of this code.
    """
    found = next((service for service in services_of(policy) if service.code == code), None)
    if found is None:
        raise NotFound("service_code provided was not found.")
    return found


def name_of(service: Service, spoken: Voice) -> str:
    """Return what people call a service."""
    key = f"name.category.{service.category}" if service.category else f"open311.name.{service.code}"
    return spoken.say(key)


def _listed(service: Service, spoken: Voice) -> dict[str, Any]:
    name = name_of(service, spoken)
    group = spoken.say(f"name.group.{service.group}") if service.group else None
    return {
        "service_code": service.code,
        "service_name": name,
        "description": spoken.say(f"open311.about.{service.kind}", name=name),
        "metadata": True,
        "type": "batch",
        "keywords": ", ".join(filter(None, (spoken.say(f"name.kind.{service.kind}"), group))),
        "group": group,
    }


def _asked(attribute: Attribute, order: int, spoken: Voice) -> dict[str, Any]:
    hint = _HINTS.get(attribute.code) or _HINTS.get(attribute.datatype)
    told: dict[str, Any] = {
        "variable": attribute.asks,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.required,
        "datatype_description": spoken.say(hint, most=MAX_STOP) if hint else None,
        "order": order,
        "description": spoken.say(f"open311.ask.{attribute.code}"),
    }
    if attribute.values:
        told["values"] = [
            {"key": str(key), "name": _value_name(attribute, key, spoken)} for key in attribute.values
        ]
    return told


def _value_name(attribute: Attribute, key: str, spoken: Voice) -> str:
    return spoken.say(f"name.{attribute.family}.{key}" if attribute.family else f"open311.{key}")
