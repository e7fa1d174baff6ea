"""How a picture looks, in 256 bits: alike for copies that were resized or compressed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SIDE = 16
_BITS = _SIDE * _SIDE


@dataclass(frozen=True, slots=True)
class Looks:
    """The difference hash of a picture, and of its mirror image; 32 bytes each."""

    upright: bytes
    mirrored: bytes


def looks_of(pixels: NDArray[np.uint8]) -> Looks:
    """Of a picture (H, W, 3) of at least 17 by 17 pixels."""
    grey = pixels.astype(np.float32).mean(2)
    return Looks(_hash(grey), _hash(grey[:, ::-1]))


def distances(ours: list[bytes], theirs: list[bytes]) -> NDArray[np.int64]:
    """(ours, theirs): bits that differ, of 256; about 128 for strangers."""
    first, second = (
        np.unpackbits(np.frombuffer(b"".join(each), np.uint8).reshape(-1, _BITS // 8), axis=1)
        for each in (ours, theirs)
    )
    both: NDArray[np.int64] = first.astype(np.int64) @ second.T
    ones: NDArray[np.int64] = first.sum(1, dtype=np.int64)[:, None] + second.sum(1, dtype=np.int64)
    return ones - 2 * both


def _hash(grey: NDArray[np.float32]) -> bytes:
    """Whether each of 16×16 places is darker than its right neighbour."""
    rows = _means(grey, _SIDE, 0)
    places = _means(rows, _SIDE + 1, 1)
    return np.packbits(places[:, 1:] > places[:, :-1]).tobytes()


def _means(values: NDArray[np.float32], parts: int, axis: int) -> NDArray[np.float32]:
    """Means of `parts` equal stretches along an axis."""
    edges = np.linspace(0, values.shape[axis], parts + 1).astype(np.int64)
    sums = np.add.reduceat(values.astype(np.float64), edges[:-1], axis=axis)
    lengths = np.diff(edges).reshape((-1, 1) if axis == 0 else (1, -1))
    return (sums / lengths).astype(np.float32)
