"""The PSF of a part of a photo, found out from the photo alone, as a value of an edit."""

from __future__ import annotations

from collections.abc import Callable

import torch

from unblur.document.buffer import PixelImage
from unblur.document.deconvolution import PsfOrigin, PsfPicture, picture_of
from unblur.document.geometry import Rect
from unblur.engine import tensors
from unblur_models.deconvolution.detail import luma, most_detailed
from unblur_models.deconvolution.estimation import Estimate, estimate_psf

_OVERVIEW = 1024  # pixels of the long side of the copy in which detail is looked for
_WINDOW = 768  # photo pixels of the most detailed part, of which the estimate takes its own
_WIDEST = 53  # pixels of a PSF that fills the widest frame: there may be more of it
_SHRINKING = 2


def estimate_blur(
    pixels: PixelImage, rect: Rect, proceed: Callable[[], None] = lambda: None
) -> PsfPicture:
    """The blur of the part `rect` of a photo (H, W, 3), on the CPU: 3 to 10 seconds of one core.

    A PSF that fills the widest frame is estimated again on a smaller copy. What `proceed`
    raises ends it: it is called every fraction of a second.
    """
    height, width = pixels.shape[:2]
    rect = rect.intersected(Rect(0, 0, width, height))
    found = _estimate(pixels, rect, 1, proceed)
    psf = found.psf
    if max(psf.width, psf.height) >= _WIDEST and min(rect.size) >= _SHRINKING * _WINDOW:
        smaller = _estimate(pixels, rect, _SHRINKING, proceed)
        if smaller.confidence > found.confidence:
            found, psf = smaller, smaller.psf.resized(_SHRINKING)
    # Where a PSF lies says nothing of the blur: only its shape is kept.
    weights = psf.centred().weights.numpy()
    return picture_of(weights, PsfOrigin.ESTIMATED, found.confidence)


def _estimate(pixels: PixelImage, rect: Rect, factor: int, proceed: Callable[[], None]) -> Estimate:
    def should_stop() -> bool:
        proceed()
        return False

    window = _detailed(pixels, rect, _WINDOW * factor)
    with torch.inference_mode():
        batch = tensors.to_batch(tensors.crop(pixels, window), torch.device("cpu"))
        (picture,) = tensors.shrunk(batch, factor)
    return estimate_psf(picture, should_stop=should_stop)


def _detailed(pixels: PixelImage, rect: Rect, side: int) -> Rect:
    """The most telling square of `rect`, found in a thinned-out copy: large photos are many."""
    step = max(1, -(-max(rect.size) // _OVERVIEW))
    thin = tensors.to_batch(pixels[rect.slices][::step, ::step], torch.device("cpu"))[0]
    rows, columns = most_detailed(luma(thin), (-(-side // step), -(-side // step)))
    corner = (rect.left + columns.start * step, rect.top + rows.start * step)
    return Rect(*corner, side, side).intersected(rect)
