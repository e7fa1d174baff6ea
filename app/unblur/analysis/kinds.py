"""Which kind of blur a spectrum shows: the hypothesis that explains it best.

Thresholds were set on three quarters of the project's sharp photographs, blurred by every kind,
and judged on the others: docs/selection.md has the figures.
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
_MOTION_SHARE = 0.9  # and what may remain of the loss without it
_SLIGHT_GAIN = 0.015  # the same for slight motion at two sizes: the geometric mean
_SLIGHT_SHARE = 0.75  # and the product of what remains
_SAME_LENGTH, _SAME_ANGLE = 1.65, 15.0  # the larger by the smaller, and degrees between them
_DISC_SHARE = 0.93  # a disc has to be so much better: it fits a Gaussian, but too narrowly
_SHORTEST, _LONGEST = 3.0, 56.0  # pixels: beyond, the fit has run to its limits
_SHARP = 1.05  # pixels of σ: lenses and demosaicing leave about 0.6
_SHARP_ACROSS = 1.25  # the same across a motion, where σ is known less well
_STEEP = 3.1  # the slope of few sharp scenes, and of most that a hand blurred without a formula
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


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """A spectrum explained by a Gaussian, by a disc, and by motion with either."""

    plain: Fit
    disc: Fit
    moved: Fit

    @property
    def blur(self) -> Blur:
        """The blur that explains it best; motion has to be clear."""
        is_better = self.gain > _MOTION_GAIN and self.share < _MOTION_SHARE
        if is_better and _SHORTEST < self.length < _LONGEST:
            sigma = _sigma(self.moved, self.moved.blur[2:])
            kind = BlurKind.MIXED if sigma > _SHARP_ACROSS else BlurKind.MOTION
            return Blur(kind, sigma, self.length, self.angle)
        round_one = self.disc.loss < _DISC_SHARE * self.plain.loss
        sigma = _sigma(self.disc, self.disc.blur) if round_one else _sigma(self.plain, ())
        return Blur(BlurKind.DEFOCUS if sigma > _SHARP else BlurKind.SHARP, sigma)

    @property
    def is_steep(self) -> bool:
        """Whether details fade as they do where a blur of no simple form is taken for the scene."""
        return self.plain.slope > _STEEP

    @property
    def gain(self) -> float:
        """The loss that motion takes away."""
        return min(self.plain.loss, self.disc.loss) - self.moved.loss

    @property
    def share(self) -> float:
        """What remains of the loss with motion."""
        return self.moved.loss / min(self.plain.loss, self.disc.loss)

    @property
    def length(self) -> float:
        """Of the motion, in pixels, whether it is believed or not."""
        return self.moved.blur[0]

    @property
    def angle(self) -> float:
        """Of the motion, in degrees, 0 to 180."""
        return math.degrees(self.moved.blur[1]) % 180.0


def explain(spectrum: Floats, tile: int) -> Explanation | None:
    """What a mean log spectrum of tiles of `tile` pixels shows; None for no picture."""
    fitter = SpectrumFitter(spectrum, grid_of(tile))
    if not fitter.has_signal:
        return None
    explained = fitter.search(kernels.discs(tile))
    radius = float(RADII[int(explained.argmax())])
    plain, disc = fitter.fit(), fitter.fit(kernels.DISC, (radius,))
    return Explanation(plain, disc, _best_motion(fitter, tile, radius))


def slight_motion(fine: Explanation, half: Explanation) -> Blur | None:
    """A motion that is not clear in a photo out of focus, `half` being that in half its size.

    Out of focus, most of a tile's spectrum is noise; in half the size less of it is. Where motion
    is not clear even there, both sizes have to show the same one: scenes have directions, too, but
    seldom keep them. In pixels of `fine`; None where nothing moved.
    """
    length, angle = 2 * half.length, half.angle
    if not (_has_moved_alike(fine, half) or (half.blur.length and length < _LONGEST)):
        return None
    return Blur(BlurKind.MIXED, fine.blur.sigma, length, angle)


def _has_moved_alike(fine: Explanation, half: Explanation) -> bool:
    gain = math.sqrt(max(0.0, fine.gain) * max(0.0, half.gain))
    stretched = 2 * half.length / fine.length
    turned = abs((fine.angle - half.angle + 90) % 180 - 90)
    return (
        gain > _SLIGHT_GAIN
        and fine.share * half.share < _SLIGHT_SHARE
        and 1 / _SAME_LENGTH < stretched < _SAME_LENGTH
        and turned < _SAME_ANGLE
        and _SHORTEST < fine.length < _LONGEST
    )


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
