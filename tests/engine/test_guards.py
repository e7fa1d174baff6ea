"""What passes for a picture of the source, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from unblur.engine.guards import fault_of


@pytest.fixture
def source() -> Tensor:
    """A smooth picture with an edge."""
    ramp = torch.linspace(0.1, 0.9, 128)
    picture = torch.stack((ramp.expand(96, -1), ramp.flip(0).expand(96, -1), ramp.expand(96, -1)))
    picture[:, :, 60:] *= 0.8
    return picture[None].contiguous()


def _mosaic(picture: Tensor) -> Tensor:
    broken = picture.clone()
    broken[:, 0, ::2, ::2] += 0.3
    broken[:, 0, 1::2, 1::2] -= 0.3
    return broken


def _spot(value: float) -> Callable[[Tensor], Tensor]:
    def spotted(picture: Tensor) -> Tensor:
        broken = picture.clone()
        broken[0, 1, 40, 70] = value
        return broken

    return spotted


def _tinted_corner(picture: Tensor) -> Tensor:
    broken = picture.clone()
    broken[:, 2, -40:, -40:] -= 0.12
    return broken


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (_spot(float("nan")), "not finite"),
        (_spot(float("-inf")), "not finite"),
        (_spot(1.8), "out of range"),
        (lambda picture: picture * 0.6, "of another brightness"),
        (_tinted_corner, "of another colour"),
        (_mosaic, "a coloured mosaic"),
    ],
)
def test_what_is_no_picture_of_the_source_is_named(
    broken: Callable[[Tensor], Tensor], fault: str, source: Tensor
) -> None:
    assert fault_of(source, broken(source)) == fault


def test_sharpening_is_no_fault(source: Tensor) -> None:
    blurred = torch.nn.functional.avg_pool2d(source, 21, 1, 10, count_include_pad=False)
    assert fault_of(blurred, source) is None  # an edge that came back
    assert fault_of(source, source + 0.1 * (source - blurred)) is None


@pytest.mark.parametrize("size", [(1, 1), (3, 70), (31, 33)])
def test_a_picture_smaller_than_a_block_is_one_block(size: tuple[int, int]) -> None:
    grey = torch.full((1, 3, *size), 0.5)
    assert fault_of(grey, grey + 0.05) is None
    assert fault_of(grey, grey + 0.3) == "of another brightness"
