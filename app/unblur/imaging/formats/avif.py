"""AVIF, read by Pillow (libavif)."""

from __future__ import annotations

from PIL import AvifImagePlugin

from unblur.imaging.decoded import Decoded
from unblur.imaging.formats import pillow

NAME = "AVIF"
_BRANDS = (b"avif", b"avis")


def matches(head: bytes) -> bool:
    """Whether a file begins like this format: by its brand, or one that it conforms to."""
    names = [head[8:12], *(head[i : i + 4] for i in range(16, len(head) - 3, 4))]
    return head[4:8] == b"ftyp" and any(name in _BRANDS for name in names)


def decode(data: bytes) -> Decoded:
    """Read the first picture of `data`. Raises ImageErrors without a path."""
    return pillow.decode(data, AvifImagePlugin.AvifImageFile, NAME)
