"""Cases to practise on: every language of moderators, every kind of answer, each answer possible in the form."""

from __future__ import annotations

import pytest

from backend.domain.practice import VERDICTS, answer_of, cases, spoken
from backend.domain.workflow import Verdict
from backend.errors import UnprocessableInput


def test_there_are_cases_in_each_language_and_of_each_kind():
    told = cases().values()
    assert len(told) >= 20
    assert {one.language for one in told} == {"en", "es", "fr", "pt", "ca", "hi"}
    assert {one.agreed.verdict for one in told} >= {Verdict.APPROVE, Verdict.REJECT, Verdict.ESCALATE}
    assert {one.agreed.verdict for one in told} <= set(VERDICTS)
    assert all(one.text and one.why and one.code.startswith(one.language) for one in told)
    assert len({one.text for one in told}) == len(told)


def test_a_city_practises_in_its_own_languages_or_else_in_english():
    assert {one.language for one in spoken(["ca", "es"])} == {"ca", "es"}
    assert {one.language for one in spoken(["sv"])} == {"en"}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"verdict": "approve"}, "categories"),
        ({"verdict": "approve", "categories": ["no_such"]}, "categories"),
        ({"verdict": "reject", "reason": "spam", "categories": ["touching"]}, "categories"),
        ({"verdict": "reject"}, "reason"),
        ({"verdict": "reject", "reason": "clear"}, "reason"),
        ({"verdict": "approve", "categories": ["touching"], "reason": "clear"}, "reason"),
        ({"verdict": "escalate", "reason": "danger"}, "reason"),
    ],
)
def test_an_answer_makes_sense_in_itself(told, field):
    with pytest.raises(UnprocessableInput) as refused:
        answer_of(**told)
    assert refused.value.field == field
