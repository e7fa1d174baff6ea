"""Which network fits a state dict: asked of the parameters, never of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from unblur_models import spandrel_network
from unblur_models.card import HUMAN_AWARE
from unblur_models.compact.network import Compact
from unblur_models.errors import UnknownArchitectureError
from unblur_models.fftformer.network import FftFormer
from unblur_models.human.network import HumanAware
from unblur_models.maxim.network import Maxim
from unblur_models.nafnet.network import NafNet
from unblur_models.plain_unet.network import PlainUnet
from unblur_models.restormer.network import Restormer
from unblur_models.srn.network import Srn
from unblur_models.unet.network import Unet

StateDict = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Architecture:
    """One family: how to know it and how to build it.

    Its networks are called with a batch (N, 3, H, W) in [0, 1] and `stages`, a quality's, and
    give a batch of the same shape, not clamped. Those that take a mask may be given one after
    the batch: how much of each pixel is a person, (N, 1, H, W) in [0, 1].
    """

    name: str
    detect: Callable[[StateDict], bool]
    build: Callable[[StateDict], nn.Module]
    takes_mask: bool = False


ARCHITECTURES = (
    Architecture("MAXIM", Maxim.detect, Maxim.from_state_dict),
    Architecture("NAFNet", NafNet.detect, NafNet.from_state_dict),
    Architecture("Restormer", Restormer.detect, Restormer.from_state_dict),
    Architecture("FFTformer", FftFormer.detect, FftFormer.from_state_dict),
    Architecture("SRN-DeblurNet", Srn.detect, Srn.from_state_dict),
    Architecture("plain U-Net", PlainUnet.detect, PlainUnet.from_state_dict),
    Architecture("deblurring autoencoder", Unet.detect, Unet.from_state_dict),
    Architecture("compact network", Compact.detect, Compact.from_state_dict),
    Architecture(HUMAN_AWARE, HumanAware.detect, HumanAware.from_state_dict, takes_mask=True),
)


def architecture_of(state: StateDict) -> Architecture:
    """The family whose parameters these are; where spandrel is installed, also one of its own.

    Raises UnknownArchitectureError, and UnsuitableNetworkError for spandrel's that enlarge.
    """
    for architecture in ARCHITECTURES:
        if architecture.detect(state):
            return architecture
    found = spandrel_network.recognised(state)
    if found is None:
        raise UnknownArchitectureError(sorted(state)[:3])
    name, network = found
    return Architecture(name, lambda _: True, lambda _: network)
