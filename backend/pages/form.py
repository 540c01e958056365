"""The lists that the residents' form is made of, as the page carries them."""

from __future__ import annotations

from backend.domain.audit import QUESTIONS
from backend.domain.retention import kept
from backend.domain.taxonomy import (
    AXES_OF_KIND,
    CATEGORIES,
    PLACE_TYPES,
    TRANSPORT_MODES,
    AgeBand,
    Axis,
    Daypart,
    Gender,
    Kind,
)

# In the order the questions are shown; a city's own list says which of the categories it asks for.
FORM = {
    "kinds": list(Kind),
    "axes": {kind: [axis for axis in Axis if axis in AXES_OF_KIND[kind]] for kind in Kind},
    "axis_of": {code: category.axis for code, category in CATEGORIES.items()},
    "dayparts": list(Daypart),
    "place_types": PLACE_TYPES,
    "transport_modes": TRANSPORT_MODES,
    "genders": list(Gender),
    "age_bands": list(AgeBand),
    "questions": QUESTIONS,
    "kept": {item: kept(item, "receipt").days for item in ("words", "receipt")},
}
