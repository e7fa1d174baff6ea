"""3×3 and 5×5 convolutions with less than half of the products: Winograd's minimal filtering.

Six rows of a picture filtered with five taps are the product of two polynomials, and those are
known from their values at ten points. So ten rows of the input are turned into ten values of
theirs, each of which is convolved along its row alone, with 1×5 kernels that are values of the
5×5 kernel; a last product turns ten rows of values into six of the result: 10 · 5 products a
column instead of 6 · 25; with three taps 8 · 3 instead of 6 · 9. S. Winograd, "Arithmetic
Complexity of Computations", 1980; A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural
Networks", CVPR 2016.

Along one axis alone, because a CPU is slowed more by passes over memory than by products: each
pass more would cost what the products save.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

_ROWS = 6  # of the result at a time: more would save little and cost precision
# With infinity. Small ones and their reciprocals, for precision: B. Barabasz et al., "Error
# analysis and improving the accuracy of Winograd convolution", ACM TOMS 2020.
_POINTS = {3: (0, 1, -1, 2, -2, 0.5, -0.5), 5: (0, 1, -1, 2, -2, 0.5, -0.5, 0.75, -0.75)}
_ONE = 1  # the place of the point 1
# By taps: how many pixels it takes from so many channels on.
_PIXELS_THAT_PAY = {5: {64: 0, 32: 160 * 160}, 3: {128: 40 * 40}}
# Values at a time, 16 MB: memory that goes back to the system and comes again, page by page and
# filled with zeros, costs more than the products save (half as much again at 640 × 640 × 32).
_AT_ONCE = 2**22


class _Transforms(NamedTuple):
    """Of the input (s, s), of the kernel (s, taps) and to the result (rows, s)."""

    of_input: Tensor
    of_kernel: Tensor
    to_result: Tensor


def pays(channels: int, taps: int, pixels: int) -> bool:
    """Whether this is quicker than the plain convolution of so many channels and pixels.

    As measured on a CPU with AVX-512: the passes over memory cost what few products save.
    """
    least = _PIXELS_THAT_PAY.get(taps, {})
    return any(channels >= width and pixels >= enough for width, enough in least.items())


def row_kernels(weight: Tensor) -> list[Tensor]:
    """What a kernel (outputs, inputs, taps, taps) is at each point: (outputs, inputs, 1, taps).

    There are 3 or 5 taps.
    """
    of_kernel = _transforms(weight.shape[-1]).of_kernel
    values = torch.einsum("pt,oitk->poik", of_kernel, weight.detach().double())
    return [
        each.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        for each in values.to(weight)
    ]


def convolved(x: Tensor, kernels: list[Tensor], bias: Tensor) -> Tensor:
    """(N, outputs, h, w), channels-last, from (N, inputs, h, w), padded with zeros.

    `kernels` are those of `row_kernels`. Gradients are not followed.
    """
    pictures = [_convolved(x[i : i + 1], kernels, bias) for i in range(len(x))]
    return pictures[0] if len(pictures) == 1 else torch.cat(pictures)


def _convolved(x: Tensor, kernels: list[Tensor], bias: Tensor) -> Tensor:
    taps, outputs = kernels[0].shape[-1], len(bias)
    _, channels, height, width = x.shape
    strips = -(-height // _ROWS)
    rows = x.permute(0, 2, 3, 1).reshape(height, width * channels)
    result = x.new_empty(strips, _ROWS, width * outputs)
    at_once = max(1, _AT_ONCE // ((_ROWS + taps - 1) * width * max(channels, outputs)))
    for first in range(0, strips, at_once):
        band = range(first, min(first + at_once, strips))
        values = _values(rows, band, taps).view(-1, 1, len(band), width, channels)
        products = _products(values.permute(0, 1, 4, 2, 3), kernels, bias)
        to_result = _transforms(taps).to_result.to(x.dtype).expand(len(band), -1, -1)
        torch.bmm(to_result, products, out=result[band.start : band.stop])
    return result.view(1, strips * _ROWS, width, outputs)[:, :height].permute(0, 3, 1, 2)


def _products(pictures: Tensor, kernels: list[Tensor], bias: Tensor) -> Tensor:
    """(strips, points, width * outputs), from (points, 1, inputs, strips, width)."""
    strips, margin = pictures.shape[3], kernels[0].shape[-1] // 2
    # The value at one counts in every row of the result, and only once: there the bias enters.
    each = [
        functional.conv2d(picture, kernel, bias if i == _ONE else None, padding=(0, margin))
        for i, (picture, kernel) in enumerate(zip(pictures, kernels, strict=True))
    ]
    return torch.stack([one.permute(0, 2, 3, 1).reshape(strips, -1) for one in each], 1)


def _values(rows: Tensor, band: range, taps: int) -> Tensor:
    """What each strip of a band is at each point: (points, strips, n), from (height, n).

    The strips within are read where they lie: a copy of all with zeros around would be one pass
    over memory more.
    """
    of_input = _transforms(taps).of_input.to(rows.dtype)
    height, n = rows.shape
    seen, margin = len(of_input), taps // 2
    values = rows.new_empty(seen, len(band), n)
    full = range(1, (height - margin) // _ROWS)  # strips that see nothing but rows
    within = range(max(band.start, full.start), min(band.stop, full.stop))
    if within:
        read = rows[within.start * _ROWS - margin :].unfold(0, seen, _ROWS)[: len(within)]
        written = values[:, within.start - band.start :][:, : len(within)]
        of_each = of_input.expand(len(within), -1, -1)
        torch.bmm(of_each, read.transpose(1, 2), out=written.transpose(0, 1))
    for strip in (each for each in band if each not in within):
        first = strip * _ROWS - margin
        above, part = max(0, -first), rows[max(0, first) : first + seen]
        below = seen - above - len(part)
        torch.mm(
            of_input, functional.pad(part, (0, 0, above, below)), out=values[:, strip - band.start]
        )
    return values


@cache
def _transforms(taps: int) -> _Transforms:
    """In float64. By transposition (Winograd): from the rule that multiplies polynomials at the
    points and interpolates the product follows the one that filters.
    """
    points = torch.tensor(_POINTS[taps], dtype=torch.float64)
    seen = _ROWS + taps - 1
    of_input = torch.zeros(seen, seen, dtype=torch.float64)
    of_kernel = torch.zeros(seen, taps, dtype=torch.float64)
    to_result = torch.zeros(_ROWS, seen, dtype=torch.float64)
    for i, point in enumerate(points):
        others = torch.cat([points[:i], points[i + 1 :]])
        of_input[i, :-1] = _with_roots(others)
        of_kernel[i] = point ** torch.arange(taps) / (point - others).prod()
        to_result[:, i] = point ** torch.arange(_ROWS)
    of_input[-1] = _with_roots(points)
    of_kernel[-1, -1] = to_result[-1, -1] = 1.0
    return _Transforms(of_input, of_kernel, to_result)


def _with_roots(roots: Tensor) -> Tensor:
    """The coefficients of the polynomial with these roots, the constant one first."""
    coefficients = torch.ones(1, dtype=roots.dtype)
    for root in roots:
        shifted = functional.pad(coefficients, (1, 0))
        coefficients = shifted - root * functional.pad(coefficients, (0, 1))
    return coefficients
