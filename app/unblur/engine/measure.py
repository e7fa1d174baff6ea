"""How fast this machine is: every quality of a model, timed on one small tile.

The first run of a network is slower than those after it (memory is reserved, kernels are
chosen), so one run goes before the timed ones. Real tiles correct the figures later.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import torch

from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device, synchronize
from unblur.engine.interruption import interruptible
from unblur.engine.precision import in_precision
from unblur.engine.provider import Model, probed

# Large enough to be like the real thing, small enough to let a request in soon.
_SIDE = 128


class Measurement(NamedTuple):
    """Seconds that one quality took for so many network pixels."""

    quality: str
    network_pixels: int
    seconds: float


def warm_up(
    model: Model, quality: str, device: Device, token: CancelToken, precision: str = "fp32"
) -> None:
    """Run once on the smallest input, so that the first real tile does not pay for it.

    Raises Cancelled before the next layer once `token` is set.
    """
    side = model.card.size_multiple
    token.raise_if_cancelled()
    with torch.inference_mode(), interruptible(token), in_precision(device, precision):
        model(probed(torch.zeros(1, 3, side, side, device=device.torch_device), model), quality)
    synchronize(device)


def measure_speed(
    model: Model, qualities: tuple[str, ...], device: Device, token: CancelToken
) -> Iterator[Measurement]:
    """Time the qualities one by one, in their order.

    Raises Cancelled before the next layer once `token` is set.
    """
    side = -(-_SIDE // model.card.size_multiple) * model.card.size_multiple
    generator = torch.Generator().manual_seed(0)
    picture = torch.rand(1, 3, side, side, generator=generator).to(device.torch_device)
    tile = probed(picture, model)
    token.raise_if_cancelled()
    with torch.inference_mode(), interruptible(token):
        model(tile, qualities[0])
    for quality in qualities:
        token.raise_if_cancelled()
        synchronize(device)
        started = time.perf_counter()
        with torch.inference_mode(), interruptible(token):
            model(tile, quality)
        synchronize(device)
        yield Measurement(quality, side * side, time.perf_counter() - started)
