"""BMP, read by Pillow."""

from __future__ import annotations

from PIL import BmpImagePlugin

from unblur.imaging.decoded import Decoded
from unblur.imaging.formats import pillow

NAME = "BMP"


def matches(head: bytes) -> bool:
    """Whether a file begins like this format: its mark, and a known size of the header."""
    return head.startswith(b"BM") and head[14:18] in {
        bytes((size, 0, 0, 0)) for size in (12, 16, 40, 52, 56, 64, 108, 124)
    }


def decode(data: bytes) -> Decoded:
    """Read `data`. Raises ImageErrors without a path."""
    return pillow.decode(data, BmpImagePlugin.BmpImageFile, NAME)
