from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch.nn import functional

from unblur_models.errors import ParametersDifferError
from unblur_models.unet.enlarging import Enlarging
from unblur_models.unet.layout import Hyperparameters
from unblur_models.unet.network import Unet

TINY = Hyperparameters(width=4, levels=1)
SHIPPED = Hyperparameters(width=32, levels=4)


def trained(shape: Hyperparameters) -> Unet:
    """A network with random parameters, as if it had learnt something."""
    torch.manual_seed(0)
    network = Unet(shape=shape).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return network


def test_a_new_network_returns_the_picture() -> None:
    picture = torch.rand(2, 3, 32, 48)
    assert torch.equal(Unet(shape=TINY)(picture), picture)


def test_half_precision_weights_are_computed_with_in_full() -> None:
    halves = {name: value.half() for name, value in trained(TINY).state_dict().items()}
    network = Unet.from_state_dict(halves)
    assert {value.dtype for value in network.parameters()} == {torch.float32}


def test_a_missing_parameter_is_named() -> None:
    state = trained(TINY).state_dict()
    del state["autoencoder.tail.bias"]
    with pytest.raises(ParametersDifferError, match=r"autoencoder\.tail\.bias is missing"):
        Unet.from_state_dict(state)


@pytest.mark.parametrize("side", [1, 2, 5, 8])
def test_enlarging_is_the_nearest_pixel_and_a_convolution(side: int) -> None:
    torch.manual_seed(1)
    layer = Enlarging(6, 3).double()
    features = torch.randn(2, 6, side, side + 1, dtype=torch.float64)
    enlarged = functional.interpolate(features, scale_factor=2, mode="nearest")
    expected = functional.conv2d(enlarged, layer.weight, layer.bias, padding=1)
    assert torch.allclose(layer(features), expected, rtol=0, atol=1e-12)


def test_the_network_that_we_train_has_the_size_it_should(
    cost: Callable[..., tuple[int, float]],
) -> None:
    parameters, gmacs = cost(Unet(shape=SHIPPED), 3)
    assert parameters == 8_630_563
    assert gmacs == pytest.approx(208.8, abs=0.1)


def test_there_is_one_stage() -> None:
    with pytest.raises(ValueError, match="one stage"):
        Unet(shape=TINY)(torch.rand(1, 3, 16, 16), stages=2)
