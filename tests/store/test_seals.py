"""Sealing: opens with the right key and binding only, and says little by its length."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from backend.errors import SealError
from backend.store.keyring import KeyRing
from backend.store.seals import Binding, new_key, open_sealed, seal, seal_piece, unwrap

PAIR = PrivateKey.generate()
BOUND = Binding(uuid4(), "words")


@given(st.binary(max_size=200_000))
def test_what_is_sealed_opens_and_its_length_is_one_of_few(content):
    key = new_key(bytes(PAIR.public_key))
    sealed = seal(key.key, BOUND, content)
    assert open_sealed(unwrap(key.wrapped, bytes(PAIR)), BOUND, sealed) == content
    padded = len(sealed) - 24 - 16
    assert padded in {1024, 4096, 16384} or padded % 65536 == 0


@given(st.lists(st.binary(max_size=70_000), max_size=4))
def test_a_piece_that_lies_in_several_places_opens_as_one(contents):
    key = new_key(bytes(PAIR.public_key))
    sealed = bytes(seal_piece(key.key, BOUND, contents))
    assert open_sealed(key.key, BOUND, sealed) == b"".join(contents)
    assert len(sealed) == len(seal(key.key, BOUND, b"".join(contents)))
    with pytest.raises(SealError):
        open_sealed(key.key, Binding(BOUND.report_id, "words", sequence=1), sealed)


def test_a_piece_is_sealed_under_a_whole_key_only():
    with pytest.raises(SealError):
        seal_piece(b"short", BOUND, [b"words"])


@pytest.mark.parametrize(
    "other",
    [
        Binding(uuid4(), "words"),
        Binding(BOUND.report_id, "point"),
        Binding(BOUND.report_id, "words", version=2),
        Binding(BOUND.report_id, "words", sequence=1),
    ],
)
def test_a_ciphertext_moved_elsewhere_does_not_open(other):
    key = new_key(bytes(PAIR.public_key))
    sealed = seal(key.key, BOUND, b"words")
    with pytest.raises(SealError):
        open_sealed(key.key, other, sealed)


def test_changed_or_truncated_bytes_do_not_open():
    key = new_key(bytes(PAIR.public_key))
    sealed = seal(key.key, BOUND, b"words")
    for wrong in (sealed[:-1], sealed[:10], b"", bytes([sealed[0] ^ 1]) + sealed[1:]):
        with pytest.raises(SealError):
            open_sealed(key.key, BOUND, wrong)


def test_another_private_key_does_not_unwrap():
    key = new_key(bytes(PAIR.public_key))
    with pytest.raises(SealError):
        unwrap(key.wrapped, bytes(PrivateKey.generate()))


def test_a_month_key_is_made_once_and_only_its_user_reads_it(tmp_path):
    ring = KeyRing(tmp_path)
    public = ring.make("somewhere", "2026-11")
    assert ring.make("somewhere", "2026-11") == public
    assert (tmp_path / "somewhere" / "2026-11.key").stat().st_mode & 0o077 == 0
    key = new_key(public)
    assert ring.unwrap("somewhere", "2026-11", key.wrapped) == key.key


def test_a_missing_or_damaged_private_key_gives_one_clear_error(tmp_path):
    ring = KeyRing(tmp_path)
    with pytest.raises(SealError, match="is not here"):
        ring.unwrap("somewhere", "2026-11", b"")
    ring.make("somewhere", "2026-11")
    (tmp_path / "somewhere" / "2026-11.key").write_bytes(b"short")
    with pytest.raises(SealError, match="damaged"):
        ring.unwrap("somewhere", "2026-11", b"")
