"""What tests of review stand on: a desk with reports on it, a moderator and a lead."""

from __future__ import annotations

import pytest

from backend.domain.permissions import Actor, Role
from tests.staff import Desk, add_staff


@pytest.fixture
def desk(works, city, hand_in, keyring) -> Desk:
    return Desk(works, city, hand_in, keyring)


@pytest.fixture
def mara(works, city) -> Actor:
    """A moderator."""
    return add_staff(works, city, "mara")


@pytest.fixture
def nil(works, city) -> Actor:
    """Another moderator."""
    return add_staff(works, city, "nil")


@pytest.fixture
def lead(works, city) -> Actor:
    return add_staff(works, city, "lead", Role.LEAD)
