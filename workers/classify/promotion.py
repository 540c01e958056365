"""Where a city's candidates and its running model lie, and how one takes the place of the other."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from uuid import uuid4

from backend.errors import NotFound
from workers.classify.linear import ARRAYS, WORDS, LinearModel, load
from workers.classify.propose import MODEL

_VERSION = re.compile(r"decisions-[0-9a-f]{12}", re.ASCII)


def candidates(models_dir: Path, city_id: str) -> Path:
    """Return the folder of a city's candidates; no city's name has a dot."""
    return models_dir / f"{city_id}.candidates"


def folder_of(models_dir: Path, city_id: str) -> Path:
    """Return where a city's running model lies just now: its own, through the link, or the shipped one."""
    own = models_dir / city_id
    return own.resolve() if own.is_dir() else MODEL


def running(models_dir: Path, city_id: str) -> LinearModel:
    """Load the model a city runs; ConfigError when it is damaged."""
    return load(folder_of(models_dir, city_id))


def candidate_of(models_dir: Path, city_id: str, named: str) -> Path:
    """Return the folder of a candidate, told by its version or its path.

    Raises:
        NotFound: the city has no such candidate.
    """
    name = Path(named).name
    lies = candidates(models_dir, city_id) / name
    if not _VERSION.fullmatch(name) or not lies.is_dir():
        raise NotFound(f"{city_id} has no candidate of this name.")
    return lies


def install(models_dir: Path, city_id: str, candidate: str) -> tuple[str, str]:
    """Put a candidate in the place of the running model, in one step; return both versions, the old first.

    Workers see another folder behind the link at their next report, and load it: none is restarted.

    Raises:
        NotFound: the city has no such candidate. ConfigError: it is damaged.
    """
    lies = candidate_of(models_dir, city_id, candidate)
    version, before = load(lies).version, running(models_dir, city_id).version
    promoted = models_dir / f"{city_id}.promoted" / f"{lies.name}-{uuid4().hex[:8]}"
    promoted.mkdir(parents=True)
    for name in (ARRAYS, WORDS):
        shutil.copy2(lies / name, promoted / name)
    _point(models_dir / city_id, promoted)
    return before, version


def _point(link: Path, target: Path) -> None:
    fresh = link.with_name(f"{link.name}.next")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target.relative_to(link.parent))
    if link.is_dir() and not link.is_symlink():
        # A model of the city's own stories that was put here by hand stays, under another name.
        link.rename(link.with_name(f"{link.name}.before-{uuid4().hex[:8]}"))
    fresh.replace(link)
