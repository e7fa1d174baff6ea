"""WebP, read and written by Pillow (libwebp); of an animation the first picture."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from PIL import WebPImagePlugin

from unblur.document.photo import Metadata
from unblur.errors import ImageTruncatedError
from unblur.imaging.decoded import Decoded
from unblur.imaging.formats import pillow
from unblur.imaging.writing import Strips, WriteOrder

NAME = "WebP"
MAX_SIDE = 16383
_LENGTH_OF_HEAD = 8
_LOSSLESS_QUALITY = 100


def matches(head: bytes) -> bool:
    """Whether a file begins like this format."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def decode(data: bytes) -> Decoded:
    """Read `data`. Raises ImageErrors without a path."""
    # libwebp shows what it has of a cut file, grey below.
    if len(data) < int.from_bytes(data[4:8], "little") + _LENGTH_OF_HEAD:
        raise ImageTruncatedError(None, "the end is missing")
    return pillow.decode(data, WebPImagePlugin.WebPImageFile, NAME)


def write(file: BinaryIO, order: WriteOrder, strips: Strips) -> None:
    """Write the picture at 8 bits, without loss at quality 100. Raises OSError."""
    encoded = io.BytesIO()
    pillow.gathered(order, strips).save(
        encoded,
        "WEBP",
        quality=min(order.quality, 99),
        lossless=order.quality >= _LOSSLESS_QUALITY,
        method=2,
        exact=True,
        **_metadata(order.metadata),
    )
    file.write(encoded.getbuffer())


def _metadata(metadata: Metadata) -> dict[str, Any]:
    blocks = {"icc_profile": metadata.icc, "exif": metadata.exif, "xmp": metadata.xmp}
    return {name: block for name, block in blocks.items() if block}
