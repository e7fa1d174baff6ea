"""JPEG, read and written by Pillow (libjpeg-turbo), which refuses a file that is cut."""

from __future__ import annotations

from PIL import JpegImagePlugin

from unblur.imaging.decoded import Decoded
from unblur.imaging.formats import pillow

NAME = "JPEG"


def matches(head: bytes) -> bool:
    """Whether a file begins like this format."""
    return head.startswith(b"\xff\xd8\xff")


def decode(data: bytes) -> Decoded:
    """Read `data`; CMYK becomes RGB. Raises ImageErrors without a path."""
    return pillow.decode(data, JpegImagePlugin.JpegImageFile, NAME)
