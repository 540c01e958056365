"""A client that others wrote, `georeport`, runs against the served door, in both formats."""

from __future__ import annotations

import pytest
import requests
from georeport import GeoReport

from backend.domain.open311 import SERVICES
from backend.steps.accounts import add_importer


@pytest.fixture(params=["json", "xml"])
def desk(request, served, works, pepper, city):
    with works["owner"].open(city) as work:
        key = add_importer(work, pepper, "service desk")
    endpoint = requests.get(f"{served}/open311/discovery.json", timeout=60).json()["endpoints"][0]
    assert endpoint["url"].startswith(served)
    return GeoReport(endpoint["url"], city, key, request.param)


def test_the_whole_way(desk):
    services = desk.get_service_list()
    assert [service["service_code"] for service in services] == list(SERVICES)
    definition = desk.get_service_definition("lamp_broken")
    questions = (
        {question["code"]: question for question in definition["attributes"]}
        if isinstance(definition["attributes"], list)
        else {question["code"]: question for question in definition["attributes"]["attribute"]}
    )
    assert questions["daypart"]["datatype"] == "singlevaluelist"
    # The client reads only; what it cannot do is done with the library it stands on.
    posted = requests.post(
        f"{desk.root_address}/requests.json",
        data={
            "api_key": desk.api_key,
            "jurisdiction_id": desk.jurisdiction,
            "service_code": "lamp_broken",
            "lat": "41.3851",
            "long": "2.1734",
            "attribute[daypart]": "evening",
        },
        timeout=60,
    )
    posted.raise_for_status()
    [answer] = posted.json()
    exchanged = requests.get(
        f"{desk.root_address}/tokens/{answer['token']}.json",
        params={"jurisdiction_id": desk.jurisdiction},
        timeout=60,
    )
    [told] = exchanged.json()
    request = desk.get_service_request(told["service_request_id"])
    assert (request["service_code"], request["status"]) == ("lamp_broken", "open")
    assert request["lat"] is None
    held = desk.get_service_requests(service_request_id=told["service_request_id"])
    assert held in ([request], request)


def test_refusals_reach_the_client(desk):
    with pytest.raises(requests.HTTPError, match="404"):
        desk.get_service_definition("potholes")
    with pytest.raises(requests.HTTPError, match="404"):
        desk.get_service_request("638344")
    with pytest.raises(requests.HTTPError, match="400"):
        desk.get_service_requests(status="solved")
