"""The one error of photo anonymisation: the photo is withheld, for a reason from a short list."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from rq.timeouts import BaseTimeoutException

from backend.errors import UnprocessableInput


class Reason(StrEnum):
    """Why a photo is not served; the values are stored and shown to moderators."""

    NOT_AN_IMAGE = "not_an_image"
    HEIC = "heic"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    UNDECODABLE = "undecodable"
    DETECTOR_FAILED = "detector_failed"
    OUTPUT_REFUSED = "output_refused"
    TIME_LIMIT = "time_limit"


# Said beside the reason where somebody can do something about it.
ADVICE = {Reason.HEIC: " HEIC and AVIF are not taken; the same photo as JPEG is."}


class PhotoWithheld(UnprocessableInput):
    """The photo cannot be shown to anybody; `reason` says why and nothing says what is in it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"The photo is withheld: {reason.value}.{ADVICE.get(reason, '')}")
        self.reason = reason


@contextmanager
def withholding(reason: Reason) -> Iterator[None]:
    """Turn whatever goes wrong inside into `PhotoWithheld(reason)`, and keep the first cause out of it.

    Only the job's own deadline passes: it says nothing about the photo, and the queue will try again.
    """
    try:
        yield
    except (PhotoWithheld, BaseTimeoutException):
        raise
    except Exception:  # noqa: BLE001 - any other failure means that the photo was not proved safe
        raise PhotoWithheld(reason) from None
