from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from unblur_models.compact.layout import Hyperparameters, hyperparameters
from unblur_models.compact.network import Compact, edges
from unblur_models.errors import ParametersDifferError
from unblur_models.plain_unet.folding import folded
from unblur_models.registry import architecture_of

SHAPES = [
    Hyperparameters(width=4, near=(2,), far=(4, 1)),
    Hyperparameters(width=8, near=(1, 2, 2), far=(3,)),
    Hyperparameters(width=5, near=(2, 2, 2), far=(4, 4, 4, 1)),
]
SHIPPED = Hyperparameters(width=40, near=(2, 2, 2), far=(4, 4, 4, 1))


def trained(shape: Hyperparameters) -> Compact:
    """A network in training form with random parameters, as if it had learnt something."""
    torch.manual_seed(0)
    network = Compact(shape=shape, is_training_form=True).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return network


def test_a_new_network_returns_the_picture() -> None:
    picture = torch.rand(2, 3, 31, 48)
    assert torch.equal(Compact(shape=SHAPES[0])(picture), picture)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_parameters_alone_make_the_same_network_again(shape: Hyperparameters) -> None:
    network = Compact.from_state_dict(trained(shape).state_dict())
    state = network.state_dict()
    assert not any(name.endswith(".scale") for name in state)
    assert hyperparameters(state) == shape == network.shape
    assert architecture_of(state).name == "compact network"
    picture = torch.rand(1, 3, 20, 33)
    restored = network(picture)
    assert (restored - picture).abs().max() > 1e-3
    assert torch.equal(Compact.from_state_dict(state)(picture), restored)


@pytest.mark.parametrize("shape", SHAPES)
def test_folding_changes_nothing_but_the_number_of_layers(shape: Hyperparameters) -> None:
    network = trained(shape).double()
    plain = Compact(shape=shape).double()
    plain.load_state_dict(folded(network.state_dict()))
    picture = torch.rand(1, 3, 32, 24, dtype=torch.float64)
    assert torch.allclose(network(picture), plain(picture), rtol=0, atol=1e-12)


def test_an_unknown_parameter_is_named() -> None:
    state = {**trained(SHAPES[0]).state_dict(), "compact.more": torch.zeros(1)}
    with pytest.raises(ParametersDifferError, match=r"compact\.more is unknown"):
        Compact.from_state_dict(state)


def test_edges_are_steps_to_the_neighbours() -> None:
    picture = torch.zeros(1, 3, 4, 5)
    picture[:, :, :, 2:] = 0.4
    expected = torch.zeros(4, 5)
    expected[:, 1:3] = 0.1
    assert torch.allclose(edges(picture)[0, 0], expected)
    assert torch.allclose(edges(picture.mT)[0, 0], expected.mT)


def test_a_pixel_depends_on_every_pixel_up_to_68_away() -> None:
    network = Compact(shape=Hyperparameters(width=2, near=(2, 2, 2), far=(4, 4, 4, 1))).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.uniform_(0.1, 0.2)  # positive, so that nothing is cut off or cancels
    picture = torch.rand(1, 3, 151, 151, dtype=torch.float64, requires_grad=True)
    network(picture)[0, :, 75, 75].sum().backward()
    assert picture.grad is not None
    reach = 68
    seen = picture.grad.abs().amax((0, 1)) > 0
    assert bool(seen[75 - reach : 76 + reach, 75 - reach : 76 + reach].all())
    assert not seen[:, : 75 - reach - 1].any()  # one more for the edges' own neighbours
    assert not seen[76 + reach + 1 :].any()


def test_the_network_that_we_train_has_the_size_it_should(
    cost: Callable[..., tuple[int, float]],
) -> None:
    parameters, gmacs = cost(Compact(shape=SHIPPED), 3)
    assert parameters == 278_686
    assert gmacs == pytest.approx(277.9, abs=0.1)


def test_there_is_one_stage() -> None:
    with pytest.raises(ValueError, match="one stage"):
        Compact(shape=SHAPES[0])(torch.rand(1, 3, 16, 16), stages=2)
