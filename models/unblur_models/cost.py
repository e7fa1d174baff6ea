"""What a network costs, counted without computing: as it is drawn, on tensors without values."""

from __future__ import annotations

import copy

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


def suitable_tile(gmacs: float) -> int:
    """The tile, in pixels, of a network of which nothing is known but its GMAC a megapixel.

    0 where nobody counted them.
    """
    return _QUICK_TILE if 0 < gmacs <= _QUICK else _TILE


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
