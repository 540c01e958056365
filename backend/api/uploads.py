"""The door for photos: tus 1.0.0 with all of its extensions."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin
from uuid import UUID

from flask import Response, request, url_for
from flask.views import MethodView
from werkzeug.exceptions import MethodNotAllowed

from backend.api import holder, tus
from backend.api.arriving import receive
from backend.api.base import Blueprint
from backend.api.schemas.reports import MAX_PHOTO_BYTES
from backend.api.services import services
from backend.api.tus_documents import ADDING, ANNOUNCING, ASKING, ENDING, STANDING_IN
from backend.errors import FarolaError, UnsupportedVersion
from backend.steps import uploads
from backend.store.secrets import receipt_hash
from backend.store.uploads import Upload as Found
from backend.store.work import Work

blueprint = Blueprint("uploads", __name__, url_prefix="/v1/cities/<city:city>/uploads")


@blueprint.before_request
def _check_version() -> None:
    told = request.headers.get("Tus-Resumable")
    if request.method != "OPTIONS" and told != tus.VERSION:
        raise UnsupportedVersion("Send `Tus-Resumable: 1.0.0`.", field="Tus-Resumable")


@blueprint.after_request
def _say_version(answer: Response) -> Response:
    answer.headers["Tus-Resumable"] = tus.VERSION
    answer.headers["Tus-Version"] = tus.VERSION
    return answer


def _held(work: Work) -> bytes:
    return receipt_hash(services().pepper, work.city_id, holder.receipt())


def _find(city: str, upload_id: UUID) -> Found:
    with services().works("residents").open(city) as work:
        return uploads.find(work, _held(work), upload_id)


def _path(city: str, upload_id: UUID) -> str:
    return url_for("uploads.Upload", city=city, upload_id=upload_id)


def _created(city: str, upload_id: UUID, **more: str) -> Response:
    """Answer where an upload lies.

    A page resolves a path against its own origin, whatever stands in front of this process;
    among other programs there are some that need the whole address.
    """
    where = _path(city, upload_id)
    if "Origin" not in request.headers:
        secure = request.headers.get("X-Forwarded-Proto") == "https"
        where = urljoin(request.url_root.replace("http:", "https:", 1) if secure else request.url_root, where)
    return Response(status=201, headers={"Location": where, **more})


@blueprint.route("")
class Uploads(MethodView):
    """Where uploads are announced."""

    @blueprint.response(204)
    def options(self, city: str) -> Response:
        """Tell what is spoken here."""
        del city
        told = {
            "Tus-Extension": ",".join(tus.EXTENSIONS),
            "Tus-Max-Size": str(MAX_PHOTO_BYTES),
            "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
        }
        return Response(status=204, headers=told)

    @blueprint.response(201)
    @blueprint.doc(**ANNOUNCING)
    @blueprint.problems(400, 401, 404, 409, 412, 413, 415, 460, 503)
    def post(self, city: str) -> Response:
        """Announce the upload of a photo that a report expects, of a part, or put a photo together."""
        concat = request.headers.get("Upload-Concat")
        if concat is not None and concat != tus.PARTIAL:
            return _join(city)
        size = tus.announced_length()
        promise = None if concat == tus.PARTIAL else tus.promise(size)

        def start(work: Work) -> uploads.Started:
            if promise is None:
                return uploads.create_part(work, _held(work), size)
            return uploads.create(work, _held(work), promise)

        return _start(city, start)


def _join(city: str) -> Response:
    parts = tus.parts(url_for("uploads.Uploads", city=city))
    promise = tus.promise(None)
    with services().works("residents").open(city) as work:
        started = uploads.join(work, _held(work), promise, parts)
    services().blobs.delete(started.gone)
    return _created(city, started.id)


def _start(city: str, start: Callable[[Work], uploads.Started]) -> Response:
    """Start an upload; a body that comes along is its first piece."""
    comes = "Content-Type" in request.headers and request.content_length != 0
    if comes:
        tus.check_chunk_type()
        tus.checksum()
    with services().works("residents").open(city) as work:
        started = start(work)
    services().blobs.delete(started.gone)
    reached = _first_piece(city, started.id) if comes else 0
    told = {"Upload-Expires": tus.http_date(started.expires), "Upload-Offset": str(reached)}
    return _created(city, started.id, **told)


def _first_piece(city: str, upload_id: UUID) -> int:
    """Take the body into an upload that just began; what cannot be taken ends it, for nobody knows its address."""
    with services().works("residents").open(city) as work:
        held, upload = _held(work), uploads.find(work, _held(work), upload_id)
    try:
        return receive(city, held, upload, offset=0)
    except FarolaError:
        with services().works("residents").open(city) as work:
            gone = uploads.end(work, held, upload_id)
        services().blobs.delete(gone)
        raise


@blueprint.route("/<uuid:upload_id>")
class Upload(MethodView):
    """One upload."""

    @blueprint.response(200)
    @blueprint.doc(**ASKING)
    @blueprint.problems(401, 404, 412, 503)
    def head(self, city: str, upload_id: UUID) -> Response:
        """Tell how far the upload has come."""
        upload = _find(city, upload_id)
        told = {"Upload-Offset": str(upload.received), "Upload-Expires": tus.http_date(upload.expires)}
        told |= _length(upload) | _concat(city, upload) | _metadata(upload)
        return Response(status=200, headers=told | {"Cache-Control": "no-store"})

    @blueprint.response(204)
    @blueprint.doc(**ADDING)
    @blueprint.problems(400, 401, 403, 404, 409, 412, 413, 415, 460, 503)
    def patch(self, city: str, upload_id: UUID) -> Response:
        """Add a piece at the offset the upload stands at."""
        offset = tus.whole_number("Upload-Offset")
        tus.check_chunk_type()
        # Bytes are read only from somebody who may send them.
        with services().works("residents").open(city) as work:
            held, upload = _held(work), uploads.find(work, _held(work), upload_id)
        reached = receive(city, held, upload, offset)
        told = {"Upload-Offset": str(reached), "Upload-Expires": tus.http_date(upload.expires)}
        return Response(status=204, headers=told)

    @blueprint.response(204)
    @blueprint.doc(**ENDING)
    @blueprint.problems(401, 404, 409, 412, 503)
    def delete(self, city: str, upload_id: UUID) -> Response:
        """End the upload and forget what came; its photo is expected again."""
        with services().works("residents").open(city) as work:
            gone = uploads.end(work, _held(work), upload_id)
        services().blobs.delete(gone)
        return Response(status=204)

    @blueprint.response(204)
    @blueprint.doc(**STANDING_IN)
    @blueprint.problems(400, 401, 403, 404, 405, 409, 412, 413, 415, 460, 503)
    def post(self, city: str, upload_id: UUID) -> Response:
        """Do what `X-HTTP-Method-Override` says, for networks that let only POST through."""
        known = {"HEAD": self.head, "PATCH": self.patch, "DELETE": self.delete}
        meant = known.get(request.headers.get("X-HTTP-Method-Override", ""))
        if meant is None:
            raise MethodNotAllowed(["HEAD", "PATCH", "DELETE"])
        return meant(city=city, upload_id=upload_id)


def _length(upload: Found) -> dict[str, str]:
    if upload.deferred or upload.size is None:
        return {"Upload-Defer-Length": "1"}
    return {"Upload-Length": str(upload.size)}


def _concat(city: str, upload: Found) -> dict[str, str]:
    if upload.part:
        return {"Upload-Concat": tus.PARTIAL}
    if upload.parts is None:
        return {}
    return {"Upload-Concat": tus.FINAL + " ".join(_path(city, part) for part in upload.parts)}


def _metadata(upload: Found) -> dict[str, str]:
    """What was kept of the metadata: which report and which photo, for the holder of the receipt."""
    if upload.part:
        return {}
    return {"Upload-Metadata": tus.as_metadata(report=str(upload.report_id), name=upload.name)}
