"""JPEG, read and written by Pillow (libjpeg-turbo), which refuses a file that is cut."""

from __future__ import annotations

import io
import logging
import struct
from typing import Any, BinaryIO

from PIL import JpegImagePlugin

from unblur.document.photo import Metadata
from unblur.imaging.decoded import Decoded
from unblur.imaging.formats import pillow
from unblur.imaging.writing import Strips, WriteOrder

logger = logging.getLogger(__name__)

NAME = "JPEG"
MAX_SIDE = 65500
_MOST_IN_SEGMENT = 65533
_XMP_PREFIX_SIZE = 29
LONGEST_XMP = _MOST_IN_SEGMENT - _XMP_PREFIX_SIZE
# Below this, colour at half the resolution costs less than the quantisation does.
_FULL_COLOR_QUALITY = 90


def matches(head: bytes) -> bool:
    """Whether a file begins like this format."""
    return head.startswith(b"\xff\xd8\xff")


def decode(data: bytes) -> Decoded:
    """Read `data`; CMYK becomes RGB. Raises ImageErrors without a path."""
    return pillow.decode(data, JpegImagePlugin.JpegImageFile, NAME)


def write(file: BinaryIO, order: WriteOrder, strips: Strips) -> None:
    """Write the picture at 8 bits without alpha. Raises OSError."""
    encoded = io.BytesIO()
    pillow.gathered(order, strips).save(
        encoded,
        "JPEG",
        quality=order.quality,
        subsampling=0 if order.quality >= _FULL_COLOR_QUALITY else 2,
        **_metadata(order.metadata),
    )
    file.write(encoded.getbuffer())


def _metadata(metadata: Metadata) -> dict[str, Any]:
    """Pillow's options; a block that is longer than a segment can be is left out."""
    options: dict[str, Any] = {}
    if metadata.icc:
        options["icc_profile"] = metadata.icc
    if metadata.dpi:
        options["dpi"] = tuple(round(value) for value in metadata.dpi)
    if metadata.exif and _fits("EXIF", pillow.EXIF_PREFIX + metadata.exif):
        options["exif"] = pillow.EXIF_PREFIX + metadata.exif
    if metadata.xmp and _fits("XMP", metadata.xmp, _XMP_PREFIX_SIZE):
        options["xmp"] = metadata.xmp
    if metadata.iptc:
        resources = _photoshop_resources(metadata.iptc)
        if _fits("IPTC", resources):
            options["extra"] = b"\xff\xed" + struct.pack(">H", len(resources) + 2) + resources
    return options


def _photoshop_resources(iptc: bytes) -> bytes:
    head = b"Photoshop 3.0\x008BIM\x04\x04\0\0"
    return head + struct.pack(">I", len(iptc)) + iptc + bytes(len(iptc) % 2)


def _fits(name: str, block: bytes, extra: int = 0) -> bool:
    if len(block) + extra <= _MOST_IN_SEGMENT:
        return True
    logger.warning("Leaving out %s data of %d bytes: too long for JPEG", name, len(block))
    return False
