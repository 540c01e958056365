"""Open311 GeoReport v2: what is offered, one's own requests and nobody else's, in XML and JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import make_url, text, update

from backend.app import create_app
from backend.domain import receipts
from backend.domain.open311 import SERVICES
from backend.domain.taxonomy import CATEGORIES, Axis
from backend.domain.words import say
from backend.domain.workflow import State
from backend.steps.accounts import add_importer
from backend.steps.cities import add_city
from backend.store.database import Database, as_psycopg
from backend.store.migrations import migrate
from backend.store.models import Report
from backend.store.sealed import Opener
from backend.store.work import Works
from tests.api.open311_answers import checked
from tests.api.open311_desk import FORMATS, Desk
from tests.api.test_reports import body
from tests.support import described_city, fresh_database, post_report


@pytest.fixture
def stored(works, city, keyring):
    """The reports of the city, with what was sealed in them."""

    def read():
        with works["worker"].open(city) as work:
            reports = work.session.query(Report).filter(Report.city_id == city).all()
            openers = [Opener(work.session, keyring, city, report.id) for report in reports]
            return [
                (report, {name: opener.read(name) for name in ("point", "words", "about_me")})
                for report, opener in zip(reports, openers, strict=True)
            ]

    return read


@pytest.mark.parametrize("form", FORMATS)
def test_discovery_tells_where_the_door_is(client, form):
    answer = client.get(f"/open311/discovery.{form}", base_url="https://lantern.example")
    told = checked("discovery", answer)
    assert told["endpoints"][0]["url"] == "https://lantern.example/open311/v2"
    assert answer.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("form", FORMATS)
def test_services_are_our_categories_conditions_first(desk, form):
    listed = checked("services", desk.get("services", form))
    codes = [service["service_code"] for service in listed]
    axes = [CATEGORIES[code].axis for code in codes if code in CATEGORIES]
    assert axes == [Axis.PLACE] * axes.count(Axis.PLACE) + [Axis.BEHAVIOUR] * axes.count(Axis.BEHAVIOUR)
    assert {code for code in codes if code not in CATEGORIES} == {"condition_other", "incident_other"}
    assert set(codes) - {"condition_other", "incident_other"} == {
        code for code, category in CATEGORIES.items() if category.axis is not Axis.GOOD
    }
    assert {service["type"] for service in listed} == {"batch"}
    assert {service["group"] for service in listed if service["service_code"] in CATEGORIES} == {
        say("en", f"name.group.{group}")
        for group in ("violence", "intimidation", "harassment", "crime", "upkeep", "access")
    }


def test_services_are_those_that_the_city_offers(client, make_city):
    few = make_city(policy={"form": {"categories": ["following", "theft", "badly_lit", "well_lit"]}})

    def get(path):
        return client.get(f"/open311/v2/{path}.json?jurisdiction_id={few}")

    codes = [service["service_code"] for service in get("services").json]
    assert codes == ["badly_lit", "condition_other", "following", "theft", "incident_other"]
    assert get("services/lamp_broken").status_code == 404
    also = next(one for one in get("services/following").json["attributes"] if one["code"] == "also")
    assert [value["key"] for value in also["values"]] == ["theft", "badly_lit"]


@pytest.mark.parametrize("code", SERVICES)
def test_every_service_says_the_same_of_its_questions_in_both_formats(desk, code):
    told, in_xml = (checked("definition", desk.get(f"services/{code}", form)) for form in FORMATS)
    assert told == in_xml
    questions = told["attributes"]
    assert told["service_code"] == code
    assert [question["order"] for question in questions] == list(range(1, len(questions) + 1))
    assert [q["code"] for q in questions if q["required"]] == ["daypart"]
    assert all(("values" in q) is q["datatype"].endswith("valuelist") for q in questions)
    assert ("forward" in {q["code"] for q in questions}) is (SERVICES[code].kind == "condition")
    assert code not in [value["key"] for q in questions for value in q.get("values", [])]


def test_names_are_in_the_citys_language_or_the_one_asked_for(client, make_city):
    desk = Desk(client, make_city(languages=["ca", "es"]), "")
    named = {
        locale: desk.get("services", locale=locale).json[0]["service_name"]
        for locale in ("", "es_ES", "fr", "xx")
    }
    assert named == {
        "": say("ca", "name.category.badly_lit"),
        "es_ES": say("es", "name.category.badly_lit"),
        "fr": say("fr", "name.category.badly_lit"),
        "xx": say("ca", "name.category.badly_lit"),
    }


def test_a_city_offers_its_own_list_in_its_own_words(client, make_city, works, pepper):
    form = {
        "categories": ["badly_lit", "isolated", "following", "well_lit"],
        "words": {"es": {"name.category.badly_lit": "Sin farolas"}},
    }
    city = make_city(languages=["es"], policy={"form": form})
    with works["owner"].open(city) as work:
        desk = Desk(client, city, add_importer(work, pepper, "service desk"))
    listed = checked("services", desk.get("services"))
    assert [one["service_code"] for one in listed] == [
        "badly_lit", "isolated", "condition_other", "following", "incident_other",
    ]  # fmt: skip
    assert listed[0]["service_name"] == "Sin farolas"
    questions = checked("definition", desk.get("services/badly_lit"))["attributes"]
    [also] = [question["values"] for question in questions if question["code"] == "also"]
    assert [value["key"] for value in also] == ["isolated"]
    assert desk.get("services/ogling").status_code == 404
    assert desk.post(service_code="ogling").status_code == 404
    assert desk.post().status_code == 200


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("content_type", [None, "multipart/form-data"])
def test_a_report_goes_in_and_only_its_token_leads_to_it(desk, stored, form, content_type):
    several = {"attribute[also][]": ["isolated", "poor_path"]}
    posted = desk.post(form, content_type=content_type, **several)
    assert posted.status_code == 200
    assert posted.headers["Cache-Control"] == "no-store"
    token = checked("posted", posted)[0]["token"]
    exchanged = desk.get(f"tokens/{token}", form)
    assert exchanged.headers["Cache-Control"] == "no-store"
    told = checked("token", exchanged)[0]
    assert told["token"] == token
    request_id = told["service_request_id"]
    [state] = checked("requests", desk.get(f"requests/{request_id}", form))
    assert state["service_request_id"] == request_id
    assert (state["status"], state["service_code"]) == ("open", "badly_lit")
    assert state["requested_datetime"] == state["updated_datetime"] == "2026-11-18T00:00:00+01:00"
    assert checked("requests", desk.get("requests", form, service_request_id=f"{request_id},nobodys")) == [
        state
    ]
    [(report, sealed)] = stored()
    assert str(report.id) not in (token, request_id)
    assert report.categories == ["badly_lit", "isolated", "poor_path"]
    assert sealed["words"]["text"] == "It is dark under the bridge."


def test_the_report_is_what_a_phone_would_have_sent(desk, stored):
    desk.hand_in(
        service_code="following",
        **{
            "attribute[occurred_on]": "2026-11-16T23:30:00Z",  # already the 17th in the city
            "attribute[place_type]": "transport_stop",
            "attribute[transport_mode]": "bus",
            "attribute[stop]": "line 7",
        },
    )
    [(report, sealed)] = stored()
    assert (report.kind, report.categories, report.source) == ("incident", ["following"], "importer")
    assert (report.occurred_on, report.daypart) == (date(2026, 11, 17), "night")
    assert (sealed["point"]["lon"], sealed["point"]["lat"]) == (2.1734, 41.3851)
    assert sealed["words"]["setting"] == {
        "place_type": "transport_stop", "transport_mode": "bus", "stop": "line 7",
    }  # fmt: skip
    assert sealed["about_me"] is None
    assert report.forward_consent is False
    assert report.reply_key


def test_a_day_that_is_left_out_is_today_and_consent_is_asked(desk, stored):
    desk.hand_in(**{"attribute[forward]": "yes"})
    [(report, _)] = stored()
    assert report.occurred_on == date(2026, 11, 18)
    assert report.forward_consent is True


@pytest.mark.parametrize(
    ("state", "status", "closed_on"),
    [
        (State.IN_REVIEW, "open", None),
        (State.QUARANTINED, "open", None),
        (State.APPROVED, "closed", date(2026, 11, 20)),
        (State.REJECTED, "closed", date(2026, 11, 20)),
        (State.DUPLICATE, "closed", date(2026, 11, 20)),
        (State.COUNTED, "closed", date(2026, 11, 20)),
    ],
)
def test_the_state_is_said_in_the_standards_word_and_in_plain_ones(
    desk, works, city, state, status, closed_on
):
    _, request_id = desk.hand_in()
    with works["worker"].open(city) as work:
        work.session.execute(update(Report).values(state=state, closed_on=closed_on, categories=[]))
    [told] = checked("requests", desk.get(f"requests/{request_id}", locale="es"))
    assert (told["status"], told["status_notes"]) == (status, say("es", f"name.state.{state}"))
    assert told["updated_datetime"] == f"{closed_on or '2026-11-18'}T00:00:00+01:00"
    assert told["service_code"] == "condition_other"  # of the categories nothing is left


def test_the_token_is_a_receipt_like_any_other(client, desk, city):
    token, _ = desk.hand_in()
    shown = receipts.shown_to_server(receipts.decode(token))
    told = {"Authorization": f"Receipt {shown}"}
    assert client.get(f"/v1/cities/{city}/receipt", headers=told).status_code == 200
    assert client.delete(f"/v1/cities/{city}/receipt", headers=told).status_code == 204


def test_withdrawn_unknown_foreign_and_made_up_ones_are_answered_alike(
    client, desk, make_city, city, databases
):
    token, request_id = desk.hand_in()
    other, other_id = desk.hand_in()
    shown = receipts.shown_to_server(receipts.decode(token))
    client.delete(f"/v1/cities/{city}/receipt", headers={"Authorization": f"Receipt {shown}"})
    elsewhere = Desk(client, make_city(), "")
    unknown = receipts.encode(bytes(16))
    tries = [
        *(desk.get(f"tokens/{told}") for told in (token, unknown, "nonsense", "\u00e9", other + "x")),
        *(desk.get(f"requests/{told}") for told in (request_id, "0" * 32, "nonsense", token, "%00")),
        elsewhere.get(f"tokens/{other}"),
        elsewhere.get(f"requests/{other_id}"),
    ]
    assert {(one.status_code, one.data) for one in tries} == {(404, tries[0].data)}
    assert len({tuple(sorted(one.headers)) for one in tries}) == 1
    checked("errors", tries[0])
    with databases["owner"].session(city) as session:
        left = text("select count(*) from open311_requests where city_id = :city")
        assert session.scalar(left, {"city": city}) == 1


def test_a_receipt_that_was_forgotten_takes_its_request_along(desk, works, city):
    token, request_id = desk.hand_in()
    with works["worker"].open(city) as work:
        work.session.execute(update(Report).values(receipt_hash=bytes(32)))
    assert {desk.get(path).status_code for path in (f"tokens/{token}", f"requests/{request_id}")} == {404}


def test_a_receipt_that_a_phone_made_has_no_business_in_an_address(client, desk, city):
    secret = bytes(range(16))
    told = body(receipt=receipts.shown_to_server(secret))
    assert post_report(client, city, told).status_code == 201
    assert desk.get(f"tokens/{receipts.encode(secret)}").status_code == 404


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"service_code": "badly_lit,following", "status": "open,closed"},
        {"start_date": "2026-11-01T00:00:00Z", "end_date": "2026-11-30T00:00:00+01:00"},
        {"start_date": "2026-11-01T00:00:00 01:00"},  # a plus sign that was not escaped
        {"page": "1", "page_size": "50", "extensions": "true"},
        {"service_request_id": "0" * 32},
        {"service_request_id": "", "status": ""},
    ],
)
def test_lists_are_empty_whatever_is_asked_for(desk, form, asked):
    desk.hand_in()
    answer = desk.get("requests", form, **asked)
    assert answer.status_code == 200
    assert checked("requests", answer) == []


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "asked",
    [
        {"status": "solved"},
        {"service_code": "potholes"},
        {"start_date": "2026-11-01"},
        {"start_date": "2026-11-01T00:00:00"},
        {"start_date": "2026-13-01T00:00:00Z"},
        {"end_date": "２０２６-11-01T00:00:00Z"},  # noqa: RUF001 (digits of another script)
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"},
        {"start_date": "2026-11-02T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"},
        {"page": "0"},
        {"page_size": "１"},  # noqa: RUF001 (a digit of another script)
        {"locale": "klingon!"},
        {"nosuch": "1"},
        {"api_key": "secret"},
        {"status": ["open", "closed"]},
        {"status": "\x00"},
        {"service_request_id": ",".join(f"{n:032x}" for n in range(51))},
    ],
)
def test_a_filter_that_says_nothing_is_refused(desk, form, asked):
    answer = desk.get("requests", form, **asked)
    assert answer.status_code == 400
    assert checked("errors", answer)[0]["code"] == 400


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "path", ["services", "services/badly_lit", "requests", f"requests/{'0' * 32}", f"tokens/{'0' * 27}"]
)
def test_the_city_must_be_named_and_be_there(client, make_city, form, path):
    make_city(), make_city()
    for told, status in (({}, 400), ({"jurisdiction_id": ""}, 400), ({"jurisdiction_id": "nowhere"}, 404)):
        answer = client.get(f"/open311/v2/{path}.{form}", query_string=told)
        assert answer.status_code == status
        assert "jurisdiction_id" in checked("errors", answer)[0]["description"]


def test_where_one_city_is_served_it_need_not_be_named(settings, services, clock):
    with fresh_database(services, f"{settings.owner_url.rsplit('/', 1)[-1].split('?')[0]}_one") as url:
        own = replace(settings, database_url=url)
        migrate(own)
        client = create_app(own, "residents", clock=clock).test_client()
        assert client.get("/open311/v2/services.json").status_code == 404
        owner = Database(as_psycopg(make_url(url)))
        with Works(owner, clock, lambda _: None).open("lantern") as work:
            add_city(work, described_city("lantern"))
        owner.close()
        checked("services", client.get("/open311/v2/services.xml"))
        client.application.extensions["farola"].close()


def test_what_cannot_be_said_in_xml_cannot_break_it():
    from xml.etree import ElementTree as ET

    from backend.api.open311.xml import written

    told = [{"code": 400, "description": "a\x01b\ufffe<&>]]>\u00e9\U0001f4a1"}]
    tree = ET.fromstring(written("errors", told, "xml"))  # noqa: S314 (what the door itself wrote)
    assert tree.findtext("error/description") == "a\ufffdb\ufffd<&>]]>\u00e9\U0001f4a1"
    assert json.loads(written("errors", told, "json")) == told
