"""A city's own form: fewer categories, other words, a note beside the promise; anything else is refused."""

from __future__ import annotations

import pytest

from backend.domain.audit import LEVELS, QUESTIONS
from backend.domain.cityfile import check_form, check_help_lines
from backend.domain.cityform import (
    check_consent,
    check_offered,
    form_words,
    help_lines,
    offered,
    offered_to_children,
)
from backend.domain.taxonomy import CATEGORIES, CHILD_KINDS, Kind, categories_for
from backend.domain.words import LANGUAGES, RESIDENT_LANGUAGES, say
from backend.errors import UnprocessableInput

FEW = ["following", "badly_lit", "well_lit"]
POLICY = {
    "form": {
        "categories": FEW,
        "words": {
            "ca": {
                "name.category.following": "Em segueixen",
                "audit.lighting.0": "Fosc del tot",
                "child.category.following": "Em van seguir",
            }
        },
        "privacy": {"ca": "L'Ajuntament no en sap res més."},
    }
}


def test_a_city_that_says_nothing_offers_everything():
    for kind in Kind:
        assert offered({}, kind) == [one.code for one in categories_for(kind)]
    assert set(offered_to_children({})) == {kind.value for kind in CHILD_KINDS}


def test_a_city_may_offer_fewer_categories_in_the_usual_order():
    assert {kind.value: offered(POLICY, kind) for kind in Kind} == {
        "incident": ["following", "badly_lit"],
        "condition": ["badly_lit"],
        "safe_place": ["well_lit"],
        "audit": ["badly_lit", "well_lit"],
    }
    assert offered_to_children(POLICY)["incident"] == ["following", "badly_lit"]


def test_what_a_city_does_not_offer_is_refused_by_its_place():
    check_offered(POLICY, Kind.INCIDENT, FEW[:2])
    for codes, field in ((["following", "theft"], "categories.1"), (["nonsense"], "categories.0")):
        with pytest.raises(UnprocessableInput) as refused:
            check_offered(POLICY, Kind.INCIDENT, codes)
        assert refused.value.field == field


@pytest.mark.parametrize("kind", Kind)
def test_only_a_condition_is_forwarded(kind):
    check_consent(kind, forward=False)
    if kind is Kind.CONDITION:
        check_consent(kind, forward=True)
        return
    with pytest.raises(UnprocessableInput) as refused:
        check_consent(kind, forward=True)
    assert refused.value.field == "consent_forward"


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_a_form_has_all_its_words(language):
    told = form_words({}, language)
    assert set(told["names"]["category"]) == set(CATEGORIES)
    assert list(told["audit"]) == list(QUESTIONS)
    for question in told["audit"].values():
        assert len({question["name"], *question["levels"]}) == 1 + len(LEVELS)
    assert told["privacy"] == say(language, "promise")
    assert "privacy_note" not in told


def test_the_levels_of_the_audit_are_said_in_every_language():
    said = {tuple(form_words({}, language)["audit"]["feeling"]["levels"]) for language in RESIDENT_LANGUAGES}
    assert len(said) == len(RESIDENT_LANGUAGES)


def test_a_city_s_own_words_stand_in_its_language_alone():
    own, other = form_words(POLICY, "ca"), form_words(POLICY, "es")
    assert own["names"]["category"]["following"] == "Em segueixen"
    assert own["audit"]["lighting"]["levels"][0] == "Fosc del tot"
    assert own["child"]["following"] == "Em van seguir"
    assert own["privacy_note"] == "L'Ajuntament no en sap res més."
    assert own["privacy"] == say("ca", "promise")
    assert other == form_words({}, "es")


def test_a_language_that_is_not_spoken_here_is_told_in_english():
    assert form_words({}, "xx") == form_words({}, "en")


LINES = [
    {"name": "Emergency", "phone": "112", "for": "emergency"},
    {"name": "Infància", "phone": "116 111", "for": "children", "text": "Dia i nit", "names": {"en": "Children"}, "texts": {"en": "Day and night"}},
]  # fmt: skip


def test_help_lines_are_named_in_the_language_and_children_s_come_first_for_a_child():
    assert [line["name"] for line in help_lines(LINES, "en")] == ["Emergency", "Children"]
    first = help_lines(LINES, "fr", child=True)[0]
    assert first == {"name": "Infància", "phone": "116 111", "for": "children", "text": "Dia i nit"}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ([], "policy.form"),
        ({"colour": "red"}, "policy.form"),
        ({"categories": []}, "policy.form.categories"),
        ({"categories": ["following", "nonsense", 3]}, "policy.form.categories"),
        ({"categories": [*FEW, "following"]}, "policy.form.categories"),
        ({"categories": ["following", "badly_lit"]}, "policy.form.categories"),
        ({"words": {"de": {}}}, "policy.form.words.de"),
        ({"words": {"ca": []}}, "policy.form.words.ca"),
        ({"words": {"ca": {"form.leave": "Fora"}}}, "policy.form.words.ca.form.leave"),
        ({"words": {"ca": {"audit.lighting.0": " "}}}, "policy.form.words.ca.audit.lighting.0"),
        ({"words": {"ca": {"audit.lighting.0": "x" * 121}}}, "policy.form.words.ca.audit.lighting.0"),
        ({"privacy": {"ca": "a\nb"}}, "policy.form.privacy.ca"),
        ({"privacy": "yes"}, "policy.form.privacy"),
    ],
)
def test_a_form_that_could_not_be_shown_is_refused(form, field):
    with pytest.raises(UnprocessableInput) as refused:
        check_form(form, LANGUAGES)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "call us"}, "phone"),
        ({"for": "everything"}, "for"),
        ({"name": ""}, "name"),
        ({"names": {"de": "Kinder"}}, "names.de"),
        ({"texts": {"ca": 7}}, "texts.ca"),
        ({"text": "x" * 301}, "text"),
    ],
)
def test_a_help_line_that_could_not_be_called_is_refused(change, field):
    check_help_lines(LINES, LANGUAGES)
    with pytest.raises(UnprocessableInput) as refused:
        check_help_lines([LINES[0], LINES[1] | change], LANGUAGES)
    assert refused.value.field == f"help_lines.1.{field}"


@pytest.mark.parametrize("lines", [{}, [{"name": "A", "phone": "1"}], [LINES[0] | {"email": "a@b"}], ["112"]])
def test_help_lines_of_another_shape_are_refused(lines):
    with pytest.raises(UnprocessableInput):
        check_help_lines(lines, LANGUAGES)


def test_a_form_that_is_right_passes():
    check_form(POLICY["form"], LANGUAGES)
    check_form({}, LANGUAGES)
