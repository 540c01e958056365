"""The links and descriptions of OGC API Features: landing page, conformance, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import request

from backend.api.cities import GEOJSON
from backend.api.services import services
from backend.domain.layers import LAYERS
from backend.errors import NotFound
from backend.store.releases import AREAS, HEAD, LATEST, REGIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.store.releases import Release

JSON = "application/json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
Link = dict[str, str]
_EVERY, _AREAS = "", "areas"


class Named(NamedTuple):
    """A collection by its name: a city, a layer, and which of the layer's features."""

    city: str
    layer: str
    which: str

    @property
    def id(self) -> str:
        """Return the name as it stands in addresses."""
        return ".".join(part for part in self if part)

    @property
    def file(self) -> str:
        """Return in which file of a release its features are."""
        return AREAS if self.which == _AREAS else REGIONS

    def releases(self) -> list[Release]:
        """Return the releases whose features are in it, oldest first.

        Raises:
            NotFound: nothing is published of it.
        """
        found, periods = services().releases, [LATEST]
        if self.which != LATEST:
            periods = found.periods(self.city, self.layer)
        releases = [found.find(self.city, self.layer, period) for period in periods]
        if not releases or (self.which == _AREAS and not releases[-1].has(AREAS)):
            raise NotFound("There is no such collection here.")
        return releases


def collection_named(name: str) -> Named:
    """Return a collection by the name in an address.

    Raises:
        NotFound: no collection is called so.
    """
    city, _, rest = name.partition(".")
    layer, _, which = rest.partition(".")
    if layer not in LAYERS or which not in {_EVERY, LATEST, _AREAS} or rest.endswith("."):
        raise NotFound("There is no such collection here.")
    return Named(city, layer, which)


def collections() -> Iterator[Named]:
    """Yield everything that is published as a collection."""
    found = services().releases
    for city in found.cities():
        for layer in found.layers(city):
            yield Named(city, layer, _EVERY)
            yield Named(city, layer, LATEST)
            if found.find(city, layer, LATEST).has(AREAS):
                yield Named(city, layer, _AREAS)


def root() -> str:
    """Return the absolute address of the landing page, without a slash at its end."""
    return f"{request.url_root}ogc"


def link(rel: str, path: str, title: str, kind: str = JSON) -> Link:
    """Return a link to something below the landing page."""
    return {"rel": rel, "href": f"{root()}{path}", "type": kind, "title": title}


def landing_links() -> list[Link]:
    """Return what the landing page leads to."""
    described = {
        "rel": "service-desc",
        "href": f"{request.url_root}openapi/publication.json",
        "type": OPENAPI,
    }
    return [
        link("self", "/", "This page"),
        described | {"title": "What can be asked"},
        link("conformance", "/conformance", "What is spoken here"),
        link("data", "/collections", "What there is"),
    ]


def described(named: Named) -> dict[str, Any]:
    """Return what a collection says of itself."""
    releases = named.releases()
    first, last = releases[0].head, releases[-1].head
    title = f"{last['city']['name']}: {named.layer}{f', {named.which}' if named.which else ''}"
    span = [f"{first['period_first']}T00:00:00Z", f"{last['period_last']}T23:59:59Z"]
    place = f"/collections/{named.id}"
    return {
        "id": named.id,
        "title": title,
        "description": "; ".join(last["notes"].values()),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {
            "spatial": {"bbox": [last["city"]["bounds"]], "crs": CRS84},
            "temporal": {"interval": [span]},
        },
        "links": [
            link("self", place, "This collection"),
            link("items", f"{place}/items", "Its features", GEOJSON),
            _release_link(releases[-1]),
        ],
    }


def _release_link(release: Release) -> Link:
    """Return where all that must be known of the newest release is told."""
    told = f"v1/cities/{release.city}/layers/{release.layer}/{release.period}/tilejson.json"
    return {"rel": "describedby", "href": f"{request.url_root}{told}", "type": JSON, "title": HEAD}
