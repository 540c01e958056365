"""`farola city add` and `farola import history` on a real database."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from backend.cli import main
from backend.cli.demo import material
from backend.domain.workflow import State
from backend.errors import Unavailable
from backend.steps.accounts import add_importer
from backend.store.models import Area, City, CityKey, Importer, Report
from tests.support import environment

HEAD = "kind,categories,lon,lat,occurred_on,daypart,received_on,gender,audit\n"
ROWS = (
    "incident,following commenting,2.1734,41.3851,2026-11-01,night,2026-11-02,woman,\n"
    "condition,badly_lit,2.1734,41.3851,2026-11-01,night,2026-11-02,,\n"
    'audit,,2.1734,41.3851,2026-11-01,evening,2026-11-02,man,"{""lighting"": 1}"\n'
    "incident,following,10.0,10.0,2026-11-01,night,2026-11-02,,\n"
)


@pytest.fixture
def farola(settings, monkeypatch):
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def run(*arguments):
        done = CliRunner().invoke(main, [str(argument) for argument in arguments])
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def described(tmp_path):
    """The demo's city under another id, as a file."""
    told = material.city() | {"id": f"t{uuid4().hex[:12]}"}
    path = tmp_path / "city.json"
    path.write_text(json.dumps(told))
    return told["id"], path


def test_a_city_is_added_with_its_areas_and_keys(farola, described, works):
    city, path = described
    code, out, _ = farola("city", "add", path, "--json")
    assert code == 0
    assert json.loads(out) == {"city": city, "areas": 10, "started_on": "2026-07-01"}
    assert farola("city", "add", path, "--started-on", "2026-08-01")[0] == 0
    with works["owner"].open(city) as work:
        assert work.session.scalar(select(func.count()).select_from(Area).where(Area.city_id == city)) == 10
        assert (
            work.session.scalar(select(func.count()).select_from(CityKey).where(CityKey.city_id == city)) >= 2
        )
        assert work.session.get(City, city).started_on.isoformat() == "2026-08-01"


def test_a_city_needs_one_way_to_describe_it(farola, described):
    _, path = described
    for wrong in ((), (path, "--boundary", path), ("--boundary", path), (path, "--started-on", "soon")):
        code, out, err = farola("city", "add", *wrong)
        assert (code, out) == (1, "")
        assert err.startswith("farola: ")
        assert err.count("\n") == 1


def test_a_past_is_added_decided_and_on_its_own_dates(farola, described, works, tmp_path):
    city, path = described
    farola("city", "add", path)
    past = tmp_path / "past.csv"
    past.write_text(HEAD + ROWS)
    code, out, err = farola("import", "history", past, "--city", city, "--json")
    assert code == 0, err
    assert json.loads(out) == {"added": 3}
    with works["owner"].open(city) as work:
        reports = work.session.scalars(select(Report).where(Report.city_id == city)).all()
    assert {report.state for report in reports} == {State.APPROVED}
    assert {report.countable_on.isoformat() for report in reports} == {"2026-11-05"}
    assert [report.audit[0] for report in reports if report.audit] == [1]


@pytest.mark.parametrize(
    "row",
    [
        "incident,x,east,41.3,2026-11-01,night,2026-11-02,,\n",
        "incident,x,2.1,41.3,soon,night,2026-11-02,,\n",
        "audit,,2.1,41.3,2026-11-01,night,2026-11-02,,{\n",
        "murder,,2.1,41.3,2026-11-01,night,2026-11-02,,\n",
        "incident,unheard_of,2.1,41.3,2026-11-01,night,2026-11-02,,\n",
    ],
)
def test_a_row_that_cannot_be_read_is_named(farola, tmp_path, row):
    past = tmp_path / "past.csv"
    past.write_text(HEAD + ROWS.splitlines(keepends=True)[0] + row)
    code, _, err = farola("import", "history", past, "--city", "any")
    assert code == 1
    assert "Row 2" in err


def importers(works, city):
    """Which keys there are of imports, and whether they are still worth something."""
    with works["owner"].open(city) as work:
        rows = work.session.execute(
            select(Importer.name, Importer.revoked_on).where(Importer.city_id == city)
        ).all()
    return [(name.startswith("farola import "), revoked is None) for name, revoked in rows]


@pytest.mark.parametrize("broken", [False, True])
def test_the_key_of_an_import_ends_with_it_however_it_ends(
    farola, city, works, tmp_path, monkeypatch, broken
):
    seen = []

    def post(posting, *_):
        seen.extend(importers(works, city))
        if broken:
            raise Unavailable("The server does not answer.")
        return posting.tally

    monkeypatch.setattr("backend.cli.importing.Posting.post", post)
    (tmp_path / "stories.csv").write_text("Description\nIt is dark there.\n")
    (tmp_path / "points.csv").write_text("lon,lat\n2.17,41.38\n")
    code, _, said = farola(
        *("import", "stories", tmp_path / "stories.csv", "--city", city),
        *("--points", tmp_path / "points.csv", "--url", "http://127.0.0.1:1"),
    )
    assert (code == 0, seen) == (not broken, [(True, True)]), said
    assert importers(works, city) == [(True, False)]


def test_a_key_that_was_lent_stays_good(farola, city, works, pepper, tmp_path, monkeypatch):
    with works["owner"].open(city) as work:
        (tmp_path / "key").write_text(add_importer(work, pepper, "ours") + "\n")
    monkeypatch.setattr("backend.cli.importing.Posting.post", lambda posting, *_: posting.tally)
    (tmp_path / "stories.csv").write_text("Description\nIt is dark there.\n")
    (tmp_path / "points.csv").write_text("lon,lat\n2.17,41.38\n")
    code, _, said = farola(
        *("import", "stories", tmp_path / "stories.csv", "--city", city, "--key-file", tmp_path / "key"),
        *("--points", tmp_path / "points.csv", "--url", "http://127.0.0.1:1"),
    )
    assert (code, importers(works, city)) == (0, [(False, True)]), said
