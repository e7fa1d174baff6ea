"""Where the dials of a PSF begin: at what was measured of the photo's blur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unblur.document.deconvolution import Blur, DiscBlur, GaussianBlur, MotionBlur

if TYPE_CHECKING:  # OpenCV comes with it
    from unblur.analysis.kinds import Blur as MeasuredBlur

LONGEST_MOTION, WIDEST_RADIUS, WIDEST_DEVIATION = 160.0, 40.0, 15.0
"""Photo pixels that the dials reach."""

_USUAL_MOTION = MotionBlur(12.0, 0.0)
_USUAL_DISC = DiscBlur(3.0)
_USUAL_GAUSSIAN = GaussianBlur(1.5)
_LEAST = 0.5  # pixels; below it a dial seems not to do anything


def first_blur(measured: MeasuredBlur | None) -> Blur:
    """The PSF that fits best what was measured; None: nothing is known."""
    if measured is not None and measured.kind.value in ("motion", "mixed"):
        return motion_start(measured)
    if measured is not None and measured.kind.value == "sharp":
        return gaussian_start(measured)
    return disc_start(measured)


def motion_start(measured: MeasuredBlur | None) -> MotionBlur:
    """A movement as long and as slanted as the photo's."""
    if measured is None or measured.length < _LEAST:
        return _USUAL_MOTION
    return MotionBlur(min(measured.length, LONGEST_MOTION), measured.angle % 180.0)


def disc_start(measured: MeasuredBlur | None) -> DiscBlur:
    """A disc as blurred as the photo: its σ is half its radius."""
    if measured is None or measured.sigma < _LEAST:
        return _USUAL_DISC
    return DiscBlur(min(2 * measured.sigma, WIDEST_RADIUS))


def gaussian_start(measured: MeasuredBlur | None) -> GaussianBlur:
    """A Gaussian as blurred as the photo."""
    if measured is None or measured.sigma < _LEAST:
        return _USUAL_GAUSSIAN
    return GaussianBlur(min(measured.sigma, WIDEST_DEVIATION))
