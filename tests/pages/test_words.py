"""Every language says the same things, and every code that people can meet has a name."""

from __future__ import annotations

import re

import pytest

from backend.domain import audit, taxonomy
from backend.domain.layers import GENDERS, LAYERS
from backend.domain.words import (
    LANGUAGES,
    RESIDENT_LANGUAGES,
    direction,
    names,
    part,
    say,
    words,
    written,
)
from backend.domain.workflow import State
from backend.pages.residents import WORDS

CODES = {
    "category": set(taxonomy.CATEGORIES),
    "group": set(taxonomy.Group),
    "kind": set(taxonomy.Kind),
    "daypart": set(taxonomy.Daypart),
    "daypart_hours": set(taxonomy.Daypart),
    "gender": set(taxonomy.Gender),
    "gender_value": set(GENDERS.values()),
    "age_band": set(taxonomy.AgeBand),
    "place_type": set(taxonomy.PLACE_TYPES),
    "transport_mode": set(taxonomy.TRANSPORT_MODES),
    "question": {*audit.QUESTIONS, "count"},
    "level": {str(level) for level in audit.LEVELS},
    "layer": set(LAYERS),
    "layer_about": set(LAYERS),
    "state": set(State),
}

RESIDENTS_PAGE = ("language", "privacy", "promise", *WORDS)
OF_THE_CONSOLE = tuple(f"name.{family}." for family in ("chip", "reason"))


def _places(sentence: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", sentence))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language):
    assert set(written(language)) == set(written("en"))


@pytest.mark.parametrize("language", sorted(set(RESIDENT_LANGUAGES) - set(LANGUAGES)))
def test_a_language_of_the_residents_lacks_no_sentence_of_their_page(language):
    assert set(written(language)) <= set(written("en"))
    told = {key for key in part("en", *RESIDENTS_PAGE) if not key.startswith(OF_THE_CONSOLE)}
    assert told - set(written(language)) == set()


def test_what_a_language_lacks_is_said_in_english():
    assert "console.queue" not in written("ar")
    assert say("ar", "console.queue") == words("ar")["console.queue"] == say("en", "console.queue")
    assert say("ar", "form.next") != say("en", "form.next")


def test_arabic_is_written_from_right_to_left():
    assert {direction(language) for language in LANGUAGES} == {"ltr"}
    assert direction("ar") == "rtl"


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_every_sentence_has_words_and_the_same_places_to_fill(language):
    for key, sentence in written(language).items():
        assert sentence.strip(), key
        assert _places(sentence) == _places(words("en")[key]), key


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
@pytest.mark.parametrize("family", CODES)
def test_every_code_has_a_name(language, family):
    assert set(names(language)[family]) == {str(code) for code in CODES[family]}


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_every_category_that_children_are_asked_for_has_words_of_theirs(language):
    told = {f"child.category.{code}" for code in taxonomy.CHILD_CATEGORIES}
    assert told == set(part(language, "child.category")) <= set(written(language))


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_the_promise_is_complete(language):
    promise = say(language, "promise")
    assert [n.replace(",", ".") for n in re.findall(r"\d+(?:[.,]\d+)?", promise)] == [
        "7.4",
        "1",
        "100",
        "7",
        "100",
        "88",
        "100",
    ]
    assert ";" in promise or "؛" in promise


def test_no_sentence_shouts():
    shouting = [
        (lang, key)
        for lang in RESIDENT_LANGUAGES
        for key, sentence in written(lang).items()
        if "!" in sentence
    ]
    assert shouting == []


def test_say_fills_places_and_falls_back_to_english():
    assert say("es", "form.progress", step=2, steps=7) == "2 de 7"
    assert say("xx", "form.next") == "Next"
    with pytest.raises(KeyError):
        say("en", "no.such.key")


def test_part_hands_over_only_what_was_asked():
    told = part("en", "promise", "map")
    assert "promise" in told
    assert all(key == "promise" or key.startswith("map.") for key in told)
