"""A client of the Open311 door, for its tests."""

from __future__ import annotations

from tests.api.open311_answers import checked

FORMATS = ("json", "xml")


class Desk:
    """A client of one city."""

    def __init__(self, client, city, api_key):
        self.client, self.city, self.api_key = client, city, api_key

    def get(self, path, form="json", **asked):
        told = {"jurisdiction_id": self.city, **asked}
        return self.client.get(f"/open311/v2/{path}.{form}", query_string=told)

    def post(self, form="json", *, headers=None, content_type=None, **changes):
        told = {
            "api_key": self.api_key,
            "jurisdiction_id": self.city,
            "service_code": "badly_lit",
            "lat": "41.3851",
            "long": "2.1734",
            "attribute[daypart]": "night",
            "description": "It is dark under the bridge.",
        } | changes
        told = {name: value for name, value in told.items() if value is not None}
        return self.client.post(
            f"/open311/v2/requests.{form}", data=told, headers=headers, content_type=content_type
        )

    def hand_in(self, **changes):
        """The token and the id of a new request."""
        token = checked("posted", self.post(**changes))[0]["token"]
        return token, checked("token", self.get(f"tokens/{token}"))[0]["service_request_id"]
