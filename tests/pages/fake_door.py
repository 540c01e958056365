"""The residents' door, answered in memory: it keeps what a page sends so that tests can look at it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import altcha
from flask import Blueprint, Response, jsonify, request, url_for

from backend.store.replies import seal_reply

ID = "8e03978e-40d5-43e8-bc93-6894a57f9324"
PROOF = {
    "statement": {
        "city": "fonteria", "report": ID, "received_on": "2026-11-22", "state": "in_review", "issued_on": "2026-11-22",
    },
    "key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "signature": "A" * 86,
}  # fmt: skip
HELP = [
    {"name": "112", "phone": "112", "for": "emergency"},
    {"name": "016", "phone": "016", "for": "violence_against_women"},
    {"name": "116 111", "phone": "116111", "for": "children"},
]


@dataclass
class FakeDoor:
    """What arrived: reports by receipt, keys in order, photos by name. `refuse_next` breaks one answer.

    `asked` are messages of the moderators, `answered` those of the resident; `state` is what a receipt tells.
    """

    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=lambda: {"state": "in_review", "counted_in": []})
    refuse_next: int = 0
    appealed: bool = False

    @property
    def blueprint(self) -> Blueprint:
        made = Blueprint("fake_door", __name__)
        at = "/v1/cities/fonteria"
        made.post(f"{at}/reports")(self.take)
        made.get(f"{at}/receipt")(self.tell)
        made.delete(f"{at}/receipt")(self.forget)
        made.get(f"{at}/receipt/report")(self.tell_report)
        made.get(f"{at}/receipt/messages")(self.tell_messages)
        made.post(f"{at}/receipt/messages")(self.hear)
        made.get(f"{at}/receipt/proof")(self.prove)
        made.post(f"{at}/receipt/appeal")(self.appeal)
        made.get(f"{at}/challenge")(self.challenge)
        made.post(f"{at}/uploads")(self.announce)
        made.add_url_rule(f"{at}/uploads/<name>", "piece", self.piece, methods=["PATCH"])
        return made

    def take(self):
        self.keys.append(request.headers["Idempotency-Key"])
        if self.refuse_next:
            self.refuse_next -= 1
            return jsonify(type="urn:farola:problem:unavailable", status=503, detail="Down."), 503
        told = request.get_json()
        self.reports[told["receipt"]] = told
        photos = [{"name": photo["name"], "received": 0} for photo in told["photos"]]
        state = "awaiting_photos" if photos else "received"
        answer = {"id": ID, "state": state, "received_on": "2026-11-22"}
        return jsonify(**answer, photos=photos, help_lines=HELP), 201

    def _held(self) -> dict[str, Any] | None:
        return self.reports.get(request.headers["Authorization"].removeprefix("Receipt "))

    def tell(self):
        report = self._held()
        if report is None:
            return jsonify(type="urn:farola:problem:not-found", status=404, detail="No."), 404
        photos = [{"name": p["name"], "size": p["size"], "received": p["size"]} for p in report["photos"]]
        count = {"count": len(self.asked) + len(self.answered), "from_city": len(self.asked)}
        told = {"id": ID, "kind": report["kind"], "received_on": "2026-11-22", "photos": photos, **self.state}
        return jsonify(**told, messages=count)

    def _sealed(self, told: str) -> str:
        key = base64.urlsafe_b64decode(self._held()["reply_key"] + "=")
        return base64.urlsafe_b64encode(seal_reply(key, told.encode())).decode().rstrip("=")

    def tell_report(self):
        told = {name: value for name, value in self._held().items() if name not in {"receipt", "reply_key"}}
        return jsonify(sealed=self._sealed(json.dumps(told)))

    def tell_messages(self):
        thread = [("city", words) for words in self.asked] + [("resident", words) for words in self.answered]
        told = [
            {"number": at + 1, "from": who, "on": "2026-11-23", "sealed": self._sealed(words)}
            for at, (who, words) in enumerate(thread)
        ]
        return jsonify(messages=told)

    def hear(self):
        self.answered.append(request.get_json()["text"])
        return jsonify(
            number=len(self.asked) + len(self.answered), **{"from": "resident"}, on="2026-11-24"
        ), 201

    def appeal(self):
        """Take an appeal once, as the API does."""
        if self._held() is None:
            return jsonify(status=404, detail="No."), 404
        if self.appealed:
            return jsonify(type="urn:farola:problem:conflict", status=409, detail="Once."), 409
        self.appealed = True
        self.state = {"state": "appealed", "counted_in": []}
        return jsonify(state="appealed")

    def prove(self):
        return jsonify(PROOF)

    def challenge(self):
        return jsonify(altcha.create_challenge("PBKDF2/SHA-256", 1, hmac_secret="fonteria").to_dict())

    def forget(self):
        if self._held() is None:
            return jsonify(status=404, detail="No."), 404
        del self.reports[request.headers["Authorization"].removeprefix("Receipt ")]
        return Response(status=204)

    def announce(self):
        pairs = dict(pair.split(" ") for pair in request.headers["Upload-Metadata"].split(","))
        name = base64.b64decode(pairs["name"]).decode()
        self.named = {key: base64.b64decode(value).decode() for key, value in pairs.items()}
        self.photos[name] = b""
        where = url_for("fake_door.piece", name=name)
        return Response(status=201, headers={"Location": where, "Tus-Resumable": "1.0.0"})

    def piece(self, name: str):
        self.photos[name] += request.get_data()
        offset = str(len(self.photos[name]))
        return Response(status=204, headers={"Upload-Offset": offset, "Tus-Resumable": "1.0.0"})
