"""Reads a city from files: the project's own form, or any GeoJSON whose features are the city's areas."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from backend.cli import outlines
from backend.errors import InvalidInput

LARGEST = 200_000_000  # bytes of a file, unpacked
NEEDED = ("id", "name", "country", "timezone", "languages", "boundary", "areas")
OPTIONAL = ("started_on", "policy", "help_lines", "comment")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


@dataclass(frozen=True)
class Naming:
    """What a boundary file does not say of a city; `area_name` and `area_code` are its properties' names."""

    id: str
    name: str
    timezone: str
    languages: tuple[str, ...]
    country: str = ""
    area_name: str | None = None
    area_code: str | None = None


def read_city(path: Path) -> dict[str, Any]:
    """Return the city of a file in the project's form, checked and with its areas made a partition.

    Raises:
        InvalidInput: the file is not such a city; the field says which member is wrong.
    """
    told = _read(path)
    unknown = sorted(told.keys() - {*NEEDED, *OPTIONAL})
    missing = [name for name in NEEDED if name not in told]
    if unknown or missing:
        raise InvalidInput(f"A city has {', '.join(NEEDED)}; wrong here: {', '.join(missing + unknown)}.")
    named = {area["code"]: area for area in _areas(told["areas"])}
    shapes = outlines.partition({code: outlines.read(area["geometry"], code) for code, area in named.items()})
    boundary = outlines.read(told["boundary"], "boundary")
    outlines.check_cover(boundary, shapes.values())
    areas = [_area(code, str(named[code]["name"]), shape) for code, shape in shapes.items()]
    return _checked(told | {"boundary": _geojson(boundary), "areas": areas})


def read_boundary(path: Path, naming: Naming, started_on: date | None = None) -> dict[str, Any]:
    """Return a city whose areas are the features of a GeoJSON file and whose boundary is their union.

    Features of the same name (or code) become one area; invalid geometry is repaired when
    that hardly changes it; overlaps of neighbours go to the first.

    Raises:
        InvalidInput: the file cannot be read that way, with a line that says why.
    """
    features = _features(_read(path))
    names = _names(features, naming)
    shapes = outlines.partition(
        outlines.gathered((code, feature) for code, feature in _coded(features, naming))
    )
    boundary = outlines.whole(shapes.values())
    return _checked(
        {
            "id": naming.id,
            "name": naming.name,
            "country": naming.country,
            "timezone": naming.timezone,
            "languages": list(naming.languages),
            "started_on": started_on.isoformat() if started_on else None,
            "policy": {},
            "help_lines": [],
            "boundary": _geojson(boundary),
            "areas": [_area(code, names[code], shape) for code, shape in shapes.items()],
        }
    )


def slug(name: str) -> str:
    """Return a name as lower-case ASCII with hyphens, for codes that stand in addresses."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(_unpacked(path))
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise InvalidInput(f"{path.name} cannot be read: {type(error).__name__}.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is not JSON in UTF-8.") from error
    if not isinstance(told, dict):
        raise InvalidInput(f"{path.name} holds no JSON object.")
    return told


def _unpacked(path: Path) -> bytes:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InvalidInput(f"{path.name} is larger than {LARGEST // 1_000_000} MB.")
    return content.removeprefix(b"\xef\xbb\xbf")


def _features(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    outlines.check_crs(told.get("crs"))
    features = told.get("features")
    if told.get("type") != "FeatureCollection" or not isinstance(features, list) or not features:
        raise InvalidInput("A boundary file is a GeoJSON FeatureCollection with at least one feature.")
    if not all(isinstance(feature, dict) for feature in features):
        raise InvalidInput("A feature of the boundary file is no JSON object.")
    return features


def _coded(features: Sequence[Mapping[str, Any]], naming: Naming) -> Iterable[tuple[str, Any]]:
    return ((_code(feature, naming), feature.get("geometry")) for feature in features)


def _code(feature: Mapping[str, Any], naming: Naming) -> str:
    if naming.area_code is not None:
        return _property(feature, naming.area_code)
    return slug(_name(feature, naming)) or "area"


def _name(feature: Mapping[str, Any], naming: Naming) -> str:
    return _property(feature, naming.area_name or "name")


def _names(features: Sequence[Mapping[str, Any]], naming: Naming) -> dict[str, str]:
    return {_code(feature, naming): _name(feature, naming) for feature in features}


def _property(feature: Mapping[str, Any], name: str) -> str:
    """Return a property as text; what a file of one unnamed feature lacks is told with what it has."""
    properties = feature.get("properties") or {}
    value = properties.get(name)
    if value in (None, ""):
        has = ", ".join(sorted(map(str, properties))) or "none"
        raise InvalidInput(f"A feature has no property {name}; say which one to take, it has: {has}.")
    return str(value)


def _areas(told: Any) -> list[Mapping[str, Any]]:
    good = isinstance(told, list) and all(
        isinstance(area, dict) and {"code", "name", "geometry"} <= area.keys() for area in told
    )
    if not good or not told:
        raise InvalidInput("Areas are a list of code, name and geometry.", field="areas")
    if len({area["code"] for area in told}) < len(told):
        raise InvalidInput("Two areas have the same code.", field="areas")
    return list(told)


def _area(code: str, name: str, shape: BaseGeometry) -> dict[str, Any]:
    return {"code": code, "name": name, "geometry": _geojson(shape)}


def _geojson(shape: BaseGeometry) -> dict[str, Any]:
    return dict(mapping(shape))


def _checked(city: dict[str, Any]) -> dict[str, Any]:
    """Return a city without its comment, its words checked."""
    _demand(_SLUG.fullmatch(str(city["id"])), "An id is lower-case letters, digits and hyphens.", "id")
    _demand(str(city["name"]).strip(), "A city has a name.", "name")
    _demand(
        not city["country"] or _COUNTRY.fullmatch(str(city["country"])),
        "A country is two capitals.",
        "country",
    )
    languages = city["languages"]
    fit = (
        isinstance(languages, list) and languages and all(_LANGUAGE.fullmatch(str(one)) for one in languages)
    )
    _demand(fit, "Languages are a list of codes such as ca, es, en.", "languages")
    _check_zone(city["timezone"])
    check_day(city.get("started_on"))
    kept = {name: value for name, value in city.items() if name != "comment"}
    return {"policy": {}, "help_lines": [], "started_on": None} | kept


def _demand(fits: object, sentence: str, field: str) -> None:
    if not fits:
        raise InvalidInput(sentence, field=field)


def _check_zone(name: Any) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, TypeError, KeyError) as error:
        raise InvalidInput("There is no such time zone.", field="timezone") from error


def check_day(told: Any) -> None:
    """Refuse a first day that is no calendar day.

    Raises:
        InvalidInput: it is not written like 2026-07-01.
    """
    try:
        date.fromisoformat(told or "2000-01-01")
    except (ValueError, TypeError) as error:
        raise InvalidInput("The first day is written like 2026-07-01.", field="started_on") from error
