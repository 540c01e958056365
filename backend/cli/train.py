"""`farola train`: learn the label model anew, from the project's examples, a city's stories or its decisions."""

from __future__ import annotations

from pathlib import Path

import click

from backend.cli.context import owner_works
from backend.cli.output import answer, json_option, progress
from backend.config import load_settings
from backend.domain.permissions import Permission
from backend.errors import InvalidInput
from backend.steps.accounts import acting_as
from backend.store import trail
from backend.store.corrections import corrections
from backend.store.keyring import KeyRing
from backend.store.queries import find_city


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
@click.option(
    "--from-decisions", is_flag=True, help="Learn a candidate from what --city's moderators decided."
)
@click.option(
    "--promote", metavar="CANDIDATE", help="Let this candidate of --city propose labels from now on."
)
@click.option("--as", "person", metavar="ACCOUNT", help="Who promotes; the trail says so.")
@click.option("--city", "city_id", help="The city's id, with --from-decisions and --promote.")
@json_option
def command(
    stories: Path | None,
    out: Path | None,
    promote: str | None,
    person: str | None,
    city_id: str | None,
    *,
    from_decisions: bool,
    as_json: bool,
) -> None:
    """Train the model that proposes labels; write it with its card.

    With --from-decisions a candidate is written and compared with the running model; a named person
    promotes it with --promote CANDIDATE --as ACCOUNT.
    """
    _check(
        city_id, person, promote=promote is not None, from_decisions=from_decisions, own=bool(stories or out)
    )
    if promote is not None:
        _promote(str(city_id), promote, str(person), as_json=as_json)
    elif from_decisions:
        _candidate(str(city_id), as_json=as_json)
    else:
        _train(stories, out, as_json=as_json)


def _check(
    city_id: str | None, person: str | None, *, promote: bool, from_decisions: bool, own: bool
) -> None:
    if promote + from_decisions + own > 1:
        raise InvalidInput("Train from stories, train from decisions, or promote: one at a time.")
    if (promote or from_decisions) != bool(city_id):
        raise InvalidInput("--city belongs to --from-decisions and --promote, and they need it.")
    if promote != bool(person):
        raise InvalidInput("A candidate is promoted by a named person: --promote and --as belong together.")


def _train(stories: Path | None, out: Path | None, *, as_json: bool) -> None:
    # Learning needs scikit-learn, which no other command should wait for.
    from workers.classify.train import train

    told = train(stories, out, progress)
    held = told["cross_validated"]
    words = (
        f"{told['model']}: macro-F1 {held['macro_f1']:.3f} held out, {told['train_s']} s, in {told['out']}"
    )
    answer(told, words, as_json=as_json)


def _candidate(city_id: str, *, as_json: bool) -> None:
    from workers.classify.comparing import in_words
    from workers.classify.decided import train_candidate

    settings = load_settings()
    with owner_works(settings) as works, works.open(city_id) as work:
        find_city(work.session, city_id)
        decisions = list(corrections(work, KeyRing(settings.training_keys_dir)))
    told = train_candidate(decisions, settings.models_dir, city_id, progress)
    lines: list[str] = []
    in_words(told, lines.append)
    lines.append(f"The candidate is in {told['candidate']}; promote it with --promote and --as.")
    answer(told, "\n".join(lines), as_json=as_json)


def _promote(city_id: str, candidate: str, person: str, *, as_json: bool) -> None:
    """Note who promotes what, and only with that in the trail put the model in its place."""
    from workers.classify.promotion import candidate_of, install

    settings = load_settings()
    with owner_works(settings) as works, works.open(city_id) as work:
        find_city(work.session, city_id)
        actor = acting_as(work, person)
        actor.need(Permission.PROMOTE_MODEL)
        # Before the commit: an entry that cannot be written leaves the running model where it is.
        name = candidate_of(settings.models_dir, city_id, candidate).name
        trail.append(
            work, {"what": "model_promoted", "account": actor.account_id, "by": "operator", "model": name}
        )
        before, version = install(settings.models_dir, city_id, candidate)
    told = {"city": city_id, "model": version, "before": before, "by": actor.pseudonym}
    answer(told, f"{version} proposes labels from now on, in the place of {before}.", as_json=as_json)


train = command
