"""The mean around every place, in time that does not depend on how far around reaches.

Chu et al. (ECCV 2022): a network that learnt with the mean of a whole patch meets other
numbers in a larger picture. Means over windows 1.5 times as long as a patch are like those
that it knows.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Mean(nn.Module):
    """The mean over the whole picture, or over the window around every place.

    `window` is the side of the window in places, None for the whole picture.
    """

    def __init__(self) -> None:
        super().__init__()
        self.window: int | None = None

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, h, w): one mean for every position of the window inside the picture.

        A side is 1 where the window is as long as the picture or longer.
        """
        height, width = features.shape[2:]
        window = self.window
        if window is None or window >= max(height, width):
            return features.mean((2, 3), keepdim=True)
        # Channels last: along any other axis such sums take five times as long.
        last = features.permute(0, 2, 3, 1)
        means = _means(_means(last, 2, min(window, width)), 1, min(window, height))
        return means.permute(0, 3, 1, 2)


def spread(means: Tensor, height: int, width: int) -> Tensor:
    """The mean that belongs to every place of a picture of this size.

    Near the border it is that of the nearest window which lies inside.
    """
    if means.shape[2:] == (1, 1):
        return means  # broadcasts
    rows, columns = height - means.shape[2], width - means.shape[3]
    sides = (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
    return functional.pad(means, sides, mode="replicate")


def _means(features: Tensor, axis: int, length: int) -> Tensor:
    """Moving means along one axis. One axis at a time keeps the sums small, and so exact."""
    places = features.shape[axis]
    wide = torch.promote_types(features.dtype, torch.float32)  # half precision cannot sum
    sums = features.narrow(axis, 0, length).sum(axis, keepdim=True, dtype=wide)
    if length < places:
        # Each further window takes one place in and lets one go.
        entering = features.narrow(axis, length, places - length).to(wide)
        leaving = features.narrow(axis, 0, places - length).to(wide)
        sums = torch.cat((sums, entering - leaving), axis).cumsum(axis)
    return (sums / length).to(features.dtype)
