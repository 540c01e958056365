"""The model sees a bounded part of a text, each sentence once, and what it does not see goes."""

from __future__ import annotations

import random

import pytest

from workers.anonymise import text as words
from workers.anonymise.text import find
from workers.anonymise.words.unsettled import MOST


class Listening:
    """Stands before the model and keeps what it is shown."""

    def __init__(self, model):
        self.model, self.shown = model, []

    def find_in(self, told, stretches):
        self.shown += [told[start:end] for start, end in stretches]
        return self.model.find_in(told, stretches)


@pytest.fixture
def listening(finder):
    names = Listening(finder.names)
    return names, words.Finder(
        *(names if field == "names" else getattr(finder, field) for field in words.Finder.__slots__)
    )


def test_a_text_whose_words_are_settled_is_not_shown(listening):
    names, finder = listening
    find("he was at the bus stop and it was very dark", "en", finder)
    assert names.shown == []


def test_a_name_said_again_in_a_long_text_goes_everywhere(finder):
    told = "Then it was dark and Ashgrove Penhallow was there again. " * 40
    spans = find(told, "en", finder)
    gone = "".join(told[span.start : span.end] for span in spans)
    assert gone.count("Ashgrove") == gone.count("Penhallow") == 40


def test_what_is_beyond_the_bound_goes_unread(listening):
    names, finder = listening
    chance = random.Random(3)
    letters = "abcdefghijklmnopqrstuvwxyz"
    # Every sentence is another one, and its first word is one that may be a name.
    told = "".join(
        f"Bus {''.join(chance.choices(letters, k=2))} {chance.randrange(100)} Rose. " for _ in range(400)
    )
    spans = find(told, "en", finder)
    assert 0 < sum(len(said.split()) for said in names.shown) <= MOST
    last = told.rindex("Rose")
    assert any(span.start <= last and last + 4 <= span.end for span in spans)
