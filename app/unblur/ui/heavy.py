"""Imaging functions that are imported when they are first called.

OpenCV and the codecs take a tenth of a second to import, which the window's first picture
does not wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unblur.document.buffer import Mask, PixelImage
from unblur.document.deconvolution import PsfPicture
from unblur.document.document import Document
from unblur.document.geometry import Point, Rect, Size
from unblur.document.photo import Photo
from unblur.document.shapes import Ellipse, FoundMask, Shape

_FAINT = 0.03  # of a mask: less than eight levels of what a restoration changes by 255

if TYPE_CHECKING:
    from unblur.analysis.advice import Advice
    from unblur.analysis.caution import Caution
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


def find_face_at(
    pixels: PixelImage, place: Point, known: Sequence[Rect], proceed: Callable[[], None]
) -> tuple[Ellipse, float]:
    """`face_at.oval_at`."""
    from unblur.detect.face_at import oval_at

    return oval_at(pixels, place, known, proceed)


def face_feather(oval: Ellipse) -> float:
    """`faces.feather_of`."""
    from unblur.detect.faces import feather_of

    return feather_of(oval)


def find_people(
    pixels: PixelImage,
    is_sharp: bool,  # noqa: FBT001
    proceed: Callable[[], None],
) -> FoundMask | None:
    """The people of a photo as one mask; None where nobody is."""
    from unblur.detect.people import PeopleFinder, method_for
    from unblur.detect.presence import PresenceFinder

    there = PresenceFinder().find(pixels, proceed)
    if not there.is_anybody:
        return None
    method = method_for(there, Size(pixels.shape[1], pixels.shape[0]), is_sharp=is_sharp)
    return clear_of_faint(PeopleFinder().find(pixels, there, method, proceed))


def draw_mask(
    pixels: PixelImage, shapes: tuple[Shape, ...], proceed: Callable[[], None]
) -> FoundMask | None:
    """The mask of `shapes` over a photo as one shape; None where it is empty."""
    proceed()
    size = Size(pixels.shape[1], pixels.shape[0])
    return clear_of_faint(rasterize(shapes, 0.0, Rect.of_size(size), size))


def refine_mask(
    document: Document,
    layers: LayerReader,
    shapes: tuple[Shape, ...],
    proceed: Callable[[], None],
) -> FoundMask | None:
    """The mask of `shapes` with its edges on those of the result; None where it is empty.

    One of people is found anew there, which is better than moving its edge
    (docs/selection.md has the figures).
    """
    from unblur.detect.refining import agree, refined
    from unblur.imaging.composite import result
    from unblur.imaging.masks import rasterize

    photo = document.photo
    mask = rasterize(shapes, 0.0, photo.rect, photo.size)
    proceed()
    pixels = result(document, layers, photo.rect)
    proceed()
    if len(shapes) == 1 and isinstance(shapes[0], FoundMask):
        people = find_people(pixels, True, proceed)
        if people is not None and agree(mask, rasterize((people,), 0.0, photo.rect, photo.size)):
            return people
    return clear_of_faint(refined(mask, pixels, proceed))


def clear_of_faint(mask: Mask) -> FoundMask | None:
    """A mask as a shape; None where it is empty.

    What is faint beyond notice is left out: a haze of it would cost tiles that change nothing.
    """
    from unblur.document.found_masks import found_mask

    shape = found_mask(np.where(mask < _FAINT, np.float32(0), mask))
    return None if shape.rect.is_empty else shape


def estimate_blur(pixels: PixelImage, rect: Rect, proceed: Callable[[], None]) -> PsfPicture:
    """`psf_estimation.estimate_blur`; it brings torch, so only the inference thread calls it."""
    from unblur.engine.psf_estimation import estimate_blur

    return estimate_blur(pixels, rect, proceed)


def look_at(
    pixels: PixelImage, proceed: Callable[[], None]
) -> tuple[Measurement, Advice, bool, Caution]:
    """What the blur of a photo is, what to do and to know about it, whether anybody is there."""
    from unblur.analysis.advice import advise
    from unblur.analysis.caution import caution, is_blurred
    from unblur.analysis.measurement import measure
    from unblur.detect.faces import FaceFinder
    from unblur.detect.persons import QUICK_SIDES, PersonFinder
    from unblur.detect.presence import present
    from unblur.detect.text import TextFinder

    measured = measure(pixels, proceed)
    faces = FaceFinder().find(pixels, proceed)
    there = present(faces, PersonFinder().find(pixels, proceed, QUICK_SIDES))
    text = TextFinder().find(pixels, proceed) if is_blurred(measured) else ()
    known = caution(pixels, measured, [face.box for face in faces], text, proceed)
    return measured, advise(measured), there.is_anybody, known


def region_span(
    pixels: PixelImage,
    shapes: tuple[Shape, ...],
    measured: Measurement,
    proceed: Callable[[], None],
) -> float | None:
    """`region_blur.region_span`."""
    from unblur.analysis.region_blur import region_span

    return region_span(pixels, shapes, measured, proceed)


def depth_lost(photo: Photo, suffix: str) -> bool:
    """`export.depth_lost`."""
    from unblur.imaging.export import depth_lost

    return depth_lost(photo, suffix)


def export_options(
    *, quality: int, keep_metadata: bool, tell_restored: bool, overwrite: bool
) -> ExportOptions:
    """`export.ExportOptions`."""
    from unblur.imaging.export import ExportOptions

    return ExportOptions(quality, keep_metadata, tell_restored, overwrite)


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
