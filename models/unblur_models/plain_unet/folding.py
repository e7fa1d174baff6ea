"""From the form that learns well to the form that runs fast: the same function, fewer layers."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

SCALE = ".scale"  # one number a channel that a residual block in training multiplies by


def folded(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same network without the scales of its residual blocks.

    A block ends in `scale · (W x + b)`, which is the convolution with weights `scale · W`
    and bias `scale · b`. A state that is folded already comes back as it is, and so does a
    scale that fits no convolution: whoever builds the network names it.
    """
    result = dict(state)
    for name, scale in state.items():
        if not name.endswith(SCALE):
            continue
        layer = name.removesuffix(SCALE) + ".second"
        parts = [f"{layer}.{part}" for part in ("weight", "bias")]
        if all(part in state and state[part].shape[:1] == scale.shape for part in parts):
            result.update({part: _scaled(state[part], scale) for part in parts})
            del result[name]
    return result


def _scaled(value: Tensor, scale: Tensor) -> Tensor:
    # In float64, so that folding rounds once and no more.
    shape = (-1,) + (1,) * (value.ndim - 1)
    product = value.to(torch.float64) * scale.to(torch.float64).reshape(shape)
    return product.to(value.dtype)
