"""Random numbers that are a function of seed, sample and name, the same on every machine.

A counter-based generator: integers are hashed, nothing is drawn in order. So sample k does
not depend on the batch that it is in, on how many workers there are or on the device.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

import torch
from torch import Tensor

Range = tuple[float, float]

_MASK = 0xFFFFFFFF
_STEP = 2.0**-24  # of a float32 in [0, 1)


class Draws:
    """Draws for the samples with these indices. Every method returns one row a sample, on the CPU.

    `name` says what a draw is for: the same name gives the same numbers again.
    """

    def __init__(self, seed: int, indices: Tensor) -> None:
        self.indices = indices.to(torch.int64)
        start = _hashed(torch.tensor(seed & _MASK, dtype=torch.int64))
        low = _hashed(start ^ (self.indices & _MASK))
        self._keys = _hashed(low ^ (self.indices >> 32 & _MASK))

    def __len__(self) -> int:
        return self.indices.numel()

    def taken(self, rows: Tensor) -> Draws:
        """The draws of some of the samples: `rows` are positions in this one."""
        part = object.__new__(Draws)
        part.indices = self.indices[rows]
        part._keys = self._keys[rows]
        return part

    def uniform(self, name: str, within: Range = (0.0, 1.0), count: int = 1) -> Tensor:
        """(N, count), evenly in [low, high)."""
        low, high = within
        return low + (high - low) * self._fraction(name, count)

    def log_uniform(self, name: str, within: Range, count: int = 1) -> Tensor:
        """(N, count), evenly in the logarithm; both ends are positive."""
        return self.uniform(name, (math.log(within[0]), math.log(within[1])), count).exp()

    def normal(self, name: str, count: int = 1) -> Tensor:
        """(N, count), of mean 0 and deviation 1."""
        keys = self.keys(name)
        return _normal(keys[:, None], torch.arange(count))

    def happens(self, name: str, probability: float) -> Tensor:
        """(N,) bool, true with this probability."""
        return self._fraction(name, 1)[:, 0] < probability

    def chosen(self, name: str, weights: Sequence[float]) -> Tensor:
        """(N,) int64, position i with a probability in proportion to `weights[i]`."""
        edges = torch.tensor(weights, dtype=torch.float64).cumsum(0)
        fraction = self._fraction(name, 1)[:, 0].to(torch.float64)
        return torch.searchsorted(edges, fraction * edges[-1], right=True).clamp_(
            max=len(weights) - 1
        )

    def keys(self, name: str) -> Tensor:
        """(N,) int64, what `field` needs to make noise on another device."""
        return _hashed(self._keys ^ zlib.crc32(name.encode()))

    def _fraction(self, name: str, count: int) -> Tensor:
        hashes = _hashed(self.keys(name)[:, None] ^ torch.arange(count))
        return (hashes >> 8).to(torch.float32) * _STEP


def field(keys: Tensor, shape: Sequence[int]) -> Tensor:
    """(N, *shape) normal noise of mean 0 and deviation 1 on the device of `keys` (N,)."""
    places = torch.arange(math.prod(shape), device=keys.device)
    return _normal(keys[:, None], places).reshape(len(keys), *shape)


def _normal(keys: Tensor, places: Tensor) -> Tensor:
    """Box and Muller's transform: two even fractions make one normal number."""
    first = _hashed(keys ^ (2 * places))
    second = _hashed(keys ^ (2 * places + 1))
    radius = (((first >> 8) + 1).to(torch.float32) * _STEP).log_().mul_(-2).sqrt_()
    angle = (second >> 8).to(torch.float32) * (_STEP * 2 * math.pi)
    return radius * angle.cos_()


def _hashed(value: Tensor) -> Tensor:
    """Chris Wellons' 32-bit hash. Its factors are below 2³¹, so that int64 never overflows."""
    value = value ^ (value >> 15)
    value = value * 0x2C1B3C6D & _MASK
    value = value ^ (value >> 12)
    value = value * 0x297A2D39 & _MASK
    return value ^ (value >> 15)
