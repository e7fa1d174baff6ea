"""A region: what to restore, with which model, and how strongly to blend it in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from unblur.document.geometry import Rect, Size
from unblur.document.shapes import Shape, WholePhoto, bounds_of

RegionId = NewType("RegionId", str)


class Scale(StrEnum):
    """Work scale: the network sees the photo this much smaller (see docs/architecture.md)."""

    AUTO = "auto"
    FULL = "1"
    HALF = "1/2"
    QUARTER = "1/4"

    @property
    def factor(self) -> int | None:
        """How many times smaller, or None for automatic."""
        return {"auto": None, "1": 1, "1/2": 2, "1/4": 4}[self.value]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which model restores a region, and how: a change here makes the region stale."""

    model_id: str
    quality: str
    scale: Scale = Scale.AUTO


@dataclass(frozen=True, slots=True)
class Region:
    """Shapes to restore. `strength` in [0, 1]; `feather` in photo pixels, measured inward."""

    id: RegionId
    name: str
    shapes: tuple[Shape, ...]
    model: ModelChoice
    strength: float = 1.0
    feather: float = 0.0
    is_visible: bool = True

    def bounds(self, photo: Size) -> Rect:
        """Smallest rectangle outside of which the mask is zero."""
        return bounds_of(self.shapes, photo)

    @property
    def is_whole_photo(self) -> bool:
        """Whether the mask is one everywhere."""
        return self.shapes == (WholePhoto(),)

    def with_shape(self, shape: Shape) -> Region:
        """The region with one more shape painted over the earlier ones."""
        return replace(self, shapes=(*self.shapes, shape))


def new_region_id() -> RegionId:
    """An identity that no other region has, in this run or a recovered one."""
    return RegionId(uuid.uuid4().hex)
