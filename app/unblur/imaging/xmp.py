"""The one thing that an XMP packet says about pixels: their orientation."""

from __future__ import annotations

import re

_ORIENTATION = re.compile(
    rb"""(tiff:Orientation\s*=\s*["']\s*|<tiff:Orientation>\s*)[2-8](?=\s*["'<])"""
)


def upright(packet: bytes) -> bytes:
    """The packet with its orientation set to 1; of the same length, so its padding holds."""
    return _ORIENTATION.sub(rb"\g<1>1", packet)
