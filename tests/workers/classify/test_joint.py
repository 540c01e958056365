"""Labels decided together: what goes together is learnt, survives storing, and offsets move the choice."""

import random

import numpy as np
import pytest

from backend.domain.taxonomy import Kind
from workers.classify.examples import Example
from workers.classify.fit import learn
from workers.classify.joint import best, marginals, sets_of
from workers.classify.labels import propose_labels
from workers.classify.linear import load, save

SETS = np.array([[0, 0], [1, 0], [1, 1]], dtype=float)


def test_marginals_are_sums_over_the_sets_that_hold_a_code():
    logs = np.log(np.array([[0.5, 0.3, 0.2]]))
    np.testing.assert_allclose(marginals(logs, SETS), [[0.5, 0.2]])


def test_an_offset_makes_a_code_easier_to_say():
    logs = np.log(np.array([[0.5, 0.3, 0.2]]))
    assert best(logs, SETS, np.zeros(2)).tolist() == [[False, False]]
    assert best(logs, SETS, np.array([1.0, 0.0])).tolist() == [[True, False]]


def test_many_codes_or_few_texts_are_decided_one_by_one():
    assert sets_of(np.zeros((1000, 9), dtype=bool)) is None
    assert sets_of(np.eye(3, dtype=bool)) is None


@pytest.fixture(scope="module")
def learnt():
    """Made-up stories in which staring comes with remarks more often than alone."""
    drawn, said = random.Random(7), {"commenting": "he shouted rude words", "ogling": "he stared at me"}
    kinds = [("commenting",), ("commenting", "ogling"), ()]
    rows = [drawn.choice(kinds) for _ in range(600)]
    texts = [
        " ".join([f"in street {drawn.randrange(99)}", *(said[code] for code in row), "and left"])
        for row in rows
    ]
    return learn(
        [Example(text, frozenset(row)) for text, row in zip(texts, rows, strict=True)], "own", 1.0, print
    )


def test_what_was_learnt_together_survives_storing(learnt, tmp_path):
    save(learnt.model, tmp_path)
    model = load(tmp_path)
    assert model.joint is not None
    for text, expected in [
        ("he shouted rude words and stared at me", {"commenting", "ogling"}),
        ("he shouted rude words and left", {"commenting"}),
        ("in street 5 and left", set()),
    ]:
        assert {label.code for label in propose_labels(model, text, Kind.INCIDENT, ())} == expected
        np.testing.assert_allclose(model.probabilities(text), learnt.model.probabilities(text), atol=0.01)


def test_what_the_resident_chose_is_evidence_here_too(learnt):
    labels = propose_labels(learnt.model, "in street 5 and left", Kind.INCIDENT, ["ogling"])
    assert "ogling" in {label.code for label in labels}
