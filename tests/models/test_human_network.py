from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from unblur_models import loading
from unblur_models.card import ModelCard, Purpose, Quality
from unblur_models.descriptor import ModelDescriptor
from unblur_models.errors import ParametersDifferError
from unblur_models.human.layout import Hyperparameters, hyperparameters
from unblur_models.human.network import HumanAware
from unblur_models.plain_unet.folding import folded
from unblur_models.registry import architecture_of

SHAPES = [
    Hyperparameters(unshuffle=4, width=8, encoder=(1,), middle=1, branches=(1,), fusion=(1,)),
    Hyperparameters(2, 4, encoder=(1, 2), middle=2, branches=(0, 1), fusion=(2, 0)),
    Hyperparameters(4, 4, encoder=(1, 1), middle=3, branches=(1, 1), fusion=(1, 2)),
]
SHIPPED = Hyperparameters(4, 64, encoder=(1, 2), middle=4, branches=(1, 1), fusion=(1, 2))


def trained(shape: Hyperparameters) -> HumanAware:
    """A network in training form with random parameters, as if it had learnt something."""
    torch.manual_seed(0)
    network = HumanAware(shape=shape, is_training_form=True).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return network


def test_a_new_network_returns_the_picture() -> None:
    picture, mask = torch.rand(2, 3, 32, 48), torch.rand(2, 1, 32, 48)
    assert torch.equal(HumanAware(shape=SHAPES[0])(picture, mask), picture)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_parameters_alone_make_the_same_network_again(shape: Hyperparameters) -> None:
    network = HumanAware.from_state_dict(trained(shape).state_dict())
    state = network.state_dict()
    assert not any(name.endswith(".scale") for name in state)
    assert hyperparameters(state) == shape == network.shape
    assert architecture_of(state).name == "human-aware network"
    picture, mask = torch.rand(1, 3, 32, 48), torch.rand(1, 1, 32, 48)
    restored = network(picture, mask)
    assert (restored - picture).abs().max() > 1e-3
    assert torch.equal(HumanAware.from_state_dict(state)(picture, mask), restored)


@pytest.mark.parametrize("shape", SHAPES)
def test_folding_changes_nothing_but_the_number_of_layers(shape: Hyperparameters) -> None:
    network = trained(shape).double()
    plain = HumanAware(shape=shape).double()
    plain.load_state_dict(folded(network.state_dict()))
    picture, mask = (torch.rand(1, each, 32, 48, dtype=torch.float64) for each in (3, 1))
    assert torch.allclose(network(picture, mask), plain(picture, mask), rtol=0, atol=1e-12)


def test_no_mask_is_a_mask_of_zeros() -> None:
    network = trained(SHAPES[2])
    picture = torch.rand(2, 3, 32, 48)
    restored = network(picture, torch.zeros(2, 1, 32, 48))
    assert torch.equal(network(picture), restored)
    assert not torch.allclose(network(picture, torch.ones(2, 1, 32, 48)), restored)


def test_without_a_mask_the_persons_decoder_is_not_run() -> None:
    network = trained(SHAPES[2])
    ran: list[object] = []
    network.human.person.register_forward_hook(lambda *_: ran.append(None))
    picture = torch.rand(1, 3, 32, 32)
    network(picture)
    assert not ran
    network(picture, torch.ones(1, 1, 32, 32))
    assert len(ran) == 1


def test_a_mask_changes_the_picture_around_the_person_alone() -> None:
    network = trained(SHAPES[0]).double()
    picture = torch.rand(1, 3, 32, 256, dtype=torch.float64)
    mask = torch.zeros(1, 1, 32, 256, dtype=torch.float64)
    mask[..., 200:232] = 1
    with torch.inference_mode():
        change = (network(picture, mask) - network(picture)).abs().amax((0, 1, 2))
    assert change[200:232].max() > 1e-3
    # Two places of 8 pixels are seen by the bottom's block, and some of 4 by the rest.
    assert change[:150].max() == 0


def test_what_the_mask_calls_background_is_nothing_to_the_persons_decoder() -> None:
    """Parameters of one decoder change nothing where the mask gives the other one all."""
    network = trained(SHAPES[0])
    picture = torch.rand(1, 3, 32, 32)
    for mask, own, other in (
        (torch.ones(1, 1, 32, 32), network.human.person, network.human.background),
        (torch.zeros(1, 1, 32, 32), network.human.background, network.human.person),
    ):
        before = network(picture, mask)
        for branch, changes in ((other, False), (own, True)):
            with torch.no_grad():
                for parameter in branch.parameters():
                    parameter.add_(0.05)
            assert torch.equal(network(picture, mask), before) != changes


@pytest.mark.parametrize("shape", [(1, 1, 32, 16), (1, 3, 32, 32), (2, 1, 32, 32)])
def test_a_mask_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        HumanAware(shape=SHAPES[0])(torch.rand(1, 3, 32, 32), torch.zeros(*shape))


def test_a_missing_parameter_is_named() -> None:
    state = trained(SHAPES[0]).state_dict()
    del state["human.person.up.0.bias"]
    with pytest.raises(ParametersDifferError, match=r"human\.person\.up\.0\.bias is missing"):
        HumanAware.from_state_dict(state)


def test_the_network_that_we_train_costs_what_the_default_one_does(
    cost: Callable[..., tuple[int, float]],
) -> None:
    parameters, gmacs = cost(HumanAware(shape=SHIPPED), 3, 1)
    assert parameters == 7_500_528
    assert gmacs == pytest.approx(72.1, abs=0.1)
    assert cost(HumanAware(shape=SHIPPED), 3)[1] == pytest.approx(61.8, abs=0.1)


def test_there_is_one_stage() -> None:
    with pytest.raises(ValueError, match="one stage"):
        HumanAware(shape=SHAPES[0])(torch.rand(1, 3, 16, 16), stages=2)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with the weights of a small network."""
    state = HumanAware.from_state_dict(trained(SHAPES[0]).state_dict()).state_dict()
    save_file(
        {name: value.contiguous() for name, value in state.items()}, tmp_path / "h.safetensors"
    )
    return tmp_path


def test_a_loaded_model_can_be_told_where_a_person_is(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = ModelCard(
        id="human-test",
        name="",
        architecture="human-aware network",
        purpose=Purpose.MOTION,
        weights_file="h.safetensors",
        licence="",
        sha256=hashlib.sha256((weights / "h.safetensors").read_bytes()).hexdigest(),
        size_multiple=8,
        qualities=(Quality("good", "", ""),),
    )
    monkeypatch.setattr(loading, "card", lambda _: facts)
    model = loading.load_model("human-test", weights_dir=weights)
    assert model.takes_mask
    picture, mask = torch.rand(1, 3, 32, 32), torch.rand(1, 1, 32, 32)
    network = HumanAware.from_state_dict(trained(SHAPES[0]).state_dict())
    assert torch.equal(model(picture, "good", mask), network(picture, mask))
    assert torch.equal(model(picture, "good"), network(picture))
    with pytest.raises(ValueError, match="does not fit"):
        model(picture, "good", mask[..., :16])


def test_a_model_that_takes_no_mask_says_so() -> None:
    facts = ModelCard(
        id="blind", name="", architecture="", purpose=Purpose.MOTION, weights_file="", licence=""
    )
    model = ModelDescriptor(facts, torch.nn.Identity(), torch.device("cpu"))
    assert not model.takes_mask
    with pytest.raises(ValueError, match="blind takes no mask"):
        model(torch.rand(1, 3, 16, 16), "good", torch.rand(1, 1, 16, 16))
