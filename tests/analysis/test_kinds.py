from __future__ import annotations

import math

import numpy as np
import pytest

from unblur.analysis.fitting import Fit
from unblur.analysis.kinds import BlurKind, Explanation, explain, slight_motion
from unblur.analysis.spectrum import TILE, mean_log_spectrum


def explanation(
    gain: float, length: float, angle: float, *, loss: float = 0.1, sigma: float = 3.0
) -> Explanation:
    """Out of focus, with a motion that takes `gain` of the loss away."""
    still = Fit(loss, 2.4, sigma**2, ())
    moved = Fit(loss - gain, 2.4, sigma**2, (length, math.radians(angle)))
    return Explanation(still, Fit(2 * loss, 2.4, 0.2, (2 * sigma,)), moved)


def scene(slope: float, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """A tile whose power falls by the frequency to the power of `slope`, of random phases."""
    rng = np.random.default_rng(seed)
    across = np.fft.fftfreq(TILE)[:, None]
    frequency = np.hypot(across, across.T)
    frequency[0, 0] = 1.0
    spectrum = np.fft.fft2(rng.normal(size=(TILE, TILE))) * frequency ** (-slope / 2)
    spectrum[0, 0] = 0.0
    pixels = np.fft.ifft2(spectrum).real
    return np.asarray(128 + 50 * pixels / pixels.std(), np.float32)


def test_a_clear_motion_is_told_at_once() -> None:
    told = explanation(0.06, 12.0, 30.0).blur

    assert told.kind is BlurKind.MIXED
    assert told.length == 12.0
    assert told.angle == pytest.approx(30.0)


def test_a_slight_motion_is_not_told_from_one_size() -> None:
    told = explanation(0.03, 8.0, 30.0).blur

    assert told.kind is BlurKind.DEFOCUS
    assert told.length == 0.0


def test_a_slight_motion_that_two_sizes_show_alike_is_told() -> None:
    told = slight_motion(explanation(0.02, 8.0, 30.0), explanation(0.02, 4.2, 35.0, sigma=1.5))

    assert told is not None
    assert told.kind is BlurKind.MIXED
    assert told.length == pytest.approx(8.4)
    assert told.angle == pytest.approx(35.0)
    assert told.sigma == pytest.approx(3.0)


def test_directions_are_alike_across_the_turn_from_180_to_0_degrees() -> None:
    assert slight_motion(explanation(0.02, 8.0, 176.0), explanation(0.02, 4.0, 3.0)) is not None


@pytest.mark.parametrize(
    "half",
    [
        explanation(0.02, 4.0, 60.0),  # another direction
        explanation(0.02, 8.0, 30.0),  # another length
        explanation(0.002, 4.0, 30.0),  # hardly there
        explanation(-0.02, 4.0, 30.0),  # not there
        explanation(0.02, 4.0, 30.0, loss=0.4),  # little of what is not explained
    ],
)
def test_a_direction_that_only_the_scene_has_is_no_motion(half: Explanation) -> None:
    assert slight_motion(explanation(0.02, 8.0, 30.0), half) is None


def test_a_motion_that_is_clear_in_half_the_size_needs_no_other() -> None:
    told = slight_motion(explanation(0.0, 3.0, 100.0), explanation(0.06, 6.0, 30.0))

    assert told is not None
    assert told.length == pytest.approx(12.0)


def test_a_motion_that_ran_to_the_limit_of_the_fit_is_none() -> None:
    assert slight_motion(explanation(0.0, 3.0, 100.0), explanation(0.06, 45.0, 30.0)) is None


@pytest.mark.parametrize(("slope", "is_steep"), [(2.0, False), (2.6, False), (3.6, True)])
def test_the_slope_of_a_scene_is_measured(slope: float, is_steep: bool) -> None:
    tiles = [scene(slope, seed) for seed in range(8)]

    found = explain(mean_log_spectrum(tiles, lambda: None), TILE)

    assert found is not None
    assert found.plain.slope == pytest.approx(slope, abs=0.3)
    assert found.is_steep is is_steep
