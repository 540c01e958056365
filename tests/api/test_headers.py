"""Strict headers on every answer, whatever went wrong."""

import pytest

PATHS = [
    "/", "/map", "/healthz", "/nowhere", "/v1/cities/nowhere", "/openapi/publication.json",
    "/v1/cities/lantern/layers/map/latest/8/0/0.mvt", "/v1/cities/lantern/receipt",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_strict(tiles, path):
    answer = tiles.get(path)
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] in {"same-origin", "cross-origin"}
    assert headers["Cache-Control"]
    assert headers["Server"] == "farola"
    assert "Set-Cookie" not in headers


def test_each_door_shows_its_own_pages(client, tiles):
    assert client.get("/console").status_code == 200
    assert client.get("/").status_code == 200
    assert tiles.get("/console").status_code == 404


def test_answers_about_reports_are_kept_nowhere(client, city):
    for method, path in (("GET", "receipt"), ("POST", "reports"), ("POST", "uploads")):
        answer = client.open(f"/v1/cities/{city}/{path}", method=method)
        assert 400 <= answer.status_code < 500
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_body_where_none_is_expected_is_harmless(tiles):
    for path in ("/healthz", "/v1/cities/lantern/layers", "/v1/cities/lantern/layers/map/latest/8/0/0.png"):
        answer = tiles.get(path, data=b"[" * 100_000, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_refused_and_the_allowed_ones_named(tiles, method):
    for path in ("/v1/cities", "/v1/cities/lantern/layers/map/latest/8/0/0.mvt"):
        answer = tiles.open(path, method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert answer.mimetype == "application/problem+json"
