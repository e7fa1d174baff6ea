"""Masks of pixels, packed into shapes and back.

A mask of a person in a photo of 24 megapixels takes some hundred kilobytes, because most of
it is all or nothing.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np

from unblur.document.buffer import Mask, UInt8Image, read_only
from unblur.document.geometry import Rect
from unblur.document.shapes import FoundMask, Mode

_KEPT = 4  # unpacked masks: every tile and strip asks for the same few


def found_mask(mask: Mask, mode: Mode = Mode.ADD) -> FoundMask:
    """`mask`, which covers the whole photo, as a shape: rounded to 255ths, cut to what it has."""
    levels = np.rint(np.clip(mask, 0.0, 1.0) * 255.0).astype(np.uint8)
    rows, columns = np.flatnonzero(levels.any(axis=1)), np.flatnonzero(levels.any(axis=0))
    if not rows.size:
        return FoundMask(Rect(0, 0, 0, 0), zlib.compress(b""), mode)
    rect = Rect.from_edges(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return FoundMask(rect, zlib.compress(levels[rect.slices].tobytes(), level=6), mode)


@lru_cache(maxsize=_KEPT)
def levels_of(shape: FoundMask) -> UInt8Image:
    """Its values, (height, width) of its rectangle, 0 to 255, read-only.

    Raises ValueError when the packed bytes are not those of such a mask.
    """
    height, width = max(0, shape.rect.height), max(0, shape.rect.width)
    count = height * width
    # Never more than there should be, whatever a damaged file says.
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(shape.levels, count + 1) if count else b""
    except zlib.error as error:
        raise ValueError(f"not a packed mask: {error}") from error
    if len(data) != count:
        raise ValueError(f"{len(data)} values for {count} pixels")
    values = np.frombuffer(data, np.uint8).reshape(height, width)
    return read_only(values)
