"""From a resident's photo to a picture without faces, plates and traces, or to no picture at all."""

from collections.abc import Sequence
from typing import NamedTuple

from workers.anonymise import jpeg
from workers.anonymise.boxes import Mask, Pixels, Size, filled
from workers.anonymise.decode import decode
from workers.anonymise.passes import Detectors, load_detectors
from workers.anonymise.sniff import sniff
from workers.anonymise.withheld import PhotoWithheld, Reason, withholding

__all__ = [
    "Detectors",
    "Mask",
    "PhotoWithheld",
    "Reason",
    "RedactedPhoto",
    "load_detectors",
    "redact_photo",
    "refill_photo",
    "refill_public",
]


class RedactedPhoto(NamedTuple):
    """The public picture: a JPEG, its size in pixels, and what was covered in it."""

    jpeg: bytes
    width: int
    height: int
    masks: tuple[Mask, ...]


def redact_photo(data: bytes, detectors: Detectors) -> RedactedPhoto:
    """Decode, find, fill, rebuild and prove. Fails closed: raises `PhotoWithheld` on any error on the way."""
    pixels = _decoded(data)
    with withholding(Reason.DETECTOR_FAILED):
        masks = detectors.find(pixels)
    return _rebuilt(pixels, masks)


def refill_photo(data: bytes, masks: Sequence[Mask], size: Size) -> RedactedPhoto:
    """The same picture with other masks: decode, fill, rebuild and prove; nothing is looked for anew.

    Masks lie in the picture of `size` (width, height). Raises `PhotoWithheld` on any error, and when the picture
    now comes out in another size, so that the masks no longer lie where they lay.
    """
    pixels = _decoded(data)
    if (pixels.shape[1], pixels.shape[0]) != size:
        raise PhotoWithheld(Reason.OUTPUT_REFUSED)
    return _rebuilt(pixels, tuple(masks))


def refill_public(public: bytes, masks: Sequence[Mask]) -> RedactedPhoto:
    """Fill more of a public picture, of which the original is erased. Raises `PhotoWithheld` on any error."""
    with withholding(Reason.UNDECODABLE):
        pixels = jpeg.read(public)
    return _rebuilt(pixels, tuple(masks))


def _decoded(data: bytes) -> Pixels:
    with withholding(Reason.NOT_AN_IMAGE):
        header = sniff(data)
    with withholding(Reason.UNDECODABLE):
        return decode(data, header.format)


def _rebuilt(pixels: Pixels, masks: tuple[Mask, ...]) -> RedactedPhoto:
    with withholding(Reason.OUTPUT_REFUSED):
        height, width, _ = pixels.shape
        public = jpeg.write(filled(pixels, masks))
        jpeg.check(public, (width, height))
        return RedactedPhoto(public, width, height, masks)
