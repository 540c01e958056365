"""The house stands as drawn: imports run downhill, functions and files stay short, locks stay locked."""

import ast
import math
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("backend", "workers")
LOCKS = ("requirements.lock", "requirements-models.lock", "requirements-node.lock")
# Folders of one machine; the end of the pattern keeps it from finding itself.
MACHINE_PATH = re.compile(rb"(?<![\w.~*-])/(?:home|root|work|Users)/[\w.-]")

# contract -> files with imports that must break it
PLANTED = {
    "Imports run downhill": [
        {"workers/planted.py": "import backend.app"},
        {"backend/app.py": "import workers.jobs"},
        {"backend/api/planted.py": "import backend.app"},
        {"backend/steps/planted.py": "import backend.api"},
        {"backend/store/planted.py": "import backend.steps"},
        {"backend/domain/planted.py": "import backend.store"},
        {"backend/config.py": "import backend.domain.cells"},
    ],
    "Workers never reach the doors": [
        {"workers/planted.py": "import backend.api"},
        {"workers/planted.py": "import backend.pages"},
        {"workers/planted.py": "import backend.steps"},
    ],
    "Steps do not know each other": [
        {"backend/steps/planted.py": "import backend.steps.other", "backend/steps/other.py": ""},
    ],
    "The domain is pure": [
        {"backend/domain/planted.py": "import sqlalchemy"},
        {"backend/domain/planted.py": "from flask import request"},
    ],
}


def modules() -> list[Path]:
    return sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    found = [ROOT / name.decode() for name in names.split(b"\0") if name]
    assert found
    return [file for file in found if file.is_file()]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code that may be damaged."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", copy)
    leave = shutil.ignore_patterns("__pycache__", "static", "templates")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=leave)
    return copy


def check_layers(house: Path) -> tuple[int, str]:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-logo", "--no-cache"],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_imports_run_downhill(house):
    code, said = check_layers(house)
    assert code == 0, said
    assert set(re.findall(r"^(.+) KEPT", said, re.MULTILINE)) == set(PLANTED)


@pytest.mark.parametrize(
    ("contract", "files"),
    [(contract, files) for contract, plants in PLANTED.items() for files in plants],
    ids=lambda value: value if isinstance(value, str) else " ".join(value.values()).strip(),
)
def test_a_planted_import_breaks_the_contract(house, contract, files):
    before = {name: (house / name).read_text() if (house / name).exists() else None for name in files}
    try:
        for name, line in files.items():
            (house / name).write_text(f"{before[name] or ''}\n{line}\n")
        code, said = check_layers(house)
    finally:
        for name, text in before.items():
            (house / name).unlink() if text is None else (house / name).write_text(text)
    assert code == 1
    assert f"{contract} BROKEN" in said


def function_lengths() -> dict[str, int]:
    return {
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_functions_stay_short():
    lengths = function_lengths()
    assert {name: length for name, length in lengths.items() if length > 40} == {}
    ordered = sorted(lengths.values())
    assert statistics.median(ordered) <= 6
    assert ordered[math.ceil(0.9 * len(ordered)) - 1] <= 20


def test_files_stay_short():
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in modules()}
    assert {name: length for name, length in lengths.items() if length > 250} == {}


def test_every_module_says_what_it_is():
    folders = [ROOT / name for name in (*PACKAGES, "migrations", "tests")]
    files = [file for folder in folders for file in folder.rglob("*.py") if file.read_text().strip()]
    silent = [
        str(file.relative_to(ROOT)) for file in files if not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_address(name):
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=[^\s#])", text.strip())
    bare = [
        block.splitlines()[0]
        for block in blocks
        if not re.match(r"[\w.-]+==\S+ \\\n\s+--hash=sha256:", block)
    ]
    assert bare == []
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_lock_of_the_pages_names_no_address():
    text = (ROOT / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in text
    assert '"resolved"' not in text


def test_no_file_knows_the_machine_it_was_written_on():
    knowing = [str(file.relative_to(ROOT)) for file in tracked() if MACHINE_PATH.search(file.read_bytes())]
    assert knowing == []


def test_what_looks_for_paths_of_machines_finds_one():
    assert MACHINE_PATH.search(b"open('" + b"/home" + b"/somebody/file')")
    assert not MACHINE_PATH.search(b"https://example.org/home/page")
