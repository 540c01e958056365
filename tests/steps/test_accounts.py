"""Accounts and importers: added once, shut out at once."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from backend.domain.permissions import Role
from backend.errors import Conflict, NotFound, Unauthenticated, UnprocessableInput
from backend.steps.accounts import add_account, add_importer, close_account, importer_hash
from backend.steps.sessions import log_in, resume

PASSWORD = "correct horse battery"


@pytest.fixture
def mara(works, city):
    with works["owner"].open(city) as work:
        add_account(work, "mara", "Mara", Role.MODERATOR, PASSWORD)


def close(works, city, name):
    with works["owner"].open(city) as work:
        return close_account(work, name)


@pytest.mark.usefixtures("mara")
def test_who_is_shut_out_neither_logs_in_nor_stays_logged_in(works, city):
    session = log_in(works["staff"], bytes(32), city, "mara", PASSWORD)
    assert close(works, city, "mara") == 1
    with works["staff"].open(city) as work, pytest.raises(Unauthenticated):
        resume(work, session.token)
    with pytest.raises(Unauthenticated):
        log_in(works["staff"], bytes(32), city, "mara", PASSWORD)
    with pytest.raises(NotFound):
        close(works, city, "mara")


def test_a_closed_importers_key_is_worth_nothing(works, pepper, city):
    with works["owner"].open(city) as work:
        key = add_importer(work, pepper, "stories")

    def known():
        with works["residents"].open(city) as work:
            told = {"key": importer_hash(work, pepper, key)}
            return work.session.scalar(text("select importer_of(:key)"), told) is not None

    assert known()
    close(works, city, "stories")
    assert not known()


@pytest.mark.usefixtures("mara")
def test_a_taken_name_and_a_short_password_are_refused(works, city):
    with pytest.raises(Conflict), works["owner"].open(city) as work:
        add_account(work, "mara", "Other", Role.LEAD, PASSWORD)
    with pytest.raises(UnprocessableInput), works["owner"].open(city) as work:
        add_account(work, "nil", "Nil", Role.LEAD, "short")
