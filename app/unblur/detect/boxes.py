"""Boxes that detectors found: how much two of them share, and each thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from unblur.document.geometry import Rect


class Found(Protocol):
    """Something that was found: its box on the photo and how sure that is."""

    @property
    def box(self) -> Rect:
        """In photo pixels."""
        ...

    @property
    def score(self) -> float:
        """In [0, 1]."""
        ...


FoundT = TypeVar("FoundT", bound=Found)


def overlap(box: Rect, other: Rect) -> float:
    """Intersection over union of two boxes, in [0, 1]."""
    shared = box.intersected(other).size.area
    union = box.size.area + other.size.area - shared
    return shared / union if union else 0.0


def inside(box: Rect, other: Rect) -> float:
    """How much of the smaller box lies in the larger one, in [0, 1]."""
    smaller = min(box.size.area, other.size.area)
    return box.intersected(other).size.area / smaller if smaller else 0.0


def surest(found: Iterable[FoundT], is_same: Callable[[Rect, Rect], bool]) -> tuple[FoundT, ...]:
    """Each thing once, by its surest box (non-maximum suppression), the surest first."""
    kept: list[FoundT] = []
    for each in sorted(found, key=lambda one: -one.score):
        if not any(is_same(each.box, other.box) for other in kept):
            kept.append(each)
    return tuple(kept)
