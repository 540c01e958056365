"""What the label model sees of a text, and where in the line each feature stands."""

import numpy as np
import pytest

from workers.classify.features import LENGTHS, features_of, line_of, part_of, spans_of, words_of
from workers.classify.linear import tf_idf

TEXT = "He grabbed me on the bus, I got off at [place] and ran"


def folded(text):
    return [word.folded for word in words_of(text)]


@pytest.mark.parametrize("text", [TEXT, "a", "", "ô là là", "x" * 40])
def test_every_feature_stands_where_its_span_says(text):
    words = folded(text)
    line = line_of(words_of(text))
    told = list(zip(features_of(words), spans_of(words), strict=True))
    for feature, (start, size) in told:
        seen = line[start : start + size]
        if part_of(feature) == 0:
            assert seen == feature
        else:
            parts = [part for part in feature.split("_") if part]
            assert (seen.split()[0], seen.split()[-1]) == (parts[0], parts[-1])
    assert bool(told) == bool(words)


def test_words_pairs_and_distances_are_told_apart():
    features = features_of(["he", "touched", "my", "leg"])
    assert {"_he", "_he_touched", "_he__my", "_he___leg", "_my_leg"} <= set(features)
    assert "_touched_leg" not in features
    assert [part_of(feature) for feature in (" he", "_he", "_he_my", "_he___leg")] == [0, 1, 2, 2]


def test_no_ngram_crosses_a_border():
    assert not [each for each in features_of(["ab", "cd"]) if part_of(each) == 0 and "b c" in each]


def test_every_part_is_of_its_length_and_an_empty_one_stays_empty():
    counts, parts = np.array([1, 3, 2]), np.array([0, 0, 2])
    values = tf_idf(counts, np.array([1.0, 2.0, 1.5], dtype=np.float32), parts)
    assert np.sqrt((values[:2] ** 2).sum()) == pytest.approx(LENGTHS[0])
    assert values[2] == pytest.approx(LENGTHS[2])
