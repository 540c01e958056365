"""The one statement that takes in a report, and what its refusals mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from backend.errors import Conflict, FarolaError, NotFound, ProofNeeded, Unavailable, UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.store.database import Database

# Named as `take_report` names them; what is bytes travels as bytes, not as hexadecimal text.
_BYTES = """
    the_key the_fingerprint the_proof the_spender the_token the_receipt the_reply_key wraps ciphertexts
""".split()
_OTHERS = """
    the_city the_answer kept_until proof_until lon lat the_cell the_day the_week the_quarter the_about
    the_id the_kind the_state the_month the_source the_categories the_occurred_on the_daypart the_audit
    the_consent the_language the_minor the_due key_classes fields field_classes photo_names photo_sizes
""".split()
_GIVEN = [f"{name} => %({name})b" for name in _BYTES] + [f"{name} => %({name})s" for name in _OTHERS]
# Only the names above are put together here; what a resident sent is handed over beside it.
TAKE = f"select outcome, answer from farola.take_report({', '.join(_GIVEN)})"  # noqa: S608

_OUTSIDE = "This place is outside the city."
_SWAPPED = " Longitude comes first; these look swapped."
_REFUSALS: dict[str, tuple[type[FarolaError], str, str | None]] = {
    "FR001": (Conflict, "This receipt belongs to another report.", "receipt"),
    "FR003": (UnprocessableInput, _OUTSIDE, "location.coordinates"),
    "FR004": (UnprocessableInput, _OUTSIDE + _SWAPPED, "location.coordinates"),
    "FR005": (NotFound, "There is no such city here.", None),
}
_IN_FLIGHT = "The same report is being taken in right now; try again in a moment."


def take(database: Database, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Write a report and all that belongs to it, or nothing; return the answer to an earlier try, if any.

    Raises:
        UnprocessableInput: the key or the proof was used for something else, or the place is outside.
        Conflict: the same key is being handled right now, or the receipt is taken.
        Unavailable: the database cannot be reached, or is too busy.
    """
    try:
        outcome, answer = database.at_once(TAKE, values)
    except psycopg.Error as error:
        raise _refusal(error) from error
    if outcome == "other":
        raise UnprocessableInput("This Idempotency-Key was used for another report.", field="Idempotency-Key")
    if outcome is None:  # it was there and is gone: the day is over
        raise Conflict(_IN_FLIGHT)
    return None if outcome == "taken" else answer


def _refusal(error: psycopg.Error) -> Exception:
    """Return what an error of the database means; one that means nothing here stays what it is."""
    if error.sqlstate == "FR002":
        return ProofNeeded("This proof was used already; answer a fresh challenge.")
    if error.sqlstate in _REFUSALS:
        kind, sentence, field = _REFUSALS[error.sqlstate]
        return kind(sentence, field=field)
    if isinstance(error, psycopg.errors.LockNotAvailable) and "submissions" in (error.diag.context or ""):
        return Conflict(_IN_FLIGHT)
    if isinstance(error, psycopg.OperationalError):
        return Unavailable("The database is too busy right now.")
    return error
