"""The weights of a blur as it is described in an edit. No torch: the window draws them."""

from __future__ import annotations

import numpy as np

from unblur.document.deconvolution import Blur, DiscBlur, GaussianBlur, MotionBlur, levels_of
from unblur_models.deconvolution.outlines import (
    Weights,
    disc_weights,
    gaussian_weights,
    motion_weights,
)


def weights_of(blur: Blur) -> Weights:
    """Weights (h, w), both sides odd, of sum one, the origin in the middle."""
    if isinstance(blur, MotionBlur):
        return motion_weights(blur.length, blur.angle)
    if isinstance(blur, DiscBlur):
        return disc_weights(blur.radius)
    if isinstance(blur, GaussianBlur):
        return gaussian_weights(blur.deviation)
    levels = levels_of(blur).astype(np.float64)
    return np.asarray(levels / levels.sum())
