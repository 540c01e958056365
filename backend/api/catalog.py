"""What open-data portals harvest: a catalogue (DCAT-AP 3, as JSON-LD) and a feed of releases (Atom)."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from flask import Response, jsonify, request

from backend.api.base import Blueprint
from backend.api.downloads import FORMATS
from backend.api.headers import keep, open_to_all
from backend.api.layers import SHORT
from backend.api.services import services
from backend.domain.layers import LAYERS
from backend.domain.periods import PeriodKind
from backend.domain.words import part
from backend.errors import NotFound
from backend.store.releases import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.store.releases import Release

blueprint = Blueprint("catalog", __name__, url_prefix="/v1", description="For open-data portals.")
blueprint.after_request(open_to_all)

JSON_LD, ATOM = "application/ld+json", "application/atom+xml"
_MOST = 100  # entries of a feed
_ATOM = "http://www.w3.org/2005/Atom"
_EU = "http://publications.europa.eu/resource/authority"
_OFTEN = {PeriodKind.WEEK: f"{_EU}/frequency/WEEKLY", PeriodKind.QUARTER: f"{_EU}/frequency/QUARTERLY"}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "adms": "http://www.w3.org/ns/adms#",
}
Node = dict[str, Any]


@blueprint.route("/catalog.jsonld")
@blueprint.response(200, {"type": "object"}, content_type=JSON_LD, description="A dcat:Catalog.")
def get_catalog() -> Response:
    """Describe all that is published in the words of DCAT-AP."""
    root = request.url_root
    told = {
        "@context": _CONTEXT,
        "@id": f"{root}v1/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _english("Farola"),
        "dct:description": _english(
            "Noisy counts of reports about unsafe public space. Reported, not verified."
        ),
        "dct:publisher": {"@id": root, "@type": "foaf:Agent", "foaf:name": "Farola"},
        "dcat:dataset": [_dataset(release) for release in _newest()],
        "dcat:service": {
            "@id": f"{root}ogc/",
            "@type": "dcat:DataService",
            "dct:title": _english("OGC API Features"),
            "dcat:endpointURL": {"@id": f"{root}ogc/"},
            "dcat:endpointDescription": {"@id": f"{root}openapi/publication.json"},
        },
    }
    answer = jsonify(told)
    answer.mimetype = JSON_LD
    return keep(answer, SHORT)


@blueprint.route("/releases.atom")
@blueprint.response(200, {"type": "string"}, content_type=ATOM, description="The newest first.")
def get_feed() -> Response:
    """List the newest releases of all cities."""
    found = services().releases
    releases = [release for city in found.cities() for release in _all_of(city)]
    return _feed("Farola", releases)


@blueprint.route("/cities/<city:city>/releases.atom")
@blueprint.response(200, {"type": "string"}, content_type=ATOM, description="The newest first.")
@blueprint.problems(404)
def get_feed_of_city(city: str) -> Response:
    """List the newest releases of a city."""
    releases = _all_of(city)
    if not releases:
        raise NotFound("Nothing is published for this city.")
    return _feed(f"Farola: {releases[0].head['city']['name']}", releases)


def _newest() -> list[Release]:
    found = services().releases
    return [found.find(city, layer, LATEST) for city in found.cities() for layer in found.layers(city)]


def _all_of(city: str) -> list[Release]:
    found = services().releases
    return [
        found.find(city, layer, period) for layer in LAYERS for period in found.every(city, layer)[-_MOST:]
    ]


def _root(release: Release) -> str:
    return f"{request.url_root}v1/cities/{release.city}/layers/{release.layer}"


def _english(text: str) -> Node:
    return {"@value": text, "@language": "en"}


def _dataset(release: Release) -> Node:
    head, first = release.head, services().releases
    oldest = first.find(release.city, release.layer, first.periods(release.city, release.layer)[0])
    return {
        "@id": f"{_root(release)}#dataset",
        "@type": "dcat:Dataset",
        "dct:title": _english(f"{head['city']['name']}: {release.layer}"),
        "dct:description": _english(_description(release)),
        "dct:identifier": f"farola:{release.city}:{release.layer}",
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": head["city"]["name"]},
        "dct:accessRights": {"@id": f"{_EU}/access-right/PUBLIC"},
        "dct:accrualPeriodicity": {"@id": _OFTEN[LAYERS[release.layer].period]},
        "dcat:theme": [{"@id": f"{_EU}/data-theme/{theme}"} for theme in ("JUST", "SOCI")],
        "dct:issued": _typed(oldest.head["published_at"], "dateTime"),
        "dct:modified": _typed(head["published_at"], "dateTime"),
        **_version_notes(release),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(oldest.head["period_first"], "date"),
            "dcat:endDate": _typed(head["period_last"], "date"),
        },
        "dct:spatial": {"@type": "dct:Location", "dcat:bbox": _box(head["city"]["bounds"])},
        "dcat:distribution": [_distribution(release, ending) for ending in _endings(release)],
    }


def _version_notes(release: Release) -> Node:
    """Return which periods of the layer were taken back, and why."""
    taken = [one for one in services().releases.withdrawn(release.city) if one.layer == release.layer]
    notes = [_english(f"{one.period}: {one.withdrawn['note']}") for one in taken if one.withdrawn]
    return {"adms:versionNotes": notes} if notes else {}


def _description(release: Release) -> str:
    """Return what the numbers are, what they cost and what is promised, in one paragraph."""
    head = release.head
    notes = "; ".join(head["notes"].values())
    spent = f"epsilon {head['epsilon']}, k {head['k']}, {head['regions_withheld']} regions withheld"
    return (
        f"{notes[0].upper()}{notes[1:]}. Period {head['period']}: {spent}. {part('en', 'promise')['promise']}"
    )


def _typed(value: str, kind: str) -> Node:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _box(bounds: list[float]) -> Node:
    west, south, east, north = bounds
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    ring = ", ".join(f"{x} {y}" for x, y in corners)
    return {"@value": f"POLYGON(({ring}))", "@type": "gsp:wktLiteral"}


def _endings(release: Release) -> list[str]:
    """Return the formats in which a release can be had."""
    return [ending for ending, form in FORMATS.items() if release.has(form.file)]


def _distribution(release: Release, ending: str) -> Node:
    address = f"{_root(release)}/{release.period}.{ending}"
    form = FORMATS[ending]
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _english(f"{release.period}, {form.title}"),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {
            "@id": f"https://www.iana.org/assignments/media-types/{form.kind.partition(';')[0]}"
        },
        "dcat:byteSize": {
            "@value": str(release.file(form.file).stat().st_size),
            "@type": "xsd:nonNegativeInteger",
        },
        "dct:issued": _typed(release.head["published_at"], "dateTime"),
    }


def _feed(title: str, releases: Iterable[Release]) -> Response:
    """Return an Atom feed, its entries newest first; it changes only when something is released."""
    told = sorted(((_changed(release), release.layer, release) for release in releases), key=itemgetter(0, 1))
    root = ET.Element("feed", {"xmlns": _ATOM})
    _add(root, "id", request.base_url)
    _add(root, "title", title)
    _add(root, "updated", told[-1][0] if told else "1970-01-01T00:00:00+00:00")
    _add(root, "link", rel="self", href=request.base_url, type=ATOM)
    _add(_add(root, "author"), "name", title)
    for when, _, release in reversed(told[-_MOST:]):
        _entry(root, release, when)
    data = ET.tostring(root, "utf-8", xml_declaration=True)
    return keep(Response(data, mimetype=ATOM), SHORT)


def _changed(release: Release) -> str:
    """Return when there was last something new about a release: when it came out, or was taken back."""
    withdrawn, published = release.withdrawn, str(release.head["published_at"])
    if withdrawn is None or not withdrawn["withdrawn_on"]:
        return published
    return max(published, f"{withdrawn['withdrawn_on']}T00:00:00+00:00")


def _entry(root: ET.Element, release: Release, when: str) -> None:
    entry, address = _add(root, "entry"), f"{_root(release)}/{release.period}"
    withdrawn, title = release.withdrawn, f"{release.head['city']['name']}: {release.layer}, {release.period}"
    _add(entry, "id", f"urn:farola:release:{release.city}:{release.layer}:{release.period}")
    _add(entry, "title", f"Withdrawn: {title}" if withdrawn else title)
    _add(entry, "updated", when)
    _add(entry, "summary", f"{withdrawn['note'] if withdrawn else ''} {_description(release)}".strip())
    if withdrawn:
        _add(entry, "category", term="withdrawn")
    if withdrawn and withdrawn["corrected_by"]:
        instead = f"{_root(release)}/{withdrawn['corrected_by']}/tilejson.json"
        _add(entry, "link", rel="successor-version", href=instead, type="application/json")
    _add(entry, "link", rel="alternate", href=f"{address}/tilejson.json", type="application/json")
    for ending in _endings(release):
        _add(entry, "link", rel="enclosure", href=f"{address}.{ending}", type=FORMATS[ending].kind)


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    child.text = text
    return child
