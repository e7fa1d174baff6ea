"""PSFs: their shapes, what they promise, and how they are mended."""

from __future__ import annotations

import math

import pytest
import torch

from unblur_models.deconvolution.errors import InvalidPsfError
from unblur_models.deconvolution.psf import Psf, identity_psf, similarity
from unblur_models.deconvolution.shapes import disc_psf, drawn_psf, gaussian_psf, motion_psf

SHAPES = {
    "no motion": motion_psf(0, 0),
    "motion": motion_psf(15, 30),
    "long motion": motion_psf(300, -77),
    "a point in focus": disc_psf(0),
    "half a pixel": disc_psf(0.5),
    "disc": disc_psf(6.3),
    "no spread": gaussian_psf(0),
    "Gaussian": gaussian_psf(2.5),
    "a drawn point": drawn_psf([(3.2, 4.5)]),
    "a drawn path": drawn_psf([(0, 0), (9, 4), (9, 4), (2, 12)]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_centred_odd_and_of_sum_one(name: str) -> None:
    psf = SHAPES[name]
    assert psf.width % 2 == psf.height % 2 == 1
    assert float(psf.weights.sum()) == pytest.approx(1, abs=1e-5)
    assert psf.centroid == pytest.approx((0, 0), abs=0.5)
    assert bool((psf.weights >= 0).all())


@pytest.mark.parametrize("name", ["no motion", "a point in focus", "no spread", "a drawn point"])
def test_without_extent_a_shape_is_close_to_a_point(name: str) -> None:
    assert SHAPES[name].spread < 0.75


def test_motion_goes_up_to_the_right_at_45_degrees() -> None:
    weights = motion_psf(20, 45).weights
    corner = weights.shape[0] // 3
    assert float(weights[:corner, -corner:].sum()) > 0.2
    assert float(weights[:corner, :corner].sum()) == 0


@pytest.mark.parametrize("angle", [0.0, 17.0, 90.0, 211.5])
@pytest.mark.parametrize("length", [4.0, 25.0])
def test_motion_spreads_the_light_evenly_over_its_length(length: float, angle: float) -> None:
    # A line's own variance, and that of the triangle that draws each of its points: at most 1/4
    # a pixel along each axis.
    spread = motion_psf(length, angle).spread
    assert length / math.sqrt(12) <= spread + 1e-3
    assert spread <= math.sqrt(length**2 / 12 + 0.5)


def test_opposite_directions_give_the_same_blur() -> None:
    torch.testing.assert_close(motion_psf(13, 40).weights, motion_psf(13, 220).weights)


def test_a_disc_is_even_and_round() -> None:
    weights = disc_psf(5).weights
    assert weights.shape == (11, 11)
    torch.testing.assert_close(weights, weights.T)
    torch.testing.assert_close(weights, weights.flip(0))
    lit = float((weights / weights.max()).sum())
    assert lit == pytest.approx(math.pi * 25, rel=0.01)
    assert float(weights[0, 0]) == 0


def test_a_gaussian_has_the_deviation_that_was_asked_for() -> None:
    # Pixels add the variance of a square of side one, along each axis.
    assert gaussian_psf(3).spread == pytest.approx(math.sqrt(2 * (9 + 1 / 12)), rel=1e-3)


def test_a_drawn_line_is_the_motion_between_its_ends() -> None:
    drawn = drawn_psf([(100, 7), (104, 7), (112, 7)])
    torch.testing.assert_close(drawn.weights, motion_psf(12, 0).weights)


def test_a_longer_stretch_of_a_path_gets_more_light() -> None:
    weights = drawn_psf([(0, 0), (30, 0), (30, 10)]).weights
    # Three quarters of the way are level; centred, they lie between two rows.
    level = weights.sum(1).topk(2).values.sum()
    assert float(level) == pytest.approx(0.75, abs=0.04)


@pytest.mark.parametrize(
    "make",
    [
        lambda: motion_psf(-1, 0),
        lambda: motion_psf(math.nan, 0),
        lambda: motion_psf(5000, 0),
        lambda: disc_psf(-0.1),
        lambda: disc_psf(math.inf),
        lambda: gaussian_psf(-2),
        lambda: drawn_psf([]),
        lambda: drawn_psf([(0, 0), (math.nan, 1)]),
        lambda: drawn_psf([(0, 0), (1e6, 1)]),
        lambda: Psf(torch.full((3, 3), 0.2)),
        lambda: Psf(torch.full((2, 2), 0.25)),
        lambda: Psf(torch.ones(1, 1).double()),
        lambda: Psf.normalised(torch.zeros(3, 3)),
        lambda: Psf.normalised(torch.tensor([[1.0, -0.1]])),
        lambda: Psf.normalised(torch.tensor([[1.0, math.nan]])),
        lambda: Psf.normalised(torch.ones(3)),
        lambda: Psf.normalised(torch.ones(1, 2000)),
        lambda: Psf.normalised(torch.ones(0, 3)),
    ],
)
def test_what_is_no_psf_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(InvalidPsfError):
        make()


def test_any_weights_become_a_psf_of_odd_sides() -> None:
    psf = Psf.normalised(torch.tensor([[1.0, 1.0], [0.0, 2.0]]))
    expected = torch.tensor([[0.25, 0.25, 0], [0, 0.5, 0], [0, 0, 0]])
    torch.testing.assert_close(psf.weights, expected)


def test_centring_moves_the_light_to_the_middle_and_keeps_every_weight() -> None:
    frame = torch.zeros(21, 31)
    frame[2:5, 20:27] = torch.rand(3, 7, generator=torch.Generator().manual_seed(1)) + 0.1
    psf = Psf.normalised(frame)
    centred = psf.centred()
    assert abs(psf.centroid[0]) > 5
    assert centred.centroid == pytest.approx((0, 0), abs=0.5)
    assert sorted(centred.weights[centred.weights > 0].tolist()) == sorted(
        psf.weights[psf.weights > 0].tolist()
    )


def test_trimming_keeps_the_origin() -> None:
    frame = torch.zeros(9, 9)
    frame[4, 4], frame[4, 6] = 3, 1
    trimmed = Psf.normalised(frame).trimmed()
    torch.testing.assert_close(trimmed.weights, torch.tensor([[0, 0, 0.75, 0, 0.25]]))


@pytest.mark.parametrize("scale", [0.25, 0.5, 0.8, 1.0, 1.41, 3.0])
def test_a_resized_psf_spreads_in_proportion(scale: float) -> None:
    psf = gaussian_psf(6)
    resized = psf.resized(scale)
    blur = max(1.0, scale) ** 2 / 3  # the triangle that each weight becomes
    assert resized.spread == pytest.approx(
        math.hypot(psf.spread * scale, math.sqrt(blur)), rel=0.03
    )
    assert resized.centroid == pytest.approx((0, 0), abs=1e-3)


def test_resizing_by_one_changes_nothing() -> None:
    psf = motion_psf(11, 70)
    torch.testing.assert_close(psf.resized(1).trimmed().weights, psf.weights)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf])
def test_a_scale_that_is_none_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        identity_psf().resized(scale)


def test_similarity_is_one_wherever_the_light_lies_and_low_for_another_direction() -> None:
    psf = motion_psf(15, 0)
    shifted = Psf.normalised(torch.nn.functional.pad(psf.weights, (0, 6, 4, 0)))
    assert similarity(psf, shifted) == pytest.approx(1, abs=1e-6)
    assert similarity(psf, motion_psf(15, 90)) < 0.3


def test_the_picture_of_a_psf_has_a_white_pixel_and_is_black_where_there_is_no_light() -> None:
    picture = disc_psf(3).picture()
    assert float(picture.max()) == 1
    assert float(picture.min()) == 0
