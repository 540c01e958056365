"""`farola account`: who may review, and which importers are known."""

from __future__ import annotations

import secrets

import click

from backend.cli.context import owner_works
from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.errors import InvalidInput
from backend.steps.accounts import (
    add_account,
    add_importer,
    bind_subject,
    close_account,
    reset_factors,
    set_trained,
)
from backend.store.models import Role
from backend.store.secrets import secret_of

IMPORTER = "importer"


@click.group("account")
def command() -> None:
    """Accounts of a city's staff, and keys of importers."""


@command.command("add")
@click.option("--city", required=True, help="The city's id.")
@click.option("--role", type=click.Choice([*(role.value for role in Role), IMPORTER]), required=True)
@click.option("--pseudonym", help="What colleagues see; by default the name.")
@click.option("--password", help="By default one is made and printed once.")
@click.option("--trained", is_flag=True, help="May read what children tell; others are not shown it.")
@click.argument("name")
@json_option
def add(
    city: str,
    role: str,
    pseudonym: str | None,
    password: str | None,
    name: str,
    *,
    trained: bool,
    as_json: bool,
) -> None:
    """Add an account, or an importer's key, under NAME."""
    if trained and role == IMPORTER:
        raise InvalidInput("An importer reads nothing; --trained is for people.")
    settings = load_settings()
    secret = password or secrets.token_urlsafe(16)
    with owner_works(settings) as works, works.open(city) as work:
        if role == IMPORTER:
            secret = add_importer(work, secret_of(settings.pepper_file), name)
        else:
            add_account(work, name, pseudonym or name, Role(role), secret)
            set_trained(work, name, trained=trained)
    word = "key" if role == IMPORTER else "password"
    told = {"city": city, "name": name, "role": role, word: secret}
    answer(told, f"{name} ({role}) was added; the {word} is shown once: {secret}", as_json=as_json)


@command.command("train")
@click.option("--city", required=True, help="The city's id.")
@click.option("--no-longer", is_flag=True, help="Take it back.")
@click.argument("name")
@json_option
def train(city: str, name: str, *, no_longer: bool, as_json: bool) -> None:
    """Note that NAME is trained, and is shown what children tell from now on."""
    with owner_works(load_settings()) as works, works.open(city) as work:
        set_trained(work, name, trained=not no_longer)
    said = f"{name} is {'not ' if no_longer else ''}shown what children tell."
    answer({"city": city, "name": name, "trained": not no_longer}, said, as_json=as_json)


@command.command("bind")
@click.option("--city", required=True, help="The city's id.")
@click.option(
    "--subject", required=True, help="What the city's OpenID provider says in the configured claim."
)
@click.argument("name")
@json_option
def bind(city: str, subject: str, name: str, *, as_json: bool) -> None:
    """Let NAME log in with the city's own account; only a keyed hash of the subject is kept."""
    settings = load_settings()
    with owner_works(settings) as works, works.open(city) as work:
        bind_subject(work, secret_of(settings.staff_key_file), name, subject)
    said = f"{name} logs in with the city's account."
    answer({"city": city, "name": name, "bound": True}, said, as_json=as_json)


@command.command("reset-factors")
@click.option("--city", required=True, help="The city's id.")
@click.argument("name")
@json_option
def reset(city: str, name: str, *, as_json: bool) -> None:
    """Remove the second factors of NAME, who lost them; the trail says so."""
    with owner_works(load_settings()) as works, works.open(city) as work:
        removed = reset_factors(work, name)
    answer({"city": city, "name": name, "removed": removed}, f"{removed} removed.", as_json=as_json)


@command.command("close")
@click.option("--city", required=True, help="The city's id.")
@click.argument("name")
@json_option
def close(city: str, name: str, *, as_json: bool) -> None:
    """Shut NAME out at once: log-ins end, an importer's key is worth nothing."""
    with owner_works(load_settings()) as works, works.open(city) as work:
        closed = close_account(work, name)
    answer({"city": city, "name": name, "closed": closed}, f"{name} is closed.", as_json=as_json)
