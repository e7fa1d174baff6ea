"""Writes pictures as PNG without a library for it: a bare GPU machine has none."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def pixels_of(picture: Tensor) -> NDArray[np.uint8]:
    """A picture (3, H, W) in [0, 1] as 8-bit RGB (H, W, 3), clipped and rounded."""
    levels = (picture.float().clamp(0, 1) * 255).round().to(torch.uint8)
    pixels: NDArray[np.uint8] = levels.permute(1, 2, 0).contiguous().cpu().numpy()
    return pixels


def write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Writes an 8-bit RGB picture (H, W, 3)."""
    height, width = pixels.shape[:2]
    # Every row begins with its filter: 0 is none.
    rows = np.concatenate((np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)), 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    data = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
