"""The formats that can be written, and what each of them holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from unblur.errors import ImageFormatError
from unblur.imaging.formats import jpeg, png, png_writer, tiff, tiff_writer, webp
from unblur.imaging.writing import Strips, WriteOrder


class Writer(NamedTuple):
    """A format to write.

    `bits` is the most a channel, `max_side` the most pixels a side, `longest_xmp` the most
    bytes of an XMP packet.
    """

    name: str
    suffixes: tuple[str, ...]
    bits: int
    has_alpha: bool
    is_exact: bool
    max_side: int | None
    write: Callable[[BinaryIO, WriteOrder, Strips], None]
    longest_xmp: int | None = None


WRITERS = (
    Writer(png.NAME, (".png",), 16, True, True, None, png_writer.write),
    Writer(tiff.NAME, (".tif", ".tiff"), 32, True, True, None, tiff_writer.write),
    Writer(
        jpeg.NAME,
        (".jpg", ".jpeg"),
        8,
        False,
        False,
        jpeg.MAX_SIDE,
        jpeg.write,
        jpeg.LONGEST_XMP,
    ),
    Writer(webp.NAME, (".webp",), 8, True, False, webp.MAX_SIDE, webp.write),
)

WRITABLE_SUFFIXES: tuple[str, ...] = tuple(s for writer in WRITERS for s in writer.suffixes)
"""Lower case, with the dot."""


def writer_for(path: Path) -> Writer:
    """The format that the ending of `path` names. Raises ImageFormatError."""
    suffix = path.suffix.lower()
    found = next((writer for writer in WRITERS if suffix in writer.suffixes), None)
    if found is None:
        raise ImageFormatError(path)
    return found
