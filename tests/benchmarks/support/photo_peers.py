"""Runs in an environment of its own: what deface and Haar cascades cover in the pictures of a folder."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

# A colour that no photo is made of; deface puts it where it found a face, and PNG keeps it as it is.
MARK = (255, 0, 255)
AT_ONCE = 50


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_deface(files: list[Path], work: Path) -> dict[str, object]:
    """Deface's command line with its own settings; only what it fills with is another."""
    colour = work / "colour.png"
    cv2.imwrite(str(colour), np.full((64, 64, 3), MARK[::-1], np.uint8))
    program = str(Path(sys.executable).with_name("deface"))
    before = children()
    for start in range(0, len(files), AT_ONCE):
        told = [str(file) for file in files[start : start + AT_ONCE]]
        subprocess.run(
            [program, *told, "--replacewith", "img", "--replaceimg", str(colour)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return {"seconds": children() - before, "suffix": "_anonymized"}


def by_cascade(files: list[Path], name: str) -> dict[str, object]:
    """One of OpenCV's cascades, called as its tutorial does."""
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + name)
    boxes = {}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for file in files:
        grey = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2GRAY)
        found = cascade.detectMultiScale(cv2.equalizeHist(grey))
        boxes[file.stem] = [[int(x), int(y), int(x + w), int(y + h)] for x, y, w, h in found]
    return {"seconds": resource.getrusage(resource.RUSAGE_SELF).ru_utime - before, "boxes": boxes}


def main() -> None:
    work = Path(sys.argv[1])
    cv2.setNumThreads(1)
    faces, plates = sorted((work / "faces").glob("*.png")), sorted((work / "plates").glob("*.png"))
    told = {
        "haar_faces": by_cascade(faces, "haarcascade_frontalface_default.xml"),
        "haar_plates": by_cascade(plates, "haarcascade_russian_plate_number.xml"),
        "deface": by_deface(faces, work),
        "versions": {"opencv": cv2.__version__},
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
