"""The OpenAPI documents in `openapi/` are what the doors do, valid, and complete."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from backend.cli import main
from backend.cli.openapi import documents
from tests.support import ROOT

NAMES = ("residents", "staff", "publication")
DOCUMENTS = documents()


@pytest.mark.parametrize("name", NAMES)
def test_the_written_document_is_what_the_doors_do(name):
    written = (ROOT / "openapi" / f"{name}.json").read_text()
    assert written == DOCUMENTS[name], "the doors changed: run `make openapi`"


def test_a_change_is_noticed(tmp_path):
    run = CliRunner().invoke
    assert run(main, ["openapi", "--out", str(tmp_path)]).exit_code == 0
    assert run(main, ["openapi", "--check", "--out", str(tmp_path)]).exit_code == 0
    changed = tmp_path / "staff.json"
    changed.write_text(changed.read_text().replace("3.1.0", "3.0.0"))
    checked = run(main, ["openapi", "--check", "--out", str(tmp_path)])
    assert checked.exit_code == 1
    assert "staff.json" in checked.output


@pytest.fixture(params=NAMES)
def document(request):
    return json.loads(DOCUMENTS[request.param])


def _operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield f"{method} {path}", operation


def test_documents_are_valid_openapi_31(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_has_a_name_of_its_own_and_a_sentence(document):
    operations = dict(_operations(document))
    assert operations
    names = [operation["operationId"] for operation in operations.values()]
    assert len(set(names)) == len(names)
    assert [where for where, operation in operations.items() if not operation.get("summary")] == []


def test_every_operation_says_how_it_refuses(document):
    for where, operation in _operations(document):
        refusals = [
            answer
            for status, answer in operation["responses"].items()
            if status == "default" or status >= "400"
        ]
        assert refusals, where
        assert all(answer["$ref"].startswith("#/components/responses/") for answer in refusals), where
    for answer in document["components"]["responses"].values():
        assert set(answer.get("content", {})) == {"application/problem+json"}


def test_nothing_unknown_is_taken(document):
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("additionalProperties") is False, name


def test_every_json_body_has_an_example(document):
    for where, operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content, f"give {where} an example in backend/api/examples.py"


def test_examples_are_what_the_schemas_take(document):
    for operation in dict(_operations(document)).values():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            whole = {**content["schema"], "components": document["components"]}
            Draft202012Validator(whole, format_checker=FormatChecker()).validate(content["example"])


def test_whoever_may_be_refused_as_unknown_is_told_how_to_be_known(document):
    schemes = set(document["components"].get("securitySchemes", {}))
    for where, operation in _operations(document):
        assert ("401" in operation["responses"]) is ("security" in operation), where
        assert {name for way in operation.get("security", []) for name in way} <= schemes


def test_the_documents_are_served(tmp_path, monkeypatch):
    from backend.app import create_app
    from backend.config import load_settings

    environ = {
        "FAROLA_STATE_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    client = create_app(load_settings(environ), "residents").test_client()
    for name in ("residents", "publication"):
        assert client.get(f"/openapi/{name}.json").text == DOCUMENTS[name]
    assert client.get("/openapi/staff.json").status_code == 404
