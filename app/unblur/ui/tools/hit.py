"""Which region lies under the pointer."""

from __future__ import annotations

import math

from unblur.document.document import Document
from unblur.document.geometry import Point, Rect
from unblur.document.region import Region
from unblur.imaging.masks import touches


def region_at(document: Document, point: Point) -> Region | None:
    """The topmost visible region whose mask covers the pixel under `point`."""
    if not document.photo.rect.contains_point(point):
        return None
    pixel = Rect(math.floor(point.x), math.floor(point.y), 1, 1)
    for region in reversed(document.regions):
        if region.is_visible and touches(region.shapes, 0.0, pixel, document.photo.size):
            return region
    return None
