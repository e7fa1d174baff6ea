"""Between the pixels of a photo and the batches of a network."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FloatArray = NDArray[np.float32]
Pixels = TypeVar("Pixels", NDArray[np.uint8], NDArray[np.uint16], FloatArray)

_WHITE = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535, np.dtype(np.float32): 1}


def to_batch(pixels: Pixels) -> Tensor:
    """(H, W, C) as a batch (1, C, H, W), float32 in [0, 1].

    Raises ValueError unless they are uint8, uint16 or float32.
    """
    if pixels.dtype not in _WHITE:
        raise ValueError(f"pixels are uint8, uint16 or float32, not {pixels.dtype}")
    values = (pixels.astype(np.float32) / _WHITE[pixels.dtype]).clip(0, 1)
    return torch.from_numpy(values.astype(np.float32, copy=False)).permute(2, 0, 1)[None]


def to_pixels(batch: Tensor, like: Pixels) -> Pixels:
    """A batch of one picture as pixels (H, W, C) of the type of `like`: clipped, and rounded."""
    values: FloatArray = batch[0].clamp(0.0, 1.0).permute(1, 2, 0).cpu().numpy()
    if like.dtype != np.float32:
        values = np.rint(values * _WHITE[like.dtype])
    return np.ascontiguousarray(values.astype(like.dtype))
