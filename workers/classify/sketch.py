"""A keyed sketch of a text: texts that are alike share a part of it, and it tells nothing without the key.

It is a weighted MinHash over the four-letter pieces of the words: of many exponential clocks, each started by
a piece and running as fast as its word weighs, the first to ring is noted (the chance that two texts note
the same is their weighted Jaccard likeness). Notes are bound into bands, and only bands are kept.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.classify.likeness import Text

# Chosen on the stories' training table: fewer bands find fewer, shorter bands are shared by strangers.
BANDS, ROWS = 24, 3
_PIECE = 4
_SHIFTS = np.array([30, 27, 31], dtype=np.uint64)
_STEP, *_FACTORS = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def sketch(text: Text, key: bytes) -> list[int]:
    """Return the bands of a text, 64 bits with a sign each; none where it has no words."""
    pieces = _pieces(text.weights)
    if not pieces:
        return []
    seeds = np.array([_hashed(key, piece.encode()) for piece in pieces], dtype=np.uint64)
    numbers = _mixed(seeds[:, None] + _STEP * np.arange(1, BANDS * ROWS + 1, dtype=np.uint64)[None, :])
    chance = (numbers >> np.uint64(11)).astype(np.float64) + 0.5
    rings = -np.log(chance / 2.0**53) / np.array(list(pieces.values()))[:, None]
    noted = numbers[rings.argmin(axis=0), np.arange(BANDS * ROWS)].reshape(BANDS, ROWS)
    bands = [_hashed(key, bytes([number]) + row.tobytes()) for number, row in enumerate(noted)]
    return [band - 2**64 if band >= 2**63 else band for band in bands]


def _pieces(weights: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for word, weight in weights.items():
        framed = f"<{word}>"
        parts = [framed[at : at + _PIECE] for at in range(max(1, len(framed) - _PIECE + 1))]
        for part in parts:
            found[part] = max(found.get(part, 0.0), weight / len(parts))
    return found


def _hashed(key: bytes, told: bytes) -> int:
    return int.from_bytes(blake2b(told, key=key, digest_size=8).digest(), "big")


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Spread the bits of numbers (the finaliser of SplitMix64)."""
    for shift, factor in zip(_SHIFTS[:2], _FACTORS, strict=True):
        numbers = (numbers ^ (numbers >> shift)) * factor
    spread: np.ndarray = numbers ^ (numbers >> _SHIFTS[2])
    return spread
