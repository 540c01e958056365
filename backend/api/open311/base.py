"""What the views of the Open311 door share: the city that is meant, the language, the answer in its format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response
from sqlalchemy import select

from backend.api import services as house
from backend.api.headers import open_to_all
from backend.api.open311.xml import TYPES, written
from backend.api.strict import parameters
from backend.domain.words import LANGUAGES, say
from backend.errors import InvalidInput, NotFound
from backend.store.models import City

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.store.work import Works

ROOT = "/open311"
FORM = "<any(json, xml):form>"
_LOCALE = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z]{2,4})?", re.ASCII)

blueprint = Blueprint("open311", __name__, url_prefix=ROOT)
# What is told here is public, or told to who holds an id that no page can guess.
blueprint.after_request(open_to_all)


@dataclass(frozen=True)
class Jurisdiction:
    """The city a client means."""

    city: str
    timezone: str
    languages: Sequence[str]
    policy: Mapping[str, Any]


@dataclass(frozen=True)
class Voice:
    """One language of a city, with the words that the city has chosen itself."""

    language: str
    own: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return one sentence, with its {places} filled."""
        return self.own.get(key) or say(self.language, key, **values)


def works() -> Works:
    """Return what opens transactions as the residents' login."""
    return house.services().works("residents")


def pepper() -> bytes:
    """Return what ids and receipts are hashed with."""
    return house.services().pepper


def asked(*known: str) -> dict[str, str]:
    """Return the query parameters; one that is empty counts as left out.

    Raises:
        InvalidInput: one is not known here, or is there twice.
    """
    told = parameters()
    for name in told:
        if name not in {"jurisdiction_id", "locale", *known}:
            raise InvalidInput("This parameter is not known here.", field=name)
    return {name: value for name, value in told.items() if value}


def jurisdiction(told: Mapping[str, str]) -> Jurisdiction:
    """Return the city that is meant; where only one is served it need not be named.

    Raises:
        InvalidInput: it is not named, and several are served.
        NotFound: there is no such city.
    """
    rows = select(City.city_id, City.timezone, City.languages, City.policy).limit(2)
    named = told.get("jurisdiction_id")
    with works().database.session("") as session:
        found = session.execute(rows.where(City.city_id == named) if named else rows).all()
    if len(found) > 1:
        raise InvalidInput("jurisdiction_id was not provided, and several cities are served here.")
    if not found:
        raise NotFound("jurisdiction_id provided was not found.")
    return Jurisdiction(*found[0])


def voice(told: Mapping[str, str], place: Jurisdiction) -> Voice:
    """Return what to answer in: the language asked for if it is spoken, else the city's first.

    Raises:
        InvalidInput: `locale` is not a language.
    """
    match = _LOCALE.fullmatch(told.get("locale", place.languages[0]))
    if match is None:
        raise InvalidInput("This must be a language like es or es_ES.", field="locale")
    language = match[1] if match[1] in {*LANGUAGES, *place.languages} else place.languages[0]
    return Voice(language, place.policy.get("form", {}).get("words", {}).get(language, {}))


def answer(root: str, content: Any, form: str) -> Response:
    """Answer a tree in the format of the address."""
    told = Response(written(root, content, form))
    told.headers["Content-Type"] = TYPES[form]
    return told
