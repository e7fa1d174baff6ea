"""Discs of confusion, and how a picture looks through them."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from unblur_models.training.draws import Draws, Range
from unblur_models.training.synthesis.config import Defocus


@dataclass(frozen=True, slots=True)
class Aperture:
    """N shapes of light, each (N, 1): all but `blades` and `angle` as in the ranges."""

    radius: Tensor
    blades: Tensor
    roundness: Tensor
    stretch: Tensor
    angle: Tensor
    softening: Tensor
    is_gauss: Tensor

    def to(self, device: torch.device) -> Aperture:
        """The same on a device."""
        values = (getattr(self, each.name).to(device) for each in dataclasses.fields(self))
        return Aperture(*values)

    def kernels(self, side: int) -> Tensor:
        """(N, side, side), each of sum one, centred on pixel (side // 2, side // 2)."""
        axis = torch.arange(side, dtype=torch.float32, device=self.angle.device) - side // 2
        angle = self.angle[:, :, None]
        x, y = axis[None, None, :], axis[None, :, None]
        along = x * angle.cos() + y * angle.sin()
        across = (y * angle.cos() - x * angle.sin()) / self.stretch[:, :, None]
        distance = (along.square() + across.square()).sqrt()
        radius = self.radius[:, :, None]
        # An edge one pixel wide: the share of a pixel that the disc covers, nearly.
        disc = (radius * self._outline(along, across) - distance + 0.5).clamp(0, 1)
        gauss = torch.exp(-distance.square() / (2 * (radius / 2).clamp(min=0.05).square()))
        shape = torch.where(self.is_gauss[:, :, None], gauss, disc)
        kernels: Tensor = shape / shape.sum((1, 2), keepdim=True)
        return kernels

    def _outline(self, along: Tensor, across: Tensor) -> Tensor:
        """The radius by direction, of a polygon with as large an area as the disc has."""
        sector = 2 * math.pi / self.blades[:, :, None]
        bearing = torch.atan2(across, along).remainder(sector) - sector / 2
        polygon = (sector / 2).cos() / bearing.cos()
        polygon = polygon * (sector / sector.sin()).sqrt()
        roundness = self.roundness[:, :, None]
        return roundness + (1 - roundness) * polygon


def drawn_apertures(draws: Draws, name: str, ranges: Defocus, radii: Range) -> Aperture:
    """One aperture a sample; the iris is the same for every `name`, the radius is not."""
    low, high = ranges.blades
    first = max(radii[0], 0.3)
    return Aperture(
        radius=draws.log_uniform(f"{name} radius", (first, radii[1])),
        blades=draws.uniform("blades", (low, high + 1)).floor(),
        roundness=draws.uniform("roundness", ranges.roundness),
        stretch=draws.uniform("stretch", ranges.stretch),
        angle=draws.uniform("iris angle", (0, 2 * math.pi)),
        softening=draws.uniform("softening", ranges.softening),
        is_gauss=draws.happens("gauss", ranges.gauss_probability)[:, None],
    )


def seen_through(picture: Tensor, aperture: Aperture) -> Tensor:
    """The pictures (N, C, S, S), each through its aperture; edges wrap around."""
    side = picture.shape[-1]
    lens = aperture.to(picture.device)
    shifted = lens.kernels(side).roll((-(side // 2), -(side // 2)), (1, 2))
    response = torch.fft.rfft2(shifted)[:, None]
    soft = _gauss_response(lens.softening, side)
    product = torch.fft.rfft2(picture) * response * soft[:, None]
    seen: Tensor = torch.fft.irfft2(product, s=(side, side))
    return seen


def _gauss_response(deviation: Tensor, side: int) -> Tensor:
    """(N, side, side // 2 + 1): what a Gaussian of this deviation leaves of each frequency."""
    rows = torch.fft.fftfreq(side, device=deviation.device)
    columns = torch.fft.rfftfreq(side, device=deviation.device)
    squared = rows[:, None].square() + columns[None, :].square()
    return torch.exp(-2 * (math.pi * deviation[:, :, None]).square() * squared)
