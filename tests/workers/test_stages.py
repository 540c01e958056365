"""The stages between intake and review, on real rows, blobs and models."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from backend.cli.demo.pictures import draw_scene
from backend.domain.workflow import LEASE, PAUSES, Stage, State
from backend.steps import receipt
from backend.store.models import Photo, PhotoState, Report
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, open_sealed
from backend.store.work import Job
from tests.support import told_report
from workers import jobs
from workers.lease import StaleLease, held, take
from workers.sweep import sweep


def report_of(works, city, report_id):
    with works["worker"].open(city) as work:
        return work.session.get_one(Report, (city, report_id))


def public(works, keyring, city, report_id):
    with works["worker"].open(city) as work:
        opener = Opener(work.session, keyring, city, report_id)
        return opener.read("public_words"), opener.read("label_words")


def test_from_received_to_in_review(here, works, keyring, blobs, city, with_photo, sent):
    report_id = with_photo(draw_scene(3, people=2, plate=False, night=False))
    assert sent.pop() == Job(Stage.ANONYMISE, city, report_id, 0)
    jobs.anonymise(city, str(report_id))
    assert sent.pop() == Job(Stage.CLASSIFY, city, report_id, 0)
    jobs.classify(city, str(report_id))
    report = report_of(works, city, report_id)
    assert (report.state, report.language, report.due_at) == (State.IN_REVIEW, "en", None)
    assert "following" in [label["code"] for label in report.labels]
    words, carried = public(works, keyring, city, report_id)
    for secret in ("Marta", "612", "ana@", "example.org"):
        assert secret not in words["text"]
    assert {chip["kind"] for chip in words["spans"]} >= {"phone", "email"}
    assert words["setting"]["transport_mode"] == "metro"
    assert carried["following"]
    with works["worker"].open(city) as work:
        photo = work.session.scalars(select(Photo)).one()
        assert (photo.state, bool(photo.masks)) == (PhotoState.REDACTED, True)
        key = Opener(work.session, keyring, city, report_id).key_of(KeyClass.PUBLIC)
        picture = open_sealed(key, Binding(report_id, "public_photo:1"), blobs.get(photo.public_blob))
    assert picture.startswith(b"\xff\xd8")
    assert b"Exif" not in picture


def test_a_second_run_changes_nothing(here, works, city, hand_in, sent):
    report_id = UUID(hand_in()["id"])
    for _ in range(2):
        jobs.anonymise(city, str(report_id))
    assert [job.stage for job in sent] == [Stage.ANONYMISE, Stage.CLASSIFY]
    for _ in range(2):
        jobs.classify(city, str(report_id))
    assert report_of(works, city, report_id).state is State.IN_REVIEW


@pytest.mark.parametrize(
    ("content", "sha256", "reason"),
    [
        (b"not a picture at all" * 10, None, "not_an_image"),
        (b"\xff\xd8\xff" + b"x" * 50, "0" * 64, "incomplete"),
    ],
)
def test_a_photo_that_cannot_be_proved_safe_is_withheld(
    here, works, city, with_photo, content, sha256, reason
):
    report_id = with_photo(content, sha256=sha256)
    jobs.anonymise(city, str(report_id))
    with works["worker"].open(city) as work:
        photo = work.session.scalars(select(Photo)).one()
    assert (photo.state, photo.reason, photo.public_blob) == (PhotoState.WITHHELD, reason, None)
    assert report_of(works, city, report_id).state is State.ANONYMISED


def test_a_photo_that_was_put_together_from_parts_is_opened(here, works, city, with_photo, sent):
    report_id = with_photo(draw_scene(3, people=1, plate=False, night=False), in_parts=True)
    assert sent == [Job(Stage.ANONYMISE, city, report_id, 0)]
    jobs.anonymise(city, str(report_id))
    with works["worker"].open(city) as work:
        assert work.session.scalars(select(Photo.state)).one() is PhotoState.REDACTED


def test_a_report_whose_photos_never_come_goes_on_without_them(here, works, city, clock, hand_in, sent):
    report_id = UUID(hand_in(photos=[{"name": "1", "size": 9, "sha256": "0" * 64}])["id"])
    sweep(here.works)
    assert report_of(works, city, report_id).state is State.AWAITING_PHOTOS
    clock.move(hours=49)
    sweep(here.works)
    assert [job.stage for job in sent if job.report_id == report_id] == [Stage.ANONYMISE]
    jobs.anonymise(city, str(report_id))
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Photo.reason)) == "missing"


def test_a_text_finder_that_fails_publishes_nothing_and_ends_in_quarantine(
    here, works, city, clock, hand_in, monkeypatch
):
    def broken(*_args):
        raise RuntimeError("down")

    monkeypatch.setattr("workers.anonymise.stage.redact", broken)
    report_id = UUID(hand_in()["id"])
    for pause in (*PAUSES, timedelta(0)):
        jobs.anonymise(city, str(report_id))
        clock.move(seconds=pause.total_seconds() + 1)
    report = report_of(works, city, report_id)
    assert (report.state, report.attempts) == (State.QUARANTINED, 0)
    with works["worker"].open(city) as work:
        assert Opener(work.session, here.keyring, city, report_id).read("public_words") is None


def test_a_model_that_fails_leaves_the_report_unlabelled_and_not_lost(
    here, works, city, hand_in, monkeypatch
):
    report_id = UUID(hand_in()["id"])
    jobs.anonymise(city, str(report_id))
    monkeypatch.setattr(type(here), "classifier", lambda *_: 1 / 0)
    jobs.classify(city, str(report_id))
    report = report_of(works, city, report_id)
    assert (report.state, report.labels, report.model) == (State.IN_REVIEW, [], None)


def test_a_worker_that_comes_back_too_late_is_refused(here, works, city, clock, hand_in):
    report_id = UUID(hand_in()["id"])
    late = take(here.works, Stage.ANONYMISE, city, report_id)
    assert take(here.works, Stage.ANONYMISE, city, report_id) is None
    clock.move(seconds=LEASE.total_seconds() + 1)
    fresh = take(here.works, Stage.ANONYMISE, city, report_id)
    assert fresh.fence > late.fence
    with works["worker"].open(city) as work, pytest.raises(StaleLease):
        held(work, late)


def test_a_withdrawn_report_is_dropped_by_the_worker_that_holds_it(here, works, pepper, city, hand_in):
    told = told_report()
    report_id = UUID(hand_in(receipt=told["receipt"])["id"])
    lease = take(here.works, Stage.ANONYMISE, city, report_id)
    with works["residents"].open(city) as work:
        receipt.withdraw(work, pepper, told["receipt"])
    with works["worker"].open(city) as work, pytest.raises(StaleLease):
        held(work, lease)
    assert report_of(works, city, report_id).state is State.WITHDRAWN


def test_the_sweeper_rings_again_for_what_stands_still(here, works, city, clock, hand_in, sent):
    report_id = UUID(hand_in()["id"])
    sent.clear()
    sweep(here.works)
    assert [job for job in sent if job.city_id == city] == []
    clock.move(seconds=21)
    sweep(here.works)
    assert [job for job in sent if job.city_id == city] == [Job(Stage.ANONYMISE, city, report_id, 0)]
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(func.count()).select_from(Report)) == 1


def test_the_name_of_a_stop_is_redacted_like_words(here, works, keyring, city, hand_in):
    setting = {"place_type": "transport_stop", "stop": "L3 Liceu, ask for Marta Soler, 612 345 678"}
    report_id = UUID(hand_in(text="", language="ca", setting=setting)["id"])
    jobs.anonymise(city, str(report_id))
    words, _ = public(works, keyring, city, report_id)
    told = words["setting"]
    assert told["place_type"] == "transport_stop"
    assert told["stop"].startswith("L3 Liceu")
    assert not {"Marta", "Soler", "612"} & set(told["stop"].replace(",", " ").split())


def test_a_child_s_report_stays_one_whatever_the_model_says(here, works, city, hand_in):
    report_id = UUID(hand_in(form="child", text="It is dark at the stop.")["id"])
    jobs.anonymise(city, str(report_id))
    jobs.classify(city, str(report_id))
    report = report_of(works, city, report_id)
    assert (report.state, report.minor) == (State.IN_REVIEW, True)
