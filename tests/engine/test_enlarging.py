"""Enlarging the change of a smaller scale: sharp edges, no halos, source detail untouched."""

from __future__ import annotations

import pytest
import torch
from tests.psfs import scene
from torch import Tensor
from torch.nn import functional

from unblur.document.geometry import Rect
from unblur.engine import tensors
from unblur.engine.enlarging import enlarged

FACTORS = pytest.mark.parametrize("factor", [2, 4])


def picture(name: str = "street") -> Tensor:
    return torch.from_numpy(scene(name).copy()).permute(2, 0, 1)[None].float() / 255


def error(one: Tensor, other: Tensor) -> float:
    return float((one - other).square().mean())


@FACTORS
def test_an_even_change_stays_even(factor: int) -> None:
    change = torch.full((1, 3, 9, 7), 0.25)

    larger = enlarged(change, factor)

    assert larger.shape == (1, 3, 9 * factor, 7 * factor)
    torch.testing.assert_close(larger, torch.full_like(larger, 0.25), rtol=0, atol=1e-6)


@FACTORS
def test_a_perfect_change_comes_nearer_to_the_truth_than_by_interpolation(factor: int) -> None:
    sharp = picture()
    small = tensors.shrunk(sharp, factor)
    plain = functional.interpolate(small, scale_factor=factor, mode="bicubic")

    assert error(enlarged(small, factor), sharp) < 0.93 * error(plain, sharp)


@FACTORS
def test_shrunk_again_it_is_nearly_the_same_change(factor: int) -> None:
    small = tensors.shrunk(picture(), factor)
    plain = functional.interpolate(small, scale_factor=factor, mode="bicubic")

    again = tensors.shrunk(enlarged(small, factor), factor)

    assert error(again, small) < 0.5 * error(tensors.shrunk(plain, factor), small)


@FACTORS
def test_an_edge_gets_no_halo(factor: int) -> None:
    step = torch.zeros(1, 3, 16, 16)
    step[..., 8:] = 1.0

    larger = enlarged(step, factor)

    assert float(larger.min()) >= 0.0
    assert float(larger.max()) <= 1.0
    assert float(larger[..., : 7 * factor].max()) == 0.0
    assert float(larger[..., 9 * factor :].min()) == 1.0


@FACTORS
def test_detail_finer_than_the_work_scale_is_kept_where_nothing_is_changed(factor: int) -> None:
    source = picture("square")
    change = torch.zeros_like(tensors.shrunk(source, factor))
    keep = Rect(8, 16, 64, 80)

    merged = tensors.with_change(source, change, keep, factor)

    assert torch.equal(merged, source[:, :, *keep.slices])


@FACTORS
def test_detail_finer_than_the_work_scale_is_kept_beneath_a_change(factor: int) -> None:
    sharp = picture()
    darker = sharp * 0.5
    # What a perfect network would change, seen at the smaller scale.
    change = tensors.shrunk(sharp, factor) - tensors.shrunk(darker, factor)

    merged = tensors.with_change(darker, change, Rect(0, 0, 576, 448), factor)

    fine = sharp - enlarged(tensors.shrunk(sharp, factor), factor)
    kept = merged - enlarged(tensors.shrunk(sharp, factor), factor)
    assert float((fine * kept).sum() / fine.square().sum()) > 0.45  # half the light, half of it
