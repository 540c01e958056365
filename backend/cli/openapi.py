"""`farola openapi`: write the OpenAPI documents, or check that those written still hold."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from backend.api.documents import EXTENSION
from backend.app import create_app
from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.errors import Conflict

_NOWHERE = "127.0.0.1:1"


def documents() -> dict[str, str]:
    """Return the text of each document by name; no server is needed, none is asked."""
    with TemporaryDirectory() as state:
        environ = {
            "FAROLA_STATE_DIR": state,
            "DATABASE_URL": f"postgresql://nobody@{_NOWHERE}/nothing",
            "REDIS_URL": f"redis://{_NOWHERE}",
        }
        app = create_app(load_settings(environ), "all")
    texts: dict[str, str] = app.extensions[EXTENSION]
    return texts


@click.command("openapi")
@click.option("--check", is_flag=True, help="Only compare; the exit code is 1 when they differ.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(__file__).parents[2] / "openapi",
    help="By default the project's folder.",
)
@json_option
def command(out: Path, *, check: bool, as_json: bool) -> None:
    """Write the OpenAPI documents of the three APIs."""
    texts = {out / f"{name}.json": text for name, text in documents().items()}
    changed = [path for path, text in texts.items() if not path.is_file() or path.read_text() != text]
    if check and changed:
        names = ", ".join(path.name for path in changed)
        raise Conflict(f"{names} no longer says what the doors do; run `make openapi`.")
    out.mkdir(parents=True, exist_ok=True)
    for path in changed:
        path.write_text(texts[path])
    told = {"documents": sorted(path.name for path in texts), "changed": sorted(p.name for p in changed)}
    answer(told, f"{len(texts)} documents, {len(changed)} changed", as_json=as_json)
