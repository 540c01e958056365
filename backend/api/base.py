"""What all JSON doors share: addresses, operation names, refusals of the unknown, and their documents."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import flask_smorest
from flask import request
from flask.views import MethodView
from werkzeug.routing import BaseConverter

from backend.api.problems import MEDIA_TYPE, ROWS
from backend.api.schemas.base import Problem
from backend.api.strict import StrictParser, refuse_parameters

if TYPE_CHECKING:
    from flask import Flask

OPENAPI_VERSION = "3.1.0"
VERSION = "1"
# What a reader of strict JSON refuses, beside the schema's own 422.
_OF_BODIES = (400, 413, 415, 422)
_OF_PARAMETERS = (400, 422)


_View = TypeVar("_View")


class Decorator(Protocol):
    """Says something about a view, and leaves it as it is for its callers."""

    def __call__(self, view: _View, /) -> _View:
        """Return the view."""
        ...


class CityConverter(BaseConverter):
    """The id of a city in an address: a short slug."""

    regex = "[a-z0-9](?:[a-z0-9-]{0,62})"


class LayerConverter(BaseConverter):
    """The name of a layer in an address."""

    regex = "[a-z][a-z_]{0,31}"


class PeriodConverter(BaseConverter):
    """A week, a quarter, a quarter's correction, or `latest`."""

    regex = "latest|[0-9]{4}-(?:W[0-9]{2}|Q[1-4](?:-corrected)?)"


class PhotoConverter(BaseConverter):
    """The name of a photo in an address: the number the phone counted."""

    regex = "[1-9]"


class NumberConverter(BaseConverter):
    """A whole number in ASCII digits, written in one way only."""

    regex = "0|[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


_CONVERTERS: dict[str, tuple[type[BaseConverter], dict[str, Any]]] = {
    "city": (CityConverter, {"type": "string", "pattern": f"^{CityConverter.regex}$"}),
    "layer": (LayerConverter, {"type": "string", "pattern": f"^{LayerConverter.regex}$"}),
    "period": (PeriodConverter, {"type": "string", "pattern": f"^(?:{PeriodConverter.regex})$"}),
    "photo": (PhotoConverter, {"type": "string", "pattern": f"^{PhotoConverter.regex}$"}),
    "number": (NumberConverter, {"type": "integer", "minimum": 0, "maximum": 2**30 - 1}),
}


def install_addresses(app: Flask) -> None:
    """Teach an app the parts of addresses: `<city:city>`, `<layer:...>`, `<period:...>`, `<number:...>`."""
    for name, (converter, _) in _CONVERTERS.items():
        app.url_map.converters[name] = converter


class Api(flask_smorest.Api):  # type: ignore[misc] # flask-smorest is not typed
    """One OpenAPI document; errors are answered by the table of problems, not here."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to the app's own table."""

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        for converter, schema in _CONVERTERS.values():
            self.register_converter(converter, lambda _, schema=schema: dict(schema))

    def _register_responses(self) -> None:
        """Describe problem documents; the names do not depend on the version of Python."""
        for status in sorted({*HTTPStatus, *(row.status for row in ROWS.values())}):
            if status >= HTTPStatus.BAD_REQUEST:
                self._describe_problem(problem_name(status), f"Refused with {int(status)}.")
        self._describe_problem(self.DEFAULT_ERROR_RESPONSE_NAME, "Refused.")

    def _register_pagination_header(self) -> None:
        """Nothing here is paged by flask-smorest."""

    def _register_etag_headers(self) -> None:
        """No body is hashed into an ETag: on private answers that tells who knows the same."""

    def _describe_problem(self, name: str, description: str) -> None:
        content = {MEDIA_TYPE: {"schema": Problem}}
        self.spec.components.response(name, {"description": description, "content": content}, lazy=True)


def problem_name(status: int) -> str:
    """Return under which name a document describes the problems of a status."""
    return f"Problem{int(status)}"


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc] # flask-smorest is not typed
    """A group of JSON operations: strict input, a name for every operation, no surprises.

    Query parameters are refused unless a view takes them with `arguments(..., location="query")`.
    The operation's name is the view function's in camelCase; of a `MethodView`, the method and
    the class: `class Receipt` with `get` is `getReceipt`.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before_request(self._refuse_unknown_parameters)

    if TYPE_CHECKING:
        # flask-smorest is not typed; its decorators leave a view's type as it is.
        def route(self, rule: str, **options: Any) -> Decorator: ...  # noqa: D102
        def arguments(self, schema: Any, **options: Any) -> Decorator: ...  # noqa: D102
        def response(self, status: int, schema: Any = None, **options: Any) -> Decorator: ...  # noqa: D102
        def alt_response(self, status: int, **options: Any) -> Decorator: ...  # noqa: D102
        def doc(self, **options: Any) -> Decorator: ...  # noqa: D102
        def before_request(self, check: _View) -> _View: ...  # noqa: D102
        def after_request(self, finish: _View) -> _View: ...  # noqa: D102

    else:

        def arguments(self, schema: Any, **options: Any) -> Decorator:
            """Take input by a schema that is built once and not for every request."""
            return super().arguments(schema() if isinstance(schema, type) else schema, **options)

    def problems(self, *statuses: int) -> Decorator:
        """Document which refusals a view may answer, beyond those of its arguments."""

        def decorate(view: _View) -> _View:
            for status in statuses:
                view = self.alt_response(status, response=problem_name(status))(view)
            return view

        return decorate

    def _refuse_unknown_parameters(self) -> None:
        endpoint = (request.endpoint or "").rpartition(".")[2]
        method = "get" if request.method == "HEAD" else request.method.lower()
        arguments = self._docs.get(endpoint, {}).get(method, {}).get("arguments", {})
        if not any(told["in"] == "query" for told in arguments.get("parameters", ())):
            refuse_parameters()

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, told in self._docs[endpoint].items():
            if method != "parameters":
                told.setdefault("manual_doc", {}).setdefault("operationId", _operation(obj, method))

    def _prepare_arguments_doc(self, doc: Any, doc_info: Any, **kwargs: Any) -> Any:
        told = doc_info.get("arguments")
        if told:
            in_body = any(parameter["in"] == "json" for parameter in told["parameters"])
            statuses = _OF_BODIES if in_body else _OF_PARAMETERS
            told["responses"] = {status: problem_name(status) for status in statuses}
        return super()._prepare_arguments_doc(doc, doc_info, **kwargs)


def _operation(view: Any, method: str) -> str:
    if isinstance(view, type(MethodView)):
        return f"{method}{view.__name__}"
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), view.__name__)
