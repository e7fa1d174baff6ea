from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor
from torch.nn import functional

from unblur_models.errors import ParametersDifferError
from unblur_models.maxim import tokens
from unblur_models.maxim.convert import converted
from unblur_models.maxim.network import Maxim
from unblur_models.maxim.rescale import enlarged, shrunk

State = dict[str, Tensor]
Plain = Callable[[State, Tensor, int], Tensor]


@pytest.fixture
def state(tiny_checkpoint: dict[str, npt.NDArray[np.float32]]) -> State:
    return {name: torch.from_numpy(array) for name, array in converted(tiny_checkpoint).items()}


def noise(height: int, width: int, number: int = 1) -> Tensor:
    return torch.rand(number, 3, height, width, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("stages", [1, 2])
@pytest.mark.parametrize("size", [(16, 16), (16, 48), (64, 32)])
def test_the_folded_network_equals_the_published_one(
    state: State, plain_maxim: Plain, stages: int, size: tuple[int, int]
) -> None:
    picture = noise(*size)
    with torch.inference_mode():
        folded = Maxim.from_state_dict(state)(picture, stages=stages)
        expected = plain_maxim(state, picture, stages)
    torch.testing.assert_close(folded, expected, rtol=1e-4, atol=1e-5)


def test_pictures_of_a_batch_do_not_see_each_other(state: State) -> None:
    network, pictures = Maxim.from_state_dict(state), noise(32, 16, number=3)
    with torch.inference_mode():
        together = network(pictures, stages=2)
        alone = torch.cat([network(each[None], stages=2) for each in pictures])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_fused_products_equal_plain_ones(state: State) -> None:
    network, picture = Maxim.from_state_dict(state), noise(16, 32)
    plain = network(picture, stages=2)  # with gradients nothing is fused
    with torch.inference_mode():
        fused = network(picture, stages=2)
    torch.testing.assert_close(fused, plain.detach(), rtol=1e-4, atol=1e-5)


def test_the_size_of_the_parts_does_not_matter(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, picture = Maxim.from_state_dict(state), noise(64, 64)
    with torch.inference_mode():
        whole = network(picture, stages=1)
        monkeypatch.setattr(tokens, "_PART", 1)
        parts = network(picture, stages=1)
    torch.testing.assert_close(parts, whole, rtol=1e-4, atol=1e-5)


def test_the_state_survives_a_file(state: State) -> None:
    picture = noise(16, 16)
    with torch.inference_mode():
        before = Maxim.from_state_dict(state)(picture, stages=2)
        after = Maxim.from_state_dict(load(save(state)))(picture, stages=2)
    assert torch.equal(before, after)


def test_a_maxim_is_known_by_its_first_and_its_deepest_layer(state: State) -> None:
    assert Maxim.detect(state)
    assert not Maxim.detect({})
    assert not Maxim.detect({"intro.weight": torch.zeros(3)})
    assert not Maxim.detect({"stages.0.input.0.weight": torch.zeros(8, 3, 3, 3)})


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("stages.1.output.bias", None, r"stages\.1\.output\.bias is missing"),
        ("more.weight", (3,), r"more\.weight is unknown"),
        ("stages.0.skip.1.up.weight", (32, 16, 4, 4), r"is \(32, 16, 4, 4\), expected .*2, 2\)"),
        ("stages.0.encoder.1.groups.0.gmlp.block.mix.weight", (15, 15), "15 cells, .* no square"),
        ("stages.0.encoder.2.groups.0.gmlp.block.mix.weight", (9, 9), r"sides=\(4, 4, 3\)"),
        ("stages.0.input.0.weight", (3, 3), "expected 4 dimensions"),
        ("stages.0.encoder.0.groups.0.attention.squeeze.weight", None, r"squeeze\.weight is miss"),
    ],
)
def test_what_does_not_fit_is_named(
    state: State, name: str, change: tuple[int, ...] | None, message: str
) -> None:
    if change is None:
        del state[name]
    else:
        state[name] = torch.zeros(change)
    with pytest.raises(ParametersDifferError, match=message):
        Maxim.from_state_dict(state)


@pytest.mark.parametrize("factor", [2, 4])
def test_shrinking_is_antialiased_and_enlarging_bilinear(factor: int) -> None:
    picture = noise(16, 24).permute(0, 2, 3, 1)
    for resized, scale in (
        (shrunk(picture, factor), 1 / factor),
        (enlarged(picture, factor), factor),
    ):
        expected = functional.interpolate(
            picture.permute(0, 3, 1, 2), scale_factor=scale, mode="bilinear", antialias=True
        )
        torch.testing.assert_close(resized.permute(0, 3, 1, 2), expected)
