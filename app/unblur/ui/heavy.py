"""Imaging functions that are imported when they are first called.

OpenCV and the codecs take a tenth of a second to import, which the window's first picture
does not wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unblur.document.buffer import Mask, PixelImage
from unblur.document.document import Document
from unblur.document.geometry import Rect, Size
from unblur.document.photo import Photo
from unblur.document.shapes import Ellipse, Shape

if TYPE_CHECKING:
    from unblur.analysis.advice import Advice
    from unblur.analysis.measurement import Measurement
    from unblur.imaging.composite import LayerReader
    from unblur.imaging.export import ExportOptions


def decode(path: Path) -> Photo:
    """`codec.decode`."""
    from unblur.imaging.codec import decode

    return decode(path)


def decode_bytes(data: bytes, name: str) -> Photo:
    """`codec.decode_bytes`."""
    from unblur.imaging.codec import decode_bytes

    return decode_bytes(data, name)


def touches(shapes: tuple[Shape, ...], feather: float, rect: Rect, photo: Size) -> bool:
    """`masks.touches`."""
    from unblur.imaging.masks import touches

    return touches(shapes, feather, rect, photo)


def rasterize(
    shapes: tuple[Shape, ...], feather: float, rect: Rect, photo: Size, factor: int = 1
) -> Mask:
    """`masks.rasterize`."""
    from unblur.imaging.masks import rasterize

    return rasterize(shapes, feather, rect, photo, factor)


def find_faces(pixels: PixelImage, proceed: Callable[[], None]) -> Sequence[tuple[Ellipse, float]]:
    """The faces of a photo as ovals with their feather, the surest first.

    What `proceed` raises ends the search. Each search has a network of its own: one belongs to
    a single thread, and loading it takes less than looking.
    """
    from unblur.detect.faces import FaceFinder, oval_of

    return [oval_of(face) for face in FaceFinder().find(pixels, proceed)]


def look_at_blur(pixels: PixelImage, proceed: Callable[[], None]) -> tuple[Measurement, Advice]:
    """What the blur of a photo is, and what to do about it."""
    from unblur.analysis.advice import advise
    from unblur.analysis.measurement import measure

    measured = measure(pixels, proceed)
    return measured, advise(measured)


def depth_lost(photo: Photo, suffix: str) -> bool:
    """`export.depth_lost`."""
    from unblur.imaging.export import depth_lost

    return depth_lost(photo, suffix)


def export_options(quality: int, keep_metadata: bool, overwrite: bool) -> ExportOptions:  # noqa: FBT001
    """`export.ExportOptions`."""
    from unblur.imaging.export import ExportOptions

    return ExportOptions(quality=quality, keep_metadata=keep_metadata, overwrite=overwrite)


def export(
    document: Document,
    layers: LayerReader,
    path: Path,
    options: ExportOptions,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> object:
    """`export.export`."""
    from unblur.imaging.export import export

    return export(document, layers, path, options, progress, is_cancelled)
