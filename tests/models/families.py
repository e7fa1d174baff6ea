"""Hyper-parameters of small networks of every family, and parameters for them.

Needs the zoo alone: what the bundle leaves out is tried with them, and pytest is not in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from unblur_models.compact import layout as compact
from unblur_models.compact.network import Compact
from unblur_models.fftformer import layout as fftformer
from unblur_models.fftformer.network import FftFormer
from unblur_models.human import layout as human
from unblur_models.human.network import HumanAware
from unblur_models.maxim import layout as maxim_layout
from unblur_models.nafnet import layout as nafnet
from unblur_models.nafnet.network import NafNet
from unblur_models.plain_unet import layout as plain_unet
from unblur_models.plain_unet.network import PlainUnet
from unblur_models.restormer import layout as restormer
from unblur_models.restormer.network import Restormer
from unblur_models.srn import layout as srn
from unblur_models.srn.network import Srn
from unblur_models.unet import layout as unet
from unblur_models.unet.network import Unet

State = dict[str, Tensor]
Learnt = Callable[[nn.Module], State]

SHAPES: dict[str, tuple[Any, ...]] = {
    "MAXIM": (
        maxim_layout.Hyperparameters(
            stages=2, features=8, groups=1, bottlenecks=1, reduction=4, sides=(4, 4, 2)
        ),
        maxim_layout.Hyperparameters(
            stages=1, features=4, groups=2, bottlenecks=2, reduction=2, sides=(2, 4)
        ),
    ),
    "NAFNet": (
        nafnet.Hyperparameters(width=4, encoder=(1, 2), middle=1, decoder=(1, 1)),
        nafnet.Hyperparameters(6, (1, 0, 2), 2, (0, 1, 1), ffn_expand=4),
        nafnet.Hyperparameters(8, (1,), 0, (1,), dw_expand=4),
        nafnet.Hyperparameters(8, (), 3, ()),
    ),
    "Restormer": (
        restormer.Hyperparameters(4, (1, 1, 1, 1), 1, (1, 2, 2, 4), (10, 21, 42, 85), False, True),
        restormer.Hyperparameters(4, (2, 1, 1, 2), 0, (1, 1, 4, 8), (8, 16, 32, 64), True, True),
        restormer.Hyperparameters(4, (1, 1, 2, 1), 2, (2, 2, 2, 2), (8, 9, 10, 11), False, False),
    ),
    "FFTformer": (
        fftformer.Hyperparameters(4, (1, 1, 1), 1, (12, 24, 48), (21, 42), 8, False),
        fftformer.Hyperparameters(6, (2, 1, 1), 0, (7, 8, 9), (10, 11), 8, True),
        fftformer.Hyperparameters(4, (1, 2, 2), 2, (8, 16, 32), (8, 16), 4, False),
    ),
    "SRN-DeblurNet": (
        srn.Hyperparameters(widths=(4, 6, 8), memory_side=3),
        srn.Hyperparameters(widths=(4, 6, 8), memory_side=0),
        srn.Hyperparameters(widths=(4, 6, 8), picture=1, memory_side=3),
        srn.Hyperparameters(widths=(6, 4), blocks=1, side=3),
        srn.Hyperparameters(widths=(2, 4, 6, 8), blocks=2, memory_side=1),
    ),
    "plain U-Net": (
        plain_unet.Hyperparameters(4, 8, encoder=(1, 2), middle=2, decoder=(0, 1)),
        plain_unet.Hyperparameters(2, 4, encoder=(1,), middle=1, decoder=(2,)),
        plain_unet.Hyperparameters(1, 6, encoder=(0, 1, 1), middle=0, decoder=(1, 0, 2)),
    ),
    "deblurring autoencoder": (
        unet.Hyperparameters(width=4, levels=4),
        unet.Hyperparameters(width=6, levels=3),
        unet.Hyperparameters(width=4, levels=1),
    ),
    "compact network": (
        compact.Hyperparameters(width=4, near=(2,), far=(4, 1)),
        compact.Hyperparameters(width=8, near=(1, 2, 2), far=(3,)),
        compact.Hyperparameters(width=5, near=(2, 2, 2), far=(4, 4, 4, 1)),
    ),
    "human-aware network": (
        human.Hyperparameters(4, 4, encoder=(1, 1), middle=3, branches=(1, 1), fusion=(1, 2)),
        human.Hyperparameters(2, 4, encoder=(1, 2), middle=2, branches=(0, 1), fusion=(2, 0)),
        human.Hyperparameters(4, 8, encoder=(1,), middle=1, branches=(1,), fusion=(1,)),
    ),
}
NETWORKS: dict[str, Callable[[Any], nn.Module]] = {
    "NAFNet": lambda shape: NafNet(shape=shape),
    "Restormer": lambda shape: Restormer(shape=shape),
    "FFTformer": lambda shape: FftFormer(shape=shape),
    "SRN-DeblurNet": lambda shape: Srn(hyper=shape),
    "plain U-Net": lambda shape: PlainUnet(shape=shape),
    "deblurring autoencoder": lambda shape: Unet(shape=shape),
    "compact network": lambda shape: Compact(shape=shape),
    "human-aware network": lambda shape: HumanAware(shape=shape),
}


def state_of(name: str, shape: Any, learnt: Learnt) -> State:
    """Parameters as a file holds them: random, of the size that training leaves."""
    if name != "MAXIM":
        return learnt(NETWORKS[name](shape))
    # Its file is laid out as in the paper, and not as the network that runs.
    random = torch.Generator().manual_seed(11)
    return {
        key: 0.1 * torch.randn(dimensions, generator=random)
        for key, dimensions in maxim_layout.parameter_shapes(shape).items()
    }
