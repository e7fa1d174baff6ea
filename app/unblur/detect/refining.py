"""A mask refined by what is seen of the photo now: its restored pixels, where there are any.

A mask that was found in a blurred photo, or drawn by hand, is wrong by some pixels at its edge,
where the blur mixed what is inside with what is outside. The restored picture shows the edge.
The guided filter with a window that is wide enough for both sides tells to which each pixel
belongs; that is decided, and a second, narrow one makes the edge as soft as the picture's.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from unblur.detect.guided import snapped
from unblur.document.buffer import Mask, PixelImage

_OFF = 0.016  # of the photo's long side: half the window that is to hold both sides of the edge
_SOFT = 0.003  # of it: half the window in which hair and limbs are followed
_SAME = 0.8  # intersection over union
_HALF = 0.5
_STEEPNESS = 4.0  # of the step between: more than half is inside


def agree(mask: Mask, other: Mask) -> bool:
    """Whether both masks (H, W) are of the same thing: nearly the same pixels are inside."""
    inside, others = mask > _HALF, other > _HALF
    together = int(np.count_nonzero(inside & others))
    return together > _SAME * int(np.count_nonzero(inside | others))


def refined(mask: Mask, pixels: PixelImage, proceed: Callable[[], None] = lambda: None) -> Mask:
    """`mask` (H, W) with its edges on those of `pixels` (H, W, 3).

    `proceed` is called between steps, and what it raises ends the work.
    """
    side = max(mask.shape)
    proceed()
    likely = snapped(mask, pixels, _OFF * side)
    proceed()
    decided = np.clip((likely - _HALF) * np.float32(_STEEPNESS) + _HALF, 0.0, 1.0)
    return snapped(decided.astype(np.float32), pixels, _SOFT * side)
