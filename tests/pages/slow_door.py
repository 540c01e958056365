"""The made-up door behind a bad connection: it holds answers back, breaks off uploads, and remembers every attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.pages.fake_door import FakeDoor

LONGEST = 60  # seconds that an answer is held back, if nobody lets it go


def _let_through() -> Event:
    event = Event()
    event.set()
    return event


@dataclass
class SlowDoor(FakeDoor):
    """As the real door: an attempt is taken once and answered the same again; uploads are taken up where they broke.

    `answering` holds the answers to reports back while it is cleared, `taking` refuses pieces of photos after the
    first one. `keys` are those of all reports that were sent, `calls` everything that was asked. Of `troubles` one is
    answered to each report instead of taking it (None: it is taken), while there are some; `no_batches` is the status of a refused batch.
    """

    answering: Event = field(default_factory=_let_through)
    taking: Event = field(default_factory=_let_through)
    answers: dict[str, Any] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    refused: int = 0
    refuse_with: int = 0
    troubles: list[dict[str, Any] | None] = field(default_factory=list)
    no_batches: int = 0

    @property
    def blueprint(self) -> Blueprint:
        made = super().blueprint
        at = "/v1/cities/fonteria"
        made.before_request(lambda: self.calls.append(f"{request.method} {request.path}"))
        made.post(f"{at}/reports/batch")(self.take_many)
        made.add_url_rule(f"{at}/uploads/<name>", "where", self.where, methods=["HEAD"])
        return made

    def _once(self, key: str, told: dict[str, Any]) -> Any:
        if key not in self.answers:
            assert told["receipt"] not in self.reports
            self.reports[told["receipt"]] = told
            photos = [{"name": photo["name"], "received": 0} for photo in told["photos"]]
            number = f"8e03978e-40d5-43e8-bc93-{len(self.reports):012}"
            self.answers[key] = {
                "id": number,
                "state": "received",
                "received_on": "2026-11-22",
                "photos": photos,
            }
        return self.answers[key] | {"help_lines": []}

    def take(self) -> Any:
        key = request.headers["Idempotency-Key"].strip('"')
        self.keys.append(key)
        if self.refuse_with:
            return jsonify(status=self.refuse_with, detail="It does not fit."), self.refuse_with
        if self.refuse_next:
            self.refuse_next -= 1
            return jsonify(type="urn:farola:problem:unavailable", status=503, detail="Down."), 503
        if trouble := self._trouble():
            return jsonify(trouble), trouble["status"]
        answer = self._once(key, request.get_json())
        self.answering.wait(LONGEST)
        return jsonify(answer), 201

    def take_many(self) -> Any:
        told = request.get_json()["reports"]
        self.batches.append(len(told))
        if self.no_batches:
            return jsonify(status=self.no_batches, detail="Not like this."), self.no_batches
        self.keys += [one["key"] for one in told]
        return jsonify(answers=[{"key": one["key"], **self._own_answer(**one)} for one in told])

    def _trouble(self) -> dict[str, Any] | None:
        return self.troubles.pop(0) if self.troubles else None

    def _own_answer(self, key: str, report: dict[str, Any]) -> dict[str, Any]:
        if trouble := self._trouble():
            return {"status": trouble["status"], "body": trouble}
        return {"status": 201, "body": self._once(key, report)}

    def where(self, name: str) -> Response:
        size = len(self.photos[name])
        whole = next(p["size"] for told in self.reports.values() for p in told["photos"] if p["name"] == name)
        told = {"Upload-Offset": str(size), "Upload-Length": str(whole), "Tus-Resumable": "1.0.0"}
        return Response(status=200, headers=told)

    def piece(self, name: str) -> Response:
        if self.photos[name] and not self.taking.is_set():
            self.refused += 1
            return Response(status=503)
        if int(request.headers["Upload-Offset"]) != len(self.photos[name]):
            return Response(status=409)
        return super().piece(name)
