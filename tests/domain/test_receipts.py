"""A receipt survives being written down, and a slip of the pen is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import receipts
from backend.errors import InvalidInput

secrets = st.binary(min_size=16, max_size=16)


@given(secrets)
def test_what_is_written_down_reads_back(secret):
    written = receipts.encode(secret)
    assert len(written) == 27
    assert receipts.decode(written) == secret
    assert receipts.decode(receipts.grouped(written).lower()) == secret


def test_a_known_number_has_its_known_symbols():
    # 1234 is 16J with check symbol D in Crockford's own scheme.
    assert receipts.encode((1234).to_bytes(16, "big")) == "0" * 23 + "16J" + "D"


def test_look_alikes_are_forgiven():
    written = receipts.encode(bytes(14) + b"\x04\x20")  # ends in 0110
    assert "1" in written
    assert receipts.decode(written.replace("1", "l").replace("0", "o")) == bytes(14) + b"\x04\x20"


@given(secrets, st.integers(0, 25), st.integers(1, 31))
def test_every_single_wrong_symbol_is_found(secret, place, shift):
    written = receipts.encode(secret)
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    wrong = alphabet[(alphabet.index(written[place]) + shift) % 32]
    with pytest.raises(InvalidInput):
        receipts.decode(written[:place] + wrong + written[place + 1 :])


@given(secrets, st.integers(0, 24))
def test_every_swap_of_neighbours_is_found(secret, place):
    written = receipts.encode(secret)
    swapped = written[:place] + written[place + 1] + written[place] + written[place + 2 :]
    if swapped != written:
        with pytest.raises(InvalidInput):
            receipts.decode(swapped)


@pytest.mark.parametrize(
    "bad", ["", "0", "U" * 27, "Z" * 26 + "0", "0" * 26, "0" * 28, "é" * 27, "\x00" * 27]
)
def test_what_is_no_receipt_is_refused(bad):
    with pytest.raises(InvalidInput) as caught:
        receipts.decode(bad)
    assert caught.value.field == "receipt"


def test_only_what_has_a_receipts_length_is_calculated_with(monkeypatch):
    """Of a number as long as an address each further symbol costs more."""
    asked, real = [], receipts._number
    monkeypatch.setattr(receipts, "_number", lambda body: asked.append(len(body)) or real(body))
    for written in ("Z" * 60_000, "Z" * 28, "Z" * 26):
        with pytest.raises(InvalidInput):
            receipts.decode(written)
    assert asked == []


def test_derivation_is_hkdf_as_the_standard_has_it():
    # RFC 5869, appendix A.3: SHA-256 with an empty salt and an empty info, its first 32 bytes.
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert receipts.derive(b"\x0b" * 22, b"").hex() == expected


@given(secrets)
def test_what_the_server_sees_differs_by_purpose(secret):
    assert receipts.derive(secret, receipts.RECEIPT_INFO) != receipts.derive(secret, receipts.REPLY_INFO)
    assert len(receipts.shown_to_server(secret)) == 43
