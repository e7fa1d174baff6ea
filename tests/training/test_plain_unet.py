from __future__ import annotations

import pytest
import torch

from unblur_models.plain_unet.folding import folded
from unblur_models.plain_unet.layout import Hyperparameters, hyperparameters
from unblur_models.plain_unet.network import PlainUnet
from unblur_models.registry import architecture_of

SHAPES = [
    Hyperparameters(unshuffle=4, width=8, encoder=(1, 2), middle=2, decoder=(0, 1)),
    Hyperparameters(unshuffle=2, width=4, encoder=(1,), middle=1, decoder=(2,)),
]


def trained(shape: Hyperparameters) -> PlainUnet:
    """A network in training form with random parameters, as if it had learnt something."""
    torch.manual_seed(0)
    network = PlainUnet(shape=shape, is_training_form=True)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.1)
    return network


def test_a_new_network_returns_the_picture() -> None:
    picture = torch.rand(2, 3, 32, 48)
    assert torch.equal(PlainUnet(shape=SHAPES[0])(picture), picture)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_is_read_from_the_parameters(shape: Hyperparameters) -> None:
    state = trained(shape).state_dict()
    assert hyperparameters(state) == shape
    assert architecture_of(folded(state)).name == "plain U-Net"


@pytest.mark.parametrize("shape", SHAPES)
def test_folding_changes_nothing_but_the_number_of_layers(shape: Hyperparameters) -> None:
    network = trained(shape).double()
    state = folded(network.state_dict())
    assert not any(name.endswith(".scale") for name in state)
    plain = PlainUnet(shape=shape).double()
    plain.load_state_dict(state)
    picture = torch.rand(1, 3, 32, 48, dtype=torch.float64)
    assert torch.allclose(network(picture), plain(picture), rtol=0, atol=1e-13)


def test_a_folded_network_can_be_trained_on() -> None:
    network = trained(SHAPES[0])
    again = PlainUnet.for_training(folded(network.state_dict()))
    picture = torch.rand(1, 3, 32, 32)
    assert torch.allclose(network(picture), again(picture), atol=1e-5)


def test_there_is_one_stage() -> None:
    with pytest.raises(ValueError, match="one stage"):
        PlainUnet(shape=SHAPES[0])(torch.rand(1, 3, 16, 16), stages=2)
