"""What all pages share: own files only, no code inside the page, the visitor's language."""

from __future__ import annotations

import re

import pytest

from backend.pages.assets import BUILT, manifest
from backend.pages.frame import policy
from tests.pages.conftest import make_app

PAGES = ("/", "/map")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_allows_nothing_from_outside(client, page):
    told = client.get(page).headers["Content-Security-Policy"]
    parts = dict(part.split(" ", 1) for part in told.split("; "))
    assert parts["default-src"] == "'none'"
    assert parts["script-src"] == parts["style-src"] == parts["connect-src"] == parts["font-src"] == "'self'"
    assert "unsafe" not in told
    assert "http" not in told


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_code_or_style_inside(client, page):
    html = client.get(page).text
    scripts = re.findall(r"<script([^>]*)>", html)
    assert all("src=" in one or 'type="application/json"' in one for one in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!en\.wikipedia\.org/")', html)


def test_a_configured_basemap_widens_pictures_and_data_only():
    told = policy("https://tiles.example/style.json?key=1")
    parts = dict(part.split(" ", 1) for part in told.split("; "))
    assert parts["img-src"].endswith(" https://tiles.example")
    assert parts["connect-src"].endswith(" https://tiles.example")
    assert parts["script-src"] == "'self'"
    assert policy("/own/style.json") == policy()


def test_a_page_carries_the_configured_basemap(door):
    html = make_app(door, "https://tiles.example/style.json").test_client().get("/map").text
    assert 'data-basemap="https://tiles.example/style.json"' in html


@pytest.mark.parametrize(
    ("address", "prefers", "language"),
    [
        ("/", "fr-CA,fr;q=0.9", "fr"),
        ("/?lang=ca", "fr", "ca"),
        ("/?lang=xx", "pt-BR", "pt"),
        ("/", "ja", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_preferred(client, address, prefers, language):
    html = client.get(address, headers={"Accept-Language": prefers}).text
    assert f'<html lang="{language}"' in html


@pytest.mark.parametrize(
    ("address", "prefers", "language", "direction"),
    [
        ("/?lang=ar", "", "ar", "rtl"),
        ("/", "ar-MA,fr;q=0.5", "ar", "rtl"),
        ("/privacy?lang=ar", "fr", "ar", "rtl"),
        ("/", "fr;q=0,ca", "ca", "ltr"),
        ("/?lang=es", "ar", "es", "ltr"),
        ("/map?lang=ar", "fr", "fr", "ltr"),
    ],
)
def test_the_residents_page_is_laid_out_as_its_language_is_written(
    client, address, prefers, language, direction
):
    html = client.get(address, headers={"Accept-Language": prefers}).text
    assert f'<html lang="{language}" dir="{direction}"' in html


def test_bundled_files_never_go_stale(client):
    for name in manifest().values():
        answer = client.get(f"/assets/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()
    assert client.get("/assets/../frame.py").status_code == 404
    assert client.get("/assets/%2e%2e/%2e%2e/frame.py").status_code == 404


def test_no_script_of_ours_names_an_outside_address():
    ours = [path for path in BUILT.glob("*.js") if re.match(r"(map|residents|base)-(?!worker)", path.name)]
    assert ours
    for path in ours:
        assert not re.search(r"https?://(?!www\.w3\.org|127\.)", path.read_text()), path.name
