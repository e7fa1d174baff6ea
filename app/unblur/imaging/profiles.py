"""ICC profiles: what is needed to keep a photo's colours when its channels change.

A grey profile becomes an RGB one with the same tone curve, so expanded pixels keep their
numbers and their look. CMYK is converted to sRGB, which needs the profile's own tables.
"""

from __future__ import annotations

import functools
import io
import logging
import struct

from PIL import Image, ImageCms

logger = logging.getLogger(__name__)

_HEADER_SIZE = 128
_D50 = (0.9642, 1.0, 0.8249)
# Colorants as columns of red, green, blue, adapted to D50.
_SRGB_PRIMARIES = (
    (0.43607, 0.22249, 0.01392),
    (0.38515, 0.71687, 0.09708),
    (0.14307, 0.06061, 0.71410),
)
_DISPLAY_P3_PRIMARIES = (
    (0.51512, 0.24120, -0.00105),
    (0.29198, 0.69225, 0.04189),
    (0.15710, 0.06657, 0.78407),
)
# From D65, the white of both, to D50 (Bradford).
_ADAPTATION = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

_Primaries = tuple[tuple[float, float, float], ...]


def for_rgb(icc: bytes | None) -> bytes | None:
    """A profile that fits RGB pixels: the same one, a grey one's equivalent, or None."""
    if icc is None or color_space(icc) == b"RGB ":
        return icc
    if color_space(icc) == b"GRAY":
        curve = _tag(icc, b"kTRC")
        if curve is not None:
            return _matrix_profile("Unblur RGB with the photo's grey curve", _SRGB_PRIMARIES, curve)
    logger.warning("Leaving out a colour profile that does not fit the pixels")
    return None


def color_space(icc: bytes) -> bytes:
    """The profile's four-letter colour space, such as `RGB ` or `GRAY`."""
    return icc[16:20] if len(icc) >= _HEADER_SIZE else b""


@functools.cache
def display_p3() -> bytes:
    """Display P3: what telephones mean when a HEIC names only the primaries."""
    return _matrix_profile("Display P3", _DISPLAY_P3_PRIMARIES, _parametric(_SRGB_CURVE))


@functools.cache
def srgb() -> bytes:
    """sRGB."""
    return _matrix_profile("sRGB", _SRGB_PRIMARIES, _parametric(_SRGB_CURVE))


def rgb_from_cmyk(image: Image.Image, icc: bytes | None) -> tuple[Image.Image, bytes | None]:
    """An RGB picture and its profile, from a CMYK one whose 255 means full ink.

    Through the CMYK profile where there is a usable one, else by the plain formula.
    """
    if icc is not None and color_space(icc) == b"CMYK":
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            target = ImageCms.ImageCmsProfile(io.BytesIO(srgb()))
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError) as error:
            logger.warning("The CMYK profile cannot be used: %s", error)
        else:
            if converted is not None:
                return converted, srgb()
    return image.convert("RGB"), None


def _matrix_profile(name: str, primaries: _Primaries, curve: bytes) -> bytes:
    """An ICC 4.3 display profile of three colorants and one tone curve."""
    tags = [
        (b"desc", _text(name)),
        (b"cprt", _text("No copyright, use freely")),
        (b"wtpt", _xyz(_D50)),
        (b"chad", b"sf32\0\0\0\0" + b"".join(_fixed(x) for x in _ADAPTATION)),
        *(
            (name_, _xyz(x))
            for name_, x in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
        ),
        *((name_, curve) for name_ in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    table, body = b"", b""
    places: dict[bytes, int] = {}
    start = _HEADER_SIZE + 4 + 12 * len(tags)
    for key, content in tags:
        if content not in places:
            places[content] = start + len(body)
            body += content + b"\0" * (-len(content) % 4)
        table += key + struct.pack(">II", places[content], len(content))
    size = start + len(body)
    header = struct.pack(">I4sI", size, b"\0\0\0\0", 0x04300000) + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(24)
    header += struct.pack(">I", 0) + b"".join(_fixed(x) for x in _D50)
    return header.ljust(_HEADER_SIZE, b"\0") + struct.pack(">I", len(tags)) + table + body


def _tag(icc: bytes, name: bytes) -> bytes | None:
    """The content of one tag, or None."""
    try:
        (count,) = struct.unpack_from(">I", icc, _HEADER_SIZE)
        for index in range(min(count, 100)):
            key, offset, size = struct.unpack_from(">4sII", icc, _HEADER_SIZE + 4 + 12 * index)
            if key == name and offset + size <= len(icc):
                return icc[offset : offset + size]
    except struct.error:
        logger.info("A colour profile ends too early")
    return None


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(value) for value in values)


def _parametric(values: tuple[float, ...]) -> bytes:
    return b"para\0\0\0\0\0\3\0\0" + b"".join(_fixed(value) for value in values)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, len(encoded), 28) + encoded
