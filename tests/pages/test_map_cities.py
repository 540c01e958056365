"""Two cities compared on the map page: shares and means with their ranges, never how many."""

from __future__ import annotations

import json
import random

import pytest

from tests.pages.conftest import ROOT, axe_findings, looking, ready
from tests.pages.fake_city import outline

pytestmark = pytest.mark.browser
LISTED = [
    {"id": city, "name": city.capitalize(), "bounds": list(outline().bounds), "languages": ["ca", "es", "en"]}
    for city in ("fonteria", "vilagran", "nova")
]


def both(page):
    """Serve the list of three cities: a small one, a large one, and one that has published nothing."""
    page.route("**/v1/cities", lambda route: route.fulfill(json={"cities": LISTED}))
    page.route("**/v1/cities/nova/layers", lambda route: route.fulfill(json={"layers": [], "withdrawn": []}))


def compared(page, site, layer, city="vilagran", language="en"):
    both(page)
    ready(page, f"{site}/map?lang={language}#city=fonteria&layer={layer}&compare=city:{city}")
    page.wait_for_selector("#comparison:visible")
    return page.locator("#comparison-list > li").all_inner_texts()


def test_cities_of_different_size_are_compared_by_shares(page, site):
    women, men, _ = compared(page, site, "gender")
    assert " of 1,000" in women
    assert "its areas: between" in women
    assert "Fonteria: " in women
    assert "Vilagran: " in men
    assert "more of 1,000" in men
    told = page.locator("#comparison").inner_text()
    assert "too few to tell in Fonteria: " in told
    assert "2.58 standard errors of both shares" in told
    assert "compare=city%3Avilagran" in page.url
    assert page.locator("#legend").is_visible()  # the map itself goes on to show the city looked at


def test_alike_shares_of_cities_of_different_size_cannot_be_told_apart(page, site):
    rows = compared(page, site, "daypart")
    assert len(rows) == 4
    assert all("cannot be told apart" in row for row in rows)


def test_audits_are_compared_by_their_mean_answers(page, site):
    rows = compared(page, site, "audit&cross=lighting")
    assert len(rows) == 9
    assert "from 0 to 3" in rows[0]
    assert "Vilagran: better by" in rows[0]
    assert all("cannot be told apart" in row for row in rows[1:])


def test_layers_that_only_count_offer_no_other_city(page, site):
    both(page)
    for layer in ("map", "pulse", "safe"):
        ready(page, f"{site}/map#city=fonteria&layer={layer}&compare=city:vilagran")
        page.wait_for_selector("#numbers:not(:empty)", state="attached")
        assert page.locator("#compare option[value^='city:']").count() == 0
        assert page.locator("#comparison").is_hidden()
        assert "compare" not in page.url
        page.goto("about:blank")


def test_a_city_that_published_nothing_says_so(page, site):
    assert compared(page, site, "gender", "nova") == []
    assert "Nova has published nothing in this layer" in page.locator("#comparison").inner_text()


def test_the_keyboard_chooses_another_city_and_looking_at_it_ends_the_comparison(page, site):
    both(page)
    ready(page, f"{site}/map#city=fonteria&layer=daypart")
    page.wait_for_selector(".place")
    page.locator("#compare").focus()
    page.keyboard.type("with vil")
    page.wait_for_selector("#comparison-list .cities")
    page.select_option("#city", "vilagran")
    page.wait_for_url("**city=vilagran*")
    page.wait_for_selector("#comparison", state="hidden")


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt", "ca"])
def test_axe_finds_nothing_in_any_language(browser, site, language):
    size = {"width": 360, "height": 740}
    scheme = "dark" if language in ("es", "pt") else "light"
    with looking(browser, site, color_scheme=scheme, viewport=size) as page:
        rows = compared(page, site, "daypart", language=language)
        assert len(rows) == 4
        assert not any("map.cities" in row for row in rows)
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.complaints == []


def noisy(rng, told, scale=7.0):
    """Areas as a release tells them: noise on every number, nothing shown below three standard errors."""
    found = []
    for cross, values in told.items():
        for at, value in enumerate(values):
            drawn = value + rng.choice((-1, 1)) * rng.expovariate(2**0.5 / scale)
            shown = drawn >= 3 * scale
            high = max(0, drawn) + 1.645 * scale
            one = {"region": f"{at}:{cross}", "cross": cross, "shown": shown, "se": scale, "high": high}
            found.append(one | {"estimate": round(drawn) if shown else 0})
    return found


def test_noise_alone_tells_two_cities_apart_hardly_ever_and_a_real_difference_often(page, site):
    """A small and a large city with the same shares, then with different ones."""
    rng = random.Random(20261128)
    small = {"women": [5, 40, 70, 90], "men": [3, 24, 42, 54], "other": [2, 16, 28, 36]}
    large = {cross: [8 * value for value in values] for cross, values in small.items()}
    more_men = large | {"men": [3 * value for value in large["men"]]}
    pairs = {
        name: [[noisy(rng, small), noisy(rng, there)] for _ in range(400)]
        for name, there in (("alike", large), ("apart", more_men))
    }
    source = (ROOT / "backend/pages/static/map/shares.js").read_text()
    sure = (ROOT / "backend/pages/static/map/difference.js").read_text()
    ready(page, f"{site}/map")
    script = f"""pairs => {{
      {sure.replace("export ", "")}
      {source.replace('import { SURE } from "./difference.js";', "").replace("export ", "")}
      const told = ([a, b]) => ["women", "men", "other"].map((cross) => [share(a, cross), share(b, cross)])
        .filter(([first, second]) => first && second).map(([first, second]) => apart(first, second).side);
      return Object.fromEntries(Object.entries(pairs).map(([name, those]) => [name, those.map(told)]));
    }}"""
    sides = page.evaluate(script, json.loads(json.dumps(pairs)))
    wrong = [side for one in sides["alike"] for side in one if side]
    assert len(wrong) <= 0.01 * sum(map(len, sides["alike"]))
    assert sum(one[1] == -1 for one in sides["apart"]) > 200
    assert not any(one[1] == 1 for one in sides["apart"])
