"""A candidate from decisions: what may enter it, how it is compared, and who promotes it."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from click.testing import CliRunner

from backend.cli.train import command
from backend.domain.permissions import Role
from backend.domain.workflow import State
from backend.errors import ConfigError, NotAllowed, NotFound, UnprocessableInput
from backend.store.corrections import Correction, renew_key
from backend.store.keyring import KeyRing
from tests.staff import Desk, add_staff
from workers import jobs
from workers.classify import decided
from workers.classify.comparing import FEWEST_OF_A_GROUP, calibration, compare_models
from workers.classify.examples import seeds
from workers.classify.linear import ARRAYS, WORDS, load
from workers.classify.promotion import candidates, install, running
from workers.classify.propose import MODEL

SECRET = "zqxvorblat"
FEW_SEEDS = [one for one in seeds() if one.labels in ({"badly_lit"}, {"following"})][::4]
SAID = {
    "badly_lit": "the street lamp by gate {} is dark and broken at night",
    "following": "a man followed me past gate {} all the way home",
}


def decisions(number: int = 120, secrets: int = 0) -> list[Correction]:
    """Reports with two kinds of words; the first `secrets` that are learnt from hold a word of their own."""
    made = [
        Correction(
            UUID(int=place + 1), SAID[code].format(place), frozenset({code}),
            "en" if place % 3 else "es", "se" if place % 12 else "nw",
        )
        for place in range(number)
        for code in [sorted(SAID)[place % 2]]
    ]  # fmt: skip
    learnt = {one.report_id for one in decided.split(made).learnt[:secrets]}
    return [replace(one, text=f"{one.text} {SECRET}") if one.report_id in learnt else one for one in made]


@pytest.fixture(autouse=True)
def _few_seeds(monkeypatch):
    monkeypatch.setattr(decided, "seeds", lambda: FEW_SEEDS)


def silent(_line: str) -> None:
    pass


def files_of(folder) -> str:
    with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
        assert {array.dtype.kind for array in arrays.values()} == {"f"}
    return (folder / WORDS).read_text("utf-8")


@pytest.mark.parametrize(("reports", "enters"), [(4, False), (5, True)])
def test_a_word_enters_only_when_five_reports_hold_it(tmp_path, reports, enters):
    made = decisions(secrets=reports)
    told = decided.train_candidate(made, tmp_path, "town", silent)
    folder = candidates(tmp_path, "town") / told["versions"]["candidate"]
    grams = json.loads(files_of(folder))["vocabulary"]
    assert ("zqxvor" in grams) is enters
    assert any("zqx" in gram for gram in grams) is enters


def test_the_same_decisions_are_always_held_back(tmp_path):
    made = decisions()
    parts = decided.split(made)
    assert {one.report_id for one in parts.held}.isdisjoint(one.report_id for one in parts.learnt)
    assert len(parts.held) + len(parts.learnt) == len(made)
    more = decided.split(decisions(200))
    assert {one.report_id for one in parts.held} <= {one.report_id for one in more.held}


def test_the_comparison_tells_both_models_and_no_small_group(tmp_path):
    told = decided.train_candidate(decisions(200), tmp_path, "town", silent)
    assert told["versions"]["running"] == load(MODEL).version
    assert told["macro_f1"]["candidate"] > 0.9
    for who in ("candidate", "running"):
        low, high = told["interval"][who]
        assert low <= told["macro_f1"][who] <= high
        assert sum(one["pairs"] for one in told["calibration"][who]["bins"]) == 2 * told["held_back"]
    assert set(told["language"]["groups"]) == {"en", "es"}
    assert set(told["area"]["groups"]) == {"se"}
    assert told["area"]["withheld"] == 1
    assert all(one["reports"] >= FEWEST_OF_A_GROUP for one in told["language"]["groups"].values())
    kept = candidates(tmp_path, "town") / told["versions"]["candidate"] / decided.COMPARISON
    assert json.loads(kept.read_text("utf-8")) == told
    assert "gate" not in kept.read_text("utf-8")


def test_a_group_of_one_fewer_is_withheld():
    model = load(MODEL)
    held = [replace(one, language="ca", area=None) for one in decisions(FEWEST_OF_A_GROUP)]
    assert set(compare_models(model, model, held)["language"]["groups"]) == {"ca"}
    fewer = compare_models(model, model, held[1:])
    assert fewer["language"] == {"groups": {}, "withheld": 1}
    assert fewer["area"] == {"groups": {}, "withheld": 0}


def test_calibration_error_is_the_mean_distance_of_scores_and_truth():
    scores = np.array([[0.85] * 10]).T
    assert calibration(scores, np.array([[True] * 8 + [False] * 2]).T)["ece"] == pytest.approx(0.05)
    assert calibration(scores, np.array([[False] * 10]).T)["ece"] == pytest.approx(0.85)


def test_too_few_decisions_make_no_candidate(tmp_path):
    with pytest.raises(UnprocessableInput, match="needs 50 decisions; 49"):
        decided.train_candidate(decisions(49), tmp_path, "town", silent)
    assert not candidates(tmp_path, "town").exists()


def test_a_damaged_or_unknown_candidate_takes_nobodys_place(tmp_path):
    told = decided.train_candidate(decisions(), tmp_path, "town", silent)
    name = told["versions"]["candidate"]
    (candidates(tmp_path, "town") / name / ARRAYS).write_bytes(b"PK broken")
    for wrong, error in ((name, ConfigError), ("nobody", NotFound), ("..", NotFound)):
        with pytest.raises(error):
            install(tmp_path, "town", wrong)
    assert running(tmp_path, "town").version == load(MODEL).version


# --- from a decision to a promoted model, on a real city ------------------------------------------


@pytest.fixture
def told_to(monkeypatch, settings, tmp_path, runtime):
    """The command, on the tests' database and folders of this test's own."""
    monkeypatch.setenv("DATABASE_URL", settings.owner_url)
    monkeypatch.setenv("FAROLA_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("FAROLA_TRAINING_KEYS_DIR", str(tmp_path / "training"))
    monkeypatch.setattr(runtime, "settings", replace(runtime.settings, models_dir=tmp_path / "models"))

    def go(*words: str):
        done = CliRunner().invoke(command, [*words, "--json"])
        return json.loads(done.stdout) if done.exit_code == 0 else done.exception

    return go


def test_a_named_person_promotes_and_workers_take_it_up_without_a_restart(
    here, told_to, works, city, hand_in, keyring, tmp_path, monkeypatch
):
    monkeypatch.setattr(decided, "FEWEST_DECISIONS", 1)
    monkeypatch.setattr(decided, "_HELD_BACK", 2)
    desk, mara = Desk(works, city, hand_in, keyring), add_staff(works, city, "mara", Role.LEAD)
    add_staff(works, city, "noa")
    with works["owner"].open(city) as work:
        renew_key(work, KeyRing(tmp_path / "training"))
    for _ in range(12):
        desk.approve(mara, desk.report(), categories=["following"])
    told = told_to("--from-decisions", "--city", city)
    assert told["held_back"] + told["learnt_from"] == 12
    before = _classified(here, works, city, hand_in)
    assert before == load(MODEL).version
    name = told["versions"]["candidate"]
    assert isinstance(told_to("--promote", name, "--city", city, "--as", "nobody"), NotFound)
    assert isinstance(told_to("--promote", name, "--city", city, "--as", "noa"), NotAllowed)
    assert _classified(here, works, city, hand_in) == before
    done = told_to("--promote", told["candidate"], "--city", city, "--as", "mara")
    assert (done["model"], done["before"], done["by"]) == (name, before, "mara*")
    assert desk.trail()[-1] == {
        "what": "model_promoted", "account": str(mara.account_id), "by": "operator", "model": name,
    }  # fmt: skip
    assert _classified(here, works, city, hand_in) == name


def _classified(here, works, city, hand_in) -> str | None:
    report_id = UUID(hand_in()["id"])
    jobs.anonymise(city, str(report_id))
    jobs.classify(city, str(report_id))
    from backend.store.models import Report

    with works["worker"].open(city) as work:
        report = work.session.get_one(Report, (city, report_id))
        assert report.state is State.IN_REVIEW
        return report.model


# --- a model that fails -----------------------------------------------------------------------------


def _missing(folder):
    (folder / ARRAYS).unlink()


def _damaged(folder):
    (folder / ARRAYS).write_bytes((folder / ARRAYS).read_bytes()[:100])


def _not_json(folder):
    (folder / WORDS).write_text("{")


@pytest.mark.parametrize("harm", [_missing, _damaged, _not_json], ids=["missing", "damaged", "not_json"])
def test_without_a_model_a_report_waits_for_people_unlabelled(here, told_to, works, city, hand_in, harm):
    import shutil

    own = here.settings.models_dir / city
    shutil.copytree(MODEL, own)
    harm(own)
    assert _classified(here, works, city, hand_in) is None
    shutil.rmtree(own)
    assert _classified(here, works, city, hand_in) == load(MODEL).version


def test_a_model_that_raises_leaves_the_report_in_the_queue(here, works, city, hand_in, monkeypatch):
    def broken(*_args, **_more):
        raise MemoryError

    monkeypatch.setattr("workers.classify.propose.propose_labels", broken)
    assert _classified(here, works, city, hand_in) is None
