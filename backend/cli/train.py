"""`farola train`: learn the label model anew, from the project's examples or a city's own stories."""

from __future__ import annotations

from pathlib import Path

import click

from backend.cli.output import answer, json_option, progress


@click.command("train")
@click.option(
    "--stories",
    type=click.Path(exists=True, path_type=Path),
    help="A CSV with Description and one 0/1 column per category, or a folder with train.csv and dev.csv.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for model and card; without --stories the shipped model is replaced by default.",
)
@json_option
def command(stories: Path | None, out: Path | None, *, as_json: bool) -> None:
    """Train the model that proposes labels; write it with its card."""
    # Learning needs scikit-learn, which no other command should wait for.
    from workers.classify.train import train

    told = train(stories, out, progress)
    held = told["cross_validated"]
    words = (
        f"{told['model']}: macro-F1 {held['macro_f1']:.3f} held out, {told['train_s']} s, in {told['out']}"
    )
    answer(told, words, as_json=as_json)


train = command
