"""The three OpenAPI documents: which operations each describes, and where they are served."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Response

from backend.api.base import OPENAPI_VERSION, VERSION, Api
from backend.api.examples import REQUESTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flask import Flask

    from backend.api.base import Blueprint

EXTENSION = "farola_documents"


@dataclass(frozen=True)
class Document:
    """One OpenAPI document and the groups of operations it describes.

    Operations that may answer 401 need one of the `schemes`, but for those named in `open_to_all`
    and those that say themselves what they need, of the `schemes` and the `named`.
    """

    name: str
    title: str
    description: str
    blueprints: tuple[Blueprint, ...]
    schemes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    open_to_all: frozenset[str] = frozenset()
    named: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def install(app: Flask, documents: Iterable[Document]) -> None:
    """Register every operation of some documents, and serve the documents themselves."""
    texts = {document.name: as_text(_registered(app, document)) for document in documents}
    app.extensions[EXTENSION] = texts
    for name, text in texts.items():
        app.add_url_rule(f"/openapi/{name}.json", f"openapi_{name}", _answer(text))


def _registered(app: Flask, document: Document) -> dict[str, Any]:
    options = {
        "title": document.title,
        "version": VERSION,
        "openapi_version": OPENAPI_VERSION,
        "info": {"description": document.description},
    }
    api = Api(app, spec_kwargs=options, config_prefix=document.name.upper())
    for blueprint in document.blueprints:
        api.register_blueprint(blueprint)
    described: dict[str, Any] = api.spec.to_dict()
    schemes = {**document.schemes, **document.named}
    described["components"]["securitySchemes"] = {name: dict(how) for name, how in schemes.items()}
    for operation in _operations(described):
        _complete(operation, document)
    return described


def _operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in described["paths"].values():
        yield from (operation for method, operation in item.items() if method != "parameters")


def _complete(operation: dict[str, Any], document: Document) -> None:
    """Add to an operation who may ask, and an example of its body."""
    name = operation["operationId"]
    if "401" in operation["responses"]:
        needed: list[dict[str, list[str]]] = [{scheme: []} for scheme in document.schemes]
        operation.setdefault("security", [{}] if name in document.open_to_all else needed)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if name in REQUESTS:
            content.setdefault("example", REQUESTS[name])


def as_text(described: dict[str, Any]) -> str:
    """Return a document as it is written to disk: the same bytes for the same operations."""
    return json.dumps(described, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _answer(text: str) -> Any:
    def openapi() -> Response:
        answer = Response(text, mimetype="application/json")
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    return openapi
