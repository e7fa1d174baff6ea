"""5×5 convolutions with 2/5 of the products: Winograd's minimal filtering, down the columns.

Four rows of a picture filtered with five taps are the product of two polynomials, and those are
known from their values at eight points. So eight rows of the input are turned into eight
values of theirs, each of which is convolved along its row alone, with 1×5 kernels that are
values of the 5×5 kernel; a last product turns eight rows of values into four of the result:
8 · 5 products a column instead of 4 · 25. S. Winograd, "Arithmetic Complexity of Computations",
1980; A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016.

Along one axis alone, because a CPU is slowed more by passes over memory than by products: each
pass more would cost what the products save.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

TAPS = 5
_ROWS = 4  # of the result at a time: more would save little and cost precision
_SEEN = _ROWS + TAPS - 1
_POINTS = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5)  # and infinity
_ONE = _POINTS.index(1.0)


def row_kernels(weight: Tensor) -> list[Tensor]:
    """What a kernel (outputs, inputs, 5, 5) is at each point: (outputs, inputs, 1, 5)."""
    _, of_kernel, _ = _transforms()
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
    of_input, _, to_result = (each.to(x.dtype) for each in _transforms())
    _, channels, height, width = x.shape
    strips = -(-height // _ROWS)
    below = strips * _ROWS - height + TAPS // 2
    rows = functional.pad(x.permute(0, 2, 3, 1), (0, 0, 0, 0, TAPS // 2, below))
    seen = rows.reshape(-1, width * channels).unfold(0, _SEEN, _ROWS).transpose(1, 2)
    values = x.new_empty(_SEEN, strips, width * channels)
    torch.bmm(of_input.expand(strips, -1, -1), seen, out=values.transpose(0, 1))
    pictures = values.view(_SEEN, 1, strips, width, channels).permute(0, 1, 4, 2, 3)
    # The value at one counts in every row of the result, and only once: there the bias enters.
    products = [
        functional.conv2d(picture, kernel, bias if i == _ONE else None, padding=(0, TAPS // 2))
        for i, (picture, kernel) in enumerate(zip(pictures, kernels, strict=True))
    ]
    outputs = len(bias)
    flat = torch.stack([each.permute(0, 2, 3, 1).reshape(strips, -1) for each in products], 1)
    result = torch.bmm(to_result.expand(strips, -1, -1), flat)
    return result.view(1, strips * _ROWS, width, outputs)[:, :height].permute(0, 3, 1, 2)


@cache
def _transforms() -> tuple[Tensor, Tensor, Tensor]:
    """Of the input (8, 8), of the kernel (8, 5) and to the result (4, 8), float64.

    By transposition (Winograd): from the rule that multiplies polynomials at the points and
    interpolates the product follows the one that filters.
    """
    points = torch.tensor(_POINTS, dtype=torch.float64)
    of_input = torch.zeros(_SEEN, _SEEN, dtype=torch.float64)
    of_kernel = torch.zeros(_SEEN, TAPS, dtype=torch.float64)
    to_result = torch.zeros(_ROWS, _SEEN, dtype=torch.float64)
    for i, point in enumerate(points):
        others = torch.cat([points[:i], points[i + 1 :]])
        of_input[i, :-1] = _with_roots(others)
        of_kernel[i] = point ** torch.arange(TAPS) / (point - others).prod()
        to_result[:, i] = point ** torch.arange(_ROWS)
    of_input[-1] = _with_roots(points)
    of_kernel[-1, -1] = to_result[-1, -1] = 1.0
    return of_input, of_kernel, to_result


def _with_roots(roots: Tensor) -> Tensor:
    """The coefficients of the polynomial with these roots, the constant one first."""
    coefficients = torch.ones(1, dtype=roots.dtype)
    for root in roots:
        shifted = functional.pad(coefficients, (1, 0))
        coefficients = shifted - root * functional.pad(coefficients, (0, 1))
    return coefficients
