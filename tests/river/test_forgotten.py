"""What was withdrawn, or is over its term, is nowhere: not a word, not a ciphertext, not a key, in no file."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from backend.cli.phone import Draft
from backend.domain import receipts
from backend.errors import SealError
from backend.store.blobs import Blobs
from backend.store.keyring import KeyRing
from backend.store.models import Message, Photo, PhotoChunk, Report, ReportKey, Sealed
from backend.store.seals import Binding, KeyClass, open_sealed
from tests.river.search import Search, carved, forms_of, planting, written
from tests.river.stack import HERE, River, Town

pytestmark = pytest.mark.river

SLICE = 24
ORIGINAL = ("point", "words", "photos")


@dataclass
class Kept:
    """All that is kept of one report: by class its content keys, and what each thing looks like in bytes."""

    things: dict[str, list[bytes]] = field(default_factory=dict)
    keys: dict[str, set[bytes]] = field(default_factory=dict)
    sealed: list[tuple[Binding, bytes]] = field(default_factory=list)

    def add(self, name: str, raw: bytes, *, more: bool = False) -> None:
        """Note three slices of something: a file may cut it, and keep its parts apart."""
        for at in (4, (len(raw) - SLICE) // 2, len(raw) - SLICE - 4):
            told = raw[at : at + SLICE]
            self.things.setdefault(name, []).extend(written(told) if more else [told])

    def search(self) -> Search:
        return Search(self.things)

    def names(self, *classes: str) -> set[str]:
        """The wraps and ciphertexts of some classes."""
        return {name for name in self.things if name.split("/")[0] in classes}

    def opened_with(self, keys: set[bytes]) -> int:
        """How many ciphertexts, noted while they were there, any of some keys opens."""
        return sum(_opens(key, *one) for key in keys for one in self.sealed)


def _opens(key: bytes, binding: Binding, ciphertext: bytes) -> bool:
    try:
        return bool(open_sealed(key, binding, ciphertext))
    except SealError:
        return False


@dataclass
class Told:
    """What one phone told, in the clear."""

    report: Draft
    id: UUID
    word: str

    def plain(self, photo: bytes) -> dict[str, list[bytes]]:
        """What no file may hold at any time, in each form it could be written down in."""
        longitude, latitude = self.report.body["location"]["coordinates"]
        numbers = [form.pack(number) for form in _DOUBLES for number in (longitude, latitude)]
        middle = len(photo) // 2
        return {
            "plain/words": [*forms_of(self.word)],
            "plain/point": [*forms_of(str(longitude)), *forms_of(str(latitude)), *numbers],
            "plain/photo": [photo[middle : middle + SLICE], photo[-SLICE - 2 : -2]],
            "plain/receipt": [*written(self.report.secret), *forms_of(receipts.encode(self.report.secret))],
        }


_DOUBLES = (struct.Struct("<d"), struct.Struct(">d"))


def tell(town: Town, photo: bytes, number: int) -> Told:
    """Hand in a report with words, a person, an exact place, a photo and a message."""
    word = f"zq{uuid4().hex[:14]}"
    drawn = town.draft(f"A man followed me, {word}.", photo)
    place = {"type": "Point", "coordinates": [2.1734113 + number * 1.1e-4, 41.3851677 + number * 1.3e-4]}
    report = replace(drawn, body=drawn.body | {"location": place, "about_me": {"gender": "woman"}})
    told = Told(report, UUID(town.send(report)), word)
    _say(town, told)
    return told


def _say(town: Town, told: Told) -> None:
    answer = _holder(town, told, "POST", "/messages", json={"text": f"It was dark, {told.word}."})
    assert answer.status_code == 201, answer.text


def _holder(town: Town, told: Told, method: str, path: str = "", **more) -> httpx.Response:
    headers = {
        "Authorization": f"Receipt {receipts.shown_to_server(told.report.secret)}",
        "Idempotency-Key": f'"{uuid4()}"',
    }
    address = f"{town.river.url}/v1/cities/{town.id}/receipt{path}"
    with httpx.Client(transport=httpx.HTTPTransport(local_address=HERE), timeout=60) as client:
        return client.request(method, address, headers=headers, **more)


def kept_of(town: Town, told: Told, photo: bytes) -> Kept:
    """Note all that is kept of a report, as a thief would who comes before it is erased."""
    found, settings = Kept(told.plain(photo)), town.river.stack.settings
    ring, blobs = KeyRing(settings.keys_dir), Blobs(settings.blobs_url)

    def wrap(kind: str, name: str, row: ReportKey | PhotoChunk | Message) -> None:
        found.add(f"{kind}/wrap {name}", row.wrapped, more=True)
        key = ring.unwrap(town.id, row.month, row.wrapped)
        found.keys.setdefault(kind, set()).add(key)

    def cipher(kind: str, name: str, binding: Binding, ciphertext: bytes) -> None:
        found.add(f"{kind}/{name}", ciphertext)
        found.sealed.append((binding, ciphertext))

    with town.work() as work:

        def rows(table):
            return work.session.scalars(select(table).where(table.report_id == told.id)).all()

        for key in rows(ReportKey):
            wrap(key.key_class, "key", key)
        for one in rows(Sealed):
            cipher(one.key_class, one.field, Binding(told.id, one.field), one.ciphertext)
        for piece in rows(PhotoChunk):
            wrap("photos", f"piece {piece.sequence}", piece)
            binding = Binding(told.id, f"photo:{piece.name}", sequence=piece.sequence)
            cipher("photos", f"blob {piece.sequence}", binding, blobs.get(piece.blob))
        for picture in rows(Photo):
            found.things["public/blob name"] = [picture.public_blob.rpartition("/")[2].encode()]
            binding = Binding(told.id, f"public_photo:{picture.name}")
            cipher("public", "blob", binding, blobs.get(picture.public_blob))
        for message in rows(Message):
            wrap("public", f"message {message.number}", message)
            cipher("public", "message", Binding(told.id, "message", message.number), message.ciphertext)
            found.add("public/reply copy", message.reply_copy)
    return found


def assert_the_search_sees(river: River, kept: Kept, photo: bytes) -> None:
    """Before anything is erased: what is sealed is found where it must be, and nothing of it in the clear."""
    found = kept.search().places(river)
    assert set(found) == {name for name in kept.things if not name.startswith("plain/")}
    for name, places in found.items():
        in_blobs = "blob" in name and name != "public/blob name"
        assert places >= ({"blobs"} if in_blobs else {"base", "pg_wal"}), name
    with planting(river) as (needle, _files):
        places = Search({"planted": [*forms_of(needle)]}).places(river)["planted"]
        assert places >= {"base", "pg_wal", "redis", "blobs", "releases", "logs"}
    keys = carved(river)
    everything = set().union(*kept.keys.values())
    assert everything <= keys
    # An own copy and a reply are sealed to the phone: no key of the city opens them.
    to_phone = sum(binding.field == "own_copy" for binding, _ in kept.sealed)
    assert kept.opened_with(keys) == len(kept.sealed) - to_phone


@pytest.fixture
def control(town, photo):
    """A report that stays: whatever is erased beside it, the search and the keys find this one."""
    return tell(town, photo, 1)


def test_what_was_withdrawn_is_nowhere(river, town, photo, control):
    told = tell(town, photo, 2)
    town.settle()
    kept, staying = kept_of(town, told, photo), kept_of(town, control, photo)
    assert_the_search_sees(river, kept, photo)
    assert _holder(town, told, "DELETE").status_code == 204
    river.stack.run("forget")
    assert kept.search().places(river) == {}
    keys = carved(river)
    assert keys.isdisjoint(set().union(*kept.keys.values()))
    assert kept.opened_with(keys) == 0
    assert set().union(*staying.keys.values()) <= keys
    assert set(staying.search().places(river)) == staying.names(*KeyClass)


def test_what_is_over_its_term_is_nowhere(river, town, photo, control):
    told = tell(town, photo, 3)
    town.settle()
    kept, staying = kept_of(town, told, photo), kept_of(town, control, photo)
    assert_the_search_sees(river, kept, photo)
    _let_pass(town, told, days=31)
    river.stack.run("forget")
    left = {name for name in kept.names("about_me", "public") if "own_copy" not in name}
    assert set(kept.search().places(river)) == left
    keys = carved(river)
    for kind, of_kind in kept.keys.items():
        assert (of_kind <= keys) if kind not in ORIGINAL else of_kind.isdisjoint(keys), kind
    _let_pass(town, told, days=150)
    river.stack.run("forget")
    assert kept.search().places(river) == {}
    keys = carved(river)
    assert keys.isdisjoint(set().union(*kept.keys.values()))
    assert kept.opened_with(keys) == 0
    assert set().union(*staying.keys.values()) <= keys


def _let_pass(town: Town, told: Told, days: int) -> None:
    """Let a report have come so many days earlier: moving the clock would draw the releases of half a year."""
    with town.work() as work:
        work.session.execute(
            update(Report)
            .where(Report.id == told.id)
            .values(received_on=Report.received_on - timedelta(days=days))
        )
