"""Liveness, readiness and numbers: true, and of no use to who wants to know about people."""

import pytest

from backend.api.services import EXTENSION
from backend.app import create_app
from backend.errors import ConfigError


def test_a_living_process_says_so(tiles):
    assert tiles.get("/healthz").json == {"alive": True}


@pytest.fixture
def only_city(city, monkeypatch):
    """Other tests' cities, some of them without keys, are not looked at."""
    for module in ("backend.api.health", "backend.store.forgetting"):
        monkeypatch.setattr(f"{module}.city_ids", lambda _database: [city])


@pytest.mark.usefixtures("only_city")
def test_ready_when_everything_is_there(client):
    answer = client.get("/readyz")
    assert answer.json == {
        "ready": True,
        "checks": {"residents": True, "staff": True, "redis": True, "keys": True, "forgetting": True},
    }
    assert answer.status_code == 200


@pytest.mark.usefixtures("only_city")
def test_not_ready_without_this_months_keys(client, clock):
    clock.move(days=100)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["keys"]) == (503, False)
    assert answer.json["checks"]["residents"]


@pytest.mark.usefixtures("only_city")
def test_not_ready_when_something_is_kept_a_day_too_long(client, clock):
    clock.move(hours=23)
    assert client.get("/readyz").json["checks"]["forgetting"] is True
    clock.move(hours=2)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["forgetting"]) == (503, False)
    lag = next(
        line for line in client.get("/metrics").text.splitlines() if line.startswith("farola_retention")
    )
    assert float(lag.split()[1]) == 25 * 3600


def test_not_ready_without_servers(tiles):
    answer = tiles.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["ready"] is False
    assert set(answer.json["checks"].values()) == {False}


def test_not_ready_at_another_migration(client, monkeypatch):
    monkeypatch.setattr("backend.api.health._expected", lambda: "9999")
    assert client.get("/readyz").json["checks"]["staff"] is False


def test_numbers_are_told_to_machines_beside_this_one_only(tiles):
    near = tiles.get("/metrics")
    assert near.status_code == 200
    for headers, address in (
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1"),
        ({"Forwarded": "for=127.0.0.1"}, "10.0.0.1"),
        ({}, "8.8.8.8"),
        ({}, ""),
    ):
        answer = tiles.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == 404, (headers, address)


def test_numbers_have_no_personal_labels(tiles):
    tiles.get("/v1/cities/lantern/layers/map/latest/8/0/0.mvt")
    tiles.get("/nowhere/secret-path", headers={"User-Agent": "secret-agent"})
    tiles.open("/healthz", method="SECRET")
    text = tiles.get("/metrics").text
    assert 'operation="tiles.get_vector_tile"' in text
    for word in ("secret", "SECRET", "lantern", "latest", "127.0.0.1"):
        assert word not in text


@pytest.mark.parametrize(("door", "holds"), [("residents", False), ("staff", True)])
def test_a_door_holds_what_it_needs_and_no_more(settings, door, holds):
    app = create_app(settings, door)
    services = app.extensions[EXTENSION]
    assert list(services.logins) == [door]
    assert (services.keyring is not None) is holds
    assert (services.receipt_pepper is not None) is not holds
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert ("/v1/cities/<city:city>/reports" in rules) is (door == "residents")
    assert any("/review/" in rule for rule in rules) is (door == "staff")
    assert "/v1/cities/<city:city>/layers" in rules
    services.close()


def test_a_process_that_serves_another_door_says_so_to_operators_only(settings):
    app = create_app(settings, "staff")
    services = app.extensions[EXTENSION]
    with pytest.raises(ConfigError):
        services.works("residents")
    with pytest.raises(ConfigError):
        assert services.pepper
    services.close()
