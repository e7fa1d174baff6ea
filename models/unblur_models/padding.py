"""Beyond the borders of a picture: reflected, for a picture of any size."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def reflected(start: int, stop: int, length: int) -> NDArray[np.intp]:
    """Positions [start, stop) folded into [0, length) like between two mirrors.

    What is smaller than the reach is reflected again and again, and a single place repeated.
    """
    if length == 1:
        return np.zeros(stop - start, np.intp)
    period = 2 * (length - 1)
    folded = np.arange(start, stop) % period
    return np.minimum(folded, period - folded)


def padded(batch: Tensor, multiple: int) -> Tensor:
    """A batch (N, C, H, W), longer below and on the right, so that its sides are multiples."""
    for axis in (2, 3):
        length = batch.shape[axis]
        if length % multiple:
            places = torch.from_numpy(reflected(0, length + -length % multiple, length))
            batch = batch.index_select(axis, places.to(batch.device))
    return batch
