"""A decoded photograph with everything its file said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import PixelImage
from unblur.document.geometry import Rect, Size


@dataclass(frozen=True, slots=True)
class Metadata:
    """What travels from the source file to the exported one, as raw blocks.

    `exif` is a TIFF block without the JPEG prefix; its orientation (and that of `xmp`) is
    already reset to 1, because the pixels are stored upright.
    """

    icc: bytes | None = field(default=None, repr=False)
    exif: bytes | None = field(default=None, repr=False)
    xmp: bytes | None = field(default=None, repr=False)
    iptc: bytes | None = field(default=None, repr=False)
    dpi: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """Upright RGB pixels at their native depth, read-only.

    `pixels` is (H, W, 3) uint8, uint16 or float32; `alpha` is (H, W) of the same depth, or
    None. `fingerprint` is a digest of the file's bytes (of the pixels when there is no
    file): two photos with the same one have the same pixels.
    """

    pixels: PixelImage = field(repr=False)
    fingerprint: str
    path: Path | None = None
    name: str = ""
    format_name: str = ""
    alpha: NDArray[Any] | None = field(default=None, repr=False)
    metadata: Metadata = field(default_factory=Metadata)
    was_gray: bool = False

    @property
    def size(self) -> Size:
        """Width and height after orientation."""
        height, width = self.pixels.shape[:2]
        return Size(width, height)

    @property
    def rect(self) -> Rect:
        """All pixels."""
        return Rect.of_size(self.size)

    @property
    def bits(self) -> int:
        """Bits per channel: 8, 16 or 32."""
        return int(np.dtype(self.pixels.dtype).itemsize) * 8
