"""What JPEG, WebP, BMP and AVIF share: Pillow reads them.

Its classes are opened directly. `Image.open` would warn of "bombs" that `limits` handles,
and would take a telephone's JPEG with a depth map for another format.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFile

from unblur.document.geometry import Size
from unblur.document.photo import Metadata
from unblur.errors import ImageTruncatedError, ImageUnsupportedError
from unblur.imaging import profiles
from unblur.imaging.decoded import Decoded
from unblur.imaging.limits import check_size
from unblur.imaging.writing import Strips, WriteOrder

EXIF_PREFIX = b"Exif\0\0"
_IPTC_RESOURCE = 0x0404
_PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
# What its decoders raise on damaged bytes; SyntaxError is its word for a wrong header.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error)


def decode(data: bytes, reader: Callable[[io.BytesIO], ImageFile.ImageFile], name: str) -> Decoded:
    """Read the first picture of `data`. `reader` is Pillow's class for the format `name`.

    Raises ImageUnsupportedError, ImageTruncatedError or ImageTooLargeError without a path.
    """
    try:
        image = reader(io.BytesIO(data))
    except _DAMAGE as error:
        raise ImageTruncatedError(None, str(error)) from error
    check_size(Size(*image.size), 4)
    try:
        image.load()
    except _DAMAGE as error:
        raise ImageTruncatedError(None, str(error)) from error
    icc = image.info.get("icc_profile") or None
    plain: Image.Image = image
    if image.mode == "CMYK":
        plain, icc = profiles.rgb_from_cmyk(image, icc)
    elif image.mode not in _PLAIN_MODES:
        plain = image.convert(_plain_mode(image))
    metadata = Metadata(
        icc=icc,
        exif=_exif(image),
        xmp=image.info.get("xmp") or None,
        iptc=_iptc(image),
        dpi=_dpi(image),
    )
    return Decoded(np.asarray(plain), name, metadata)


def _plain_mode(image: Image.Image) -> str:
    if image.mode == "1":
        return "L"
    if image.mode in ("P", "PA"):
        return "RGBA" if image.has_transparency_data else "RGB"
    if image.mode in ("RGBX", "YCbCr"):
        return "RGB"
    raise ImageUnsupportedError(None, f"mode {image.mode}")


def _exif(image: Image.Image) -> bytes | None:
    block = image.info.get("exif")
    return block.removeprefix(EXIF_PREFIX) or None if isinstance(block, bytes) else None


def _iptc(image: Image.Image) -> bytes | None:
    resources = image.info.get("photoshop")
    found = resources.get(_IPTC_RESOURCE) if isinstance(resources, dict) else None
    return found if isinstance(found, bytes) else None


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    if not dpi or min(dpi) <= 0:
        return None
    return float(dpi[0]), float(dpi[1])


def gathered(order: WriteOrder, strips: Strips) -> Image.Image:
    """All 8-bit strips as one picture."""
    whole = np.empty((order.size.height, order.size.width, order.channels), np.uint8)
    row = 0
    for strip in strips:
        whole[row : row + len(strip)] = strip
        row += len(strip)
    return Image.fromarray(whole)
