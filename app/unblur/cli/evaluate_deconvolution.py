"""Blind deconvolution as a baseline: one PSF for the whole picture, estimated from it alone."""

from __future__ import annotations

import time
from dataclasses import dataclass

from unblur.cli.evaluate_method import Restored
from unblur.cli.progress import Progress
from unblur.document.buffer import UInt8Image
from unblur.document.photo import Photo
from unblur.engine import tensors
from unblur.engine.device import Device
from unblur.imaging.quality import eight_bits
from unblur_models.deconvolution.deconvolve import deconvolve
from unblur_models.deconvolution.estimation import estimate_psf


@dataclass(frozen=True, slots=True)
class BlindDeconvolution:
    """The classical way: estimate the PSF, then solve for the picture."""

    device: Device
    id: str = "deconvolution"
    quality: str | None = None

    def prepare(self) -> None:
        """Nothing is loaded."""

    def restore(self, photo: Photo, sharp: UInt8Image, progress: Progress) -> Restored:
        """Restore a photo; never looks at the sharp one."""
        del sharp
        started = time.perf_counter()
        (picture,) = tensors.to_batch(photo.pixels, self.device.torch_device)
        estimate = estimate_psf(picture)
        progress(1, 2, time.perf_counter() - started)
        solved = deconvolve(picture, estimate.psf)
        pixels = eight_bits(tensors.to_pixels(solved[None]))
        seconds = time.perf_counter() - started
        progress(2, 2, seconds)
        psf = f"PSF {estimate.psf.width} × {estimate.psf.height}"
        return Restored(pixels, seconds, f"{psf}, confidence {estimate.confidence:.2f}")
