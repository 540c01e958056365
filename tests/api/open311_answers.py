"""What the tables of GeoReport v2 say of each answer: JSON Schemas of our own, and the order of elements in XML."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from jsonschema import Draft202012Validator, FormatChecker

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
MAYBE: dict[str, Any] = {"type": ["string", "null"], "minLength": 1}
NOTHING: dict[str, Any] = {"type": "null"}
FLAG: dict[str, Any] = {"type": "boolean"}
# The offset is mandatory; a format checker that is not installed would pass anything.
INSTANT: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$",
}


def exactly(*left_out: str, **members: dict[str, Any]) -> dict[str, Any]:
    """An object with these members; only those named in `left_out` may be missing."""
    return {
        "type": "object",
        "properties": members,
        "required": [name for name in members if name not in left_out],
        "additionalProperties": False,
    }


def several(item: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least}


def one(item: dict[str, Any]) -> dict[str, Any]:
    return several(item, 1) | {"maxItems": 1}


_DATATYPES = ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
_ATTRIBUTE = exactly(
    "values",
    variable=FLAG,
    code=TEXT,
    datatype={"enum": _DATATYPES},
    required=FLAG,
    datatype_description=MAYBE,
    order={"type": "integer", "minimum": 1},
    description=TEXT,
    values=several(exactly(key=TEXT, name=TEXT), 1),
)
_REQUEST = exactly(
    service_request_id=TEXT,
    status={"enum": ["open", "closed"]},
    status_notes=MAYBE,
    service_name=TEXT,
    service_code=TEXT,
    description=NOTHING,
    agency_responsible=NOTHING,
    service_notice=NOTHING,
    requested_datetime=INSTANT,
    updated_datetime=INSTANT,
    expected_datetime=NOTHING,
    address=NOTHING,
    address_id=NOTHING,
    zipcode=NOTHING,
    lat=NOTHING,
    long=NOTHING,
    media_url=NOTHING,
)
_ENDPOINT = exactly(
    specification={"const": "http://wiki.open311.org/GeoReport_v2"},
    url={"type": "string", "pattern": r"^https?://\S+/open311/v2$"},
    changeset=TEXT,
    type={"enum": ["production", "test"]},
    formats={"const": ["text/xml", "application/json"]},
)
# name -> (root element in XML, schema of the JSON)
ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "discovery": (
        "discovery",
        exactly(changeset=TEXT, contact=TEXT, key_service=TEXT, endpoints=one(_ENDPOINT)),
    ),
    "services": (
        "services",
        several(
            exactly(
                service_code=TEXT,
                service_name=TEXT,
                description=TEXT,
                metadata=FLAG,
                type={"enum": ["realtime", "batch", "blackbox"]},
                keywords=TEXT,
                group=MAYBE,
            ),
            1,
        ),
    ),
    "definition": ("service_definition", exactly(service_code=TEXT, attributes=several(_ATTRIBUTE, 1))),
    # A token or an id, never both.
    "posted": ("service_requests", one(exactly(token=TEXT, service_notice=TEXT, account_id=NOTHING))),
    "token": ("service_requests", one(exactly(service_request_id=TEXT, token=TEXT))),
    "requests": ("service_requests", several(_REQUEST)),
    "errors": (
        "errors",
        several(exactly(code={"type": "integer", "minimum": 400, "maximum": 599}, description=TEXT), 1),
    ),
}
_ITEM_OF = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}


def checked(name: str, answer: Any) -> Any:
    """The content of an answer in either format, after its schema, order and type were seen to hold."""
    root, schema = ANSWERS[name]
    if answer.headers["Content-Type"] == "application/json; charset=utf-8":
        content = answer.json
    else:
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        assert answer.data.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<' + root.encode())
        tree = ET.fromstring(answer.data)  # noqa: S314 (what the door itself wrote)
        assert tree.tag == root
        content = read(tree, schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(content)
    return content


def read(element: ET.Element, schema: dict[str, Any]) -> Any:
    """An element as the Spark convention says it in JSON: the type comes from the schema."""
    assert not element.attrib
    if schema.get("type") == "array" or isinstance(schema.get("const"), list):
        assert {child.tag for child in element} <= {_ITEM_OF[element.tag]}
        return [read(child, schema.get("items", TEXT)) for child in element]
    if schema.get("type") == "object":
        named = [child.tag for child in element]
        assert named == [name for name in schema["properties"] if name in named], "order of elements"
        return {child.tag: read(child, schema["properties"][child.tag]) for child in element}
    assert len(element) == 0
    words = {"boolean": {"true": True, "false": False}}.get(str(schema.get("type")), {})
    if schema.get("type") == "integer":
        return int(str(element.text))
    return words.get(str(element.text), element.text)
