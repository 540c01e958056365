"""What is public of the map: layers and how to reach the tiles."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from backend.api.schemas import told
from backend.api.schemas.base import JsonSchema
from backend.domain.layers import LAYERS
from backend.domain.periods import PeriodKind
from backend.domain.withdrawals import NOTES

_NAMES = tuple(LAYERS)


class LayerTold(JsonSchema):
    """One published layer and its periods."""

    name = told.text("map", validate=ma.validate.OneOf(_NAMES))
    period_kind = told.text("quarter", validate=ma.validate.OneOf(list(PeriodKind)))
    place = told.text("cell", "What is counted in: squares of the web-mercator quadtree, or areas.")
    kinds = told.texts(["condition", "incident"])
    epsilon = told.text("7/10", "The share of the privacy budget, a fraction.")
    cross = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Values the counts are crossed by.", "example": None},
    )
    periods = told.texts(["2026-Q3", "2026-Q4"], "Oldest first.")
    latest = told.text("2026-Q4")
    tilejson = told.text("/v1/cities/barcelona/layers/map/tilejson.json")


class Withdrawn(JsonSchema):
    """That a release was taken back: its files stay as they are, its numbers should not be used."""

    layer = told.text("map")
    period = told.text("2026-Q3")
    withdrawn_on = fields.String(required=True, allow_none=True, metadata={"example": "2026-10-05"})
    reason = told.text("outline_wrong", validate=ma.validate.OneOf(list(NOTES)))
    note = told.text(NOTES["outline_wrong"])
    corrected_by = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The period that stands instead.", "example": "2026-Q3-corrected"},
    )


class Layers(JsonSchema):
    """What is published for a city, and what was taken back."""

    layers = fields.List(fields.Nested(LayerTold), required=True)
    withdrawn = fields.List(fields.Nested(Withdrawn), required=True)


class Notes(JsonSchema):
    """What the numbers are, and what they are not."""

    what = told.text("reported, not verified")
    no = fields.String(
        required=True,
        data_key="not",
        attribute="not",
        metadata={"example": "not a crime rate, not SDG 11.7.2"},
    )


class WholeCity(JsonSchema):
    """The noisy sum of all areas with its error; told however few they are."""

    estimate = fields.Integer(required=True, metadata={"example": 212})
    low = fields.Integer(required=True, metadata={"example": 176, "description": "Of a 90 % interval."})
    high = fields.Integer(required=True, metadata={"example": 248})
    se = fields.Float(required=True, metadata={"example": 22.4, "description": "The standard error."})


class ReleaseTold(JsonSchema):
    """What must be known to read a release."""

    city = told.text("barcelona", attribute="city.id")
    layer = told.text("map")
    period = told.text("2026-Q4")
    period_first = told.text("2026-10-01")
    period_last = told.text("2026-12-31")
    kinds = told.texts(["condition", "incident"])
    correction = fields.Boolean(required=True, metadata={"example": False})
    epsilon = told.text("7/10", "Spent on each counted report by this release.")
    k = fields.Float(
        required=True,
        metadata={"example": 3.1, "description": "Shown is what passes max(8, ceil(k * se))."},
    )
    regions_withheld = fields.Integer(required=True, metadata={"example": 41})
    whole_city = fields.Nested(
        WholeCity,
        required=True,
        allow_none=True,
        metadata={"description": "Only in `pulse`: the sum of all areas, always told."},
    )
    plan = told.text("9f86d081884c7d65", "Hash of the plan, entered in the ledger before counting.")
    published_at = told.text("2027-01-01T00:00:00+00:00")
    notes = fields.Nested(Notes, required=True)
    withdrawn = fields.Nested(Withdrawn, required=True, allow_none=True)
    images = told.text("https://farola.example/v1/cities/barcelona/layers/map/2026-Q4/{z}/{x}/{y}.png")
    geojson = told.text("https://farola.example/v1/cities/barcelona/layers/map/2026-Q4.geojson")
    pmtiles = told.text("https://farola.example/v1/cities/barcelona/layers/map/2026-Q4.pmtiles")


class VectorLayer(JsonSchema):
    """The one layer inside each tile."""

    id = told.text("map")
    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        data_key="fields",
        attribute="fields",
        metadata={"example": {"estimate": "Number", "shown": "Boolean"}},
    )
    minzoom = fields.Integer(required=True, metadata={"example": 8})
    maxzoom = fields.Integer(required=True, metadata={"example": 14})


class TileJson(JsonSchema):
    """TileJSON 3.0.0 of one release of a layer; addresses are absolute."""

    tilejson = told.text("3.0.0")
    name = told.text("Barcelona: map, 2026-Q4")
    description = told.text("reported, not verified; not a crime rate, not SDG 11.7.2")
    scheme = told.text("xyz")
    tiles = told.texts(["https://farola.example/v1/cities/barcelona/layers/map/2026-Q4/{z}/{x}/{y}.mvt"])
    data = told.texts(["https://farola.example/v1/cities/barcelona/layers/map/2026-Q4.geojson"])
    bounds = told.bounds()
    minzoom = fields.Integer(required=True, metadata={"example": 8})
    maxzoom = fields.Integer(required=True, metadata={"example": 14})
    vector_layers = fields.List(fields.Nested(VectorLayer), required=True)
    farola = fields.Nested(ReleaseTold, required=True)
