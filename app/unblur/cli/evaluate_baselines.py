"""Methods without a network, which a network has to beat: the names that `--model` also takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unblur.cli.evaluate_method import Method, Restored
from unblur.cli.progress import Progress
from unblur.document.buffer import UInt8Image
from unblur.document.photo import Photo
from unblur.imaging.quality import eight_bits, psnr
from unblur.imaging.unsharp import detail, sharpened

if TYPE_CHECKING:
    from unblur.engine.device import Device

# On GoPro and REDS pictures within 0.05 dB of a grid with six times as many settings.
UNSHARP_SIGMAS = (0.5, 1.0, 2.0, 4.0, 8.0)  # pixels
UNSHARP_AMOUNTS = (0.1, 0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class UnsharpMask:
    """Unsharp masking with the σ and the amount that suit each picture best.

    It may try every setting of the grid against the sharp picture, which nobody has who
    restores a photo: so this is more than sharpening can do, and what a network must beat.
    """

    id: str = "unsharp"
    quality: str | None = None
    device: Device | None = None

    def prepare(self) -> None:
        """Nothing is loaded."""

    def restore(self, photo: Photo, sharp: UInt8Image, progress: Progress) -> Restored:
        """The best of the grid. The seconds are those of the chosen setting alone."""
        pixels = eight_bits(photo.pixels)
        best, sigma, amount = -1.0, 0.0, 0.0
        started = time.perf_counter()
        for done, each in enumerate(UNSHARP_SIGMAS, start=1):
            lost = detail(pixels, each)
            for much in UNSHARP_AMOUNTS:
                reached = psnr(sharpened(pixels, lost, much), sharp)
                if reached > best:
                    best, sigma, amount = reached, each, much
            progress(done, len(UNSHARP_SIGMAS), time.perf_counter() - started)
        started = time.perf_counter()
        chosen = sharpened(pixels, detail(pixels, sigma), amount)
        seconds = time.perf_counter() - started
        return Restored(chosen, seconds, f"σ {sigma:g}, amount {amount:g}")


def _blind_deconvolution(device_name: str) -> Method:
    # torch comes with it.
    from unblur.cli.evaluate_deconvolution import BlindDeconvolution
    from unblur.engine.device import choose_device

    return BlindDeconvolution(choose_device(device_name))


BASELINES: dict[str, Callable[[str], Method]] = {
    "unsharp": lambda _device_name: UnsharpMask(),
    "deconvolution": _blind_deconvolution,
}
"""Methods that are no models, by the name that `--model` takes; made for a device's name."""
