"""Grey pictures of 16 bits as PNG, with the standard library alone (ISO/IEC 15948).

The zoo has numpy and torch and no codec. A PSF is small: a loop over its rows is fast enough.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type: grey, RGB, grey + alpha, RGBA
_LARGEST_SIDE = 4096


class PngError(ValueError):
    """These bytes are no PNG that is read here; the message says why."""


def encoded(pixels: NDArray[np.uint16]) -> bytes:
    """A PNG of grey pixels (H, W)."""
    height, width = pixels.shape
    samples = pixels.astype(">u2").view(np.uint8).reshape(height, -1)
    # Every row begins with its filter: 0 is none.
    rows = np.concatenate((np.zeros((height, 1), np.uint8), samples), 1)
    header = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def decoded(data: bytes) -> NDArray[np.float64]:
    """Grey (H, W) in [0, 1], the mean of the colours where there are any; alpha is ignored.

    8 or 16 bits, not interlaced and without a palette. Raises PngError.
    """
    if not data.startswith(_SIGNATURE):
        raise PngError("not a PNG file")
    chunks = list(_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise PngError("no header")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if colour not in _CHANNELS or depth not in (8, 16) or interlaced:
        raise PngError("only 8 or 16 bits, grey or RGB, not interlaced, can be read")
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise PngError(f"{width} × {height} pixels are too many, or none")
    channels, size = _CHANNELS[colour], depth // 8
    stride = width * channels * size
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    rows = _unfiltered(_inflated(packed, height * (stride + 1)), stride, channels * size)
    samples = rows.view(">u2" if depth == 16 else np.uint8).reshape(height, width, channels)
    colours = samples[:, :, : 3 if channels >= 3 else 1]
    grey: NDArray[np.float64] = colours.mean(2, dtype=np.float64) / (2**depth - 1)
    return grey


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        checksum = data[place + 8 + length : place + 12 + length]
        if checksum != struct.pack(">I", zlib.crc32(kind + body)):
            raise PngError("the file is damaged")
        yield kind, body
        place += 12 + length
        if kind == b"IEND":
            return
    raise PngError("the file is cut short")


def _inflated(packed: bytes, length: int) -> bytes:
    try:
        # Never more than a picture of this size holds: a small file may unpack to gigabytes.
        rows = zlib.decompressobj().decompress(packed, length)
    except zlib.error as error:
        raise PngError("the file is damaged") from error
    if len(rows) != length:
        raise PngError("pixels are missing")
    return rows


def _unfiltered(data: bytes, stride: int, step: int) -> NDArray[np.uint8]:
    """(H, stride) from filtered rows; `step` is the bytes of a pixel."""
    filtered = np.frombuffer(data, np.uint8).reshape(-1, stride + 1)
    rows = np.empty((len(filtered), stride), np.uint8)
    above = bytearray(stride)
    for number, line in enumerate(filtered):
        above = _unfiltered_row(int(line[0]), bytearray(line[1:].tobytes()), above, step)
        rows[number] = np.frombuffer(above, np.uint8)
    return rows


def _unfiltered_row(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray:
    if kind > 4:
        raise PngError("the file is damaged")
    for i in range(len(row) if kind else 0):
        left = row[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        expected = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))
        row[i] = (row[i] + expected[kind]) & 255
    return row


def _paeth(left: int, above: int, corner: int) -> int:
    """The neighbour that is nearest to left + above − corner."""
    return min((left, above, corner), key=lambda value: abs(left + above - corner - value))
