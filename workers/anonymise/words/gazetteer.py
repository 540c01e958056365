"""Given and family names of many countries, from the lists in the Faker package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from workers.anonymise.words.lexicon import AMBIGUOUS, CLEAR_WITH_CAPITAL, NEVER
from workers.anonymise.words.linear import proven
from workers.anonymise.words.view import plain

# Common names of a language's countries: these count even in lower case.
_COMMON = {
    "en": ("en_US", "en_GB"),
    "es": ("es_ES", "es_MX", "es_AR"),
    "ca": ("es_CA", "es_ES"),
    "fr": ("fr_FR", "fr_CH"),
    "pt": ("pt_BR", "pt_PT"),
    "hi": ("en_IN",),
}
# Names of the many who live in those cities; these need a capital letter.
_WIDER = (
    "en", "en_US", "en_GB", "en_IN", "en_IE", "en_PK", "en_NG", "en_KE", "es_ES", "es_MX", "es_AR", "es_CO", "es_CL",
    "fr_FR", "fr_BE", "fr_CH", "fr_CA", "fr_DZ", "pt_BR", "pt_PT", "it_IT", "de_DE", "ro_RO", "pl_PL", "tr_TR",
    "nl_NL", "sv_SE", "is_IS", "no_NO", "sk_SK", "es_CA", "cs_CZ", "hu_HU", "hr_HR", "fi_FI", "da_DK", "ar_AA",
)  # fmt: skip
_PART = proven(r"[a-z]+")
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names in ASCII lower case.

    `common` given names need no capital letter; `clear` ones are names wherever they have one;
    `given` ones are the common ones with those that are also words; `first` and `last` are all.
    """

    common: frozenset[str]
    clear: frozenset[str]
    given: frozenset[str]
    first: frozenset[str]
    last: frozenset[str]


def load_gazetteer(languages: Iterable[str]) -> Gazetteer:
    """Build the lists for a city that speaks these languages."""
    near = [locale for language in languages for locale in _COMMON.get(language, ())]
    given = _names(near, "first_names") - NEVER
    first = _names(_WIDER, "first_names") - NEVER
    last = _names(_WIDER, "last_names") - NEVER
    return Gazetteer(
        common=frozenset(given - AMBIGUOUS),
        clear=frozenset(first - (AMBIGUOUS - CLEAR_WITH_CAPITAL)),
        given=frozenset(given),
        first=frozenset(first),
        last=frozenset(last),
    )


def _names(locales: Iterable[str], stem: str) -> set[str]:
    return {
        part
        for locale in locales
        for name in _listed(locale, stem)
        for part in _PART.findall(plain(name).lower())
        if len(part) >= _SHORTEST
    }


def _listed(locale: str, stem: str) -> Iterator[str]:
    provider = import_module(f"faker.providers.person.{locale}").Provider
    for attribute in (stem, f"{stem}_male", f"{stem}_female"):
        names = getattr(provider, attribute, ())
        # Some locales compute a list from its two halves, which are read on their own.
        if isinstance(names, tuple | list | dict):
            yield from names
