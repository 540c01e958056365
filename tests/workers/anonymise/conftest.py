"""What tests of text anonymisation share: the finder, loaded once because it reads a model."""

from __future__ import annotations

import pytest

from workers.anonymise.text import load_finder

LANGUAGES = ("en", "es", "fr", "pt", "ca", "hi")


@pytest.fixture(scope="session")
def finder():
    """The finder of a city that speaks every served language."""
    return load_finder(LANGUAGES)


@pytest.fixture
def finder_for(finder):
    """Make a finder that knows the names of a city's areas; the model is the one loaded already."""
    return lambda *places: load_finder(LANGUAGES, places=places)
