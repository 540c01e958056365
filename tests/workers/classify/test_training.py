"""Training: the seeds make the shipped model again, and a city can learn from its own stories."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from backend.cli.train import command
from backend.domain.taxonomy import CATEGORIES
from backend.errors import NotFound, UnprocessableInput
from workers.classify.bag import count, half
from workers.classify.card import card
from workers.classify.compose import PHRASES, compose, read_bank
from workers.classify.examples import SEEDS, seeds, table
from workers.classify.figures import figures
from workers.classify.fit import MOST_FEATURES, fit, folds_of
from workers.classify.keywords import NAMES, keyword_labels
from workers.classify.linear import LinearModel, load
from workers.classify.propose import MODEL
from workers.classify.train import compare, train

MAIN_LANGUAGES = ("en", "es", "fr", "pt", "ca")
# Chosen by people; without examples they are proposed only where the resident chose them.
UNTAUGHT = {
    "domestic_violence",
    "trafficking",
    "showing_pornography",
    "other_behaviour",
    "no_cctv",
    "drug_alcohol_signs",
    "other_place",
}
WHERE_IT_MATTERS = (
    "touching", "commenting", "ogling", "following", "threats", "exposure", "photographing",
    "group_intimidation", "physical_assault", "robbery", "badly_lit", "lamp_broken", "isolated",
    "blocked_view", "rundown", "unsafe_stop",
)  # fmt: skip


def test_the_seeds_reproduce_the_shipped_model():
    examples, shipped = seeds(), load(MODEL)
    bag = count(examples, MOST_FEATURES)
    assert (bag.codes, bag.vocabulary) == (shipped.codes, shipped.vocabulary)
    # Every category is fitted on its own, so that a few of them stand for all.
    places = [bag.codes.index(code) for code in ("touching", "commenting", "badly_lit", "open_doors")]
    few = replace(bag, codes=tuple(bag.codes[place] for place in places), truth=bag.truth[:, places])
    idf, weights, bias = fit(few, np.arange(len(examples)))
    parts = half(idf), half(weights), bias.astype(np.float32), shipped.thresholds[places]
    anew = LinearModel("anew", few.codes, few.vocabulary, *parts)
    sample = [example.text for example in examples[::40]]
    before = np.array([shipped.probabilities(text)[places] for text in sample])
    after = np.array([anew.probabilities(text) for text in sample])
    np.testing.assert_allclose(after, before, atol=0.01)


def test_the_shipped_files_are_small_and_hold_no_pickle():
    sizes = [path.stat().st_size for path in MODEL.iterdir()]
    assert sum(sizes) < 5_000_000
    with np.load(MODEL / "model.npz", allow_pickle=False) as arrays:
        assert {array.dtype.kind for array in arrays.values()} == {"f"}


def test_the_card_speaks_of_the_shipped_model():
    assert load(MODEL).version in (MODEL / "MODEL.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(PHRASES.glob("*.txt")), ids=lambda path: path.stem)
def test_the_seed_files_are_what_the_phrases_compose(path):
    lines = (SEEDS / f"{path.stem}.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == compose(read_bank(path))


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_every_language_has_examples_for_every_category(language):
    examples = [example for example in seeds() if example.language == language]
    counts = {code: sum(code in example.labels for example in examples) for code in CATEGORIES}
    assert {code for code, n in counts.items() if not n} == UNTAUGHT
    assert min(n for n in counts.values() if n) >= 5
    assert min(counts[code] for code in WHERE_IT_MATTERS) >= 15


def test_no_phrase_is_on_both_sides_of_a_fold():
    examples = seeds()
    assert set(folds_of(examples).tolist()) == {0, 1, 2}
    alone = {}
    for path in PHRASES.glob("*.txt"):
        for phrase in read_bank(path).phrases:
            alone.setdefault((path.stem, phrase.text), set()).add(phrase.part)
    assert all(len(parts) == 1 for parts in alone.values())


@pytest.fixture
def stories(tmp_path):
    """A made-up table in the SafeCity column form, with its odd blank in a heading."""
    heading = "Description,Commenting,Ogling/Facial Expressions/Staring,Touching /Groping"
    kinds = [("he shouted rude words", "1,0,0"), ("he stared at me", "0,1,0"), ("he groped me", "0,0,1")]
    rows = [f'"{text} in street {n}, late",{marks}' for n in range(12) for text, marks in kinds]
    path = tmp_path / "train.csv"
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_city_trains_on_its_own_stories(stories, tmp_path):
    out = tmp_path / "own"
    result = CliRunner().invoke(command, ["--stories", str(stories), "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["examples"], told["cross_validated"]["macro_f1"]) == (36, 1.0)
    model = load(out)
    assert model.codes == ("commenting", "ogling", "touching")
    scores = model.probabilities("somebody groped a girl")
    assert scores.argmax() == 2
    assert model.version in (out / "MODEL.md").read_text(encoding="utf-8")


def test_a_folder_may_hold_a_table_apart(stories, tmp_path):
    (tmp_path / "dev.csv").write_text(stories.read_text(encoding="utf-8"), encoding="utf-8")
    told = train(tmp_path, tmp_path / "own", lambda _: None)
    assert told["apart"]["macro_f1"] == 1.0
    assert "On 36 examples apart" in card(told)
    # The same texts are in both tables, so that none is left that was not learnt from.
    assert "unseen" not in told["apart"]


def test_texts_apart_that_were_not_learnt_from_are_told_apart(stories, tmp_path):
    lines = stories.read_text(encoding="utf-8").splitlines()
    more = '"he groped me by the river",0,0,1'
    (tmp_path / "dev.csv").write_text("\n".join([*lines, more]) + "\n", encoding="utf-8")
    told = train(tmp_path, tmp_path / "own", lambda _: None)
    assert told["apart"]["unseen"]["rows"] == 1
    low, high = told["apart"]["intervals"]["hamming"]
    assert low <= told["apart"]["hamming"] <= high
    assert "Of 1 not among those learnt from" in card(told)


def test_the_card_of_a_joint_model_says_that_labels_are_decided_together(stories, tmp_path):
    told = train(stories, tmp_path / "own", lambda _: None)
    assert "one per set of categories" not in card(told)
    labels = {code: {**row, "offset": 0.5} for code, row in told["labels"].items()}
    joint = card({**told, "together": 8, "labels": labels})
    assert "one per set of categories" in joint
    assert "| category | examples | offset | F1 |" in joint


def test_training_twice_gives_the_same_model(stories, tmp_path):
    once = train(stories, tmp_path / "a", lambda _: None)["model"]
    assert train(stories, tmp_path / "b", lambda _: None)["model"] == once
    assert (tmp_path / "a/model.npz").read_bytes() == (tmp_path / "b/model.npz").read_bytes()


def test_a_city_never_overwrites_the_shipped_model_by_accident(stories):
    with pytest.raises(NotFound):
        train(stories, None, lambda _: None)


def test_a_table_without_the_columns_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("text,label\nhello,1\n", encoding="utf-8")
    with pytest.raises(UnprocessableInput):
        table(path)


def test_figures_are_what_they_are_called():
    truth = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=bool)
    said = np.array([[1, 0], [0, 1], [0, 1], [0, 0]], dtype=bool)
    assert figures(said, truth) == {"macro_f1": 0.8333, "hamming": 0.875, "exact": 0.75}


@pytest.mark.stories
def test_on_real_stories_the_shipped_model_beats_both_keyword_lists(shared_data):
    apart = table(shared_data / "stories" / "dev.csv")
    told = compare(load(MODEL), apart)
    assert told["rows"] == 990
    assert told["macro_f1"] >= told["keywords"]["macro_f1"] + 0.02
    truth = np.array([[code in example.labels for code in told["codes"]] for example in apart])
    named = np.array(
        [[code in keyword_labels(example.text, NAMES) for code in told["codes"]] for example in apart]
    )
    assert told["macro_f1"] >= figures(named, truth)["macro_f1"] + 0.06
