"""How much of an input, and how many of them at once, fit into the memory that is free."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from unblur.document.geometry import Size
from unblur.engine.tiling import TilingPolicy

_SHARE_OF_GPU = 0.8  # of what is free: allocators leave holes
_SHARE_OF_COMPUTER = 0.5  # the photo, the window and other programs live there as well
_MOST_AT_ONCE = 8  # inputs; beyond, a GPU is busy anyway, and cancelling takes longer


class Fit(NamedTuple):
    """The policy with inputs that fit, and how many full ones go through the network at once."""

    policy: TilingPolicy
    at_once: int


def fit(
    policy: TilingPolicy,
    network_size: Size,
    bytes_per_pixel: float | None,
    room: int | None,
    *,
    is_accelerated: bool,
) -> Fit:
    """What fits into `room` bytes, where a network pixel takes `bytes_per_pixel`.

    `network_size` is the input of the grid's tiles. Inputs stay as the policy wants them as
    long as they fit, since networks are best at the sizes that they know; a CPU takes them
    one by one, since it is as busy with one as with many. Where nothing is known the policy
    stays, and memory that ends halves it.
    """
    if not bytes_per_pixel or room is None:
        return Fit(policy, 1)
    share = _SHARE_OF_GPU if is_accelerated else _SHARE_OF_COMPUTER
    pixels = share * room / bytes_per_pixel
    side = math.isqrt(int(pixels)) // policy.multiple * policy.multiple
    largest = min(policy.largest, max(side, policy.sizes[0]))
    fitted = replace(policy, tile=min(policy.tile, largest), largest=largest)
    whole = int(pixels // max(1, network_size.area))
    at_once = min(_MOST_AT_ONCE, whole) if is_accelerated else 1
    return Fit(fitted, max(1, at_once))
