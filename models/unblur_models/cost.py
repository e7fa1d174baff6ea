"""What a network costs, counted without computing: as it is drawn, on tensors without values."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

_SIDE = 256


# Most of a large tile is kept: of 0.9 megapixels a plain U-Net took 2.1 s in tiles of 256, 1.2 s in
# those of 512, and `unblur-fast` 1.41 s in those, 1.11 s in tiles of 1024. The first pixels come
# with the first tile, so only networks that do a megapixel in about a second on two cores get the
# largest.
_TILE, _QUICK_TILE = 512, 1024
_QUICK = 100.0  # GMAC a megapixel
_WIDE = 16  # values a pixel in one layer: 75 MB in such a tile, and several are alive at once


def suitable_tile(network: nn.Module, gmacs: float, *channels: int, side: int = _SIDE) -> int:
    """The tile, in pixels, of a network of which nothing else is known.

    `gmacs` is what it takes for a megapixel, 0 where nobody counted; the rest is as there.
    """
    if not 0 < gmacs <= _QUICK or _widest(network, channels, side) > _WIDE:
        return _TILE
    return _QUICK_TILE


def _widest(network: nn.Module, channels: Sequence[int], side: int) -> float:
    """The most values for a pixel of the picture that one layer gives."""
    drawn = copy.deepcopy(network).to("meta")
    widest = 0

    def seen(_layer: nn.Module, _inputs: object, output: object) -> None:
        nonlocal widest
        if isinstance(output, torch.Tensor):
            widest = max(widest, output.numel())

    for layer in drawn.modules():
        layer.register_forward_hook(seen)
    with torch.inference_mode():
        drawn(*(torch.empty(1, each, side, side, device="meta") for each in channels))
    return widest / side**2


def gmacs_per_megapixel(
    network: nn.Module, *channels: int, side: int = _SIDE, stages: int | None = None
) -> float:
    """Multiplications for a megapixel that the network sees, in thousands of millions.

    `channels` are those of each input, of side × side pixels. `stages` is for networks that
    may stop early. The network itself is left alone: a copy is drawn on the “meta” device,
    where none of the short cuts is taken that a CPU knows.
    """
    drawn = copy.deepcopy(network).to("meta")
    inputs = [torch.empty(1, each, side, side, device="meta") for each in channels]
    options = {} if stages is None else {"stages": stages}
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        drawn(*inputs, **options)
    operations: int = counter.get_total_flops()
    return operations / 2 / side**2 / 1e3
