"""PNG, written strip by strip.

Rows are filtered by the average of the pixels to the left and above, and packed by run
lengths: on photographs as small as anything at zlib's higher levels, in a third of the time.
"""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

import numpy as np

from unblur.document.buffer import UInt8Image
from unblur.document.photo import Metadata
from unblur.imaging.formats import png
from unblur.imaging.writing import Strip, Strips, WriteOrder

_AVERAGE_FILTER = 3
_RGB, _RGBA = 2, 6
_INCH = 0.0254
_LEVEL = 3
_CHUNK = 1 << 18


def write(file: BinaryIO, order: WriteOrder, strips: Strips) -> None:
    """Write the picture at 8 or 16 bits. Raises OSError."""
    file.write(png.SIGNATURE)
    file.write(png.packed(b"IHDR", _header(order)))
    file.writelines(_metadata_chunks(order.metadata))
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    above = np.zeros((1, order.size.width, order.channels * order.dtype.itemsize), np.uint8)
    waiting = b""
    for strip in strips:
        rows = _bytes_of(strip)
        waiting += packer.compress(_filtered(rows, above))
        above = rows[-1:].copy()
        if len(waiting) >= _CHUNK:
            file.write(png.packed(b"IDAT", waiting))
            waiting = b""
    file.write(png.packed(b"IDAT", waiting + packer.flush()))
    file.write(png.packed(b"IEND", b""))


def _header(order: WriteOrder) -> bytes:
    color = _RGBA if order.has_alpha else _RGB
    return struct.pack(">IIBBBBB", *order.size, order.dtype.itemsize * 8, color, 0, 0, 0)


def _bytes_of(strip: Strip) -> UInt8Image:
    """(h, W, bytes of a pixel), most significant byte first."""
    big = np.ascontiguousarray(strip, strip.dtype.newbyteorder(">"))
    return big.view(np.uint8).reshape(*strip.shape[:2], -1)


def _filtered(rows: UInt8Image, above: UInt8Image) -> bytes:
    """Rows as PNG packs them: a byte that names the filter, then the differences."""
    height, width, depth = rows.shape
    upper = np.concatenate((above, rows[:-1]))
    left = np.zeros_like(rows)
    left[:, 1:] = rows[:, :-1]
    # The mean of two bytes, rounded down, without leaving eight bits.
    mean = left & upper
    left ^= upper
    left >>= 1
    mean += left
    out = np.empty((height, 1 + width * depth), np.uint8)
    out[:, 0] = _AVERAGE_FILTER
    np.subtract(rows, mean, out=mean)
    out[:, 1:] = mean.reshape(height, -1)
    return out.tobytes()


def _metadata_chunks(metadata: Metadata) -> list[bytes]:
    chunks = []
    if metadata.icc:
        chunks.append(png.packed(b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc)))
    if metadata.dpi:
        x, y = (round(value / _INCH) for value in metadata.dpi)
        chunks.append(png.packed(b"pHYs", struct.pack(">IIB", x, y, 1)))
    if metadata.exif:
        chunks.append(png.packed(b"eXIf", metadata.exif))
    if metadata.xmp:
        chunks.append(png.packed(b"iTXt", png.XMP_KEYWORD + bytes(5) + metadata.xmp))
    if metadata.iptc:
        digits = metadata.iptc.hex()
        lines = "\n".join(digits[start : start + 72] for start in range(0, len(digits), 72))
        text = f"\niptc\n{len(metadata.iptc):8}\n{lines}\n".encode("ascii")
        chunks.append(png.packed(b"zTXt", png.IPTC_KEYWORDS[0] + b"\0\0" + zlib.compress(text)))
    return chunks
