"""Challenges made without asking the door for them, solved, taken apart and put together wrongly."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

from backend.api.proof import make_challenge
from backend.cli.phone import solved


def challenge_for(client, city, level=0):
    """A challenge of the door's own making."""
    with client.application.test_request_context():
        return make_challenge(city, level)


def proof_without_asking(client, city, level=0):
    """The header of a solved challenge for a city that may not be there."""
    return {"Altcha": solved(challenge_for(client, city, level))}


def opened(header):
    """What a header says."""
    return json.loads(b64decode(header))


def packed(told):
    """A header that says something; bytes are taken as they are."""
    raw = told if isinstance(told, bytes) else json.dumps(told).encode()
    return b64encode(raw).decode()
