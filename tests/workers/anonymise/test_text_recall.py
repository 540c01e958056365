"""How much of real personal data goes, and how much of what a report is about stays."""

from __future__ import annotations

import csv
import json
from collections import Counter

import pytest

from tests.benchmarks.support.texts import judge, own_texts
from workers.anonymise.text import find
from workers.anonymise.words.lexicon import PLACES
from workers.anonymise.words.view import plain

pytestmark = pytest.mark.stories

# Share of spans of which every letter and digit went, on the day this was written, less a little.
FLOORS = {
    "PERSON": 0.93,
    "STREET_ADDRESS": 0.92,
    "PHONE_NUMBER": 0.95,
    "EMAIL_ADDRESS": 1.0,
    "CREDIT_CARD": 1.0,
    "IBAN_CODE": 1.0,
    "US_SSN": 1.0,
    "IP_ADDRESS": 1.0,
    "DOMAIN_NAME": 1.0,
    "ZIP_CODE": 0.7,
    "US_DRIVER_LICENSE": 1.0,
}
RECALL, LEAK, PRECISION, KEPT, MASKED = 0.94, 0.09, 0.94, 0.99, 0.012
# More spans than these are there of each kind, or a share says nothing; licences are rare.
FEW = {"US_DRIVER_LICENSE": 2}
# Share of names that no list holds and that went wholly from our own templates.
OWN = {"en": 0.93, "es": 0.93, "fr": 0.94, "pt": 0.93, "ca": 0.92, "hi": 0.85}


def _letters(told, start, end):
    return {place for place in range(start, end) if told[place].isalnum()}


def _gone(told, finder):
    return {place for span in find(told, "en", finder) for place in _letters(told, span.start, span.end)}


@pytest.fixture(scope="module")
def measured(shared_data, finder):
    found, all_of, letters = Counter(), Counter(), Counter()
    for row in json.loads((shared_data / "pii" / "synthetic_sentences.json").read_text("utf-8")):
        told, gone, typed = row["full_text"], _gone(row["full_text"], finder), set()
        for span in row["spans"]:
            wanted = _letters(told, span["start_position"], span["end_position"])
            typed |= wanted
            if span["entity_type"] in FLOORS:
                all_of[span["entity_type"]] += 1
                found[span["entity_type"]] += wanted <= gone
                letters.update(sensitive=len(wanted), leaked=len(wanted - gone))
        letters.update(gone=len(gone), rightly=len(gone & typed))
    return found, all_of, letters


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items())
def test_each_kind_is_found(measured, kind, floor):
    found, all_of, _ = measured
    assert all_of[kind] > FEW.get(kind, 5)
    assert found[kind] >= floor * all_of[kind]


def test_little_leaks_and_little_goes_for_nothing(measured):
    found, all_of, letters = measured
    assert found.total() >= RECALL * all_of.total()
    assert letters["leaked"] <= LEAK * letters["sensitive"]
    assert letters["rightly"] >= PRECISION * letters["gone"]


def test_what_happened_survives(shared_data, finder):
    elements = json.loads((shared_data / "stories" / "elements_dev.json").read_text("utf-8"))
    with (shared_data / "stories" / "dev.csv").open(encoding="utf-8", newline="") as file:
        rows = [row["Description"] for row in csv.DictReader(file)][:400]
    spans = kept = gone = length = 0
    for number, told in enumerate(rows, 1):
        hidden = find(told, "en", finder)
        gone += sum(span.end - span.start for span in hidden)
        length += len(told)
        for start, end in _triggers(elements.get(str(number), {})):
            spans += 1
            kept += not any(span.touches(start, end) for span in hidden)
    assert spans > 200
    assert kept >= KEPT * spans
    assert gone <= MASKED * length


def _triggers(element):
    for name, records in element.get("records", {}).items():
        if name.lower().startswith("trigger"):
            yield from ((int(record["offset"][0]), int(record["offset"][1])) for record in records)


@pytest.fixture(scope="module")
def own(shared_data, finder):
    held = finder.gazetteer.first | finder.gazetteer.last | PLACES
    return own_texts(shared_data, held, plain)


@pytest.mark.parametrize(("language", "floor"), OWN.items())
def test_names_that_no_list_holds_are_found(own, finder, language, floor):
    score = judge(own[language], lambda told, said: [(s.start, s.end) for s in find(told, said, finder)])
    assert score.all_of.total() > 150
    assert score.recall >= floor
    assert score.precision >= 0.92
