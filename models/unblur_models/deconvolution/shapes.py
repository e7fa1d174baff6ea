"""PSFs by their shape: motion, defocus, Gaussian, and whatever is drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from unblur_models.deconvolution.outlines import (
    Weights,
    disc_weights,
    gaussian_weights,
    motion_weights,
    path_weights,
)
from unblur_models.deconvolution.psf import Psf


def motion_psf(length: float, angle: float) -> Psf:
    """A straight, even movement over `length` pixels, centred.

    `angle` is in degrees, anticlockwise from the right as the picture is seen. Opposite
    angles give the same blur. Raises InvalidPsfError for a length below 0 or out of reach.
    """
    return _psf(motion_weights(length, angle))


def disc_psf(radius: float) -> Psf:
    """A point out of focus through a round aperture: an even disc of `radius` pixels.

    A pixel that the rim crosses gets the covered share, nearly. 0 is a point.
    """
    return _psf(disc_weights(radius))


def gaussian_psf(deviation: float) -> Psf:
    """A round Gaussian of this standard deviation in pixels, integrated over every pixel."""
    return _psf(gaussian_weights(deviation))


def drawn_psf(points: Sequence[tuple[float, float]]) -> Psf:
    """The path of a light over one exposure, as drawn: (x, y) in pixels, y down.

    The light moves evenly along the line from point to point. The result is centred. One
    point, or several at one place, is a sharp picture's PSF. Raises InvalidPsfError for no
    point, for one that is not finite, and for a path too large.
    """
    return _psf(path_weights(points))


def _psf(weights: Weights) -> Psf:
    return Psf.normalised(torch.from_numpy(weights))
