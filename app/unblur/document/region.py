"""A region: what to restore, with which model, and how strongly to blend it in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from unblur.document.deconvolution import Deconvolution
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import Grow, Invert, Shape, WholePhoto, bounds_of

RegionId = NewType("RegionId", str)


class Subject(StrEnum):
    """What a region was made of. Its name is the person's, who may change it; this stays."""

    PEOPLE = "people"
    BACKGROUND = "background"  # all that people are not
    FACE = "face"

    @property
    def opposite(self) -> Subject:
        """What the region is of when it is inverted; all but a face has no word of its own."""
        pair = {Subject.PEOPLE: Subject.BACKGROUND, Subject.BACKGROUND: Subject.PEOPLE}
        return pair.get(self, self)


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
    """Which model restores a region, and how: a change here makes the region stale.

    `deconvolution` says how to solve where that is the model, whose quality is the solver.
    """

    model_id: str
    quality: str
    scale: Scale = Scale.AUTO
    deconvolution: Deconvolution | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """Shapes to restore. `strength` in [0, 1]; `feather` in photo pixels, measured inward.

    `subject` is None where nobody said what it is: something drawn, or a thing.
    """

    id: RegionId
    name: str
    shapes: tuple[Shape, ...]
    model: ModelChoice
    strength: float = 1.0
    feather: float = 0.0
    is_visible: bool = True
    subject: Subject | None = None

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

    def inverted(self) -> Region:
        """The region of all that this one leaves out."""
        other = replace(self, subject=self.subject.opposite if self.subject else None)
        if self.is_whole_photo:
            return replace(other, shapes=())
        if not self.shapes:
            return replace(other, shapes=(WholePhoto(),))
        if isinstance(self.shapes[-1], Invert):
            return replace(other, shapes=self.shapes[:-1])
        return other.with_shape(Invert())

    def grown(self, pixels: float) -> Region:
        """The region with its edge moved outward by `pixels`, or inward if negative.

        Moving on in one direction adds up, so that many small steps cost no more than one.
        """
        if self.is_whole_photo or not self.shapes:
            return self
        last = self.shapes[-1]
        if isinstance(last, Grow) and (last.pixels > 0) == (pixels > 0):
            return replace(self, shapes=(*self.shapes[:-1], Grow(last.pixels + pixels)))
        return self.with_shape(Grow(pixels))

    def cleared(self) -> Region:
        """The region with nothing in it, ready to be drawn anew."""
        return replace(self, shapes=())


def new_region_id() -> RegionId:
    """An identity that no other region has, in this run or a recovered one."""
    return RegionId(uuid.uuid4().hex)
