"""The cards of models whose weights a person brings, against networks of the published shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from unblur_models import catalog
from unblur_models.fftformer.layout import Hyperparameters as FftFormerShape
from unblur_models.fftformer.network import FftFormer
from unblur_models.nafnet.layout import Hyperparameters as NafNetShape
from unblur_models.nafnet.network import NafNet
from unblur_models.restormer.layout import Hyperparameters as RestormerShape
from unblur_models.restormer.network import Restormer

SIDE = 256
HIDDEN = tuple(int(width * 2.66) for width in (48, 96, 192, 384))


def nafnet(width: int) -> Callable[[], nn.Module]:
    return lambda: NafNet(shape=NafNetShape(width, (1, 1, 1, 28), 1, (1, 1, 1, 1)))


def restormer() -> nn.Module:
    return Restormer(shape=RestormerShape(48, (4, 6, 6, 8), 4, (1, 2, 4, 8), HIDDEN, False, True))


def fftformer() -> nn.Module:
    return FftFormer(shape=FftFormerShape(48, (6, 6, 12), 4, (144, 288, 576), (255, 510), 8, False))


PUBLISHED = {
    "nafnet-w32.gopro": nafnet(32),
    "nafnet-w64.gopro": nafnet(64),
    "nafnet-w64.reds": nafnet(64),
    "restormer-base.gopro": restormer,
    "restormer-base.dpdd": restormer,
    "fftformer-base.gopro": fftformer,
}


def test_every_model_without_weights_is_held_against_its_network() -> None:
    waiting = {card.id for card in catalog.cards() if catalog.needs_weights(card)}
    assert waiting == set(PUBLISHED)


@pytest.mark.parametrize("model_id", PUBLISHED)
def test_a_card_tells_the_size_and_cost_of_the_network_that_we_run(model_id: str) -> None:
    card = catalog.card(model_id)
    with torch.device("meta"):
        network = PUBLISHED[model_id]()
    with FlopCounterMode(display=False) as counter:
        network(torch.empty(1, 3, SIDE, SIDE, device="meta"))
    parameters = sum(each.numel() for each in network.state_dict().values())
    assert card.parameters == parameters
    gmacs = counter.get_total_flops() / 2 / SIDE**2 / 1e3
    assert card.gmacs_per_megapixel == pytest.approx(gmacs, rel=1e-3)
    assert card.size_multiple == network.shape.size_multiple  # type: ignore[union-attr]
