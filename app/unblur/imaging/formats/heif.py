"""HEIC, read by libheif (through pi_heif, which brings no encoder)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pi_heif

from unblur.document.geometry import Size
from unblur.document.photo import Metadata
from unblur.errors import ImageTruncatedError, ImageUnsupportedError
from unblur.imaging import profiles
from unblur.imaging.decoded import Decoded, Samples
from unblur.imaging.limits import check_size

NAME = "HEIC"
_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")
_DISPLAY_P3_PRIMARIES = 12
_EXIF_PREFIX = b"Exif\0\0"
# libheif's errors arrive as these, and so do Python's own on odd metadata.
_DAMAGE = (ValueError, RuntimeError, OSError, EOFError, SyntaxError, IndexError, KeyError)


def matches(head: bytes) -> bool:
    """Whether a file begins like this format."""
    brand, compatible = head[8:12], [head[i : i + 4] for i in range(16, len(head) - 3, 4)]
    if head[4:8] != b"ftyp" or brand in _AVIF_BRANDS:
        return False
    # The general brands say nothing about how the pixels are packed.
    return brand in _BRANDS and not any(name in _AVIF_BRANDS for name in compatible)


def decode(data: bytes) -> Decoded:
    """Read the primary picture of `data`, turned as its container says.

    Raises ImageErrors without a path.
    """
    try:
        image = pi_heif.open_heif(data, convert_hdr_to_8bit=False, hdr_to_16bit=False)
        check_size(Size(*image.size), 8)
        samples = np.array(image)  # a copy: what it shows is freed with `image`
    except _DAMAGE as error:
        raise ImageTruncatedError(None, str(error)) from error
    if samples.ndim == 3 and samples.shape[2] not in (3, 4):
        raise ImageUnsupportedError(None, f"mode {image.mode}")
    if image.premultiplied_alpha:
        raise ImageUnsupportedError(None, "premultiplied alpha")
    metadata = Metadata(
        icc=_profile(image.info),
        exif=(image.info.get("exif") or b"").removeprefix(_EXIF_PREFIX) or None,
        xmp=image.info.get("xmp") or None,
    )
    # The container's rotation is applied by libheif; that in EXIF only repeats it.
    return Decoded(_full_scale(samples, image.info["bit_depth"]), NAME, metadata, orientation=1)


def _profile(info: dict[str, Any]) -> bytes | None:
    """The ICC profile, or Display P3's where only its primaries are named."""
    icc = info.get("icc_profile")
    if icc:
        return bytes(icc)
    primaries = (info.get("nclx_profile") or {}).get("color_primaries")
    return profiles.display_p3() if primaries == _DISPLAY_P3_PRIMARIES else None


def _full_scale(samples: Samples, bits: int) -> Samples:
    """10 or 12 bits spread over 16, so that white is white."""
    if samples.dtype == np.uint8:
        return samples
    most = (1 << bits) - 1
    return ((samples.astype(np.uint32) * 65535 + most // 2) // most).astype(np.uint16)
