"""Checks what a city's file says of its form and its help lines, before any of it reaches a resident."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backend.domain.cityform import OWN_WORDS, offered
from backend.domain.taxonomy import CATEGORIES, Kind
from backend.domain.words import part
from backend.errors import UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PURPOSES = ("emergency", "violence", "violence_against_women", "children", "other")
LONGEST = {"name": 100, "phone": 30, "words": 120, "text": 300, "privacy": 1000, "leave": 200}
# The page that "Leave now" shows: a name on the web, without a password, a port or anything that tells where from.
_LEAVE = re.compile(r"https://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:/[!-~]*)?", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()./*#-]*", re.ASCII)


def check_form(form: Any, languages: Collection[str]) -> None:
    """Refuse a form of a city that could not be shown.

    Raises:
        UnprocessableInput: a member is unknown, a category or a sentence is not one of the form's,
            a language is not the city's, or a kind of report is left without categories.
    """
    _members(form, {"categories", "words", "privacy"}, "policy.form")
    if "categories" in form:
        _check_categories(form["categories"])
    for language, words in _spoken(form.get("words", {}), languages, "policy.form.words"):
        known = part("en", *OWN_WORDS)
        for key, sentence in _object(words, f"policy.form.words.{language}").items():
            _demand(key in known, "This key is not of the form.", f"policy.form.words.{language}.{key}")
            _check_text(sentence, "words", f"policy.form.words.{language}.{key}")
    _check_texts(form.get("privacy", {}), languages, "privacy", "policy.form.privacy")


def check_leave_url(address: Any) -> None:
    """Refuse a page that "Leave now" must not lead to; None stands for the page's own choice.

    Raises:
        UnprocessableInput: it is not the https address of a site.
    """
    if address is None:
        return
    _check_text(address, "leave", "policy.leave_url")
    _demand(_LEAVE.fullmatch(address), "The page to leave to is an https address.", "policy.leave_url")


def _check_categories(codes: Any) -> None:
    field = "policy.form.categories"
    _demand(isinstance(codes, list) and codes, "Categories are a list of codes.", field)
    unknown = [str(code) for code in codes if not isinstance(code, str) or code not in CATEGORIES]
    _demand(not unknown, f"These categories are not known: {', '.join(unknown)}.", field)
    _demand(len(set(codes)) == len(codes), "A category is there twice.", field)
    bare = [kind.value for kind in Kind if not offered({"form": {"categories": codes}}, kind)]
    _demand(not bare, f"No category is left for: {', '.join(bare)}.", field)


def check_help_lines(lines: Any, languages: Collection[str]) -> None:
    """Refuse help lines that a phone could not show or call.

    Raises:
        UnprocessableInput: a line lacks a member, has an unknown one, or names no purpose of the list.
    """
    _demand(isinstance(lines, list), "Help lines are a list.", "help_lines")
    for position, line in enumerate(lines):
        field = f"help_lines.{position}"
        _members(line, {"name", "phone", "for", "text", "names", "texts"}, field)
        _demand({"name", "phone", "for"} <= line.keys(), "A help line has name, phone and for.", field)
        _check_text(line["name"], "name", f"{field}.name")
        _check_text(line["phone"], "phone", f"{field}.phone")
        _demand(_PHONE.fullmatch(line["phone"]), "A phone number is made of digits.", f"{field}.phone")
        _demand(line["for"] in PURPOSES, f"A help line is for one of {', '.join(PURPOSES)}.", f"{field}.for")
        _check_text(line.get("text", "-"), "text", f"{field}.text")
        _check_texts(line.get("names", {}), languages, "name", f"{field}.names")
        _check_texts(line.get("texts", {}), languages, "text", f"{field}.texts")


def _check_texts(told: Any, languages: Collection[str], size: str, field: str) -> None:
    for language, sentence in _spoken(told, languages, field):
        _check_text(sentence, size, f"{field}.{language}")


def _check_text(told: Any, size: str, field: str) -> None:
    fits = isinstance(told, str) and told.strip() and len(told) <= LONGEST[size] and told.isprintable()
    _demand(fits, f"This is a line of 1 to {LONGEST[size]} characters.", field)


def _spoken(told: Any, languages: Collection[str], field: str) -> list[tuple[str, Any]]:
    for language in _object(told, field):
        _demand(language in languages, "This is not a language of the city.", f"{field}.{language}")
    return list(told.items())


def _members(told: Any, known: set[str], field: str) -> None:
    unknown = sorted(_object(told, field).keys() - known)
    _demand(not unknown, f"Not known here: {', '.join(unknown)}.", field)


def _object(told: Any, field: str) -> Mapping[str, Any]:
    _demand(isinstance(told, dict), "This is a JSON object.", field)
    return told  # type: ignore[no-any-return]


def _demand(fits: object, sentence: str, field: str) -> None:
    if not fits:
        raise UnprocessableInput(sentence, field=field)
