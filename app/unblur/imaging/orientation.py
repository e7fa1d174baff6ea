"""EXIF's eight orientations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def upright(samples: NDArray[Any], orientation: int) -> NDArray[Any]:
    """The (H, W, …) picture as it is to be seen; a value outside 2 to 8 leaves it alone.

    A view where possible. 5 to 8 swap width and height.
    """
    if orientation in (5, 6, 7, 8):
        samples = np.swapaxes(samples, 0, 1)
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    return samples
