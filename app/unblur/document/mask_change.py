"""Where two masks may differ: what has to be drawn again after an edit, and no more."""

from __future__ import annotations

import math

from unblur.document.document import Document, diff
from unblur.document.geometry import Rect, Size
from unblur.document.region import Region
from unblur.document.shapes import (
    BrushStroke,
    Drawn,
    Ellipse,
    Grow,
    Invert,
    Lasso,
    Mode,
    Rectangle,
    Shape,
    WholePhoto,
    bounds_of,
)

Shapes = tuple[Shape, ...]

_NOTHING = Rect(0, 0, 0, 0)


def document_change(before: Document, after: Document) -> Rect:
    """Photo pixels in which the results of two documents of one photo may differ."""
    changes, size = diff(before, after), after.photo.size
    if changes.is_other_photo or changes.is_reordered:
        return after.photo.rect
    touched = mask_change(before.protection, after.protection, size)
    for document in (before, after):
        for region in document.regions:
            if region.id in changes.added | changes.removed | changes.remodeled | changes.reblended:
                touched = touched.united(region.bounds(size))
    for region_id in changes.reshaped:
        old, new = before.region(region_id), after.region(region_id)
        if old is not None and new is not None:
            touched = touched.united(region_change(old, new, size))
    return touched


def region_change(before: Region, after: Region, photo: Size) -> Rect:
    """Photo pixels in which the masks of two regions may differ, feather and all."""
    if before.feather != after.feather:
        return before.bounds(photo).united(after.bounds(photo))
    return mask_change(before.shapes, after.shapes, photo, after.feather)


def region_growth(before: Region, after: Region) -> tuple[Drawn, ...] | None:
    """Shapes that give the new mask when they are painted over the old one.

    None where that is not enough: with a feather, and where the masks have parted.
    """
    if before.feather > 0 or after.feather > 0:
        return None
    shared = _shared(before.shapes, after.shapes)
    old, new = _grown_apart(before.shapes[shared:], after.shapes[shared:])
    drawn = tuple(
        shape
        for shape in new
        if isinstance(shape, Rectangle | Ellipse | Lasso | BrushStroke)
        and shape.mode is not Mode.INTERSECT
    )
    return drawn if not old and len(drawn) == len(new) else None


def mask_change(before: Shapes, after: Shapes, photo: Size, feather: float = 0.0) -> Rect:
    """Photo pixels in which the masks of two rows of shapes with the same feather may differ.

    When one mask was only drawn further than the other, no more than the new shapes' reach
    can differ, with the feather around it: so a brush draws again no more than what it
    touches.
    """
    if before == after:
        return _NOTHING
    shared = _shared(before, after)
    rests = _grown_apart(before[shared:], after[shared:])
    if not all(_is_local(shape) for rest in rests for shape in rest):
        return bounds_of(before, photo).united(bounds_of(after, photo))
    touched = _NOTHING
    for shape in (shape for rest in rests for shape in rest):
        touched = touched.united(_reach(shape, photo))
    return touched.expanded(math.ceil(feather) + 1, Rect.of_size(photo))


def _shared(one: Shapes, other: Shapes) -> int:
    """How many shapes both begin with."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _grown_apart(before: Shapes, after: Shapes) -> tuple[Shapes, Shapes]:
    """The shapes that differ; of a stroke that was only drawn on, just its new end."""
    if len(before) != 1 or len(after) != 1:
        return before, after
    old, new = before[0], after[0]
    if not (isinstance(old, BrushStroke) and isinstance(new, BrushStroke)):
        return before, after
    if new.mode is Mode.INTERSECT or not new.continues(old):
        return before, after
    return (), (new.tail(len(old.points) - 1),)


def _is_local(shape: Shape) -> bool:
    """Whether the shape changes nothing beyond its reach."""
    if isinstance(shape, Invert | Grow):
        return False
    return isinstance(shape, WholePhoto) or shape.mode is not Mode.INTERSECT


def _reach(shape: Shape, photo: Size) -> Rect:
    return _NOTHING if isinstance(shape, Invert | Grow) else shape.reach(photo)
