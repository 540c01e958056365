"""Missing system packages are installed without starting anything, or named in one line."""

from pathlib import Path

import pytest

from backend.cli.servers import packages
from backend.errors import ServiceError


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A machine whose every program is played by one script that notes how it was called."""
    log = tmp_path / "log"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(packages, "_KEEP_STILL", {tmp_path / "policy": "#!/bin/sh\nexit 101\n"})

    def play(*, works: bool, offers: str = "") -> Path:
        for name in ("env", "sudo", "apt-cache"):
            ending = (
                f"printf %s '{offers}'"
                if name == "apt-cache"
                else f"case $* in *apt-get*) exit {int(not works)};; esac"
            )
            (tmp_path / name).write_text(f'#!/bin/sh\necho "$*" >> {log}\n{ending}\n')
            (tmp_path / name).chmod(0o755)
        return log

    return play


def test_without_the_rights_one_line_names_all_that_is_missing(machine):
    log = machine(works=False)
    with pytest.raises(ServiceError) as told:
        packages.install(["postgresql-15-postgis-3", "redis-server"])
    assert told.value.detail == (
        "Missing system packages; as root: apt-get install postgresql-15-postgis-3 redis-server"
    )
    assert "install -q -y --no-install-recommends postgresql-15-postgis-3 redis-server" in log.read_text()


def test_nothing_may_start_while_packages_install_and_the_ban_is_lifted_after(machine):
    log = machine(works=True)
    packages.install(["redis-server"])
    lines = [line.split("DEBIAN_FRONTEND=noninteractive ")[1] for line in log.read_text().splitlines()]
    assert [line.split()[0] for line in lines] == ["install", "apt-get", "rm"]
    assert lines[0].endswith("policy")
    assert lines[2].endswith("policy")


def test_the_machines_own_ban_on_starting_stays(machine, tmp_path):
    log = machine(works=True)
    (tmp_path / "policy").touch()
    packages.install(["redis-server"])
    assert "policy" not in log.read_text()


def test_nothing_missing_touches_nothing(machine):
    log = machine(works=True)
    packages.install([])
    assert not log.exists()


def test_the_newest_postgresql_with_postgis_is_taken(machine):
    machine(works=True, offers="postgresql-15-postgis-3 - a\npostgresql-17-postgis-3 - b")
    assert packages._postgres_package() == "postgresql-17-postgis-3"


def test_a_distribution_with_only_an_older_postgresql_is_told_what_to_do(machine):
    machine(works=True, offers="postgresql-14-postgis-3 - too old")
    with pytest.raises(ServiceError, match=r"15 or newer.*offers 14.*DATABASE_URL"):
        packages._postgres_package()


def test_a_missing_browser_that_is_not_packaged_is_told(machine):
    machine(works=True)
    with pytest.raises(ServiceError, match="snap install chromium"):
        packages.missing_browser()
