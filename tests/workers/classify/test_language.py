"""The language of short texts, romanised Hindi among them, and what the resident told."""

import pytest

from workers.classify.language import Languages

SERVED = ("en", "es", "ca", "fr", "pt", "hi")


@pytest.fixture(scope="module")
def languages():
    return Languages(SERVED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He followed me to the door", "en"),
        ("Me siguió hasta la puerta", "es"),
        ("Em va seguir fins a la porta", "ca"),
        ("Il m'a suivie jusqu'à la porte", "fr"),
        ("Ele me seguiu até a porta", "pt"),
        ("मुझे डर लग रहा है", "hi"),
        ("woh mera peecha kar raha tha", "hi"),
        ("Yahan light nahi hai", "hi"),
        ("raat ko bahut andhera", "hi"),
        ("maine chalti bus mein shor suna", "hi"),
        ("do ladke humari scooty ke saamne aaye", "hi"),
        ("guard ne dhakka diya aur gussa kiya", "hi"),
        ("Elle ne part que par le bus de midi", "fr"),
        ("Se lo dije a mi tia", "es"),
    ],
)
def test_short_texts_are_told_apart(languages, text, expected):
    assert languages.detect(text) == expected


def test_hindi_is_no_answer_where_it_is_not_served():
    assert Languages(("en", "es")).detect("woh mera peecha kar raha tha") in {"en", "es"}


@pytest.mark.parametrize("text", ["", "12 34", "🙂", "[person] [phone]"])
def test_without_letters_only_what_was_told_counts(languages, text):
    assert languages.detect(text) is None
    assert languages.detect(text, "ca") == "ca"


def test_a_doubtful_text_keeps_the_language_told(languages):
    assert languages.detect("sin luz", "es") == "es"
    assert languages.detect("ok ok", "pt") == "pt"


def test_a_clear_text_overrules_the_phone(languages):
    assert languages.detect("He was standing behind me and would not leave the platform", "es") == "en"


def test_a_language_that_is_not_served_is_not_believed(languages):
    assert languages.detect("He followed me to the door of the house", "sv") == "en"


def test_a_city_with_one_language_has_that_one():
    assert Languages(("pt",)).detect("qualquer coisa") == "pt"
