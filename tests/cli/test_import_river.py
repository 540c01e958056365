"""All 990 real stories at real places, with real photos on some: none is lost, none is shown unredacted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from backend.cli.context import owner_works
from backend.cli.demo.moderate import sign_in
from backend.cli.demo.stack import Stack
from backend.domain.workflow import Stage, State
from backend.steps.accounts import add_account, set_trained
from backend.store.models import Photo, PhotoState, Report, Role, Sealed
from tests.support import environment, fresh_database

STORIES = 990
PHOTO_EVERY = 30  # every picture alone is seen to by the tests of photos
PASSWORD = "a long enough password"

pytestmark = [pytest.mark.river, pytest.mark.stories]


@pytest.fixture(scope="module")
def stack(settings, services, shared_data, tmp_path_factory, free_tcp_port_factory):
    """An installation of its own: a server, a worker for each queue and the clock."""
    state = tmp_path_factory.mktemp("river")
    joint = "&" if "?" in services.redis else "?"
    with ExitStack() as opened:
        url = opened.enter_context(
            fresh_database(services, f"{settings.owner_url.rsplit('/')[-1].split('?')[0]}_river")
        )
        made = replace(
            settings,
            state_dir=state,
            database_url=url,
            redis_url=f"{services.redis}{joint}db=14",
            keys_dir=state / "keys",
            blobs_url=f"file://{state / 'blobs'}",
            releases_dir=state / "releases",
            pepper_file=state / "secrets" / "pepper",
            clock_file=state / "clock",
        )
        stack = Stack(made, environment(made))
        opened.callback(stack.stop)
        stack.run("migrate")
        stack.run(
            *("city", "add", "--id", "chicago", "--name", "Chicago", "--timezone", "America/Chicago"),
            *("--boundary", str(shared_data / "boundaries" / "chicago.geojson.gz")),
            *("--started-on", datetime.now(UTC).date().isoformat()),  # nothing is due yet
        )
        stack.port = free_tcp_port_factory()
        stack.start("serve", "serve", "--port", str(stack.port))
        for stage in Stage:
            stack.start(stage, "work", "--queue", stage)
        stack.start("clock", "clock", "--every", "5")
        stack.url = f"http://127.0.0.1:{stack.port}"
        stack.wait_ready(stack.url)
        yield stack


@pytest.fixture(scope="module")
def imported(stack, shared_data):
    """What the import command printed."""
    command = [
        *(sys.executable, "-m", "backend.cli", "import", "stories", str(shared_data / "stories" / "dev.csv")),
        *("--city", "chicago", "--points", str(shared_data / "points" / "chicago_2017.parquet")),
        *(
            "--photos",
            str(shared_data / "photos"),
            "--photo-every",
            str(PHOTO_EVERY),
            "--url",
            stack.url,
            "--wait",
            "--patience",
            "540",
            "--json",
        ),
    ]
    done = subprocess.run(command, env=stack.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr.splitlines()[-1:]
    return json.loads(done.stdout)


@pytest.fixture
def work(stack, imported):
    with owner_works(stack.settings) as works, works.open("chicago") as opened:
        yield opened


def test_every_story_reaches_review(imported):
    assert imported["posted"] == STORIES
    assert imported["refused"] == []
    assert imported["states"] == {State.IN_REVIEW: STORIES}
    assert imported["photos"] == STORIES // PHOTO_EVERY
    assert set(imported["skipped_points"]) <= {"outside the city"}


def test_none_is_lost_and_all_have_redacted_words(work):
    reports = set(work.session.scalars(select(Report.id)))
    assert len(reports) == STORIES
    redacted = work.session.scalars(select(Sealed.report_id).where(Sealed.field == "public_words"))
    assert set(redacted) == reports


def test_every_photo_is_redacted_or_withheld(work):
    states = Counter(work.session.scalars(select(Photo.state)))
    assert states.keys() <= {PhotoState.REDACTED, PhotoState.WITHHELD}
    assert states.total() == STORIES // PHOTO_EVERY
    # What shared photos hold that no decoder should touch is withheld, with a reason that is a code.
    assert states[PhotoState.WITHHELD] < 5
    why = select(Photo.reason).where(Photo.state == PhotoState.WITHHELD)
    assert all(reason and reason.isidentifier() for reason in work.session.scalars(why))


def test_a_moderator_sees_only_what_is_left(stack, work):
    add_account(work, "reader", "Reader", Role.MODERATOR, PASSWORD)
    set_trained(work, "reader", trained=True)
    work.session.commit()
    photos = 0
    with sign_in(stack.url, "chicago", "reader", PASSWORD) as moderator:
        for number in range(STORIES):
            if photos and number >= 60:
                break
            report = moderator.claim_next()["report"]
            assert {"point", "location", "original"}.isdisjoint(report)
            for photo in report["photos"]:
                if photo["state"] == PhotoState.REDACTED:
                    picture = moderator.photo(report, photo)
                    assert picture.startswith(b"\xff\xd8\xff")
                    assert b"Exif" not in picture
                    photos += 1
    assert photos


def test_no_word_and_no_story_is_in_the_logs(stack, imported, shared_data):
    from backend.cli.sources import read_stories

    said = "".join(path.read_text() for path in (stack.settings.state_dir / "logs").glob("*.log"))
    long = [words[:40] for _, words in read_stories(shared_data / "stories" / "dev.csv") if len(words) > 40]
    assert len(long) > 500
    assert not any(words in said for words in long)
