"""Pictures cut into sets of tokens that are mixed with one another, and put together again.

A set is `side`² pixels: either a block of neighbours, or the pixels that stand at the same
place of every cell of a `side` × `side` grid over the whole picture. Both become
(sets, side², channels), so that one batched matrix product mixes all sets.
"""

from __future__ import annotations

from torch import Tensor


def grid_tokens(picture: Tensor, side: int) -> Tensor:
    """(N·h·w / side², side², C) of a (N, h, w, C), one set a place in the cell."""
    tokens = _grid_view(picture, side).reshape(-1, side * side, picture.shape[-1])
    return tokens.contiguous()


def block_tokens(picture: Tensor, side: int) -> Tensor:
    """(N·h·w / side², side², C) of a (N, h, w, C), one set a block of neighbours."""
    tokens = _block_view(picture, side).reshape(-1, side * side, picture.shape[-1])
    return tokens.contiguous()


def joined(grid: Tensor, block: Tensor, like: Tensor, side: int) -> Tensor:
    """The two kinds of tokens as one (N, h, w, 2·C) picture, the grid's channels first.

    `like` is (N, h, w, …), the picture that the tokens were cut from.
    """
    n, h, w = like.shape[:3]
    channels = grid.shape[-1]
    picture = grid.new_empty(n, h, w, 2 * channels)
    first = _grid_view(picture[..., :channels], side)
    first.copy_(grid.view(first.shape))
    second = _block_view(picture[..., channels:], side)
    second.copy_(block.view(second.shape))
    return picture


def _grid_view(picture: Tensor, side: int) -> Tensor:
    n, h, w, c = picture.shape
    cells = picture.view(n, side, h // side, side, w // side, c)
    return cells.permute(0, 2, 4, 1, 3, 5)


def _block_view(picture: Tensor, side: int) -> Tensor:
    n, h, w, c = picture.shape
    blocks = picture.view(n, h // side, side, w // side, side, c)
    return blocks.permute(0, 1, 3, 2, 4, 5)
