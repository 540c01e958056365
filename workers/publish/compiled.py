"""Loops over whole numbers that are compiled when they first run, for what takes too long in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

_Loop = TypeVar("_Loop", bound=Callable[..., Any])
# A call of its own counts who holds each array, which takes longer than what most of these do.
_HOW: dict[str, Any] = {"inline": "always", "error_model": "numpy", "nogil": True}


def compiled(loop: _Loop) -> _Loop:
    """Compile a loop over numpy arrays for the machine at hand, and keep that for the next process.

    Where nothing may be written, neither beside the code nor in a home, each process compiles anew.
    """
    try:
        made = njit(cache=True, **_HOW)(loop)
    except RuntimeError:
        made = njit(**_HOW)(loop)
    return cast("_Loop", made)
