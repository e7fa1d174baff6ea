"""The PSF: where the light of one point of the scene falls while the shutter is open."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from unblur_models.deconvolution.errors import InvalidPsfError
from unblur_models.deconvolution.outlines import MAX_SIDE

_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Psf:
    """A blur kernel that is the same all over the picture.

    `weights` is float32 (h, w) on the CPU, both sides odd, nothing negative, of sum one. The
    middle pixel is the origin: light there has not moved. Rows go down and columns to the
    right, as in a picture, and the blurred picture is the true convolution, y(p) =
    Σ k(q) x(p − q). Raises InvalidPsfError for anything else; `normalised` mends what it can.
    """

    weights: Tensor

    def __post_init__(self) -> None:
        _check(self.weights)
        if self.weights.dtype != torch.float32 or self.weights.device.type != "cpu":
            raise InvalidPsfError("weights are float32 on the CPU")
        if self.height % 2 == 0 or self.width % 2 == 0:
            raise InvalidPsfError(f"the sides {self.width} × {self.height} are not both odd")
        total = float(self.weights.double().sum())
        if abs(total - 1) > _SUM_TOLERANCE:
            raise InvalidPsfError(f"the weights sum to {total:.6g}, not to one")

    @property
    def height(self) -> int:
        """Rows."""
        return self.weights.shape[0]

    @property
    def width(self) -> int:
        """Columns."""
        return self.weights.shape[1]

    @property
    def centroid(self) -> tuple[float, float]:
        """Where the light falls on average: pixels right of and below the origin."""
        x, y = _axis(self.width), _axis(self.height)
        weights = self.weights.double()
        return float(weights.sum(0) @ x), float(weights.sum(1) @ y)

    @property
    def spread(self) -> float:
        """Root mean square distance of the light from its centroid, in pixels; 0 for a point."""
        x, y = self.centroid
        weights = self.weights.double()
        variance = weights.sum(0) @ (_axis(self.width) - x).square()
        variance += weights.sum(1) @ (_axis(self.height) - y).square()
        return math.sqrt(max(0.0, float(variance)))

    def centred(self) -> Psf:
        """The same with its centroid within half a pixel of the origin, and no empty rim.

        Whole pixels only: moving by less would smear the weights.
        """
        x, y = (round(value) for value in self.centroid)
        return Psf(_framed(self.weights, x, y))

    def trimmed(self) -> Psf:
        """The same without the empty rows and columns around it."""
        return Psf(_framed(self.weights, 0, 0))

    def resized(self, scale: float) -> Psf:
        """The PSF of the picture resized by `scale` (over 0)."""
        if not (scale > 0 and math.isfinite(scale)):
            raise ValueError(f"a scale is over 0, not {scale}")
        rows, columns = (_splats(side, scale) for side in (self.height, self.width))
        return Psf.normalised((rows @ self.weights.double() @ columns.T).float())

    def picture(self) -> Tensor:
        """The PSF to look at: float32 (h, w), the brightest weight at one."""
        return self.weights / self.weights.max()

    @classmethod
    def normalised(cls, weights: Tensor) -> Psf:
        """A PSF from any weights (h, w) that are not negative and not all zero.

        They are divided by their sum; a side that is even gets an empty row below or column
        to the right.
        """
        _check(weights)
        whole = weights.detach().to("cpu", torch.float64)
        if not float(whole.sum()) > 0:
            raise InvalidPsfError("all weights are zero")
        height, width = whole.shape
        whole = torch.nn.functional.pad(whole, (0, 1 - width % 2, 0, 1 - height % 2))
        return cls((whole / whole.sum()).float())


def identity_psf() -> Psf:
    """The PSF of a sharp picture: one pixel."""
    return Psf(torch.ones(1, 1))


def similarity(first: Psf, second: Psf) -> float:
    """How alike two PSFs are wherever they lie: their largest normalised cross-correlation.

    1 for the same shape, 0 for nothing in common. (Z. Hu and M.-H. Yang, "Good regions to
    deblur", ECCV 2012.)
    """
    size = (first.height + second.height, first.width + second.width)
    spectra = [torch.fft.rfft2(each.weights.double(), s=size) for each in (first, second)]
    correlation = torch.fft.irfft2(spectra[0] * spectra[1].conj(), s=size)
    lengths = first.weights.double().norm() * second.weights.double().norm()
    return float((correlation.max() / lengths).clamp(0, 1))


def _check(weights: Tensor) -> None:
    if weights.ndim != 2 or 0 in weights.shape:
        raise InvalidPsfError(f"weights are (height, width), not {tuple(weights.shape)}")
    if max(weights.shape) > MAX_SIDE:
        raise InvalidPsfError(f"a side of {max(weights.shape)} is over {MAX_SIDE}")
    if not bool(torch.isfinite(weights).all()):
        raise InvalidPsfError("some weights are not finite")
    if bool((weights < 0).any()):
        raise InvalidPsfError("some weights are negative")


def _axis(side: int) -> Tensor:
    return torch.arange(side, dtype=torch.float64) - side // 2


def _framed(weights: Tensor, x: int, y: int) -> Tensor:
    """The weights in the smallest odd frame around the pixel (x, y) from the origin."""
    lit = weights.nonzero()
    origin = torch.tensor([weights.shape[0] // 2 + y, weights.shape[1] // 2 + x])
    reach = (lit - origin).abs().amax(0)
    framed = torch.zeros(2 * int(reach[0]) + 1, 2 * int(reach[1]) + 1)
    rows, columns = (lit - origin + reach).unbind(1)
    framed[rows, columns] = weights[lit[:, 0], lit[:, 1]]
    return framed


def _splats(side: int, scale: float) -> Tensor:
    """(new side, side): each weight becomes a triangle around its new place, of sum one."""
    new_side = 2 * math.ceil(side // 2 * scale + max(1.0, scale) - 1) + 1
    distance = (_axis(new_side)[:, None] - _axis(side) * scale).abs()
    triangle = (1 - distance / max(1.0, scale)).clamp(min=0)
    return triangle / triangle.sum(0)
