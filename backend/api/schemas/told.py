"""Fields of public answers, each with an example for the OpenAPI documents."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

_BARCELONA = [2.052, 41.317, 2.228, 41.468]


def bounds() -> fields.List[Any]:
    """Return a field of four edges in degrees."""
    return fields.List(
        fields.Float(),
        required=True,
        validate=ma.validate.Length(equal=4),
        metadata={"description": "West, south, east and north in degrees.", "example": _BARCELONA},
    )


def text(example: str, description: str = "", **kwargs: object) -> fields.String:
    """Return a field of words that is always there."""
    told = {"example": example, **({"description": description} if description else {})}
    return fields.String(required=True, metadata=told, **kwargs)  # type: ignore[arg-type]


def texts(example: list[str], description: str = "") -> fields.List[Any]:
    """Return a field of a list of words that is always there."""
    told = {"example": example, **({"description": description} if description else {})}
    return fields.List(fields.String(), required=True, metadata=told)
