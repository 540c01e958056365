"""What exiftool and mat2 leave of the secrets in the planted files, as their manuals say to call them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from backend.cli.servers.packages import install
from backend.errors import ServiceError
from support import of_program, say
from support.planted import files, left

CLEANERS = {"exiftool": "libimage-exiftool-perl", "mat2": "mat2"}
COMMANDS = {"exiftool": ["exiftool", "-q", "-all=", "-overwrite_original"], "mat2": ["mat2", "--inplace"]}
ENDINGS = {"jpeg": ".jpg", "mpo": ".jpg", "png": ".png", "webp": ".webp"}


def of_cleaners(figures: dict[str, float]) -> dict[str, str]:
    """Exiftool and mat2 on the same forty files, as their manuals say."""
    try:
        install([package for program, package in CLEANERS.items() if not shutil.which(program)])
    except ServiceError:
        say("exiftool and mat2 are not installed here, and could not be")
    versions = {}
    for program in CLEANERS:
        if shutil.which(program):
            versions[program] = of_program(program, "-ver" if program == "exiftool" else "--version")
            figures[f"{program}_metadata_left"] = cleaned(program)
    return versions


def cleaned(program: str) -> int:
    """How many of the files still hold their secret; a file that is refused or left alone counts as well."""
    with tempfile.TemporaryDirectory() as folder:
        still = 0
        for number, (name, data, told) in enumerate(files()):
            file = Path(folder) / f"{number}{ENDINGS[name.split()[0]]}"
            file.write_bytes(data)
            subprocess.run([*COMMANDS[program], str(file)], capture_output=True, check=False)
            still += left(file.read_bytes(), told)
    say(f"{program}: {still} files with something left")
    return still
