"""Where and when an account plays, in kind only: type of place and day or night, from cue words in six languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from workers.classify.features import line_of, words_of

VERSION = "setting-rules-1"
# What is more particular goes before what is wider: a stop in a street is a stop.
PLACES: dict[str, tuple[str, ...]] = {
    "transport_stop": (
        r"(bus|metro|tram|train|railway|subway|auto|taxi)? ?(stops?|stand|stations?|platforms?|terminus|shelter)",
        r"paradas?|estacion(es)?|anden(es)?|parada d\w+|estacio(ns)?|andana|gares?|arrets?|quais?|abribus",
        r"pontos? de onibus|estac(ao|oes)|paragens?|plataforma|rodoviaria|adda",
    ),
    "on_transport": (
        r"bus(es)?|metro|trains?|tram|subway|auto|rickshaw|taxi|cab|coach|compartment|conductor|seats?|matatu|microbus|micro",
        r"autobus(es)?|bus(os)?|tren(es|s)?|tranvia|vagon|asiento|seient|camion|colectivo|le bus|rames?|wagon",
        r"onibus|trem|comboio|autocarro|vagao|gaadi",
    ),
    "school_surroundings": (
        r"schools?|colleges?|campus|university|class|classroom|tuition|kindergarten|colegio|escuela|instituto|universidad",
        r"escola|institut|universitat|ecole|lycee|universite|faculdade|universidade|creche|vidyalaya",
    ),
    "market": (
        r"markets?|malls?|shops?|shopping|bazaars?|bazar|stores?|supermarket|mercados?|tiendas?|mercats?|botigues|botiga",
        r"marches|magasins?|boutiques?|supermarche|supermercado|lojas?|feira|dukaan|mandi",
    ),
    "bar_or_club": (
        r"bars?|pubs?|clubs?|disco|nightclub|restaurants?|cafes?|discotecas?|restaurantes?|boites? de nuit|boate",
    ),
    "underpass": (r"underpass|subway tunnel|tunnels?|tuneles?|tunel|paso subterraneo|pas subterrani|passage souterrain",),
    "car_park": (r"parking( lot)?|car park|garage|estacionamiento|aparcamiento|aparcament|estacionamento",),
    "stairway": (r"stairs?|stairway|stairwell|staircase|escaleras?|escalera|escales|escaliers?|escadas?|seedhi\w*",),
    "park": (r"parks?|gardens?|playgrounds?|parques?|jardin(es|s)?|parcs?|jardi|aire de jeux|jardim|parquinho|bagh",),
    "street": (
        r"streets?|roads?|roadside|lanes?|footpath|pavement|sidewalk|highway|alley|corner|crossing|calles?|acera|esquina",
        r"carrers?|vorera|cantonada|rues?|trottoir|coin de rue|ruas?|calcada|esquina|gali|sadak|raste|rasta",
    ),
}  # fmt: skip
TIMES: dict[str, tuple[str, ...]] = {
    "night": (
        r"nights?|midnight|evenings?|late|dark|dusk|sunset|dinner|([5-9]|1[0-1]) ?(\d\d )?p ?m|\d{1,4}pm|noches?|tarde noche",
        r"medianoche|anochecer|nits?|vespre|nuits?|soirs?|soiree|minuit|noites?|madrugada|raat|shaam|andhere",
    ),
    "day": (
        r"mornings?|afternoons?|noon|daytime|daylight|lunch|([5-9]|1[0-1]) ?(\d\d )?a ?m|\d{1,4}am|(12|[1-4]) ?(\d\d )?p ?m",
        r"mananas?|mediodia|por la tarde|matins?|mati|migdia|tarda|apres midi|midi|manha|meio dia|a tarde|subah|dopahar",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """One proposed fact about place or time: its code, a score, and the words that carried it."""

    code: str
    score: float
    words: tuple[str, ...]


def place_of(text: str) -> Setting | None:
    """Return the type of place most cues speak for, None when none does."""
    return _most(text, tuple(PLACES))


def time_of(text: str) -> Setting | None:
    """Return `night` (evening included) or `day`, None when nothing is said."""
    return _most(text, tuple(TIMES))


def _most(text: str, codes: tuple[str, ...]) -> Setting | None:
    line = line_of(words_of(text))
    found = {code: tuple(match.group(1) for match in _rule(code).finditer(line)) for code in codes}
    code = max(codes, key=lambda each: min(1, len(found[each])))
    others = sum(bool(words) for words in found.values()) - 1
    words = tuple(dict.fromkeys(found[code]))
    return Setting(code, round(0.9 / (1 + max(0, others)) ** 0.5, 2), words) if words else None


@cache
def _rule(code: str) -> Any:
    import re2

    return re2.compile(rf"\b({'|'.join((PLACES | TIMES)[code])})\b")
