"""Which kind of blur a spectrum shows: the hypothesis that explains it best.

Thresholds were set on one half of the project's sharp photographs, blurred by every kind, and
judged on the other: docs/selection.md has the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from unblur.analysis import kernels
from unblur.analysis.fitting import Fit, SpectrumFitter
from unblur.analysis.kernels import DIRECTIONS, LENGTHS, RADII
from unblur.analysis.spectrum import Floats, grid_of

_MOTION_GAIN = 0.045  # loss that motion must take away, to be believed
_MIXED_GAIN = 0.018  # the same where the photo is out of focus: less is left to see it by
_MOTION_SHARE = 0.9  # and what may remain of the loss without it
_DISC_SHARE = 0.93  # a disc has to be so much better: it fits a Gaussian, but too narrowly
_SHORTEST, _LONGEST = 3.0, 56.0  # pixels: beyond, the fit has run to its limits
_SHARP = 1.0  # pixels of σ: lenses and demosaicing leave about 0.6
_SHARP_ACROSS = 1.45  # the same across a motion, where σ is known less well
_CANDIDATES = 2  # motions that are fitted for each way to be out of focus


class BlurKind(StrEnum):
    """What kind of blur a photo has."""

    SHARP = "sharp"
    DEFOCUS = "defocus"
    MOTION = "motion"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Blur:
    """A measured blur, in pixels of the picture that it was measured in.

    `sigma` is that of a Gaussian as wide as the blur is without the motion (a disc of radius r
    counts as r/2). Motion goes over `length` pixels, 0 for none, in `angle` degrees, 0 to 180,
    counter-clockwise from the right. Where it is not even along a line (`is_even`), as a hand
    moves, length and angle are estimates of its widest extent.
    """

    kind: BlurKind
    sigma: float
    length: float = 0.0
    angle: float = 0.0
    is_even: bool = True

    def enlarged(self, factor: float) -> Blur:
        """The same blur in a picture `factor` times larger."""
        return replace(self, sigma=self.sigma * factor, length=self.length * factor)


def classify(spectrum: Floats, tile: int) -> Blur | None:
    """The blur that a mean log spectrum of tiles of `tile` pixels shows; None for no picture."""
    fitter = SpectrumFitter(spectrum, grid_of(tile))
    if not fitter.has_signal:
        return None
    explained = fitter.search(kernels.discs(tile))
    radius = float(RADII[int(explained.argmax())])
    plain, disc = fitter.fit(), fitter.fit(kernels.DISC, (radius,))
    still = min(plain, disc, key=lambda fit: fit.loss)
    moved = _best_motion(fitter, tile, radius)
    sigma = _sigma(moved, moved.blur[2:])
    is_mixed = sigma > _SHARP_ACROSS
    if _is_believed(moved, still, is_mixed=is_mixed):
        kind = BlurKind.MIXED if is_mixed else BlurKind.MOTION
        return Blur(kind, sigma, moved.blur[0], math.degrees(moved.blur[1]) % 180.0)
    round_one = disc.loss < _DISC_SHARE * plain.loss
    sigma = _sigma(disc, disc.blur) if round_one else _sigma(plain, ())
    return Blur(BlurKind.DEFOCUS if sigma > _SHARP else BlurKind.SHARP, sigma)


def _is_believed(moved: Fit, still: Fit, *, is_mixed: bool) -> bool:
    """Whether motion explains so much that it is no chance."""
    gain = _MIXED_GAIN if is_mixed else _MOTION_GAIN
    is_better = still.loss - moved.loss > gain and moved.loss < _MOTION_SHARE * still.loss
    return is_better and _SHORTEST < moved.blur[0] < _LONGEST


def _best_motion(fitter: SpectrumFitter, tile: int, radius: float) -> Fit:
    """The motion that explains most, with a Gaussian or with the disc that was found."""
    disc = kernels.disc(grid_of(tile), radius)
    fits = []
    for given, blur, rest in (
        (None, kernels.MOTION, ()),
        (disc, kernels.MOTION_AND_DISC, (radius,)),
    ):
        explained = fitter.search(kernels.motions(tile), given=given)
        for length, direction in _peaks(explained):
            fits.append(fitter.fit(blur, (length, direction, *rest)))
    return min(fits, key=lambda fit: fit.loss)


def _peaks(explained: Floats) -> list[tuple[float, float]]:
    """The motions that explain most, no two of them alike."""
    table = explained.reshape(len(LENGTHS), len(DIRECTIONS)).copy()
    found = []
    for _ in range(_CANDIDATES):
        row, column = np.unravel_index(int(table.argmax()), table.shape)
        found.append((float(LENGTHS[row]), float(DIRECTIONS[column])))
        near = np.arange(column - 3, column + 4) % len(DIRECTIONS)
        table[max(0, row - 2) : row + 3, near] = -np.inf
    return found


def _sigma(fit: Fit, radius: tuple[float, ...]) -> float:
    """The Gaussian as wide as what was fitted: the second moments add up."""
    return math.sqrt(fit.variance + sum(each * each / 4 for each in radius))
