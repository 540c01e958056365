"""One running installation for this folder, whole again before each test, and gone after the last."""

import pytest

from backend.cli.demo.pictures import draw_scene
from tests.river.stack import alive, make_town, open_river, until


@pytest.fixture(scope="session")
def installation(tmp_path_factory, free_tcp_port_factory):
    with open_river(tmp_path_factory.mktemp("river"), free_tcp_port_factory()) as river:
        yield river
    # A photo's decoder whose worker was killed sees its pipe closed and ends by itself.
    until(lambda: not any(map(alive, river.orphans)), "all that was started has ended")
    assert river.postgres.pids() == river.redis.pids() == []


@pytest.fixture
def river(installation):
    installation.heal()
    return installation


@pytest.fixture
def town(river):
    return make_town(river)


@pytest.fixture(scope="session")
def photo():
    return draw_scene(3, people=2, plate=False, night=False)
