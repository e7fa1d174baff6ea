"""PNG, read by OpenCV (libpng) at every depth; chunks with metadata are read here.

OpenCV gets the chunks that make up the picture and no others: it neither warns about odd
profiles nor applies a gamma, and damage is found by the checksums beforehand.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from unblur.document.geometry import Size
from unblur.document.photo import Metadata
from unblur.errors import ImageTruncatedError
from unblur.imaging.decoded import Decoded, Samples
from unblur.imaging.limits import check_size
from unblur.imaging.opencv import cv2

NAME = "PNG"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEYWORD = b"XML:com.adobe.xmp"
IPTC_KEYWORDS = (b"Raw profile type iptc", b"Raw profile type 8bim")
_PICTURE_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_IPTC_RESOURCE = b"8BIM\x04\x04"
_INCH = 0.0254
_MOST_TEXT = 64 << 20  # unpacked: a small chunk can unfold to any length


class Chunk(NamedTuple):
    """A chunk's four-letter kind and its content."""

    kind: bytes
    content: memoryview


def matches(head: bytes) -> bool:
    """Whether a file begins like this format."""
    return head.startswith(SIGNATURE)


def decode(data: bytes) -> Decoded:
    """Read `data`. Raises ImageErrors without a path."""
    chunks = list(_chunks(data))
    header = next((chunk.content for chunk in chunks if chunk.kind == b"IHDR"), None)
    if header is None or len(header) != 13:
        raise ImageTruncatedError(None, "no header")
    width, height, bits, color = struct.unpack_from(">IIBB", header)
    check_size(Size(width, height), 4 * max(1, bits // 8))
    samples = _pixels(chunks)
    transparent = next((c.content for c in chunks if c.kind == b"tRNS"), None)
    if color == 0:
        samples = _with_transparent_gray(samples, transparent, bits)
    elif color == 4:
        samples = samples[..., 2:]  # OpenCV gives grey three times
    elif samples.ndim == 3:
        code = cv2.COLOR_BGRA2RGBA if samples.shape[2] == 4 else cv2.COLOR_BGR2RGB
        samples = cv2.cvtColor(samples, code)
    return Decoded(samples, NAME, _metadata(chunks))


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Chunks up to the end mark; those of the picture are checked against their sums."""
    view = memoryview(data)
    position = len(SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 8 + length
        if end + 4 > len(data):
            break
        content = view[position + 8 : end]
        if kind in _PICTURE_CHUNKS:
            (stored,) = struct.unpack_from(">I", data, end)
            if zlib.crc32(content, zlib.crc32(kind)) != stored:
                raise ImageTruncatedError(None, f"wrong checksum in {kind.decode()}")
        yield Chunk(kind, content)
        if kind == b"IEND":
            return
        position = end + 4
    raise ImageTruncatedError(None, "the end is missing")


def packed(kind: bytes, content: bytes | memoryview) -> bytes:
    """A chunk as it stands in a file."""
    checksum = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + bytes(content) + struct.pack(">I", checksum)


def _pixels(chunks: list[Chunk]) -> Samples:
    plain = b"".join(packed(*chunk) for chunk in chunks if chunk.kind in _PICTURE_CHUNKS)
    flags = cv2.IMREAD_UNCHANGED
    try:
        samples = cv2.imdecode(np.frombuffer(SIGNATURE + plain, np.uint8), flags)
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from error
        raise ImageTruncatedError(None, str(error)) from error
    if samples is None:
        raise ImageTruncatedError(None, "the pixels cannot be unpacked")
    return np.asarray(samples)


def _with_transparent_gray(samples: Samples, chunk: memoryview | None, bits: int) -> Samples:
    """Grey with the alpha that `tRNS` means: one value is fully transparent."""
    if chunk is None or len(chunk) != 2:
        return samples
    (level,) = struct.unpack(">H", chunk)
    # OpenCV spreads fewer bits over all eight.
    transparent = level * 255 // ((1 << bits) - 1) if bits < 8 else level
    opaque = np.iinfo(samples.dtype).max
    alpha = np.where(samples == transparent, 0, opaque).astype(samples.dtype)
    return np.dstack((samples, alpha))


def _metadata(chunks: list[Chunk]) -> Metadata:
    first: dict[bytes, bytes] = {}
    xmp = iptc = None
    for kind, content in chunks:
        if kind in (b"iTXt", b"zTXt", b"tEXt"):
            keyword, text = _text(kind, bytes(content))
            xmp = text if keyword == XMP_KEYWORD and text else xmp
            iptc = _raw_profile(text) if keyword in IPTC_KEYWORDS and text else iptc
        elif kind not in _PICTURE_CHUNKS:
            first.setdefault(kind, bytes(content))
    exif = first.get(b"eXIf", b"").removeprefix(b"Exif\0\0") or None
    return Metadata(_profile(first.get(b"iCCP")), exif, xmp, iptc, _dpi(first.get(b"pHYs")))


def _profile(chunk: bytes | None) -> bytes | None:
    name, _, rest = (chunk or b"").partition(b"\0")
    return _inflated(rest[1:]) if name and rest else None


def _text(kind: bytes, chunk: bytes) -> tuple[bytes, bytes | None]:
    """Keyword and unpacked text of one of the three kinds of text chunk."""
    keyword, _, rest = chunk.partition(b"\0")
    if kind == b"tEXt":
        return keyword, rest
    if kind == b"zTXt":
        return keyword, _inflated(rest[1:])
    is_packed = rest[:1] == b"\1"
    text = rest[2:].split(b"\0", 2)[-1]
    return keyword, _inflated(text) if is_packed else text


def _raw_profile(text: bytes) -> bytes | None:
    """IPTC from ImageMagick's form: a name, a length and hexadecimal digits, by lines."""
    parts = text.split(None, 2)
    try:
        content = bytes.fromhex(parts[2].decode("ascii"))
    except (IndexError, ValueError):
        return None
    if not content.startswith(b"8BIM"):
        return content or None
    start = content.find(_IPTC_RESOURCE)
    if start < 0 or start + 12 > len(content):
        return None
    (size,) = struct.unpack_from(">I", content, start + 8)
    return content[start + 12 : start + 12 + size] or None


def _dpi(chunk: bytes | None) -> tuple[float, float] | None:
    if chunk is None or len(chunk) != 9:
        return None
    x, y, unit = struct.unpack(">IIB", chunk)
    return (x * _INCH, y * _INCH) if unit == 1 and x and y else None


def _inflated(packed_text: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(packed_text, _MOST_TEXT) or None
    except zlib.error:
        return None
