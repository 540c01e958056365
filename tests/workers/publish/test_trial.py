"""Trials: repeatable, the three ways told apart, and figures that are what they say."""

import numpy as np
import pytest

from workers.publish.trial import cities, run, ways
from workers.publish.trial.cities import Parameters, made_up
from workers.publish.trial.figures import figures, mean
from workers.publish.trial.run import WAYS, trial
from workers.publish.trial.ways import Shown, without_noise

TINY = Parameters(32, 16, 2, 1, sigma=1.0, spots=4, radius=1.0, share=0.5)


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setitem(cities.MADE_UP, "tiny", TINY)
    return lambda seed: made_up("tiny", seed)


def test_a_made_up_city_has_its_size_and_its_spots_move_with_the_seed(tiny):
    one, same, other = tiny(1), tiny(1), tiny(2)
    assert len(one.grid.cells) == 32 * 16
    assert one.rate.sum() == pytest.approx(1)
    assert (one.rate == same.rate).all()
    assert (one.rate != other.rate).any()
    assert set(one.areas) == {"0-0", "1-0"}


def test_the_large_and_the_small_city_have_the_cells_of_the_table():
    sizes = {name: told.width * told.height for name, told in cities.MADE_UP.items()}
    assert sizes == {"S": 2112, "L": 29920}


def test_figures_of_a_release_that_shows_everything_and_of_one_that_shows_nothing(tiny):
    ground = tiny(3)
    counts = np.rint(ground.rate * 1e9).astype(np.int64)  # so many that counts rank as rates do
    every = Shown(np.arange(len(counts)), np.full(len(counts), 17), counts.astype(float))
    told = figures(ground, counts, every)
    assert (told.shown, told.fine, told.found, told.false_share) == (1, 1, 1, 0)
    nothing = Shown(np.full(len(counts), -1), np.empty(0, dtype=np.int64), np.empty(0))
    told = figures(ground, counts, nothing)
    assert (told.shown, told.fine, told.found, told.false_share) == (0, 0, 0, 0)


def test_what_is_shown_coarsely_names_no_hot_cell(tiny):
    ground = tiny(3)
    counts = np.rint(ground.rate * 1e9).astype(np.int64)
    coarse = Shown(np.zeros(len(counts), dtype=np.intp), np.array([13]), np.array([1e9]))
    told = figures(ground, counts, coarse)
    assert (told.shown, told.fine, told.found) == (1, 0, 0)


def test_a_floor_of_eight_without_noise(tiny):
    ground = tiny(3)
    counts = np.zeros(len(ground.grid.cells), dtype=np.int64)
    counts[0], counts[300] = 8, 7
    shown = without_noise(ground, counts)
    assert shown.zooms.tolist() == [17]
    assert (shown.regions >= 0).sum() == 1


def test_a_trial_repeats_and_noise_costs_something(tiny, monkeypatch):
    monkeypatch.setattr(ways, "_RUNS", 250)
    first, again = (trial("tiny", 400, tiny, range(2)) for _ in range(2))
    assert first == again
    uniform, plan, bare = (first.of(way) for way in WAYS)
    assert uniform.fine <= bare.fine
    assert plan.fine <= bare.fine
    assert 0 < plan.shown <= 1
    assert mean([plan, plan]) == plan
    assert run.SEEDS == 20


def test_the_uniform_tree_shows_next_to_nothing_of_nothing(tiny, monkeypatch):
    monkeypatch.setattr(ways, "_RUNS", 250)
    ground = tiny(1)
    nothing = np.zeros(len(ground.grid.cells), dtype=np.int64)
    shown = [ways.by_uniform_tree(ground, nothing, np.random.default_rng(at)) for at in range(40)]
    assert sum(len(one.zooms) for one in shown) <= 8  # 2 expected; more than 8 once in 10,000


def test_the_uniform_tree_without_noise_is_exact(tiny, monkeypatch):
    """With noise of nothing its numbers are the counts, region by region."""
    monkeypatch.setattr(ways, "UNIFORM", 400)
    monkeypatch.setattr(ways, "_uniform_k", lambda _grid: 0.0)
    ground = tiny(5)
    counts = ground.quarter(500, np.random.default_rng(2))
    shown, bare = (
        ways.by_uniform_tree(ground, counts, np.random.default_rng(3)),
        without_noise(ground, counts),
    )
    for region, value in enumerate(shown.values):
        assert counts[shown.regions == region].sum() == pytest.approx(value, abs=1e-6)
    assert sorted(shown.values.round().tolist()) == sorted(bare.values.tolist())
