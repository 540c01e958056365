"""The door for the holder of a receipt: where the report stands, reading it back, its proof, withdrawing it."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.api import holder
from backend.api.base import Blueprint
from backend.api.headers import open_to_all
from backend.api.schemas.receipts import Appealed, OwnCopy, Proof, ProofKey, ReportStatus
from backend.api.services import services
from backend.steps import appeal as appeals
from backend.steps import receipt
from backend.store.filing import earlier, public_key

blueprint = Blueprint("receipt", __name__, url_prefix="/v1/cities/<city:city>/receipt")
keys = Blueprint("proof_key", __name__, url_prefix="/.well-known")
keys.after_request(open_to_all)

_KEPT = {"Cache-Control": "public, max-age=3600"}


@blueprint.route("")
class Receipt(MethodView):
    """One report, seen by who holds its receipt."""

    @blueprint.response(200, ReportStatus)
    @blueprint.problems(401, 404, 503)
    def get(self, city: str) -> dict[str, Any]:
        """Tell where the report stands, which releases hold it, and whether there are messages."""
        with services().works("residents").open(city) as work:
            return receipt.status(work, services().pepper, holder.receipt())

    @blueprint.response(204)
    @blueprint.problems(401, 404, 503)
    def delete(self, city: str) -> None:
        """Withdraw the report: its keys are gone when this answers, for everybody."""
        with services().works("residents").open(city) as work:
            gone = receipt.withdraw(work, services().pepper, holder.receipt())
        services().blobs.delete(gone)


@blueprint.route("/appeal", methods=["POST"])
@blueprint.response(200, Appealed)
@blueprint.problems(401, 404, 409, 503)
def appeal(city: str) -> dict[str, str]:
    """Ask once that a report which was refused is decided by somebody else."""
    with services().works("residents").open(city) as work:
        return {"state": appeals.appeal(work, services().pepper, holder.receipt())}


@blueprint.route("/report")
@blueprint.response(200, OwnCopy)
@blueprint.problems(401, 404, 503)
def read_own_report(city: str) -> dict[str, str]:
    """Read one's own report back, as long as the words are kept; only the phone can open it."""
    with services().works("residents").open(city) as work:
        return receipt.own_copy(work, services().pepper, holder.receipt())


@blueprint.route("/proof")
@blueprint.response(200, Proof)
@blueprint.problems(401, 404, 503)
def read_proof(city: str) -> dict[str, Any]:
    """Get a signed statement that the report was filed, to show to somebody else."""
    with services().works("residents").open(city) as work:
        return receipt.proof(work, services().pepper, services().signing_seed, holder.receipt())


@keys.route("/farola-proof-key")
@keys.response(200, ProofKey)
def read_proof_key() -> tuple[dict[str, Any], dict[str, str]]:
    """Get the public key that proofs of filing are checked with, and those that were used before."""
    key = public_key(services().signing_seed)
    before = [one for one in earlier(services().settings.filing_key_file) if one != key]
    return {"algorithm": "Ed25519", "key": key, "earlier": before}, _KEPT
