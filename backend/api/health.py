"""Whether the process lives, whether it is ready, and numbers for Prometheus."""

from __future__ import annotations

import time
from functools import cache, partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, current_app, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from sqlalchemy import text

from backend.api.services import services
from backend.errors import ConfigError, NotFound, Unavailable
from backend.store import drift, forgetting
from backend.store.migrations import newest_revision
from backend.store.queries import city_ids, month_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask

    from backend.store.work import Works

log = structlog.get_logger(__name__)
blueprint = Blueprint("health", __name__)

METRICS = "farola_metrics"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "Via")


class Metrics:
    """Counts of one process by operation and status, and the drift of a city's model: no address, no report."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "farola_requests", "Answers.", ("operation", "method", "status"), registry=self.registry
        )
        self.lag = Gauge(
            "farola_retention_lag_seconds",
            "How long ago nothing was kept over its term.",
            registry=self.registry,
        )
        self.drift = Gauge(
            "farola_model_drift",
            "Label model, last week: divergence from its first four weeks, shift of the mean score, share corrected.",
            ("city", "measure"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "farola_request_seconds", "Time to an answer.", ("operation",), registry=self.registry
        )

    def start(self) -> None:
        """Note when a request began."""
        g.began = time.perf_counter()

    def tell_drift(self, found: Mapping[str, Mapping[str, float]]) -> None:
        """Show what was measured, and nothing that was measured once and is not any more."""
        self.drift.clear()
        for city, measures in found.items():
            for name, value in measures.items():
                self.drift.labels(city, name).set(value)

    def count(self, answer: Response) -> Response:
        """Count an answer."""
        operation = request.endpoint or "none"
        method = request.method if request.endpoint else "other"
        self.requests.labels(operation, method, answer.status_code).inc()
        if "began" in g:
            self.seconds.labels(operation).observe(time.perf_counter() - g.began)
        return answer


def install(app: Flask) -> None:
    """Count what an app answers, and serve the three addresses."""
    metrics = Metrics()
    app.extensions[METRICS] = metrics
    app.before_request(metrics.start)
    app.after_request(metrics.count)
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def alive() -> Response:
    """Say that this process answers."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Say whether everything this door needs is there: which part is missing, and no more."""
    found = services()
    parts: dict[str, Callable[[], object]] = {
        login: partial(_check_schema, works) for login, works in found.logins.items()
    }
    parts["redis"] = found.redis.ping
    parts["keys"] = partial(_check_keys, found.public)
    parts["forgetting"] = partial(_check_forgetting, found.public)
    checks = {part: _passes(part, check) for part, check in parts.items()}
    is_ready = all(checks.values())
    return jsonify(ready=is_ready, checks=checks), 200 if is_ready else 503


def _passes(part: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception as error:  # noqa: BLE001 (whatever is wrong with a part, it is not ready)
        log.warning("not_ready", part=part, kind=type(error).__name__)
        return False
    return True


@cache
def _expected() -> str:
    return newest_revision()


def _check_schema(works: Works) -> None:
    """Log in, and see the migrations of this release."""
    with works.database.session("") as session:
        at = session.scalar(text("select version_num from alembic_version"))
    if at != _expected():
        raise ConfigError("The database stands at another migration.")


def _check_keys(works: Works) -> None:
    """See a public key of this month for every city; without one nothing can be sealed."""
    for city in city_ids(works.database):
        with works.database.session(city) as session:
            month_key(session, city, works.clock.now())


def _check_forgetting(works: Works) -> None:
    """See that nothing has stood over its term for a day."""
    if forgetting.lag(works) > forgetting.MOST_LAG:
        raise Unavailable("Something is kept longer than the schedule says.")


@blueprint.get("/metrics")
def numbers() -> Response:
    """Answer the counts to machines beside this one: told to all, they would tell how many reported."""
    if not _is_near():
        raise NotFound("There is nothing at this address.")
    metrics: Metrics = current_app.extensions[METRICS]
    _passes("lag", lambda: metrics.lag.set(forgetting.lag(services().public).total_seconds()))
    _passes("drift", lambda: metrics.tell_drift(drift.measured(services().public)))
    return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)


def _is_near() -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_private
    except ValueError:
        return False
