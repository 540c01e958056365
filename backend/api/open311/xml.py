"""The two formats of an answer: JSON, and XML from the same tree by the Spark convention."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
# What the elements of a list are called; in JSON they have no name.
_ITEMS = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
# Characters that no XML 1.0 document can hold, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'


def written(root: str, content: Any, form: str) -> bytes:
    """Return a tree in a format; only XML names the root."""
    if form == "json":
        return json.dumps(content, ensure_ascii=False).encode()
    element = Element(root)
    _fill(element, content)
    return _DECLARATION + tostring(element, encoding="unicode").encode()


def _fill(element: Element, content: Any) -> None:
    if isinstance(content, dict):
        for name, inner in content.items():
            _fill(SubElement(element, name), inner)
    elif isinstance(content, list):
        for inner in content:
            _fill(SubElement(element, _ITEMS[element.tag]), inner)
    elif content is not None:
        element.text = _text(content)


def _text(content: object) -> str:
    text = str(content).lower() if isinstance(content, bool) else str(content)
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
