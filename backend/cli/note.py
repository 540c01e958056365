"""`farola note`: what the city says it did in an area, written, published and taken back in somebody's name."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from backend.cli.context import owner_works
from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.domain.citynotes import ADVICE
from backend.errors import InvalidInput
from backend.steps import citynotes
from backend.steps.accounts import acting_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.work import Work

_ARGUMENT = "NOTE"


@click.group("note", help=f"Notes of what the city did, for everybody to read. {ADVICE}")
def command() -> None:
    """Notes of what the city did."""


def _named(function: Callable[..., Any]) -> Callable[..., Any]:
    by = click.option("--by", required=True, help="The account that does it: a lead's or a city admin's.")
    return click.option("--city", required=True, help="The city's id.")(by(function))


@contextmanager
def _as(city: str, by: str) -> Iterator[tuple[Work, Actor]]:
    with owner_works(load_settings()) as works, works.open(city) as work:
        yield work, acting_as(work, by)


def _texts(told: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in told]
    if any(not joint for _, joint, _ in pairs) or len({language for language, _, _ in pairs}) < len(pairs):
        raise InvalidInput("Say each text once, as LANGUAGE=TEXT.", field="text")
    return {language: text for language, _, text in pairs}


@command.command("write")
@_named
@click.option("--area", required=True, help="The area's code.")
@click.option("--period", help="The quarter or week it was done in, like 2026-Q4; or --day.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day it was done.")
@click.option("--text", "texts", multiple=True, required=True, help="LANGUAGE=TEXT, once for each language.")
@json_option
def write(city: str, by: str, *, texts: tuple[str, ...], as_json: bool, **told: Any) -> None:
    """Write a draft; never quote or retell a report in it."""
    day = told.pop("day")
    with _as(city, by) as (work, actor):
        written = citynotes.write(work, actor, **told, day=day and day.date(), texts=_texts(texts))
        note = str(written.note.id)
    answer({"city": city, "id": note, "state": "draft"}, f"{note} is a draft. {ADVICE}", as_json=as_json)


@command.command("list")
@_named
@json_option
def show(city: str, by: str, *, as_json: bool) -> None:
    """List the notes and what became of them."""
    with _as(city, by) as (work, actor):
        told = [_told(one) for one in citynotes.every(work, actor)]
    lines = [f"{one['id']} {one['area']} {one['when']} {one['state']} by {one['written_by']}" for one in told]
    answer({"notes": told}, "\n".join(lines) or "There are no notes.", as_json=as_json)


def _told(one: citynotes.Told) -> dict[str, Any]:
    note = one.note
    when = note.period or str(note.day)
    return {
        "id": str(note.id), "area": note.area, "when": when, "state": note.state.value,
        "written_by": one.written_by, "texts": note.texts,
    }  # fmt: skip


@command.command("publish")
@_named
@click.option("--quotes-no-report", is_flag=True, help="Vouch that it neither quotes nor retells a report.")
@click.argument("note", metavar=_ARGUMENT, type=click.UUID)
@json_option
def publish(city: str, by: str, note: UUID, *, quotes_no_report: bool, as_json: bool) -> None:
    """Let everybody read a draft."""
    with _as(city, by) as (work, actor):
        citynotes.publish(work, actor, note, quotes_no_report=quotes_no_report)
    answer({"id": str(note), "state": "published"}, f"{note} is published.", as_json=as_json)


@command.command("withdraw")
@_named
@click.argument("note", metavar=_ARGUMENT, type=click.UUID)
@json_option
def withdraw(city: str, by: str, note: UUID, *, as_json: bool) -> None:
    """Take a note back; its words are gone."""
    with _as(city, by) as (work, actor):
        citynotes.withdraw(work, actor, note)
    answer({"id": str(note), "state": "withdrawn"}, f"{note} is taken back.", as_json=as_json)
