"""Masks that moderators add and lift, and the pictures that workers make anew from the sealed originals."""

from __future__ import annotations

import io
from uuid import UUID

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text, update

from backend.domain import masks as rules
from backend.domain.masks import MOST, Edges
from backend.domain.permissions import Role
from backend.domain.workflow import Stage
from backend.errors import Conflict, NotAllowed, NotFound, Unavailable, UnprocessableInput
from backend.steps import claims, masks
from backend.steps.masks import Picture
from backend.store.models import Photo, PhotoChunk, PhotoState, Report
from backend.store.work import Job
from tests.staff import Desk, add_staff
from workers import jobs
from workers.anonymise.boxes import FILL, Box
from workers.anonymise.passes import Detectors, Pass
from workers.remakes import ring_again

# The top left quarter of a noisy picture is found to be a face.
FOUND = (Pass("face", longest=2048, margin=0.0),)
ADDED = Edges(100, 70, 180, 110)


def noisy(size=(192, 128)):
    noise = np.random.default_rng(5).integers(60, 255, (size[1], size[0], 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def desk(works, city, hand_in, keyring) -> Desk:
    return Desk(works, city, hand_in, keyring)


@pytest.fixture
def mara(works, city):
    return add_staff(works, city, "mara")


@pytest.fixture
def held(here, works, city, with_photo, desk, mara) -> Picture:
    """A photo with one found mask, in a report that mara holds."""
    here.__dict__["detectors"] = Detectors({"face": lambda _: [Box(10, 10, 60, 50, 0.9)]}, FOUND)
    report_id = with_photo(noisy(), text="It was dark.")
    jobs.anonymise(city, str(report_id))
    jobs.classify(city, str(report_id))
    return Picture(desk.claim(mara, report_id), "1")


def row(works, city, picture) -> Photo:
    with works["worker"].open(city) as work:
        return work.session.get_one(Photo, (city, picture.hold.report_id, picture.name))


def add(works, city, actor, picture, edges=ADDED, reason="person"):
    with works["staff"].open(city) as work:
        return masks.add(work, actor, picture, edges, reason)


def lift(works, city, actor, picture, number=0, reason="nobody"):
    with works["staff"].open(city) as work:
        return masks.lift(work, actor, picture, number, reason)


def shown(desk, blobs, actor, picture):
    """The picture's pixels as the moderator sees them."""
    with desk.works["staff"].open(desk.city) as work:
        jpeg = claims.look_at_photo(
            work, desk.keyring, blobs, actor, report_id=picture.hold.report_id, name=picture.name
        )
    with Image.open(io.BytesIO(jpeg)) as seen:
        return np.asarray(seen, np.int16)


def is_filled(pixels, x0, y0, x1, y1):
    # The noise around it reaches a little way in, by the blocks of JPEG.
    inside = pixels[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4]
    return bool(np.abs(inside - np.array(FILL)).mean() < 8 and inside.std(axis=(0, 1)).max() < 16)


def test_an_added_mask_hides_the_picture_until_a_worker_has_filled_it(
    works, city, sent, desk, mara, blobs, held
):
    before = row(works, city, held).public_blob
    assert not is_filled(shown(desk, blobs, mara, held), *ADDED)
    sent.clear()
    add(works, city, mara, held)
    assert sent == [Job(Stage.ANONYMISE, city, held.hold.report_id, 0, "remake")]
    with pytest.raises(NotFound):
        shown(desk, blobs, mara, held)
    jobs.remake(city, str(held.hold.report_id))
    pixels = shown(desk, blobs, mara, held)
    assert is_filled(pixels, *ADDED)
    assert is_filled(pixels, 10, 10, 60, 50)
    with pytest.raises(NotFound):
        blobs.get(before)


def test_a_lifted_mask_shows_again_what_the_original_has(works, city, desk, mara, blobs, held):
    assert is_filled(shown(desk, blobs, mara, held), 10, 10, 60, 50)
    lift(works, city, mara, held)
    with pytest.raises(NotFound):
        shown(desk, blobs, mara, held)
    jobs.remake(city, str(held.hold.report_id))
    pixels = shown(desk, blobs, mara, held)
    assert pixels[15:45, 15:55].std() > 20
    (kept,) = row(works, city, held).masks
    assert (kept["kind"], kept["lifted"], kept["x0"]) == ("face", "nobody", 10)


def test_each_change_is_in_the_trail_with_who_and_why(works, city, desk, mara, held):
    add(works, city, mara, held)
    lift(works, city, mara, held)
    own = {"account": str(mara.account_id), "report": str(held.hold.report_id), "photo": "1"}
    assert desk.trail()[-2:] == [
        {"what": "mask_added", "mask": 1, "reason": "person"} | own,
        {"what": "mask_lifted", "mask": 0, "reason": "nobody"} | own,
    ]


def test_after_erasure_a_mask_can_be_added_but_none_lifted(works, city, desk, mara, blobs, held):
    with works["worker"].open(city) as work:
        work.session.execute(PhotoChunk.__table__.delete().where(PhotoChunk.city_id == city))
    with pytest.raises(Conflict, match="erased"):
        lift(works, city, mara, held)
    add(works, city, mara, held)
    jobs.remake(city, str(held.hold.report_id))
    pixels = shown(desk, blobs, mara, held)
    assert is_filled(pixels, *ADDED)
    assert is_filled(pixels, 10, 10, 60, 50)


@pytest.mark.parametrize(
    "edges",
    [Edges(-1, 0, 5, 5), Edges(5, 5, 5, 9), Edges(0, 9, 5, 9), Edges(0, 0, 187, 5), Edges(0, 0, 5, 125)],
)
def test_a_mask_outside_the_picture_is_refused(works, city, mara, held, edges):
    with pytest.raises(UnprocessableInput):
        add(works, city, mara, held, edges)
    assert row(works, city, held).state is PhotoState.REDACTED


def test_a_reason_is_needed_and_comes_from_the_list(works, city, mara, held):
    with pytest.raises(UnprocessableInput, match="reasons"):
        add(works, city, mara, held, reason="just so")
    with pytest.raises(UnprocessableInput, match="reasons"):
        lift(works, city, mara, held, reason="person")


def test_only_a_mask_that_stands_can_be_lifted(works, city, mara, held):
    for number in (-1, 1):
        with pytest.raises(NotFound):
            lift(works, city, mara, held, number)
    lift(works, city, mara, held)
    with pytest.raises(Conflict, match="lifted"):
        lift(works, city, mara, held)


def test_a_list_of_masks_does_not_grow_without_end():
    full = [{"kind": "face"}] * MOST
    with pytest.raises(Conflict):
        rules.with_added(full, ADDED, (200, 200), "face")


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MODERATOR, Role.LEAD}])
def test_other_roles_change_no_mask(works, city, held, role):
    stranger = add_staff(works, city, role.value, role)
    with pytest.raises(NotAllowed):
        add(works, city, stranger, held)
    with pytest.raises(NotAllowed):
        lift(works, city, stranger, held)


def test_who_does_not_hold_the_report_changes_no_mask(works, city, mara, held):
    other = add_staff(works, city, "nil")
    with pytest.raises(Conflict):
        add(works, city, other, held)
    with pytest.raises(Conflict):
        add(works, city, mara, Picture(held.hold.__class__(held.hold.report_id, "A" * 43), "1"))
    assert row(works, city, held).state is PhotoState.REDACTED


def test_the_staff_s_login_can_hide_a_picture_but_never_show_one(works, city, mara, held):
    with works["staff"].open(city) as work, pytest.raises(Exception, match="row-level security"):
        work.session.execute(update(Photo).values(masks=[], state=PhotoState.REDACTED))
    with works["staff"].open(city) as work, pytest.raises(Exception, match="permission denied"):
        work.session.execute(update(Photo).values(public_blob="elsewhere"))
    with works["staff"].open(city) as work, pytest.raises(Exception, match="permission denied"):
        work.session.execute(text("select count(*) from photo_chunks"))


def test_a_worker_that_was_overtaken_by_another_change_throws_its_picture_away(
    works, city, mara, desk, blobs, held, monkeypatch
):
    from workers.anonymise import remake

    honest, second = remake.refill_photo, Edges(0, 100, 40, 120)

    def overtaken(*told):
        made = honest(*told)
        if len(row(works, city, held).masks) == 2:
            add(works, city, mara, held, second)
        return made

    add(works, city, mara, held)
    monkeypatch.setattr(remake, "refill_photo", overtaken)
    jobs.remake(city, str(held.hold.report_id))
    assert row(works, city, held).state is PhotoState.RECEIVED
    jobs.remake(city, str(held.hold.report_id))
    pixels = shown(desk, blobs, mara, held)
    assert is_filled(pixels, *ADDED)
    assert is_filled(pixels, *second)


def test_a_picture_that_could_not_be_made_is_asked_for_again(works, city, sent, mara, held, monkeypatch):
    from backend.store.blobs import Blobs

    def full(*_args):
        raise Unavailable("full")

    add(works, city, mara, held)
    with monkeypatch.context() as broken:
        broken.setattr(Blobs, "put", full)
        jobs.remake(city, str(held.hold.report_id))
    assert row(works, city, held).state is PhotoState.RECEIVED
    sent.clear()
    ring_again(works["worker"])
    assert [job for job in sent if job.city_id == city] == [
        Job(Stage.ANONYMISE, city, held.hold.report_id, 0, "remake")
    ]
    jobs.remake(city, str(held.hold.report_id))
    assert row(works, city, held).state is PhotoState.REDACTED
    sent.clear()
    ring_again(works["worker"])
    assert not [job for job in sent if job.city_id == city]


def test_an_original_that_decodes_no_more_withholds_the_photo(works, city, mara, held, monkeypatch):
    monkeypatch.setattr("workers.anonymise.photo.decode", lambda *_: 1 / 0)
    add(works, city, mara, held)
    jobs.remake(city, str(held.hold.report_id))
    photo = row(works, city, held)
    assert (photo.state, photo.reason, photo.public_blob) == (PhotoState.WITHHELD, "undecodable", None)
    with pytest.raises(NotFound):
        add(works, city, mara, held)


def test_a_report_that_is_gone_meanwhile_stays_gone(works, city, mara, held):
    add(works, city, mara, held)
    with works["worker"].open(city) as work:
        work.session.execute(Photo.__table__.delete().where(Photo.city_id == city))
    jobs.remake(city, str(held.hold.report_id))
    with works["worker"].open(city) as work:
        assert isinstance(work.session.get(Report, (city, held.hold.report_id)), Report)
        assert work.session.get(Photo, (city, UUID(int=0), "1")) is None
