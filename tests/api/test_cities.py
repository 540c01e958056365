"""Cities as forms and maps need them."""

import pytest
from shapely.geometry import shape

from backend.domain.audit import QUESTIONS
from backend.domain.taxonomy import CATEGORIES
from backend.domain.words import RESIDENT_LANGUAGES, say


def test_every_city_is_listed(client, make_city):
    made = {make_city(), make_city(name="Zürich ✓")}
    cities = {one["id"]: one for one in client.get("/v1/cities").json["cities"]}
    assert made <= set(cities)
    told = cities[max(made)]
    assert set(told) == {"id", "name", "bounds", "languages"}
    assert told["bounds"] == [2.05, 41.32, 2.23, 41.47]
    assert "Zürich ✓" in {one["name"] for one in cities.values()}


def test_a_city_tells_what_a_form_needs(client, city):
    told = client.get(f"/v1/cities/{city}").json
    assert set(told["categories"]) == {"incident", "condition", "safe_place", "audit"}
    assert all(set(codes) <= set(CATEGORIES) for codes in told["categories"].values())
    assert "following" in told["categories"]["incident"]
    assert "following" not in told["categories"]["condition"]
    assert told["audit"] == list(QUESTIONS)
    assert told["help_lines"] == [{"name": "Emergency", "phone": "112", "for": "emergency"}]
    assert told["timezone"] == "Europe/Madrid"
    assert told["leave_url"] is None


def test_a_city_tells_where_leaving_at_once_leads_to(client, make_city):
    city = make_city(policy={"leave_url": "https://weather.example/"})
    assert client.get(f"/v1/cities/{city}").json["leave_url"] == "https://weather.example/"


FORM = {
    "categories": ["following", "badly_lit", "well_lit"],
    "words": {"ca": {"name.category.following": "Em segueixen"}},
    "privacy": {"ca": "L'Ajuntament no en sap res més."},
}
LINES = [
    {"name": "Emergències", "phone": "112", "for": "emergency", "names": {"es": "Emergencias"}},
    {"name": "Infància", "phone": "116111", "for": "children", "texts": {"ca": "Dia i nit"}},
]


@pytest.fixture
def own(make_city):
    """A city that asks in its own way."""
    return make_city(languages=["ca", "es"], policy={"form": FORM}, help_lines=LINES)


def test_a_city_tells_its_form_in_every_language_it_speaks(client, own):
    told = client.get(f"/v1/cities/{own}").json
    assert told["categories"]["incident"] == ["following", "badly_lit"]
    assert told["child"] == {
        "incident": ["following", "badly_lit"], "condition": ["badly_lit"], "safe_place": ["well_lit"],
    }  # fmt: skip
    assert set(told["words"]) == {"ca", "es"}
    assert told["words"]["ca"]["names"]["category"]["following"] == "Em segueixen"
    assert told["words"]["es"]["names"]["category"]["following"] == "Seguimiento"
    assert told["words"]["ca"]["privacy_note"] == "L'Ajuntament no en sap res més."
    assert "privacy_note" not in told["words"]["es"]
    assert {words["privacy"] for words in told["words"].values()} == {
        say("ca", "promise"),
        say("es", "promise"),
    }
    assert told["help_lines"] == [
        {"name": "Emergències", "phone": "112", "for": "emergency", "names": {"es": "Emergencias"}},
        {
            "name": "Infància",
            "phone": "116111",
            "for": "children",
            "text": "Dia i nit",
            "texts": {"ca": "Dia i nit"},
        },
    ]


def test_a_city_tells_its_form_in_the_language_asked_for_alone(client, own):
    told = client.get(f"/v1/cities/{own}?language=es").json
    assert set(told["words"]) == {"es"}
    assert told["privacy"] == say("es", "promise") == told["words"]["es"]["privacy"]
    assert told["help_lines"] == [
        {"name": "Emergencias", "phone": "112", "for": "emergency"},
        {"name": "Infància", "phone": "116111", "for": "children"},
    ]


def test_what_is_public_may_be_kept_for_minutes(client, city):
    for path in ("/v1/cities", f"/v1/cities/{city}"):
        assert client.get(path).headers["Cache-Control"] == "public, max-age=300"


def test_the_promise_is_said_in_the_language_asked_for(client, city):
    def promise(query=""):
        return client.get(f"/v1/cities/{city}{query}").json["privacy"]

    assert "7.4" in promise()
    assert promise("?language=en") == promise()
    assert promise("?language=xx") == promise()
    spoken = {promise(f"?language={language}") for language in RESIDENT_LANGUAGES}
    assert len(spoken) == 6


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("?language=english", 422, "language"),
        ("?language=", 422, "language"),
        ("?languages=en", 422, "languages"),
        ("?language=en&language=es", 400, "language"),
        ("?language=%00", 400, "language"),
        ("?language=%ff", 422, "language"),
    ],
)
def test_a_misspelt_question_is_refused(client, city, query, status, field):
    answer = client.get(f"/v1/cities/{city}{query}")
    assert answer.status_code == status
    assert answer.json["field"] == field


def test_the_lines_of_a_city_come_with_its_areas(client, city):
    answer = client.get(f"/v1/cities/{city}/boundary.geojson")
    assert answer.mimetype == "application/geo+json"
    outline, *areas = answer.json["features"]
    assert "code" not in outline["properties"]
    assert [one["properties"]["code"] for one in areas] == ["ne", "nw", "se", "sw"]
    total = sum(shape(one["geometry"]).area for one in areas)
    assert shape(outline["geometry"]).area == pytest.approx(total)
    again = client.get(
        f"/v1/cities/{city}/boundary.geojson", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["", "/boundary.geojson", "/layers"])
@pytest.mark.parametrize("city_id", ["nowhere", "no%00where", "NOWHERE", "x" * 64, "%ed%a0%80"])
def test_an_unknown_city_is_a_problem(client, city_id, path):
    answer = client.get(f"/v1/cities/{city_id}{path}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
