"""What the OpenAPI document says of tus: the headers of each request, and a body of raw bytes."""

from __future__ import annotations

from typing import Any

from backend.api.tus import ALGORITHMS, CHUNK_TYPE, VERSION


def _header(name: str, schema: dict[str, Any], says: str, *, required: bool = False) -> dict[str, Any]:
    return {"in": "header", "name": name, "schema": schema, "description": says, "required": required}


def _text(example: str) -> dict[str, Any]:
    return {"type": "string", "examples": [example]}


_BYTES = {"type": "integer", "minimum": 0}
_SPEAKS = _header("Tus-Resumable", {"const": VERSION}, "The version of tus.", required=True)
_LENGTH = _header("Upload-Length", _BYTES, "How many bytes there will be.")
_CHECKSUM = _header(
    "Upload-Checksum",
    _text("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="),
    f"What the body adds up to, in base64, after one of: {', '.join(ALGORITHMS)}. It is then kept whole or not at all.",
)
_OFFSET = _header("Upload-Offset", _BYTES, "Where the upload stands.", required=True)
_PIECE = {CHUNK_TYPE: {"schema": {"type": "string", "format": "binary"}, "example": "the bytes as they are"}}

ANNOUNCING: dict[str, Any] = {
    "parameters": [
        _SPEAKS,
        _LENGTH,
        _header(
            "Upload-Defer-Length", {"const": "1"}, "In place of a length: it is said with a later piece."
        ),
        _header(
            "Upload-Metadata",
            _text("report OGUwMzk3OGUtNDBkNS00M2U4LWJjOTMtNjg5NGE1N2Y5MzI0,name MQ=="),
            "`report` and `name` of the photo in base64; a part needs none. Any other key is ignored and not kept.",
        ),
        _header(
            "Upload-Concat",
            _text("partial"),
            "`partial` for a part of a photo; `final;` and the addresses of finished parts to put it together.",
        ),
        _CHECKSUM,
    ],
    "requestBody": {"description": "The first bytes, if they come along.", "content": _PIECE},
}
ASKING: dict[str, Any] = {"parameters": [_SPEAKS]}
ENDING = ASKING
ADDING: dict[str, Any] = {
    "parameters": [_SPEAKS, _OFFSET, _LENGTH, _CHECKSUM],
    "requestBody": {"required": True, "content": _PIECE},
}
STANDING_IN: dict[str, Any] = {
    "parameters": [
        _SPEAKS,
        _header(
            "X-HTTP-Method-Override",
            {"enum": ["HEAD", "PATCH", "DELETE"]},
            "The method that is meant.",
            required=True,
        ),
    ],
}
