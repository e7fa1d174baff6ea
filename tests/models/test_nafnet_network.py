from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.catalog import card
from unblur_models.descriptor import ModelDescriptor
from unblur_models.errors import ParametersDifferError
from unblur_models.nafnet.layout import Hyperparameters
from unblur_models.nafnet.network import LOCAL_WINDOW, NafNet
from unblur_models.nafnet.pooling import Mean, spread

Learnt = Callable[[nn.Module], dict[str, Tensor]]

TINY = Hyperparameters(width=4, encoder=(1, 2), middle=1, decoder=(1, 1))


def noise(height: int, width: int, number: int = 1) -> Tensor:
    return torch.rand(number, 3, height, width, generator=torch.Generator().manual_seed(3))


@pytest.fixture
def network(learnt: Learnt) -> NafNet:
    return NafNet.from_state_dict(learnt(NafNet(shape=TINY))).eval().requires_grad_(False)


@pytest.mark.parametrize(("width", "millions", "gmacs"), [(32, 17.1, 16.0), (64, 67.9, 63.5)])
def test_the_published_networks_have_the_published_size(
    width: int, millions: float, gmacs: float, cost: Callable[..., tuple[int, float]]
) -> None:
    shape = Hyperparameters(width, encoder=(1, 1, 1, 28), middle=1, decoder=(1, 1, 1, 1))
    with torch.device("meta"):
        network = NafNet(shape=shape)
    parameters, a_megapixel = cost(network, 3)
    assert parameters / 1e6 == pytest.approx(millions, abs=0.05)
    assert a_megapixel * 256**2 / 1e6 == pytest.approx(gmacs, rel=0.01)
    facts = card(f"nafnet-w{width}.gopro")
    assert (facts.parameters, facts.size_multiple) == (parameters, shape.size_multiple)
    assert facts.gmacs_per_megapixel == pytest.approx(a_megapixel, rel=1e-3)


def test_a_missing_block_is_named(learnt: Learnt) -> None:
    state = learnt(NafNet(shape=TINY))
    short = {name: value for name, value in state.items() if name != "encoders.1.0.conv2.bias"}
    with pytest.raises(ParametersDifferError, match=r"encoders\.1\.0\.conv2\.bias is missing"):
        NafNet.from_state_dict(short)


def test_a_block_that_is_too_wide_is_named_with_what_was_expected(learnt: Learnt) -> None:
    state = learnt(NafNet(shape=TINY))
    state["downs.0.weight"] = torch.zeros(9, 4, 2, 2)
    expected = r"width=4.*downs\.0\.weight is \(9, 4, 2, 2\), expected \(8, 4, 2, 2\)"
    with pytest.raises(ParametersDifferError, match=expected):
        NafNet.from_state_dict(state)


def test_a_network_for_grey_pictures_is_refused(learnt: Learnt) -> None:
    state = {**learnt(NafNet(shape=TINY)), "intro.weight": torch.zeros(4, 1, 3, 3)}
    with pytest.raises(ParametersDifferError, match=r"intro\.weight sees 1 channels"):
        NafNet.from_state_dict(state)


@pytest.mark.parametrize("size", [(48, 48), (48, 16), (4, 4)])
def test_local_pooling_of_a_picture_within_the_window_is_plain(
    network: NafNet, size: tuple[int, int]
) -> None:
    picture = noise(*size)
    network.pool_over(48)
    local = network(picture)
    network.pool_over(None)
    assert torch.equal(local, network(picture))


def test_local_pooling_is_switched_without_loading_again(network: NafNet) -> None:
    picture = noise(64, 40)
    network.pool_over(None)
    plain = network(picture)
    network.pool_over(16)
    local = network(picture)
    network.pool_over(None)
    assert (local - plain).abs().max() > 1e-4
    assert torch.equal(network(picture), plain)


def test_a_picture_that_failed_is_pooled_over_as_a_whole_and_the_next_locally_again(
    network: NafNet,
) -> None:
    picture = noise(64, 80)
    model = ModelDescriptor(card("nafnet-w32.gopro"), network, torch.device("cpu"))
    network.pool_over(None)
    plain = model(picture, "good")
    network.pool_over(16)
    local = model(picture, "good")
    assert torch.equal(model.again(picture, "good"), plain)
    assert torch.equal(model(picture, "good"), local)


def test_pooling_is_local_again_after_a_cancelled_attempt(network: NafNet) -> None:
    network.pool_over(16)

    def attempt() -> None:
        with network.carefully():
            assert network.window is None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt()
    assert network.window == 16


def test_a_loaded_network_pools_over_one_and_a_half_training_patches(network: NafNet) -> None:
    windows = {part.window for part in network.modules() if isinstance(part, Mean)}
    assert LOCAL_WINDOW == 256 * 3 // 2
    assert windows == {384, 192, 96}


@pytest.mark.parametrize("size", [(9, 11), (5, 12), (13, 4), (6, 6), (3, 3)])
@pytest.mark.parametrize("window", [4, 5, 6])
def test_the_mean_is_that_of_the_nearest_window_inside_the_picture(
    size: tuple[int, int], window: int
) -> None:
    features = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(1))
    pool = Mean()
    pool.window = window
    found = spread(pool(features), *size).expand_as(features)
    for row in range(size[0]):
        for column in range(size[1]):
            rows, columns = inside(row, size[0], window), inside(column, size[1], window)
            expected = features[:, :, rows, columns].mean((2, 3))
            torch.testing.assert_close(found[:, :, row, column], expected)


def inside(place: int, length: int, window: int) -> slice:
    """The window around a place, moved inside the picture."""
    window = min(window, length)
    first = min(max(place - (window - 1) // 2, 0), length - window)
    return slice(first, first + window)


def test_means_stay_exact_far_from_the_first_corner() -> None:
    features = torch.rand(1, 1, 64, 4000, generator=torch.Generator().manual_seed(1)) + 1
    pool = Mean()
    pool.window = 32
    exact = functional.avg_pool2d(features.double(), 32, stride=1)
    assert (pool(features) - exact).abs().max() < 1e-5


def test_means_in_half_precision_are_summed_in_single() -> None:
    features = torch.rand(1, 4, 500, 90, generator=torch.Generator().manual_seed(1)) + 1
    pool = Mean()
    pool.window = 80
    halves = pool(features.bfloat16())
    assert halves.dtype == torch.bfloat16
    torch.testing.assert_close(halves.float(), pool(features), rtol=1e-2, atol=0)
