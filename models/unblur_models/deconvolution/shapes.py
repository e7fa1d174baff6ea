"""PSFs by their shape: motion, defocus, Gaussian, and whatever is drawn by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from unblur_models.deconvolution.errors import InvalidPsfError
from unblur_models.deconvolution.psf import MAX_SIDE, Psf

_STEPS_A_PIXEL = 16
_GAUSS_REACH = 4.0  # standard deviations; beyond lies less than a 16-bit step


def motion_psf(length: float, angle: float) -> Psf:
    """A straight, even movement over `length` pixels, centred.

    `angle` is in degrees, anticlockwise from the right as the picture is seen. Opposite
    angles give the same blur. Raises InvalidPsfError for a length below 0 or out of reach.
    """
    _check_extent(length, "length")
    x = math.cos(math.radians(angle)) * length / 2
    y = -math.sin(math.radians(angle)) * length / 2
    return drawn_psf([(-x, -y), (x, y)])


def disc_psf(radius: float) -> Psf:
    """A point out of focus through a round aperture: an even disc of `radius` pixels.

    A pixel that the rim crosses gets the covered share, nearly. 0 is a point.
    """
    _check_extent(2 * radius, "radius")
    side = 2 * math.ceil(radius) + 1
    axis = torch.arange(side, dtype=torch.float32) - side // 2
    distance = (axis[:, None].square() + axis.square()).sqrt()
    return Psf.normalised((radius + 0.5 - distance).clamp(0, 1)).trimmed()


def gaussian_psf(deviation: float) -> Psf:
    """A round Gaussian of this standard deviation in pixels, integrated over every pixel."""
    _check_extent(2 * _GAUSS_REACH * deviation, "deviation")
    if deviation == 0:
        return Psf(torch.ones(1, 1))
    side = 2 * math.ceil(_GAUSS_REACH * deviation) + 1
    edges = torch.arange(side + 1, dtype=torch.float64) - side / 2
    profile = torch.erf(edges / (deviation * math.sqrt(2))).diff()
    return Psf.normalised(profile[:, None] * profile)


def drawn_psf(points: Sequence[tuple[float, float]]) -> Psf:
    """The path of a light over one exposure, as drawn: (x, y) in pixels, y down.

    The light moves evenly along the line from point to point. The result is centred. One
    point, or several at one place, is a sharp picture's PSF. Raises InvalidPsfError for no
    point, for one that is not finite, and for a path too large.
    """
    path = torch.tensor([[float(x), float(y)] for x, y in points], dtype=torch.float64)
    if not len(path):
        raise InvalidPsfError("a path has at least one point")
    if not bool(torch.isfinite(path).all()):
        raise InvalidPsfError("some points of the path are not finite")
    _check_extent(float((path.amax(0) - path.amin(0)).max()), "path")
    lights = _evenly(path)
    lights = lights - lights.mean(0)
    reach = lights.abs().amax(0).ceil().long() + 1
    weights = torch.zeros(2 * int(reach[1]) + 1, 2 * int(reach[0]) + 1, dtype=torch.float64)
    # Each light falls on the four pixels around it, by its distance to them.
    corner = lights.floor()
    for right, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        place = corner + torch.tensor([right, down])
        share = (1 - (lights - place).abs()).prod(1)
        columns, rows = (place.long() + reach).unbind(1)
        weights.index_put_((rows, columns), share, accumulate=True)
    return Psf.normalised(weights).trimmed()


def _evenly(path: Tensor) -> Tensor:
    """Points at even distances along a path (n, 2)."""
    lengths = path.diff(dim=0).norm(dim=1)
    travelled = torch.cat((torch.zeros(1, dtype=path.dtype), lengths.cumsum(0)))
    total = float(travelled[-1])
    if total == 0:
        return path[:1]
    count = max(2, math.ceil(total * _STEPS_A_PIXEL))
    wanted = (torch.arange(count, dtype=path.dtype) + 0.5) * (total / count)
    segment = torch.searchsorted(travelled, wanted, right=True).clamp(1, len(path) - 1) - 1
    within = (wanted - travelled[segment]) / lengths[segment].clamp(min=1e-12)
    points: Tensor = path[segment] + within[:, None] * (path[segment + 1] - path[segment])
    return points


def _check_extent(extent: float, name: str) -> None:
    if not 0 <= extent < MAX_SIDE - 4:
        raise InvalidPsfError(f"a {name} that is not from 0 to {MAX_SIDE} pixels across")
