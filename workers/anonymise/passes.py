"""Which detector looks at which view of a photo: the one table to extend."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from workers.anonymise.boxes import Box, Mask, Pixels, best, grown, mask, merged, moved
from workers.anonymise.faces import FaceFinder
from workers.anonymise.lettering import TextFinder
from workers.anonymise.plates import PlateFinder
from workers.anonymise.views import sized, tiles, turned

Finder = Callable[[Pixels], list[Box]]


@dataclass(frozen=True)
class Pass:
    """Some looks at the photo from one distance.

    `kind` names the detector. The view is `longest` pixels long (a smaller photo is enlarged only if `enlarge`) and
    is looked at turned by each of `angles`, degrees counter-clockwise; every box grows by `margin` of its size on
    each side; what scores less than `surer` is left out.
    What is `tiled` is looked at piece by piece, because a network's memory grows with its picture. What is `oval` fills an ellipse within its box, and its box does not grow when it is turned back.
    """

    kind: str
    longest: int
    margin: float
    angles: tuple[int, ...] = (0,)
    enlarge: bool = False
    oval: bool = False
    surer: float = 0.0
    tiled: bool = False


FACE_MARGIN, PLATE_MARGIN, TEXT_MARGIN = 0.15, 0.20, 0.05
# The detector of faces knows every face that leans by up to 30 degrees, so that eight views leave none between them.
TURNS, SIDEWAYS = (45, 90, 135, 180, 225, 270, 315), (90, 180, 270)
# A face that leans by at most half a step scores like an upright one; what scores less is rather a dog.
SURER, SUREST = 0.45, 0.55
PASSES = (
    Pass("face", longest=2048, margin=FACE_MARGIN, oval=True, tiled=True),
    Pass("face", longest=640, margin=FACE_MARGIN, enlarge=True, oval=True),
    Pass("face", longest=480, margin=FACE_MARGIN, angles=TURNS, enlarge=True, oval=True, surer=SURER),
    # A phone is held sideways more often than askew: there smaller faces are looked for too.
    Pass("face", longest=800, margin=FACE_MARGIN, angles=SIDEWAYS, oval=True, surer=SUREST),
    Pass("plate", longest=1280, margin=PLATE_MARGIN),
    Pass("plate", longest=640, margin=PLATE_MARGIN, enlarge=True),
    Pass("text", longest=960, margin=TEXT_MARGIN),
)


@dataclass(frozen=True)
class Detectors:
    """What a worker process loads once: a detector for every kind in the table of passes."""

    finders: Mapping[str, Finder]
    passes: tuple[Pass, ...] = PASSES

    def find(self, pixels: Pixels) -> tuple[Mask, ...]:
        """Everything to be covered, in pixels of the picture."""
        kinds = dict.fromkeys(step.kind for step in self.passes)
        return tuple(found for kind in kinds for found in self._find_kind(kind, pixels))

    def _find_kind(self, kind: str, pixels: Pixels) -> list[Mask]:
        size = (pixels.shape[1], pixels.shape[0])
        boxes = [
            box for step in self.passes if step.kind == kind for box in look(step, self.finders[kind], pixels)
        ]
        masks = (mask(kind, box, size) for box in merged(boxes))
        return [found for found in masks if found is not None]


def load_detectors() -> Detectors:
    """Load every model; takes about a second. Raises `ConfigError` when a package is missing."""
    return Detectors({"face": FaceFinder(), "plate": PlateFinder(), "text": TextFinder()})


def look(step: Pass, find: Finder, pixels: Pixels) -> Iterator[Box]:
    """Take the looks of one pass: the boxes that are found, grown, in pixels of the picture."""
    picture = sized(pixels, step.longest, enlarge=step.enlarge)
    for angle in step.angles:
        view = turned(picture, angle, pixels.shape[1])
        for box in _found(find, view.pixels, tiled=step.tiled):
            # Merged with another, a box without edges would be forgotten: a detector that answers one has failed.
            if not all(map(math.isfinite, box)):
                raise ValueError
            if box.score >= step.surer:
                yield view.back(grown(box, step.margin), oval=step.oval)


def _found(find: Finder, pixels: Pixels, *, tiled: bool) -> list[Box]:
    """What a detector finds in a view, piece by piece if asked to; what two pieces show is found once."""
    if not tiled:
        return find(pixels)
    return best(moved(box, x, y) for x, y, piece in tiles(pixels) for box in find(piece))
