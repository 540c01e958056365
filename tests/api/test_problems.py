"""Every error leaves as a problem document that says enough for the caller and nothing of what was sent."""

import json
import logging

import pytest
import structlog
from flask import abort
from marshmallow import ValidationError
from redis import ConnectionError as RedisGone
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

import backend.errors
from backend.api.base import Blueprint
from backend.api.problems import MOST_NAMED, ROWS, row_of
from backend.api.schemas.base import JsonSchema, StrictString
from backend.app import create_app
from backend.config import load_settings
from backend.errors import FarolaError, NotFound, SealError, Unauthenticated
from backend.store import logs

SECRET = "neighbour Anastasia, Carrer Major"


def _children(kind):
    for child in kind.__subclasses__():
        yield child
        yield from _children(child)


def test_every_error_has_a_row_of_its_own():
    named = [
        kind
        for kind in vars(backend.errors).values()
        if isinstance(kind, type) and issubclass(kind, FarolaError)
    ]
    assert len(named) > 10
    without = [kind.__name__ for kind in named if kind not in ROWS]
    assert not without, f"say in backend/api/problems.py how {without} is told"


def test_children_elsewhere_are_told_like_their_parents():
    for child in _children(FarolaError):
        assert row_of(child) is not ROWS[FarolaError], child


def test_each_name_has_one_status():
    assert len({(row.name, row.status) for row in ROWS.values()}) == len({row.name for row in ROWS.values()})


class Told(JsonSchema):
    name = StrictString(required=True)


def _raising(error):
    def view():
        raise error

    return view


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A door whose views fail in every way."""
    environ = {
        "FAROLA_STATE_DIR": str(tmp_path_factory.mktemp("broken")),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    app = create_app(load_settings(environ), "residents")
    blueprint = Blueprint("broken", __name__, url_prefix="/broken")
    errors = {
        "unexpected": ValueError(SECRET),
        "sealed": SealError(f"The key of {SECRET} is missing."),
        "database": OperationalError(f"insert {SECRET}", {"text": SECRET}, Exception(SECRET)),
        "redis": RedisGone(SECRET),
        "nobody": Unauthenticated("Show your receipt."),
        "missing": NotFound("There is no such thing.", field="thing"),
        "everywhere": ValidationError({"categories": {at: ["Unknown."] for at in range(4000)}}),
        "schema": ValidationError({"photos": {0: {"size": ["Too big."]}}, "text": ["Too long."]}),
    }
    for name, error in errors.items():
        blueprint.add_url_rule(f"/{name}", name, _raising(error))
    for status in (400, 403, 409, 410, 418, 429, 500, 501):
        blueprint.add_url_rule(f"/abort/{status}", f"a{status}", lambda status=status: abort(status, SECRET))
    app.register_blueprint(blueprint)
    return app.test_client()


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("unexpected", 500, "unexpected"),
        ("sealed", 500, "sealed"),
        ("database", 503, "unavailable"),
        ("redis", 503, "unavailable"),
        ("nobody", 401, "unauthenticated"),
        ("missing", 404, "not-found"),
        ("schema", 422, "unprocessable-input"),
        ("abort/400", 400, "invalid-input"),
        ("abort/403", 403, "not-allowed"),
        ("abort/409", 409, "conflict"),
        ("abort/410", 410, "gone"),
        ("abort/418", 418, "i-m-a-teapot"),
        ("abort/429", 429, "too-many-requests"),
        ("abort/500", 500, "unexpected"),
        ("abort/501", 501, "not-implemented"),
    ],
)
def test_errors_are_told_and_never_quote(broken, path, status, name):
    with capture_logs() as lines:
        answer = broken.get(f"/broken/{path}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json
    assert (told["type"], told["status"]) == (f"urn:farola:problem:{name}", status)
    assert {"title", "detail"} <= set(told)
    for part in SECRET.split():
        assert part not in answer.text
        assert part not in json.dumps(lines)


def test_what_went_wrong_can_be_found_by_its_id(broken):
    with capture_logs() as lines:
        told = broken.get("/broken/unexpected").json
    [line] = lines
    assert told["instance"] == f"urn:uuid:{line['id']}"
    assert line["kind"] == "ValueError"


def test_headers_that_help_are_kept(broken):
    assert broken.get("/broken/nobody").headers["WWW-Authenticate"]
    assert broken.get("/broken/database").headers["Retry-After"] == "2"
    wrong = broken.post("/healthz")
    assert wrong.status_code == 405
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert wrong.json["type"] == "urn:farola:problem:method-not-allowed"


def test_fields_are_named_by_dotted_paths(broken):
    told = broken.get("/broken/schema").json
    assert told["field"] == "photos.0.size"
    assert told["errors"] == [
        {"field": "photos.0.size", "detail": "Too big."},
        {"field": "text", "detail": "Too long."},
    ]


def test_a_short_body_that_is_wrong_everywhere_gets_no_long_answer(broken):
    told = broken.get("/broken/everywhere").json
    assert [one["field"] for one in told["errors"]] == [f"categories.{at}" for at in range(MOST_NAMED)]
    assert told["field"] == "categories.0"


def test_logs_hold_codes_and_no_sentences(capsys):
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    level = logging.getLogger().level
    try:
        logs.set_up()
        structlog.get_logger().info(
            "report_received", id="8e03978e-40d5", text=SECRET, n=3, why=ValueError(SECRET)
        )
        logging.getLogger("a.library").error("insert %s", SECRET, exc_info=ValueError(SECRET))
        logging.getLogger("a.library").info("GET /?%s", SECRET)
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
    every = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    # Other libraries may say something meanwhile, on threads of their own; it is held to the same.
    lines = [line for line in every if line.get("logger", "a.library") == "a.library"]
    assert [line["event"] for line in lines] == ["report_received", "library"]
    assert (lines[0]["id"], lines[0]["n"]) == ("8e03978e-40d5", 3)
    assert (lines[0]["text"], lines[0]["why"]) == (logs.WITHHELD, logs.WITHHELD)
    assert lines[1]["logger"] == "a.library"
    for part in SECRET.split():
        assert part not in json.dumps(every)
