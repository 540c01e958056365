"""The apps of the doors over the tests' database, and releases made by the code that makes real ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely import MultiPolygon, box
from werkzeug.serving import make_server

from backend.api.services import EXTENSION
from backend.app import create_app
from backend.config import load_settings
from backend.domain.cells import ancestor, cell_at, quadkey
from backend.domain.layers import MAP, PULSE
from backend.domain.periods import period_named
from backend.steps.accounts import add_importer
from tests.api.open311_desk import Desk
from tests.support import EAST, NORTH, SOUTH, WEST
from workers.publish.document import MeasuredPlace, PublishedArea, Region, ReleaseDocument, write_document
from workers.publish.shelf import Shelf

SHOWN = cell_at(2.15, 41.40, 14)


def _region(cell, shown, estimate):
    name = quadkey(cell)
    return Region(name, "cell", len(name), (name,), None, None, shown, estimate, 2.5, 30, 40)


WHOLE = MultiPolygon([box(WEST, SOUTH, EAST, NORTH)])


def _document(city, layer, period, **more):
    return ReleaseDocument(
        city=city,
        city_name=f"City {city}",
        timezone="Europe/Madrid",
        layer=layer,
        period=period_named(period),
        correction=False,
        epsilon=layer.epsilon,
        k=3.1,
        plan="0" * 64,
        published_at=datetime(2027, 1, 1, tzinfo=UTC),
        boundary=WHOLE,
        values=(None,),
        **more,
    )


def release_bytes(city, period, estimate=35):
    """A release of the map with one cell shown and one withheld."""
    other = cell_at(2.20, 41.35, 13)
    measured = (MeasuredPlace(quadkey(ancestor(SHOWN, 13)), True, Fraction(7, 100), (33,)),)
    regions = (_region(SHOWN, True, estimate), _region(other, False, None))
    return write_document(_document(city, MAP, period, areas=(), measured=measured, regions=regions))


def pulse_bytes(city, period, regions):
    """A release of the pulse whose one area, "sw", is the whole city."""
    areas = (PublishedArea("sw", "SW", ("sw",), WHOLE),)
    measured = (MeasuredPlace("sw", False, Fraction(1, 5), (14,)),)
    return write_document(_document(city, PULSE, period, areas=areas, measured=measured, regions=regions))


@pytest.fixture(scope="session")
def lantern(tmp_path_factory):
    """A folder of releases: the map of one city in two quarters."""
    folder = tmp_path_factory.mktemp("releases")
    for period, estimate in (("2026-Q3", 30), ("2026-Q4", 35)):
        assert Shelf(folder, "lantern").place("map", period, release_bytes("lantern", period, estimate))
    return folder


@pytest.fixture(scope="session")
def offline(lantern, tmp_path_factory) -> Flask:
    """The residents' door with a database and a Redis that are not there."""
    environ = {
        "FAROLA_STATE_DIR": str(tmp_path_factory.mktemp("offline")),
        "FAROLA_RELEASES_DIR": str(lantern),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    return create_app(load_settings(environ), "residents")


class Reader(FlaskClient):
    """A client that reads every answer to its end, as servers make sure of."""

    def open(self, *args, **kwargs):
        return super().open(*args, **{"buffered": True, **kwargs})


@pytest.fixture
def tiles(offline) -> FlaskClient:
    """A client of what is published, without any database."""
    offline.test_client_class = Reader
    return offline.test_client()


@pytest.fixture(scope="session")
def app(settings) -> Iterator[Flask]:
    """Both doors in one process."""
    made = create_app(settings, "all")
    yield made
    made.extensions[EXTENSION].close()


@pytest.fixture
def client(app, clock) -> FlaskClient:
    """A client of both doors, at the time of the tests' clock."""
    built = app.extensions[EXTENSION]
    for works in built.logins.values():
        works.clock = clock
    app.extensions[EXTENSION] = replace(built, clock=clock)
    app.test_client_class = Reader
    return app.test_client()


@pytest.fixture
def served(app, client) -> Iterator[str]:
    """The address of both doors on a real socket, at the time of the tests' clock."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api_key(works, pepper, city) -> str:
    """The key of an importer of the city."""
    with works["owner"].open(city) as work:
        return add_importer(work, pepper, "service desk")


@pytest.fixture
def desk(client, city, api_key) -> Desk:
    """A client of Open311 with a key of the city."""
    return Desk(client, city, api_key)
