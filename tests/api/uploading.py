"""What the tests of uploads share: announcing, sending, and looking at what was kept."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from uuid import UUID

from sqlalchemy import select

from backend.store.models import PhotoChunk
from backend.store.seals import Binding, open_sealed
from tests.api.test_reports import body, post

CONTENT = bytes(range(256)) * 40
SIZE = len(CONTENT)
CHUNK_TYPE = "application/offset+octet-stream"


def promised(content=CONTENT, name="1"):
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def reported(client, city, **contents):
    """Hand in a report that promises photos; return it with its id."""
    report = body(photos=[promised(content, name) for name, content in contents.items()])
    return report | {"id": post(client, city, report).json["id"]}


def headers(told, **more):
    return {"Authorization": f"Receipt {told['receipt']}", "Tus-Resumable": "1.0.0", **more}


def metadata(report, name="1", **more):
    pairs = {"report": report, "name": name, **more}
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items())


def announce(client, city, told, *, data=b"", **asked):
    return client.post(f"/v1/cities/{city}/uploads", data=data, headers=headers(told, **asked))


def create(client, city, told, size=SIZE, name="1", also=None, **more):
    asked = {"Upload-Length": str(size), "Upload-Metadata": metadata(told["id"], name, **more)}
    return announce(client, city, told, **asked | (also or {}))


def part_of(client, city, told, content):
    """Upload a part whole; return its address."""
    asked = {"Upload-Concat": "partial", "Upload-Length": str(len(content))}
    where = announce(client, city, told, **asked).headers["Location"]
    assert patch(client, where, told, 0, content).status_code == 204
    return where


def join(client, city, told, *parts, name="1", **asked):
    wanted = {"Upload-Concat": "final;" + " ".join(parts), "Upload-Metadata": metadata(told["id"], name)}
    return announce(client, city, told, **wanted, **asked)


def patch(client, where, told, offset, chunk, **more):
    asked = {"Upload-Offset": str(offset), "Content-Type": CHUNK_TYPE, **more}
    return client.patch(where, data=chunk, headers=headers(told, **asked))


def checksum(content, algorithm="sha1"):
    return f"{algorithm} {b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def stored(settings, city):
    """The files that hold pieces of a city's photos."""
    folder = settings.state_dir / "blobs" / "originals" / city
    return [path for path in folder.rglob("*") if path.is_file()]


def kept(works, keyring, blobs, city, told, name="1"):
    """The bytes of a photo, put together as the workers do."""
    with works["worker"].open(city) as work:
        these = (PhotoChunk.report_id == UUID(told["id"]), PhotoChunk.name == name)
        chunks = work.session.scalars(select(PhotoChunk).where(*these).order_by(PhotoChunk.sequence)).all()
    opened = []
    for chunk in chunks:
        key = keyring.unwrap(city, chunk.month, chunk.wrapped)
        sealed_as, sequence = chunk.sealed_as
        binding = Binding(chunk.report_id, f"photo:{sealed_as}", sequence=sequence)
        opened.append(open_sealed(key, binding, blobs.get(chunk.blob)))
    return b"".join(opened)


def rows(works, city, *tables):
    """How many rows a city has in some tables."""
    with works["owner"].open(city) as work:
        return [
            len(work.session.scalars(select(table).where(table.city_id == city)).all()) for table in tables
        ]
