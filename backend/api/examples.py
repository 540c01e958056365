"""One example for each JSON body, by operation, as the OpenAPI documents show them."""

from __future__ import annotations

from typing import Any

_LEASE = {"lease": "q83v1z9BqPZcKQmT8Qm4tA"}

_REPORT = {
    "kind": "incident",
    "categories": ["following"],
    "location": {"type": "Point", "coordinates": [2.1734, 41.3851]},
    "accuracy_m": 25,
    "occurred_on": "2026-11-17",
    "daypart": "night",
    "text": "Un home em va seguir des de la parada fins al meu carrer.",
    "language": "ca",
    "setting": {"place_type": "transport_stop", "transport_mode": "metro"},
    "about_me": {"gender": "woman", "age_band": "25-34"},
    "photos": [
        {
            "name": "1",
            "size": 482113,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    ],
    "receipt": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
}

REQUESTS: dict[str, dict[str, Any]] = {
    "postReport": _REPORT,
    "postReportBatch": {"reports": [{"key": "8e03978e-40d5-43e8-bc93-6894a57f9324", "report": _REPORT}]},
    "postReceiptMessages": {"text": "It happened again yesterday, at the same exit."},
    "postReviewMessages": {"text": "Thank you. Was it the exit by the market, or the one by the school?"},
    "postReviewSession": {"name": "mar", "password": "seven words that nobody else would choose"},
    "heartbeat": _LEASE,
    "releaseClaim": _LEASE,
    "sendCode": {"code": "492039"},
    "sendKey": {
        "credential_id": "q83v1z9BqPZcKQmT8Qm4tA",
        "client_data": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
        "authenticator_data": "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MBAAAAAQ",
        "signature": "MEUCIQCuJZ7vD7J3kRZ8",
    },
    "sayAgain": {"password": "seven words that nobody else would choose"},
    "confirmApp": {"code": "492039"},
    "addKey": {
        "credential_id": "q83v1z9BqPZcKQmT8Qm4tA",
        "client_data": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
        "attestation": "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVi",
    },
    "tryAgain": _LEASE,
    "reverse": {"reason": "new_facts", "note": "The neighbour's report shows another street."},
    "decideMany": {
        "reports": ["8e03978e-40d5-43e8-bc93-6894a57f9324", "1c6f4f0e-93ab-4ad6-9d0a-3b1e4b8f0c11"],
        "verdict": "reject",
        "reason": "spam",
    },
    "addMask": {**_LEASE, "x0": 412, "y0": 96, "x1": 468, "y1": 170, "reason": "face"},
    "liftMask": {**_LEASE, "reason": "public_sign"},
    "askOpening": {"what": "photos", "photo": "1", "reason": "redaction_wrong"},
    "answerOpening": {"grant": True},
    "answerPractice": {
        "case": "en-followed",
        "verdict": "approve",
        "categories": ["following", "no_one_around"],
    },
    "writeCityNote": {
        "area": "01",
        "day": "2026-11-20",
        "texts": {"en": "Twelve lamps were mended in the park.", "ca": "S'han reparat dotze fanals al parc."},
    },
    "publishCityNote": {"quotes_no_report": True},
    "askWithdrawal": {"layer": "map", "period": "2026-Q3", "reason": "outline_wrong", "corrects": True},
    "answerWithdrawal": {"grant": True},
    "decide": {
        **_LEASE,
        "verdict": "approve",
        "reason": "clear",
        "categories": ["following"],
        "note": "The second photo shows the same stop.",
        "public_note": "Thank you. The lighting department looks at the stop this week.",
    },
}
