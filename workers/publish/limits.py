"""How many standard errors a region must reach, by how many measured places it is the sum of.

One measured place carries the heavy tail of a single draw; a sum of many comes close to the bell
curve, and far fewer standard errors keep it as rarely false. Each size of sum has its own k, and
all sizes together share the one allowance of false regions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend.domain.grid import Floats

# The least size of each class of sums, and its share of the regions that may be false. Single
# places get most: every other class needs little more where it gets a little less.
SIZES = (1, 2, 5, 17, 65)
SHARES = (0.6, 0.1, 0.1, 0.1, 0.1)


@dataclass(frozen=True)
class Limits:
    """k of each class of sums, in the order of `SIZES`; it never rises with the size."""

    ks: tuple[float, ...]

    @classmethod
    def alike(cls, k: float) -> Limits:
        """Return the same k for sums of every size."""
        return cls((k,) * len(SIZES))

    @property
    def single(self) -> float:
        """Return k of one measured place, the largest."""
        return self.ks[0]

    @property
    def of_sums(self) -> tuple[tuple[int, float], ...]:
        """Return the least size of each class of sums with its k."""
        return tuple(zip(SIZES, self.ks, strict=True))

    def of(self, sizes: Floats) -> Floats:
        """Return k for regions that are sums of so many measured places."""
        return np.array(self.ks)[size_class(sizes)]


def size_class(sizes: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Return the class of each size, the first for a region of which nothing is left."""
    return np.maximum(0, np.searchsorted(SIZES, sizes, side="right") - 1)
