"""A blurred picture as a solver sees it: part of a torus, with what was not seen marked.

Fourier solvers work on a torus, on which a picture's opposite edges touch; a photo's do not,
and the jump between them rings through a naive solution. Nor is the blurred picture the blur
of the sharp one inside its frame: light came in from outside, and the brightest light was cut
off. Here both are missing data, and no solver is asked to explain them. The torus is larger
than the picture by the PSF; outside, solvers start from a fade between the mirrored edges and
are then free. A saturated pixel is at least what was seen. (Unknown borders: S. J. Reeves,
"Fast image restoration without boundary artifacts", IEEE TIP 2005; M. S. C. Almeida and
M. A. T. Figueiredo, "Deconvolving images with unknown boundaries using the alternating
direction method of multipliers", IEEE TIP 2013. Saturation: O. Whyte, J. Sivic and
A. Zisserman, "Deblurring shaken and partially saturated images", IJCV 2014.)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from unblur_models.deconvolution.fourier import Size2, fast_length
from unblur_models.deconvolution.psf import Psf


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Blurred pictures in the top left corner of a torus.

    `seen` is (N, C, H, W), `extended` (N, C, H', W') the same with something smooth outside.
    `saturated` is boolean (N, C, H, W), None where nothing is.
    """

    seen: Tensor
    extended: Tensor
    saturated: Tensor | None

    @property
    def torus(self) -> Size2:
        """Height and width of the torus."""
        return (self.extended.shape[-2], self.extended.shape[-1])

    def cut(self, pictures: Tensor) -> Tensor:
        """The part of pictures on the torus (…, H', W') that was seen: a view (…, H, W)."""
        height, width = self.seen.shape[-2:]
        return pictures[..., :height, :width]

    def blanked(self, pictures: Tensor) -> Tensor:
        """Pictures on the torus with zeros where nothing was seen, or it was cut off; in place."""
        height, width = self.seen.shape[-2:]
        pictures[..., height:, :] = 0
        pictures[..., width:] = 0
        if self.saturated is not None:
            self.cut(pictures).masked_fill_(self.saturated, 0)
        return pictures

    def completed(self, predicted: Tensor) -> Tensor:
        """What was seen, and `predicted` where nothing was or more is predicted; in place."""
        inside = self.cut(predicted)
        inside.copy_(self.reconciled(self.seen, inside))
        return predicted

    def reconciled(self, wanted: Tensor, predicted: Tensor) -> Tensor:
        """`wanted`, but `predicted` where light was cut off and more is predicted; (N, C, H, W)."""
        if self.saturated is None:
            return wanted
        return torch.where(self.saturated & (predicted > self.seen), predicted, wanted)


def observe(pictures: Tensor, psf: Psf, saturation: float | None) -> Observation:
    """Blurred pictures (N, C, H, W) of any size; at `saturation` and above light was cut off."""
    height, width = pictures.shape[-2:]
    torus = fast_length(height + psf.height - 1), fast_length(width + psf.width - 1)
    extended = _wrapped(_wrapped(pictures, torus[0], -2), torus[1], -1)
    saturated = None
    if saturation is not None:
        found = pictures >= saturation
        saturated = found if bool(found.any()) else None
    return Observation(pictures, extended, saturated)


def _wrapped(pictures: Tensor, length: int, axis: int) -> Tensor:
    """The pictures made longer along an axis: a fade from the mirrored end to the start."""
    side = pictures.shape[axis]
    gap = length - side
    step = torch.arange(gap, device=pictures.device)
    past_end = pictures.index_select(axis, _mirrored(side + step, side))
    before_start = pictures.index_select(axis, _mirrored(step - gap, side))
    share = (step + 1) / (gap + 1)
    share = share * share * (3 - 2 * share)  # level at both ends, so that no crease is left
    if axis == -2:
        share = share[:, None]
    return torch.cat((pictures, past_end.lerp(before_start, share)), axis)


def _mirrored(index: Tensor, side: int) -> Tensor:
    """Indices from anywhere, reflected about the edges into [0, side)."""
    wave = index.remainder(2 * side)
    return torch.minimum(wave, 2 * side - 1 - wave)
