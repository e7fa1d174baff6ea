"""Cuts a picture into sets of tokens, mixes each set, and puts them back where they were.

A set is `side`² pixels: either those that stand at the same place of every cell of a
`side` × `side` grid over the whole picture, or a block of neighbours.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

Mixing = Callable[[Tensor], Tensor]

# How many floats a CPU takes at a time: few enough that the mixing's own pictures, three
# times as large, stay in the cache and add little to the peak of memory.
_PART = 2**19


def mix_axes(picture: Tensor, side: int, on_grid: Mixing, in_blocks: Mixing) -> Tensor:
    """Mix the first half of the channels on the grid and the other within blocks, in place.

    `picture` is (N, h, w, 2·C) and contiguous, h and w multiples of `side`. Both mixings take
    and give (sets, side², C). Returns `picture`.
    """
    half = picture.shape[-1] // 2
    _mix(_by_place(picture[..., :half], side), on_grid)
    _mix(_by_block(picture[..., half:], side), in_blocks)
    return picture


def _mix(sets: Tensor, mixing: Mixing) -> None:
    """Mix (N, rows, columns, side, side, C), a view of the picture, some rows at a time."""
    n, rows, columns, side, _, channels = sets.shape
    step = rows
    if sets.device.type == "cpu":
        step = max(1, _PART // (n * columns * side * side * channels))
    for row in range(0, rows, step):
        part = sets[:, row : row + step]
        tokens = part.reshape(-1, side * side, channels)
        part.copy_(mixing(tokens).view(part.shape))


def _by_place(picture: Tensor, side: int) -> Tensor:
    n, h, w, c = picture.shape
    cells = picture.view(n, side, h // side, side, w // side, c)
    return cells.permute(0, 2, 4, 1, 3, 5)


def _by_block(picture: Tensor, side: int) -> Tensor:
    n, h, w, c = picture.shape
    blocks = picture.view(n, h // side, side, w // side, side, c)
    return blocks.permute(0, 1, 3, 2, 4, 5)
