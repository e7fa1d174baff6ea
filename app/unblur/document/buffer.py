"""Array types and the one way between float and integer pixels."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatImage: TypeAlias = NDArray[np.float32]
"""(H, W, 3) RGB in [0, 1], encoded as in the file."""

UInt8Image: TypeAlias = NDArray[np.uint8]
UInt16Image: TypeAlias = NDArray[np.uint16]

PixelImage: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]
"""(H, W, 3) RGB at a photo's native depth."""

Mask: TypeAlias = NDArray[np.float32]
"""(H, W) in [0, 1]: how much of the restored pixel is wanted."""

ArrayT = TypeVar("ArrayT", bound=NDArray[Any])


def read_only(array: ArrayT) -> ArrayT:
    """The same array, C-contiguous and closed to writing, so that threads may share it."""
    contiguous = np.ascontiguousarray(array)
    contiguous.setflags(write=False)
    return contiguous  # type: ignore[return-value]


def full_scale(dtype: np.dtype[Any]) -> float:
    """The value that stands for 1.0: 255, 65535 or 1."""
    return float(np.iinfo(dtype).max) if np.issubdtype(dtype, np.integer) else 1.0


def to_float(pixels: PixelImage) -> FloatImage:
    """Pixels of any depth as float32 in [0, 1]."""
    if pixels.dtype == np.float32:
        return pixels  # type: ignore[return-value]
    return np.multiply(pixels, np.float32(1.0 / full_scale(pixels.dtype)), dtype=np.float32)


def quantized(values: FloatImage, dtype: np.dtype[Any] | type[Any]) -> PixelImage:
    """Float pixels at another depth, rounded (truncating darkens by half a level).

    Integers are clipped to [0, 1]; float32 passes through unchanged.
    """
    target = np.dtype(dtype)
    if target == np.float32:
        return values
    scaled = np.clip(values, 0.0, 1.0) * np.float32(full_scale(target))
    rounded: PixelImage = np.rint(scaled).astype(target)
    return rounded
