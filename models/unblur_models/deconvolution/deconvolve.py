"""Sharp pictures from blurred ones whose PSF is known."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import torch
from torch import Tensor

from unblur_models.deconvolution.fourier import forward, inverse, shift_phases, transfer_function
from unblur_models.deconvolution.hyper_laplacian import hyper_laplacian
from unblur_models.deconvolution.noise import noise_deviation
from unblur_models.deconvolution.observation import Observation, observe
from unblur_models.deconvolution.psf import Psf
from unblur_models.deconvolution.richardson_lucy import richardson_lucy
from unblur_models.deconvolution.stopping import ShouldStop, never
from unblur_models.deconvolution.wiener import Spectrum, wiener
from unblur_models.training.light import from_srgb, to_srgb

# Found on photographs with known PSFs and noise of 1 to 4 levels. By theory the first would go
# with the noise's variance and the second with one over it: photos are no samples of the priors.
_NOISE_TO_SIGNAL = 12.5  # times the noise's deviation to the power of 1.5
_FIDELITY = 12.0  # over the noise's deviation
_SMOOTHNESS = 0.2  # times the noise's deviation
_LEAST_NOISE = 1 / 255  # below it lies no photo: 8-bit steps, and a PSF is never quite right


class Method(enum.Enum):
    """The solver. The first is the fastest, the last the best."""

    WIENER = "wiener"
    RICHARDSON_LUCY = "richardson-lucy"
    HYPER_LAPLACIAN = "hyper-laplacian"


class Effort(enum.Enum):
    """How many rounds a solver gets: a preview has about a third of them."""

    PREVIEW = "preview"
    FULL = "full"


_ROUNDS = {
    (Method.WIENER, Effort.PREVIEW): 1,
    (Method.WIENER, Effort.FULL): 8,
    (Method.RICHARDSON_LUCY, Effort.PREVIEW): 5,
    (Method.RICHARDSON_LUCY, Effort.FULL): 25,
    (Method.HYPER_LAPLACIAN, Effort.PREVIEW): 4,
    (Method.HYPER_LAPLACIAN, Effort.FULL): 12,
}
_LEAST_OFFSET = 0.01  # pixels
_START_ROUNDS = 2  # of Wiener, before the hyper-Laplacian


@dataclass(frozen=True, slots=True)
class Settings:
    """How to deconvolve.

    `noise` is the standard deviation to reckon with, the picture's range being one; None
    measures it. More gives a smoother result. `spectrum` is for Wiener alone. With
    `is_linear` the picture is taken from sRGB to linear light, where blur happened, and back:
    right for a photo from a camera, but the noise of shadows then counts for less. At
    `saturation` and above (encoded) light was cut off; None: nowhere.
    """

    method: Method = Method.HYPER_LAPLACIAN
    effort: Effort = Effort.FULL
    noise: float | None = None
    spectrum: Spectrum = Spectrum.GRADIENT
    is_linear: bool = False
    saturation: float | None = 0.99

    def __post_init__(self) -> None:
        if self.noise is not None and not 0 < self.noise <= 1:
            raise ValueError(f"noise is over 0 and at most 1, not {self.noise}")


def deconvolve(
    pictures: Tensor,
    psf: Psf,
    settings: Settings | None = None,
    should_stop: ShouldStop = never,
) -> Tensor:
    """The sharp pictures, of the same shape and on the same device, float32 in [0, 1].

    `pictures` is (C, H, W) or (N, C, H, W), floating, encoded in [0, 1], of any size. The PSF
    holds for the whole picture. Where it lies in its frame does not matter: the sharp picture
    is put where the light of a point falls on average, so that nothing moves. Raises
    ValueError for another shape or type, and Stopped.
    """
    if pictures.ndim not in (3, 4) or 0 in pictures.shape or not pictures.is_floating_point():
        raise ValueError(f"floating pictures (N, C, H, W), not {tuple(pictures.shape)}")
    chosen = settings or Settings()
    batch = pictures.detach().reshape(-1, *pictures.shape[-3:]).float()
    saturation = chosen.saturation
    if chosen.is_linear:
        batch = from_srgb(batch)
        if saturation is not None:
            saturation = float(from_srgb(torch.tensor(saturation)))
    with torch.inference_mode():
        noise = max(_LEAST_NOISE, noise_deviation(batch) if chosen.noise is None else chosen.noise)
        centred = psf.centred()
        observation = observe(batch, centred, saturation)
        transfer = transfer_function(centred, observation.torus, batch.device)
        sharp = _solved(observation, transfer, chosen, noise, should_stop)
        sharp = observation.cut(_moved(sharp, centred.centroid)).clamp(0, 1)
        return (to_srgb(sharp) if chosen.is_linear else sharp).reshape(pictures.shape)


def _moved(pictures: Tensor, offset: tuple[float, float]) -> Tensor:
    """Pictures on a torus moved by part of a pixel, (right, down)."""
    if max(abs(part) for part in offset) < _LEAST_OFFSET:
        return pictures
    torus = (pictures.shape[-2], pictures.shape[-1])
    return inverse(forward(pictures) * shift_phases(offset, torus, pictures.device), torus)


def _solved(
    observation: Observation,
    transfer: Tensor,
    settings: Settings,
    noise: float,
    should_stop: ShouldStop,
) -> Tensor:
    rounds = _ROUNDS[settings.method, settings.effort]
    noise_to_signal = _NOISE_TO_SIGNAL * noise**1.5
    if settings.method is Method.RICHARDSON_LUCY:
        return richardson_lucy(
            observation,
            transfer,
            smoothness=min(0.05, _SMOOTHNESS * noise),
            rounds=rounds,
            should_stop=should_stop,
        )
    if settings.method is Method.WIENER:
        return wiener(
            observation,
            transfer,
            noise_to_signal=noise_to_signal,
            spectrum=settings.spectrum,
            rounds=rounds,
            should_stop=should_stop,
        )
    start = wiener(
        observation,
        transfer,
        noise_to_signal=noise_to_signal,
        rounds=_START_ROUNDS,
        should_stop=should_stop,
    )
    return hyper_laplacian(
        observation,
        transfer,
        start=start,
        fidelity=_FIDELITY / noise,
        rounds=rounds,
        should_stop=should_stop,
    )
