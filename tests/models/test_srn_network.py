from __future__ import annotations

from types import ModuleType

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.errors import ParametersDifferError
from unblur_models.srn import minimal
from unblur_models.srn.convert import converted
from unblur_models.srn.layout import Hyperparameters
from unblur_models.srn.network import Srn
from unblur_models.srn.resize import doubled, halved

State = dict[str, Tensor]

SHAPES = [
    Hyperparameters(widths=(4, 6, 8), memory_side=0),
    Hyperparameters(widths=(4, 6, 8), memory_side=3),
    Hyperparameters(widths=(4, 6, 8), picture=1, memory_side=3),
]


def state_of(shape: Hyperparameters) -> State:
    torch.manual_seed(11)
    return Srn(hyper=shape).state_dict()


def noise(*size: int) -> Tensor:
    return torch.rand(*size, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("memory_side", [0, 3])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_network_equals_the_published_one(
    plain_srn: ModuleType, channels: int, memory_side: int
) -> None:
    checkpoint = plain_srn.tiny_checkpoint(channels=channels, memory_side=memory_side)
    state = {name: torch.from_numpy(each) for name, each in converted(checkpoint).items()}
    picture = noise(1, channels, 32, 48)
    expected = plain_srn.plain_srn(checkpoint, picture[0].permute(1, 2, 0).double().numpy())
    with torch.inference_mode():
        # A grey picture as a colour one: every channel by itself.
        restored = Srn.from_state_dict(state)(picture.expand(1, 3, 32, 48))
    for channel in range(0, 3, channels):
        torch.testing.assert_close(
            restored[0, channel : channel + channels].permute(1, 2, 0).double(),
            torch.from_numpy(expected),
            rtol=1e-4,
            atol=1e-5,
        )


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_wanted_is_as_if_all_were_computed_where_the_rest_is_far(
    shape: Hyperparameters,
) -> None:
    network = Srn.from_state_dict(state_of(shape)).eval()
    picture = noise(1, 3, 32, 400)
    rows, columns = slice(0, 32), slice(150, 250)
    with torch.inference_mode():
        everything = network(picture)
        with network.wanting(rows, columns):
            in_part = network(picture)
        afterwards = network(picture)
    # Five taps, three levels and six blocks reach 130 pixels at the finest scale alone: these
    # see a part of it, as tiles do, and what they do not see weighs little.
    torch.testing.assert_close(in_part[..., 180:220], everything[..., 180:220], rtol=0, atol=1e-3)
    assert torch.equal(in_part[..., :144], picture[..., :144])
    assert torch.equal(in_part[..., 256:], picture[..., 256:])
    assert not torch.equal(in_part[..., 144:256], picture[..., 144:256])
    assert torch.equal(afterwards, everything)


def test_wanting_all_of_a_picture_changes_nothing() -> None:
    network = Srn.from_state_dict(state_of(SHAPES[1])).eval()
    picture = noise(2, 3, 48, 64)
    with torch.inference_mode(), network.wanting(slice(0, 48), slice(0, 64)):
        in_part = network(picture)
    with torch.inference_mode():
        assert torch.equal(in_part, network(picture))


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 3), (7, 4)])
def test_resizing_is_tensorflows(plain_srn: ModuleType, size: tuple[int, int]) -> None:
    picture = noise(2, 3, *size).double()
    height, width = size
    for number in range(2):
        plain = picture[number].permute(1, 2, 0).numpy()
        enlarged = plain_srn.resized(plain, 2 * height, 2 * width)
        found = doubled(picture)[number].permute(1, 2, 0).numpy()
        assert found == pytest.approx(enlarged, abs=1e-12)
        if height % 2 == width % 2 == 0:
            shrunk = plain_srn.resized(plain, height // 2, width // 2)
            assert (halved(picture)[number].permute(1, 2, 0).numpy() == shrunk).all()


def test_enlarging_puts_means_between_pixels_and_repeats_the_last() -> None:
    row = torch.tensor([[[[0.0, 1.0, 3.0]]]])
    assert doubled(row).tolist() == [[[[0.0, 0.5, 1.0, 2.0, 3.0, 3.0]] * 2]]


def test_half_precision_weights_are_computed_with_in_full() -> None:
    halves = {name: value.half() for name, value in state_of(SHAPES[1]).items()}
    network = Srn.from_state_dict(halves)
    assert {value.dtype for value in network.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("memory.gates.bias", None, r"memory\.gates\.bias is missing"),
        ("decoder.1.up.weight", (8, 6, 2, 2), r"decoder\.1\.up\.weight is \(8, 6, 2, 2\)"),
        (
            "encoder.2.blocks.2.first.weight",
            (8, 8, 3, 3),
            r"widths=\(4, 6, 8\).*is \(8, 8, 3, 3\), expec",
        ),
        ("encoder.0.blocks.3.first.weight", (4, 4, 5, 5), r"blocks=4"),
        ("output.weight", (2, 4, 5, 5), "gives 2 channels, but photos have 3"),
        ("encoder.1.entry.weight", (6,), "expected 4 dimensions"),
    ],
)
def test_what_does_not_fit_is_named(
    name: str, change: tuple[int, ...] | None, message: str
) -> None:
    state = state_of(SHAPES[1])
    if change is None:
        del state[name]
    else:
        state[name] = torch.zeros(change)
    assert Srn.detect(state)
    with pytest.raises(ParametersDifferError, match=message):
        Srn.from_state_dict(state)


def test_other_parameters_are_not_taken_for_ours() -> None:
    assert not Srn.detect({})
    assert not Srn.detect({"encoder.0.entry.weight": torch.zeros(3)})


def test_the_coarse_scales_are_no_stages() -> None:
    with pytest.raises(ValueError, match="one stage, not 2"):
        Srn(hyper=SHAPES[0])(noise(1, 3, 16, 16), stages=2)


@pytest.mark.parametrize("shape", SHAPES)
def test_pictures_of_a_batch_do_not_see_each_other(shape: Hyperparameters) -> None:
    network, pictures = Srn.from_state_dict(state_of(shape)), noise(3, 3, 32, 16)
    with torch.inference_mode():
        together = network(pictures)
        alone = torch.cat([network(each[None]) for each in pictures])
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (3, 1), (6, 8), (13, 6), (14, 2), (45, 3)])
@pytest.mark.parametrize("taps", [3, 5])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("at_once", [1, 300, 10**6])
def test_minimal_filtering_equals_the_convolution(
    size: tuple[int, int], taps: int, number: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minimal, "_AT_ONCE", at_once)
    torch.manual_seed(5)
    layer = torch.nn.Conv2d(6, 4, taps, padding=taps // 2).double()
    x = noise(number, 6, *size).double()
    with torch.inference_mode():
        assert layer.bias is not None
        found = minimal.convolved(x, minimal.row_kernels(layer.weight), layer.bias)
        torch.testing.assert_close(found, layer(x), rtol=0, atol=1e-12)


def test_minimal_filtering_loses_no_more_than_four_bits() -> None:
    torch.manual_seed(6)
    layer = torch.nn.Conv2d(64, 64, 5, padding=2)
    x = noise(1, 64, 24, 24)
    with torch.inference_mode():
        assert layer.bias is not None
        exact = functional.conv2d(x.double(), layer.weight.double(), layer.bias.double(), padding=2)
        found = minimal.convolved(x, minimal.row_kernels(layer.weight), layer.bias)
        plain_error = (layer(x) - exact).square().mean().sqrt()
        assert (found - exact).square().mean().sqrt() < 16 * plain_error


def test_a_network_gives_the_same_with_minimal_filtering(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, picture = Srn.from_state_dict(state_of(SHAPES[1])), noise(1, 3, 32, 48)
    with torch.inference_mode():
        plain = network(picture)
        monkeypatch.setattr(minimal, "_PIXELS_THAT_PAY", {3: {4: 0}, 5: {4: 0}})
        quick = network(picture)
    assert not torch.equal(quick, plain), "the quick way was not taken"
    torch.testing.assert_close(quick, plain, rtol=0, atol=2e-5)


def test_a_network_that_learns_convolves_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minimal, "_PIXELS_THAT_PAY", {3: {4: 0}, 5: {4: 0}})
    network = Srn(hyper=SHAPES[1])
    network(noise(1, 3, 16, 16)).mean().backward()
    assert all(each.grad is not None for each in network.parameters())
