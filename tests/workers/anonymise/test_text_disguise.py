"""Disguised numbers and names are read as a person would read them."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import re2

from backend.errors import Unavailable
from workers import anonymise
from workers.anonymise import text
from workers.anonymise.text import find, load_finder, redact
from workers.anonymise.words import cues, linear, ner, phones, streets
from workers.anonymise.words.spans import Span, merge
from workers.anonymise.words.view import views_of

NUMBERS = [
    "\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    "٦١٢٣٤٥٦٧٨",
    "६१२३४५६७८",
    "6\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8",
    "6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
    "6l2 34 56 78",
    "61O 34 56 78",
    "6-1-2-3-4-5-6-7-8",
    "(+34) 612.34.56.78",
    "seis uno dos tres cuatro cinco seis siete ocho",
    "\u202e876543216\u202c",
    "1" * 5000,
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_disguised_number_goes(finder, number):
    hidden = redact(f"escribe al {number} por favor", "es", finder).text
    assert hidden in {
        "escribe al [phone] por favor",
        "escribe al \u202e[phone]\u202c por favor",
        "escribe al [id_number] por favor",
    }


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("joe\uff20example\uff0ecom", "[email]"),
        ("ana.lopez (arroba) gmail (punto) com", "[email]"),
        ("ana lopez arroba gmail punto com", "[email]"),
        ("jean chez orange point fr", "[email]"),
        ("su insta: creepy_joe99", "su insta: [handle]"),
        ("etiqueta a @creepy.joe", "etiqueta a [handle]"),
        ("hxxps://x.com/u/ana", "[link]"),
        ("4111 1111 1111 1111", "[card]"),
        ("ES91 2100 0418 4502 0005 1332", "[id_number]"),
        ("text me on six one two, three four five, six seven eight", "text me on [phone]"),
        ("192.168.1.10", "[ip]"),
        ("2001:db8:0:0:0:0:2:1", "[ip]"),
        ("Mi jefe \u0415ust\u0430qu\u0456o", "Mi jefe [person]"),
        ("mi jefe c\u0301a\u0301r\u0301l\u0301o\u0301s\u0301 grita", "mi jefe [person] grita"),
    ],
)
def test_a_disguised_contact_or_name_goes(finder, told, seen):
    assert redact(told, "es", finder).text == seen


@pytest.mark.parametrize(
    "told", ["el 12-11-2026 a las 20:30", "2025-11-20", "en 2019-2020", "a 10 000 metros"]
)
def test_dates_and_amounts_are_not_phones(finder, told):
    assert redact(told, "es", finder).text == told


@pytest.mark.parametrize(
    "told", ["a\u0301b", "ﬁn", "Ⅻ", "\ud800x", "\u202eabc\u202c", "[person] y [phone]", "ß"]
)
def test_a_view_leads_back_into_the_original(told):
    for view in views_of(told):
        assert len(view.text) == len(view.plain) == len(view.starts) == len(view.ends)
        assert view.plain.isascii()
        for place in range(len(view.text)):
            start, end = view.original(place, place + 1)
            assert 0 <= start < end <= len(told)


def _modules():
    return sorted(Path(anonymise.__file__).parent.rglob("*.py"))


def _imports(tree):
    """Every module of expressions that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return names & {"re", "re2", "regex", "sre_compile"}


def _asked_of_the_standard_engine(tree):
    """The call and the literal expression of every use of `re`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert sum(ast.unparse(use.value) == "re" for use in uses) == sum(
        ast.unparse(call.func) == "re.compile" for call in calls
    )
    return [ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "re.compile"]


def test_every_expression_runs_in_linear_time():
    """By construction: one module compiles them, with re2 or after a proof; what others compile is proven here."""
    trees = {module.name: ast.parse(module.read_text()) for module in _modules()}
    others = {name: _imports(tree) for name, tree in trees.items() if name != "linear.py"}
    assert _imports(trees["linear.py"]) == {"re", "re2"}
    assert not set().union(*others.values()) - {"re"}
    for name in (name for name, engines in others.items() if engines):
        for source in _asked_of_the_standard_engine(trees[name]):
            assert linear.proven(source).pattern == source
    compiled = [each.pattern for each in text.RULES] + [*cues.PATTERNS, *phones.PATTERNS, *streets.PLACES]
    assert len(compiled) > 50
    assert all(isinstance(each, linear.Pattern) for each in compiled)


@pytest.mark.parametrize("source", [r"(\d)\1", r"(?=a)b", r"(?<!a)b", r"(?>a+)b"])
def test_what_needs_backtracking_is_refused(source):
    with pytest.raises(re2.error):
        linear.Pattern(source)


@pytest.mark.parametrize(
    "source", [r"(a+)+b", r"[a]+[ab]+", r"a?a", r"a{3}", r"[a-z]+x", r"(?:[a]+)+", r".*"]
)
def test_the_standard_engine_gets_only_what_cannot_backtrack(source):
    with pytest.raises(ValueError, match="linear"):
        linear.proven(source)
    assert linear.proven(r"[A-Za-z]+").findall("a, Bc") == ["a", "Bc"]
    assert linear.proven(r"\[(?:person|phone)\]").findall("[phone] [other]") == ["[phone]"]


def test_one_pass_says_which_expressions_can_match():
    word, number = linear.Pattern("[a-z]+"), linear.Pattern(r"(\d)\d*")
    scan = linear.Sieve([word, number]).scan("abc 12")
    assert [match.group() for match in scan.matches(word)] == ["abc"]
    assert [match.spans for match in scan.matches(number)] == [((4, 6), (4, 5))]
    assert not [*linear.Sieve([word, number]).scan("...").matches(word)]


def test_when_the_pass_runs_out_of_memory_every_expression_is_tried(monkeypatch):
    word = linear.Pattern("[a-z]+")
    sieve = linear.Sieve([word])
    monkeypatch.setattr(sieve, "_set", SimpleNamespace(Match=lambda _: None))
    assert [match.group() for match in sieve.scan("abc").matches(word)] == ["abc"]


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "a@",
        "Ana ",
        "one ",
        "12 rue de la ",
        "a\u200b",
        "a\u0301",
        "\u202e612\u202c",
        "mi jefe ",
        "Xqzo ",
        "Xqzo, ",
        "xqzo y ",
        "X-",
        "xqzo-",
        "corner of 1 ",
        "A 1234 ",
    ],
)
def test_five_thousand_characters_of_anything_are_looked_through(finder, piece):
    told = (piece * 5000)[:5000]
    spans = find(told, None, finder)
    assert all(0 <= span.start < span.end <= len(told) for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))


def test_overlapping_spans_are_united_and_the_longest_names_them():
    spans = [Span(5, 9, "person", "b", 0.9), Span(0, 7, "address", "a", 0.5), Span(20, 22, "ip", "c", 1.0)]
    assert merge(spans, "x" * 30) == [Span(0, 9, "address", "a", 0.9), Span(20, 22, "ip", "c", 1.0)]


def test_without_the_model_nothing_is_loaded(monkeypatch):
    ner.load_names.cache_clear()
    monkeypatch.setattr(ner, "MODEL", "a_model_that_is_not_here")
    with pytest.raises(Unavailable):
        load_finder(["en"])


def test_a_failure_withholds_the_text_and_carries_none_of_it(finder, monkeypatch):
    def broken(*_):
        raise ValueError("secret words")

    monkeypatch.setattr(text, "find_people", broken)
    with pytest.raises(Unavailable) as failure:
        redact("secret words", "en", finder)
    assert failure.value.__context__ is None
    assert "secret" not in str(failure.value)
