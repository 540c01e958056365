"""A thief of the residents' process, the database and the blobs opens no report; the same search finds a control."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from backend.app import create_app
from backend.errors import SealError
from backend.steps import messages, uploads
from backend.store.models import Base
from backend.store.pieces import Place, Sheaf
from backend.store.queries import MonthKey
from backend.store.sealed import write_sealed
from backend.store.seals import Binding, open_sealed, unwrap
from backend.store.secrets import receipt_hash
from tests.support import Told, told_report

PLANTED = 100
TALK = 10  # so many of them left a key to be answered with, and wrote a message
KEY_BYTES = 32


@dataclass
class Loot:
    """What the thief carries away: raw bytes, keys that are wrapped, and what lies under them."""

    raw: list[bytes] = field(default_factory=list)
    keys: set[bytes] = field(default_factory=set)
    wraps: list[bytes] = field(default_factory=list)
    sealed: list[tuple[Binding, bytes]] = field(default_factory=list)

    def unwrapped(self) -> set[bytes]:
        """Every content key that any 32 bytes at hand unwrap."""
        return {key for private in self.keys for wrap in self.wraps if (key := _try(unwrap, wrap, private))}

    def opened(self) -> list[bytes]:
        """Every content that any key at hand opens, taken as it is or unwrapped first."""
        keys = self.keys | self.unwrapped()
        contents = (_try(open_sealed, key, *one) for key in keys for one in self.sealed)
        return [content for content in contents if content]


def _try(use, *arguments):
    try:
        return use(*arguments)
    except SealError:
        return None


def plant(works, pepper, blobs, city, number):
    """Hand in one report with words, a person and a photo, as the residents' door does."""
    from backend.steps.intake import Attempt, Door, submit

    word = f"planted-{number}-{uuid4()}"
    photo = word.encode() * 40
    promise = {"name": "1", "size": len(photo), "sha256": hashlib.sha256(photo).hexdigest()}
    talks = number < TALK
    reply_key = bytes(PrivateKey.generate().public_key) if talks else None
    told = Told(told_report(text=word, photos=[promise], setting={"place_type": "park"}, reply_key=reply_key))
    answer = submit(Door(works["residents"], pepper, city), Attempt(told.key, b"x", told.report, "phone"))
    with works["residents"].open(city) as work:
        held = receipt_hash(pepper, city, told.report["receipt"])
        started = uploads.create(work, held, uploads.Promise(UUID(answer["id"]), "1", len(photo)))
        upload = uploads.find(work, held, started.id)
        place = Place(city, upload.report_id, upload.name, upload.chunks)
        sheaf = Sheaf(blobs, upload.sealing_key, place)
        sheaf.add(photo)
        uploads.take(work, held, upload, at=0, told=None, pieces=sheaf.pieces)
    if talks:
        with works["residents"].open(city) as work:
            messages.send(work, pepper, told.report["receipt"], messages.Attempt(told.key, word))
    return word


def steal(databases, settings, city, blobs_dir):
    """Take every row, every blob, and the residents' environment with its secret files."""
    loot = Loot()
    with databases["owner"].session(city) as session:
        for table in Base.metadata.sorted_tables:
            names = [column.name for column in table.columns if str(column.type) == "BLOB"]
            for row in session.execute(
                text(f"select t::text, t.* from {table.name} t where t.city_id = :c"), {"c": city}
            ):
                told = row._mapping
                loot.raw.append(told["t"].encode())
                loot.raw += [bytes(told[name]) for name in names if told[name]]
        for row in session.execute(text("select * from sealed where city_id = :c"), {"c": city}):
            loot.sealed.append((Binding(row.report_id, row.field), bytes(row.ciphertext)))
            if row.field == "own_copy":
                loot.wraps.append(bytes(row.ciphertext))
        for row in session.execute(text("select * from messages where city_id = :c"), {"c": city}):
            binding = Binding(row.report_id, "message", version=row.number)
            loot.sealed.append((binding, bytes(row.ciphertext)))
            loot.wraps += [bytes(row.wrapped), bytes(row.reply_copy)]
        for table in ("report_keys", "photo_chunks"):
            rows = session.execute(text(f"select * from {table} where city_id = :c"), {"c": city}).all()
            loot.wraps += [bytes(row.wrapped) for row in rows]
            loot.sealed += [
                (
                    Binding(row.report_id, f"photo:{row.name}", sequence=row.sequence),
                    (blobs_dir / row.blob).read_bytes(),
                )
                for row in rows
                if table == "photo_chunks"
            ]
    loot.raw += [path.read_bytes() for path in blobs_dir.rglob("*") if path.is_file()]
    told = (settings.pepper_file, settings.filing_key_file)
    secrets = [
        *(path.read_bytes() for path in told if path.exists()),
        *(value.encode() for value in os.environ.values()),
    ]
    loot.keys = {raw for raw in (*loot.raw, *secrets) if len(raw) == KEY_BYTES}
    assert settings.pepper_file.read_bytes() in loot.keys
    return loot


@pytest.fixture
def planted(works, pepper, blobs, city):
    return [plant(works, pepper, blobs, city, number) for number in range(PLANTED)]


def test_a_thief_of_the_residents_side_opens_nothing(databases, settings, works, city, planted):
    blobs_dir = settings.state_dir / "blobs"
    loot = steal(databases, settings, city, blobs_dir)
    # point, words, manifest, about me, one photo; the own copy and a message
    assert len(loot.sealed) == PLANTED * 5 + TALK * 2
    assert loot.unwrapped() == set()
    assert loot.opened() == []
    everything = b"\n".join(loot.raw)
    assert not any(word.encode() in everything for word in planted)


def test_the_same_search_finds_a_planted_control(databases, settings, works, city, planted):
    careless = PrivateKey.generate()
    word = f"control-{uuid4()}"
    with works["owner"].open(city) as work:
        report_id = work.session.execute(
            text("select id from reports where city_id = :c limit 1"), {"c": city}
        ).scalar_one()
        work.session.execute(text("delete from sealed where report_id = :id"), {"id": report_id})
        work.session.execute(text("delete from report_keys where report_id = :id"), {"id": report_id})
        key = MonthKey("2026-11", bytes(careless.public_key))
        write_sealed(work.session, city, report_id, key, {"words": {"text": word}})
        # A private key that should never have been in a table, and words beside their seal.
        work.session.execute(
            text("insert into counter_keys (city_id, period, key) values (:c, '1999-Q1', :k)"),
            {"c": city, "k": bytes(careless)},
        )
        work.session.execute(
            text("update reports set model = :w where id = :id"), {"w": word, "id": report_id}
        )
    loot = steal(databases, settings, city, settings.state_dir / "blobs")
    assert [word.encode() in content for content in loot.opened()] == [True]
    assert any(word.encode() in raw for raw in loot.raw)


def test_the_residents_process_has_no_key_ring_and_no_other_login(settings):
    services = create_app(settings, "residents").extensions["farola"]
    assert services.keyring is None
    assert set(services.logins) == {"residents"}
