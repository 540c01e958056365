"""The door for clients of Open311 GeoReport v2 (http://wiki.open311.org/GeoReport_v2): reports in, one's own state out.

`jurisdiction_id` is the city and `api_key` an importer's key. What the standard asks of a client
and what is answered, where it leaves room:

- **Every service is `batch`.** `POST requests` answers a `token`. It is the receipt of the report,
  made here because such a client has no way to make one, written as every receipt is, and
  forgotten: stored is a keyed hash of what is derived from it. It opens in the residents' app
  what any receipt opens.
- **`GET tokens/<token>` gives a `service_request_id`**, derived from the token, which opens the state
  in `GET requests/<id>` and nothing else. Both are secrets of 128 bits. The standard puts them into
  addresses; this server logs no addresses, and every answer with or about them is `no-store`.
- **Lists are empty**, whatever is asked for: reports of one place by one person are not published.
  Only `service_request_id=` answers, with the requests whose ids the client holds.
- **Nothing of what was told comes back**: no words, no place (the exact one cannot be opened by this
  door), no time of day. `requested_datetime` is the midnight of the day of receipt.
- **Who reports is discarded** while the form is read: `email`, `phone`, names, `device_id`,
  `account_id`. An address is not kept either, so coordinates are needed; `media_url` is never opened.
- **Errors are in the standard's form** in the format of the address. 403 for keys, 404 for what does
  not exist, 400 for all else that can be amended; 405, 413, 415 and 5xx mean what HTTP says.
- **Extensions**: `locale` (a language), and the header `Idempotency-Key`, with which a retry of
  `POST requests` gives the same token. `page`, `page_size` and `extensions` are taken and change nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.api.open311 import discovery, requests, services  # noqa: F401 (they add their views)
from backend.api.open311.base import blueprint
from backend.api.open311.errors import in_own_form

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Serve the door, its refusals in its own form."""
    app.register_blueprint(blueprint)
    app.after_request(in_own_form)
