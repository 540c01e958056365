"""The audit finds nothing in the code that releases, and each of six broken releases."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import select

from backend.cli.privacy import on_numbers, on_the_job
from backend.cli.privacy.bound import lower_bound, strongest
from backend.cli.privacy.ground import earlier, geography, residents
from backend.cli.privacy.layers import Case, Effort, audit, cases_at_edges, cases_told
from backend.cli.privacy.scene import Attacked
from backend.cli.privacy.worlds import Stage
from backend.domain.layers import LIFETIME, MAP
from backend.domain.workflow import State
from backend.store.models import Report
from workers.publish import count as counting
from workers.publish import draw as drawing
from workers.publish import noise, release
from workers.publish.assemble import build_document
from workers.publish.document import read_document
from workers.publish.plan import plan_layer, roll_up
from workers.publish.shelf import Shelf
from workers.publish.show import show
from workers.publish.threshold import k_of

# Enough for every broken release by a wide margin: what each is found by is seen in at least two of five draws
# of the one world and in none, or some hundredth, of the other.
EFFORT = Effort(releases=60, numbers=20_000)
WHOLE = Effort(releases=280, numbers=1000)  # what only whole releases show
NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)


@pytest.fixture
def stage(works, keyring, pepper, clock):
    return Stage(works, keyring, pepper, clock)


@pytest.fixture(scope="module")
def edges():
    return {(case.layer, case.name): case for case in cases_at_edges()}


def found_in(case, effort=EFFORT):
    [finding] = audit([case], effort)
    return finding


def is_caught(case, effort=EFFORT):
    """Whether a bound exceeds the claim."""
    return not found_in(case, effort).holds


# --- the bound itself ---------------------------------------------------------------------------


def test_the_bound_is_that_of_clopper_and_pearson():
    assert lower_bound(1000, 0, 1000, 1e-6) > 4
    assert lower_bound(500, 500, 1000, 1e-6) == 0
    assert lower_bound(0, 0, 1000, 1e-6) == 0
    # 600 and 300 of 1000 at 2.5 % each: limits of the binomial 0.5689 and 0.3295.
    assert lower_bound(600, 300, 1000, 0.05) == pytest.approx(np.log(0.5689 / 0.3295), abs=2e-3)


def test_noise_of_a_known_epsilon_is_bounded_near_it_and_never_above():
    rng = np.random.default_rng(3)
    ratio = np.exp(-1.0)
    one, other = (
        {"value": (rng.geometric(1 - ratio, 40_000) - rng.geometric(1 - ratio, 40_000) + at).tolist()}
        for at in (1, 0)
    )
    assert 0.9 < strongest(one, other, 1e-6).epsilon <= 1.0


# --- the code that releases -----------------------------------------------------------------------


def test_at_every_edge_the_real_release_keeps_its_promise(edges):
    for case in edges.values():
        assert found_in(case).holds


def test_what_goes_through_the_door_keeps_the_promise_too(stage):
    cases = [case for case in cases_told(stage, ("counted", "capped")) if case.layer in {"safe", "audit"}]
    assert {(case.layer, case.name) for case in cases} == {
        ("safe", "counted"),
        ("safe", "capped"),
        ("audit", "counted"),
    }
    for case in cases:
        finding = found_in(case)
        assert finding.holds
        # The audit is no rubber stamp: of what is spent on one or two numbers it sees most. What an audit spends on
        # ten numbers shows only in many more draws than a test has time for.
        assert finding.bound.epsilon > LIFETIME * 3 / 4 or case.layer == "audit"


def test_one_report_more_or_less_moves_each_layer_by_one(stage):
    for case in cases_told(stage, ("counted", "burst")):
        here = {row[:2]: row[2] for row in case.here}
        there = {row[:2]: row[2] for row in case.there}
        moved = [here.get(place, 0) - there.get(place, 0) for place in {*here, *there}]
        assert sorted(filter(None, moved)) == ([1, *[3] * 9] if case.layer == "audit" else [1])


@pytest.mark.parametrize("attack", [on_numbers.filters, on_numbers.lonely, on_numbers.side_channels, on_numbers.source])  # fmt: skip
def test_attacks_on_the_numbers_fail(attack):
    verdict = attack(Attacked(None, None, 150))
    assert verdict.held, verdict.saw


@pytest.fixture
def attacked(stage, runtime, monkeypatch):
    monkeypatch.setattr(release, "k_of", lambda _plan: drawing.Limits.alike(4.0))
    return Attacked(stage, runtime.settings, 120)


@pytest.mark.parametrize("attack", [on_the_job.retries, on_the_job.one_device, on_the_job.timing, on_the_job.erasure, on_the_job.edges, on_the_job.ids])  # fmt: skip
def test_attacks_on_the_job_fail(attacked, attack):
    verdict = attack(attacked)
    assert verdict.held, verdict.saw


# --- six broken releases, each of which must be found ------------------------------------------------


def test_noise_only_where_something_was_counted_is_found(edges, monkeypatch):
    def broken(plan, counts):
        return np.where(counts > 0, noise.measure(plan, counts), 0)

    monkeypatch.setattr(drawing, "measure", broken)
    assert is_caught(edges["map", "alone in the city"])


def test_a_threshold_on_the_true_count_is_found(edges, monkeypatch):
    true = {}

    def remembering(plan, counts):
        true["counts"] = counts
        return noise.measure(plan, counts)

    def broken(plan, estimates, k):
        allowed = {region.id for region in show(plan, true["counts"][plan.tree.rows].astype(float), k) if region.shown}  # fmt: skip
        regions = show(plan, estimates, k)
        return tuple(replace(region, shown=region.id in allowed) for region in regions)

    monkeypatch.setattr(drawing, "measure", remembering)
    monkeypatch.setattr(drawing, "show", broken)
    assert is_caught(edges["map", "at the threshold"], WHOLE)


def test_noise_drawn_again_on_a_retry_is_found(attacked, monkeypatch):
    """Published before the ledger knows of it, and the shelf is not asked: a retry draws again."""
    real = release._draw

    def hasty(runtime, work, plan, k):
        data = real(runtime, work, plan, k)
        folder = runtime.settings.releases_dir / work.city_id / plan.layer.name / plan.period.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "release.json").write_bytes(data)
        return data

    monkeypatch.setattr(release, "_draw", hasty)
    monkeypatch.setattr(Shelf, "read", lambda *_args: None)
    monkeypatch.setattr(on_the_job, "FETCHES", 0)
    verdict = on_the_job.retries(attacked)
    assert not verdict.held
    assert " 0 with more than one content" not in verdict.saw


def test_a_split_decided_on_the_counts_of_this_period_is_found(edges, monkeypatch):
    real = drawing.draw

    def broken(plan, rows, k, at):
        counts = roll_up(plan, [row[0] for row in rows], [None] * len(rows), [row[2] for row in rows])
        peeked = read_document(build_document(plan, counts, (), 4.0, NOON))
        peeked = replace(peeked, period=earlier()[-1].period)
        return real(plan_layer(plan.layer, plan.period, geography(), [peeked]), rows, k, at)

    monkeypatch.setattr(drawing, "draw", broken)
    assert is_caught(edges["map", "where a cell is split"], WHOLE)


def test_a_cap_computed_when_counting_is_found(stage, monkeypatch):
    """Of each token the first three that stand approved count: refusing one lets another in."""
    tokens, real = {}, Stage.hand_in

    def noting(self, city, told):
        tokens[made] = told.token if (made := real(self, city, told)) else None
        return made

    def broken(work, _keyring, layer, _period):
        query = select(Report).where(Report.city_id == work.city_id, Report.kind.in_(layer.kinds), Report.state == State.APPROVED)  # fmt: skip
        standing = {report.id: report for report in work.session.scalars(query)}
        mine = [standing[one] for one in tokens if one in standing][: on_the_job.CAP]
        return [(report.cell, None, 1) for report in mine]

    monkeypatch.setattr(Stage, "hand_in", noting)
    monkeypatch.setattr(counting, "count", broken)
    monkeypatch.setattr("backend.cli.privacy.worlds.layers_of", lambda _kind: [drawing_layer("safe")])
    [case] = pairs(stage, "capped", "safe_place")
    assert is_caught(case)


def drawing_layer(name):
    from backend.domain.layers import LAYERS

    return LAYERS[name]


def pairs(stage, name, kind):
    from backend.cli.privacy import layers, worlds

    kept = [pair for pair in worlds.neighbours() if pair.name == name and pair.kind == kind]
    with pytest.MonkeyPatch.context() as only:
        only.setattr(layers, "neighbours", lambda: kept)
        return list(cases_told(stage))


def test_categories_without_their_share_are_found(edges, monkeypatch):
    """As if the whole lifetime were the category layer's own."""

    def unshared(_plan, counts):
        return noise.add_noise(counts.ravel(), LIFETIME, 1).reshape(counts.shape)

    monkeypatch.setattr(drawing, "measure", unshared)
    assert is_caught(edges["category", "at the threshold"])
    # The same noise is what the layer of safe places may have, and is no fault there.
    plan = plan_layer(drawing_layer("safe"), edges["map", "alone in the city"].plan.period, geography())
    cell = int(residents(1, seed=5)[0])
    assert found_in(Case("safe", "counted", plan, [(cell, None, 1)], [])).holds


def test_k_of_the_plan_that_is_attacked_is_the_real_one():
    plan = plan_layer(MAP, cases_period(), geography(), earlier())
    assert k_of(plan).single > 4


def cases_period():
    from backend.cli.privacy.ground import QUARTER

    return QUARTER
