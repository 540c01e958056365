"""What answers tiles in front of Flask answers like Flask: bytes, headers and errors, whoever asks."""

import gzip

import pytest

from backend.domain.cells import ancestor, xyz
from tests.api.conftest import SHOWN

ROOT = "/v1/cities/lantern/layers/map"
Z, X, Y = xyz(ancestor(SHOWN, 12))
TILE = f"{ROOT}/2026-Q4/{Z}/{X}/{Y}"
ASKED = [
    f"{TILE}.mvt",
    f"{TILE}.png",
    f"{ROOT}/2026-Q3/{Z}/{X}/{Y}.mvt",
    f"{ROOT}/2026-Q4/8/0/0.mvt",  # nothing lies there
    f"{ROOT}/2026-Q4/8/0/0.png",
    f"{ROOT}/latest/{Z}/{X}/{Y}.mvt",
    f"{ROOT}/2026-Q4/7/0/0.mvt",  # outside the archive
    f"{ROOT}/2026-Q4/8/256/0.png",
    f"{ROOT}/2026-Q4/8/00/0.mvt",
    f"{ROOT}/2026-Q1/8/0/0.mvt",  # never published
    f"{ROOT}/2026-W99/8/0/0.mvt",
    "/v1/cities/nowhere/layers/map/2026-Q4/8/0/0.mvt",
    "/v1/cities/lantern/layers/nothing/2026-Q4/8/0/0.mvt",
    f"{TILE}.mvt?style=dark",
    f"{TILE}.mvt?a=1&a=2",
    f"{TILE}.png?",
]
HEADERS = [
    {},
    {"Accept-Encoding": "gzip, br"},
    {"Accept-Encoding": "gzip;q=0"},
    {"Accept-Encoding": "*"},
    {"Range": "bytes=0-10"},
    {"If-Modified-Since": "Fri, 01 Jan 2027 00:00:00 GMT"},
    {"If-None-Match": '"other"'},
    {"If-None-Match": "*"},
    {"If-Match": '"other"'},
    {"If-Unmodified-Since": "Fri, 01 Jan 2027 00:00:00 GMT"},
    {"Authorization": "Bearer somebody", "Cookie": "farola_session=somebody"},
    {"Origin": "https://elsewhere.example"},
]


def both(offline, path, headers, method="GET"):
    front = offline.wsgi_app
    seen = []
    for app in (front, front._inner):
        offline.wsgi_app = app
        try:
            answer = offline.test_client().open(path, method=method, headers=headers)
        finally:
            offline.wsgi_app = front
        headers_seen = sorted(one for one in answer.headers.items() if one[0] != "Date")
        seen.append((answer.status, headers_seen, "Date" in answer.headers, answer.data))
        answer.close()
    return seen


@pytest.mark.parametrize("path", ASKED)
def test_flask_would_have_answered_the_same(offline, path):
    for headers in HEADERS:
        front, flask = both(offline, path, headers)
        assert front == flask


@pytest.mark.parametrize("kind", ["mvt", "png"])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_who_has_it_is_told_so_alike(offline, kind, encoding):
    sent = {"Accept-Encoding": encoding} if encoding else {}
    tag = offline.test_client().get(f"{TILE}.{kind}", headers=sent).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', f"{tag}, "):
        front, flask = both(offline, f"{TILE}.{kind}", {**sent, "If-None-Match": known})
        assert front == flask
        assert front[0] == "304 NOT MODIFIED"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "DELETE"])
def test_other_questions_are_flasks(offline, method):
    front, flask = both(offline, f"{TILE}.mvt", {}, method)
    assert front == flask


def test_plain_questions_never_reach_flask(offline, monkeypatch):
    """Not only the same answer, but without Flask: with it gone, tiles still come."""

    def gone(environ, start_response):
        raise AssertionError("Flask was asked")

    monkeypatch.setattr(offline.wsgi_app, "_inner", gone)
    client = offline.test_client()
    answer = client.get(f"{TILE}.mvt", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(answer.data) == client.get(f"{TILE}.mvt").data
    assert client.get(f"{TILE}.png").data.startswith(b"\x89PNG")
    with pytest.raises(AssertionError):
        client.get(f"{ROOT}/latest/{Z}/{X}/{Y}.mvt")


def test_the_same_bytes_for_every_role_and_every_state_of_caches(offline):
    """Asked first, asked again, by anybody: one answer."""
    seen = set()
    for _ in range(3):
        for headers in (
            {},
            {"Authorization": "Receipt abc"},
            {"Cookie": "farola_session=x"},
            {"Cache-Control": "no-cache"},
        ):
            answer = offline.test_client().get(f"{TILE}.mvt", headers={"Accept-Encoding": "gzip", **headers})
            seen.add((answer.data, tuple(one for one in sorted(answer.headers.items()) if one[0] != "Date")))
    assert len(seen) == 1
