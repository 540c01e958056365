"""The taxonomy holds all that StreetSafe and Safecity ask, and nothing that describes a person."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from backend.api.schemas.reports import ReportIn
from backend.cli.openapi import documents
from backend.domain.audit import QUESTIONS
from backend.domain.crosswalk import ICCS, SAFECITY, STREETSAFE, table
from backend.domain.taxonomy import (
    AXES_OF_KIND,
    CATEGORIES,
    CHILD_CATEGORIES,
    CHILD_KINDS,
    Axis,
    Group,
    Kind,
    categories_for,
)
from backend.domain.words import LANGUAGES, written

DOCS = Path(__file__).parents[2] / "docs" / "taxonomy.md"
# Words for whoever did something; what residents say of themselves stands in `about_me` alone.
ABOUT_OTHERS = re.compile(
    r"suspect|perpetrator|offender|attacker|aggressor|culprit|ethnic|\brace\b|racial|skin|nationality|religion"
    r"|appearance|clothing|height|description_of|sospechos|agresor|suspet|agressor|agresseur",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("source", "items"), [(STREETSAFE, 8 + 4), (SAFECITY, 14 + 5)], ids=["StreetSafe", "Safecity"]
)
def test_every_item_of_a_source_list_maps_to_codes_of_ours(source, items):
    assert len(source) == items
    for item, codes in source.items():
        assert codes, item
        assert set(codes) <= set(CATEGORIES), item


def test_the_axes_of_streetsafe_are_ours():
    axes = [CATEGORIES[codes[0]].axis for codes in STREETSAFE.values()]
    assert axes == [Axis.PLACE] * 8 + [Axis.BEHAVIOUR] * 4


def test_every_code_but_the_good_ones_belongs_to_one_of_the_six_groups():
    without = {code for code, category in CATEGORIES.items() if category.group is None}
    assert without == {category.code for category in categories_for(Kind.SAFE_PLACE)}
    assert {category.group for category in CATEGORIES.values()} - {None} == set(Group)


def test_every_iccs_class_has_a_name_and_only_behaviour_is_tagged():
    tagged = [category for category in CATEGORIES.values() if category.iccs]
    assert {category.iccs for category in tagged} == set(ICCS)
    assert {category.axis for category in tagged} == {Axis.BEHAVIOUR}
    untagged = {code for code, one in CATEGORIES.items() if one.axis is Axis.BEHAVIOUR and not one.iccs}
    assert untagged == {"other_behaviour"}


def test_every_kind_of_the_children_s_form_has_something_to_tap():
    assert set(CHILD_CATEGORIES) <= set(CATEGORIES)
    for kind in CHILD_KINDS:
        assert {CATEGORIES[code].axis for code in CHILD_CATEGORIES} & AXES_OF_KIND[kind]


def _fields(schema, path=()):
    for name, field in schema.fields.items():
        yield (*path, name)
        nested = getattr(field, "schema", None) or getattr(getattr(field, "inner", None), "schema", None)
        if nested is not None:
            yield from _fields(nested, (*path, name))


def test_no_field_describes_a_suspect():
    told = [".".join(path) for path in _fields(ReportIn())]
    assert {"about_me.gender", "setting.stop", "location.coordinates", "audit.lighting"} <= set(told)
    assert [name for name in told if ABOUT_OTHERS.search(name)] == []
    assert {name for name in told if name.startswith("about_me.")} == {
        "about_me.gender",
        "about_me.age_band",
        "about_me.disability",
    }


def test_no_question_or_code_asks_for_a_suspect():
    keys = {key for language in LANGUAGES for key in written(language)}
    asked = {*keys, *CATEGORIES, *QUESTIONS}
    assert sorted(word for word in asked if ABOUT_OTHERS.search(word)) == []
    names = [(language, key, said) for language in LANGUAGES for key, said in written(language).items()]
    told = [
        one
        for one in names
        if one[1].startswith(("form.", "child.", "name.")) and ABOUT_OTHERS.search(one[2])
    ]
    assert told == []


def test_the_documents_of_the_residents_door_speak_of_no_suspect():
    told = json.loads(documents()["residents"])["components"]["schemas"]
    names = {name for schema in told.values() for name in schema.get("properties", {})}
    assert "categories" in names
    assert sorted(name for name in names if ABOUT_OTHERS.search(name)) == []


def test_the_written_table_is_the_one_in_the_code():
    assert table() in DOCS.read_text(encoding="utf-8")
