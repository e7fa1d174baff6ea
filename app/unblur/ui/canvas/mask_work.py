"""What a tile's mask lacks, and how to bring it up to date with the least work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import Mask
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import BrushStroke, Drawn
from unblur.imaging.masks import painted_over

MaskBytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class MaskWork:
    """`rect`, pixels of a level, is out of date.

    Painting `growth` over what is there mends it: a brush that goes on costs no more than
    its new end, whatever was drawn before. None: it has to be drawn anew.
    """

    rect: Rect
    growth: tuple[Drawn, ...] | None = None

    def joined(self, other: MaskWork | None) -> MaskWork:
        """This work, and before it the other."""
        if other is None:
            return self
        growth = None
        if self.growth is not None and other.growth is not None:
            growth = _joined(other.growth, self.growth)
        return MaskWork(self.rect.united(other.rect), growth)


def _joined(before: tuple[Drawn, ...], after: tuple[Drawn, ...]) -> tuple[Drawn, ...]:
    """Both, with a stroke that goes on as one: many short ones cost more."""
    if before and after:
        last, first = before[-1], after[0]
        if isinstance(last, BrushStroke) and isinstance(first, BrushStroke):
            whole = last.joined(first)
            if whole is not None:
                return (*before[:-1], whole, *after[1:])
    return (*before, *after)


def to_bytes(mask: Mask) -> MaskBytes:
    """A mask in 8 bits."""
    levels: MaskBytes = np.rint(mask * np.float32(255.0)).astype(np.uint8)
    return levels


def grown_bytes(
    levels: MaskBytes, growth: tuple[Drawn, ...], rect: Rect, photo: Size, factor: int
) -> MaskBytes:
    """A mask in 8 bits over photo pixels `rect`, with shapes painted over it.

    Rounding keeps the order of values, so the larger of two is the larger after it as well.
    """
    mask = np.multiply(levels, np.float32(1 / 255), dtype=np.float32)
    return to_bytes(painted_over(mask, growth, rect, photo, factor))
