"""How well photos are anonymised, and what it costs, beside deface, Haar cascades, exiftool and mat2.

Development data of the folder beside the project: faces and plates that people marked, each picture in variants
of size, light, noise, compression, side and angle (see support/pictures.py), and forty files with a secret in
every place where files hide one. FAROLA_BENCH_VARIANTS=6 looks at so many variants of each picture only, and
FAROLA_BENCH_PICTURES=3 at so many pictures of each kind; the figures are then those of a trial.

A mark is covered when three quarters of it are filled. `extra` counts filled boxes of all detectors that meet no
mark, on the originals, face-free pictures included: other cars' plates, and text that people could read, are among
them. One of the pictures has its mark beside the plate; see MOVED.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image
from support import ROOT, of_packages, record, say
from support.cleaners import of_cleaners
from support.pictures import (
    MIXED,
    ORIGINAL,
    SLIGHT,
    TURNED,
    UPRIGHT,
    Box,
    Marked,
    Seen,
    Shown,
    Variant,
    each_variant,
    faces,
    judged,
    plates,
    shown,
)
from support.planted import files, left
from support.redacting import Redactor, cost

from workers.anonymise.photo import Detectors, redact_photo

SHARED = Path(os.environ.get("FAROLA_SHARED_DATA") or ROOT.parent / "shared" / "data") / "photos"
PEERS = ROOT / "requirements-peers.lock"
FEWER = int(os.environ.get("FAROLA_BENCH_VARIANTS", "0"))
PICTURES = int(os.environ.get("FAROLA_BENCH_PICTURES", "0")) or None
# The mark of this picture lies on the grille below its plate; this is where the plate is.
MOVED = {"PAG5219": (470, 522, 236, 78)}
MOST_COST = 6
MARK = (255, 0, 255)


@dataclass
class Tally:
    """Counts over many variants."""

    covered: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    extra: list[int] = field(default_factory=list)
    filled: list[float] = field(default_factory=list)

    def add(self, group: str, seen: Seen) -> None:
        """Count one variant; extra boxes and the filled share are counted on originals."""
        self.covered[group] = self.covered.get(group, 0) + sum(seen.covered)
        self.marks[group] = self.marks.get(group, 0) + len(seen.covered)
        if group == ORIGINAL.name:
            self.extra.append(seen.extra)
            self.filled.append(seen.filled)

    def share(self, *groups: str) -> float:
        """The covered share of the marks of some groups, or of all."""
        names = groups or tuple(self.marks)
        return sum(self.covered.get(name, 0) for name in names) / sum(
            self.marks.get(name, 0) for name in names
        )

    def say(self, name: str) -> None:
        counts = ", ".join(f"{group} {self.covered[group]} of {self.marks[group]}" for group in self.marks)
        say(f"{name}: {counts}; {sum(self.extra)} extra in {len(self.extra)} originals")


def group(variant: Variant) -> str:
    if variant in TURNED or variant in MIXED:
        return "turned"
    return ORIGINAL.name if variant == ORIGINAL else "upright"


def some(variants: Sequence[Variant]) -> list[Variant]:
    """The original and all variants, or as many as asked for, spread over the kinds."""
    return [ORIGINAL, *(variants if not FEWER else variants[:: max(1, len(variants) // FEWER)][:FEWER])]


def moved(pictures: Iterable[Marked]) -> list[Marked]:
    return [each._replace(boxes=(MOVED[each.name],)) if each.name in MOVED else each for each in pictures]


def people_in() -> list[Marked]:
    return faces(SHARED / "faces")


def cars_in() -> list[Marked]:
    return moved(plates(SHARED / "plates"))


def plain() -> list[Marked]:
    """Pictures in which nothing is marked, larger than a thumbnail."""
    found = []
    for file in sorted((SHARED / "exif").glob("*.jpg")):
        with Image.open(file) as opened:
            if min(opened.size) >= 300:
                found.append(Marked(file.stem, file, ()))
    return found


# Each process loads detectors of its own, on one thread; what is measured in processor time is measured before.
_redactor: list[Redactor] = []


def _start() -> None:
    _redactor.append(Redactor())


def _look(told: tuple[Marked, Variant]) -> tuple[Seen, int]:
    marked, variant = told
    before = _redactor[0].withheld
    return _redactor[0](shown(marked, variant)), _redactor[0].withheld - before


def ours(pool: Executor, name: str, pictures: list[Marked], variants: list[Variant]) -> tuple[Tally, int]:
    """Look at every variant of every picture; what was found, and how many pictures were withheld."""
    tally, kept_back = Tally(), 0
    wanted = list(each_variant(pictures, variants))
    for number, ((marked, variant), (seen, withheld)) in enumerate(
        zip(wanted, pool.map(_look, wanted, chunksize=4), strict=True), 1
    ):
        tally.add(group(variant), seen)
        kept_back += withheld
        if not all(seen.covered):
            say(
                f"  missed: {marked.name}, {variant.name}, {seen.covered.count(False)} of {len(seen.covered)}"
            )
        if number % 20 == 0:
            say(f"{name}: {number} of {len(wanted)}")
    tally.say(name)
    return tally, kept_back


def of_ours(figures: dict[str, float]) -> None:
    turned = [*UPRIGHT, *TURNED, *MIXED]
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, get_context("spawn"), initializer=_start) as pool:
        people, first = ours(pool, "faces", people_in()[:PICTURES], some(turned))
        cars, second = ours(pool, "plates", cars_in()[:PICTURES], some([*UPRIGHT, *SLIGHT]))
        rest, third = ours(pool, "neither", plain()[:PICTURES], [ORIGINAL])
    extra, filled = people.extra + cars.extra + rest.extra, people.filled + cars.filled + rest.filled
    say(f"extra: {sum(extra)} boxes in {len(extra)} originals")
    tilted = [name for name in cars.marks if name != ORIGINAL.name]
    figures |= {
        "faces_all": people.share(),
        "faces_originals": people.share(ORIGINAL.name),
        "faces_upright": people.share(ORIGINAL.name, "upright"),
        "faces_rotated": people.share("turned"),
        "plates": cars.share(ORIGINAL.name),
        "plates_variants": cars.share(*tilted),
        "extra": sum(extra) / len(extra),
        "filled_share": sum(filled) / len(filled),
        "withheld": first + second + third,
    }


def of_metadata(figures: dict[str, float]) -> None:
    # What is found has no part in what is left of a file.
    blind = Detectors({}, ())
    outcomes = {name: left(redact_photo(data, blind).jpeg, told) for name, data, told in files()}
    say(f"metadata: {sum(outcomes.values())} of {len(outcomes)} files with something left")
    figures |= {"metadata_left": sum(outcomes.values()), "metadata_files": len(outcomes)}


def of_peers(figures: dict[str, float]) -> dict[str, str]:
    """Deface and Haar cascades on the same variants."""
    turned = [*UPRIGHT, *TURNED, *MIXED]
    wanted = {"faces": (people_in()[:PICTURES], some(turned)),
              "plates": (cars_in()[:PICTURES], some([*UPRIGHT, *SLIGHT]))}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        known = {kind: _written(Path(folder) / kind, *told) for kind, told in wanted.items()}
        script = Path(__file__).parent / "support" / "photo_peers.py"
        uv = ["-m", "uv", "run", "--quiet", "--isolated", "--no-project", "--with-requirements", str(PEERS)]
        command = [sys.executable, *uv, "--python", sys.executable, "python", str(script), folder]
        say("deface and Haar cascades are looking")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            say(f"deface and Haar cascades are left out: {done.stderr.strip().splitlines()[-1:]}")
            return {}
        told = json.loads(done.stdout)
        _of_deface(figures, known["faces"], Path(folder) / "faces", told["deface"]["seconds"])
    for kind in wanted:
        _of_haar(figures, kind, known[kind], told[f"haar_{kind}"])
    return dict(told["versions"])


Known = Mapping[str, tuple[str, Shown]]


def _written(folder: Path, pictures: list[Marked], variants: list[Variant]) -> Known:
    """Each variant as a PNG, which changes nothing of what a peer fills."""
    folder.mkdir()
    known = {}
    for number, (marked, variant) in enumerate(each_variant(pictures, variants)):
        picture = shown(marked, variant)
        with Image.open(BytesIO(picture.jpeg)) as opened:
            opened.save(folder / f"{number:05d}.png", compress_level=1)
        known[f"{number:05d}"] = (group(variant), picture)
    return known


def _of_deface(figures: dict[str, float], known: Known, folder: Path, seconds: float) -> None:
    tally = Tally()
    for stem, (kind, picture) in known.items():
        with Image.open(folder / f"{stem}_anonymized.png") as opened:
            filled = (np.abs(np.asarray(opened.convert("RGB"), np.int16) - MARK) <= 2).all(axis=2)
        covered = tuple(bool(filled[area].mean() >= 0.75) for area in picture.areas if area.any())
        tally.add(kind, Seen(covered, 0, float(filled.mean())))
    _told(figures, "deface_faces", tally)
    figures["deface_cpu_s_per_photo"] = seconds / len(known)


def _of_haar(figures: dict[str, float], kind: str, known: Known, told: Mapping[str, object]) -> None:
    tally = Tally()
    for stem, boxes in dict(told["boxes"]).items():  # type: ignore[call-overload]
        tally.add(known[stem][0], judged(known[stem][1], [Box(*box) for box in boxes]))
    _told(figures, f"haar_{kind}", tally)
    figures[f"haar_{kind}_extra"] = sum(tally.extra) / len(tally.extra)
    figures[f"haar_{kind}_cpu_s_per_photo"] = float(str(told["seconds"])) / len(known)


def _told(figures: dict[str, float], name: str, tally: Tally) -> None:
    tally.say(name)
    figures[f"{name}_all"] = tally.share()
    for kind in tally.marks:
        figures[f"{name}_{kind}"] = tally.share(kind)


def main() -> None:
    if not SHARED.is_dir():
        sys.exit("The photos lie in the folder shared/data beside the project, which is not here.")
    figures: dict[str, float] = {}
    measured = cost([each.file for each in (*people_in(), *cars_in())][: PICTURES or MOST_COST])
    figures |= {"cpu_s_per_photo": measured.cpu_seconds, "rss_mb": measured.rss_mb}
    say(f"a photo of 2048 x 1536: {measured.cpu_seconds:.2f} CPU-s, {measured.rss_mb:.0f} MB at most")
    of_metadata(figures)
    of_ours(figures)
    versions = of_packages("pillow", "onnxruntime", "deface", "agentclpr", "rapidocr")
    versions |= of_cleaners(figures) | of_peers(figures)
    record("photos", {key: [value] for key, value in figures.items()}, versions)


if __name__ == "__main__":
    main()
