"""What holds for every family whose weights a person brings: NAFNet, Restormer, FFTformer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from unblur_models.fftformer.layout import Hyperparameters as FftFormerShape
from unblur_models.fftformer.network import FftFormer
from unblur_models.nafnet.layout import Hyperparameters as NafNetShape
from unblur_models.nafnet.network import NafNet
from unblur_models.registry import architecture_of
from unblur_models.restormer.layout import Hyperparameters as RestormerShape
from unblur_models.restormer.network import Restormer

Learnt = Callable[[nn.Module], dict[str, Tensor]]

TINY: dict[str, Callable[[], Any]] = {
    "NAFNet": lambda: NafNet(shape=NafNetShape(4, (1, 1, 1), 1, (1, 1, 1))),
    "Restormer": lambda: Restormer(
        shape=RestormerShape(4, (1, 1, 1, 1), 1, (1, 2, 2, 4), (10, 21, 42, 85), False, True)
    ),
    "FFTformer": lambda: FftFormer(
        shape=FftFormerShape(4, (1, 1, 1), 1, (12, 24, 48), (21, 42), 8, False)
    ),
}


@pytest.fixture(params=TINY)
def family(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def state(family: str, learnt: Learnt) -> dict[str, Tensor]:
    return learnt(TINY[family]())


@pytest.fixture
def network(state: dict[str, Tensor]) -> Any:
    return architecture_of(state).build(state).eval().requires_grad_(False)


def noise(height: int, width: int, number: int = 1) -> Tensor:
    return torch.rand(number, 3, height, width, generator=torch.Generator().manual_seed(3))


def test_the_parameters_come_back_as_they_went_in(state: dict[str, Tensor], network: Any) -> None:
    found = network.state_dict()
    assert found.keys() == state.keys()
    assert all(torch.equal(found[name], value) for name, value in state.items())


def test_a_file_in_half_precision_runs_in_single(state: dict[str, Tensor], network: Any) -> None:
    stored = load(save({name: value.half() for name, value in state.items()}))
    halved = architecture_of(stored).build(stored)
    assert {each.dtype for each in halved.parameters()} == {torch.float32}
    picture = noise(64, 64)
    torch.testing.assert_close(halved(picture), network(picture), rtol=0, atol=5e-3)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_it_runs_in_half_precision(network: Any, dtype: torch.dtype) -> None:
    picture = noise(64, 64)
    expected = network(picture)
    found = network.to(dtype)(picture.to(dtype))
    assert found.dtype == dtype
    torch.testing.assert_close(found.float(), expected, rtol=0, atol=0.05)


def test_a_size_between_the_multiples_is_refused(network: Any) -> None:
    odd = 2 * network.shape.size_multiple + network.shape.size_multiple // 2
    with pytest.raises(RuntimeError):
        network(noise(odd, odd))


def test_pictures_of_a_batch_do_not_see_each_other(network: Any) -> None:
    pictures = noise(32, 64, number=3)
    alone = torch.cat([network(each[None]) for each in pictures])
    torch.testing.assert_close(network(pictures), alone, rtol=1e-4, atol=1e-5)


def test_the_order_of_the_picture_in_memory_does_not_matter(network: Any) -> None:
    picture = noise(32, 32)
    turned = picture.contiguous(memory_format=torch.channels_last)
    assert torch.equal(network(turned), network(picture))


def test_it_can_learn_on(state: dict[str, Tensor]) -> None:
    network = architecture_of(state).build(state)
    network(noise(32, 32)).square().mean().backward()
    unused = {name for name, each in network.named_parameters() if each.grad is None}
    assert unused <= {"reduce_chan_level2.weight"}


def test_there_is_one_stage(network: Any) -> None:
    with pytest.raises(ValueError, match="has one stage, not 2"):
        network(noise(32, 32), stages=2)
