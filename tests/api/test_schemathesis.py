"""The residents' and the publication API do what their OpenAPI documents say, whatever they are asked."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from tests.api.conftest import release_bytes
from tests.api.test_reports import body
from tests.support import post_report, proof
from workers.publish.shelf import Shelf

REAL = {"city": "lantern", "layer": "map", "period": "latest"}
# What is asked for is mostly not there, and the document cannot say what is: 404 is right for both.
UNDECIDED = [positive_data_acceptance]
# A proof of work is a tax, asked for after the body was found readable: it says nothing of who asks.
# A batch answers 200 and says of each report on its own whether it was taken.
EXCLUDED = {
    "postReport": [*UNDECIDED, ignored_auth],
    "postReportBatch": [*UNDECIDED, ignored_auth, negative_data_rejection],
}
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


def steady(examples):
    """The same examples in every run, however slow the machine is."""
    return settings(
        derandomize=True,
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


class Whole:
    """An app whose answers are read to their end, as servers make sure of."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start):
        answer = self.app(environ, start)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()


def operations_of(client, name):
    """The operations of a document, asked with NUL bytes too; only 4xx refuse, those of tus among them."""
    refused = {"expected-statuses": ["4xx"]}
    checks = {"negative_data_rejection": refused, "missing_required_header": refused}
    told = {"generation": {"allow-x00": True}, "checks": checks}
    schema = schemathesis.openapi.from_wsgi(
        f"/openapi/{name}.json", Whole(client.application), config=SchemathesisConfig.from_dict(told)
    )
    return [result.ok() for result in schema.get_all_operations()]


def test_the_document_of_what_is_published_holds(client, settings):
    Shelf(settings.releases_dir, "lantern").place("map", "2026-Q4", release_bytes("lantern", "2026-Q4"))
    operations = operations_of(client, "publication")
    for operation in operations:

        @steady(15)
        @given(operation.as_strategy(), strategies.sets(strategies.sampled_from(sorted(REAL))))
        def holds(case, real):
            known = {name: REAL[name] for name in real if name in case.path_parameters}
            case.path_parameters.update(known)
            case.call_and_validate(excluded_checks=UNDECIDED)

        holds()
    document = client.get("/openapi/publication.json").json
    assert len(operations) == sum("get" in methods for methods in document["paths"].values()) > 20


@pytest.fixture
def real(client, city):
    """What a phone knows that has reported: makes a request right in the parts that are asked for."""
    report = body(photos=[{"name": "1", "size": 5, "sha256": "0" * 64}])
    answer = post_report(client, city, report)
    assert answer.status_code == 201, answer.text
    made = client.post(
        f"/v1/cities/{city}/uploads",
        headers={
            "Authorization": f"Receipt {report['receipt']}",
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "5",
            "Upload-Metadata": f"report {b64encode(answer.json['id'].encode()).decode()},name MQ==",
        },
    )
    assert made.status_code == 201, made.text
    upload = urlsplit(made.headers["Location"]).path.rpartition("/")[2]

    def put(case, parts):
        paths = {"city": city, "upload_id": upload}
        case.path_parameters.update(
            {k: v for k, v in paths.items() if k in parts and k in case.path_parameters}
        )
        if "receipt" in parts:
            case.headers["Authorization"] = f"Receipt {report['receipt']}"
        if "tus" in parts:
            case.headers["Tus-Resumable"] = "1.0.0"
        if "proof" in parts and case.method == "POST":
            case.headers.update(proof(client, city))

    return put


def takes_something(operation):
    """Whether there is anything that can be told wrongly."""
    told = (operation.path_parameters, operation.query, operation.headers, operation.body)
    return any(len(list(part)) for part in told)


PARTS = strategies.sets(strategies.sampled_from(["city", "upload_id", "receipt", "tus", "proof"]))


def fuzz(operation, mode, real, excluded):
    """Ask one operation for many things, some of them right in parts."""

    @steady(25)
    @given(operation.as_strategy(generation_mode=mode), PARTS)
    def holds(case, parts):
        real(case, parts)
        case.call_and_validate(excluded_checks=excluded)

    holds()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_the_document_of_the_residents_holds(client, real, mode):
    operations = operations_of(client, "residents")
    tried = [one for one in operations if mode is GenerationMode.POSITIVE or takes_something(one)]
    for operation in tried:
        fuzz(operation, mode, real, EXCLUDED.get(operation.definition.raw["operationId"], UNDECIDED))
    assert len(tried) >= 14
