"""The river with nothing in its way: from phones over HTTP to review, by real processes."""

import pytest

from tests.river.effects import assert_each_effect_once

pytestmark = pytest.mark.river


def test_reports_from_phones_reach_review(town, photo):
    sent = {town.send(town.draft("A man called Marta followed me. Call +34 612 345 678.")) for _ in range(3)}
    sent.add(town.send(town.draft("It is dark here.", photo, photo)))
    sent.add(town.send(town.draft()))
    town.settle()
    assert_each_effect_once(town, sent)
