"""What a format's decoder hands over, and the last steps that all formats share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import PixelImage, read_only
from unblur.document.geometry import Size
from unblur.document.photo import Metadata
from unblur.imaging import exif, profiles, xmp
from unblur.imaging.opencv import cv2
from unblur.imaging.orientation import upright

Samples = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """Pixels as stored in the file, with the metadata as found there.

    `samples` is (H, W) or (H, W, C), uint8, uint16 or float32, with C = 1 (grey), 2 (grey
    and alpha), 3 (RGB) or 4 (RGB and alpha, not premultiplied). `orientation` is EXIF's, 1 to
    8, and not yet applied; None leaves it to the EXIF block.
    """

    samples: Samples = field(repr=False)
    format_name: str
    metadata: Metadata = field(default_factory=Metadata)
    orientation: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Upright RGB, alpha apart, metadata to match: what a `Photo` is made of."""

    pixels: PixelImage = field(repr=False)
    alpha: Samples | None = field(repr=False)
    metadata: Metadata
    was_gray: bool


def finished(decoded: Decoded) -> Picture:
    """Turn upright, split off alpha, expand grey; the metadata is made to agree."""
    metadata = decoded.metadata
    orientation = decoded.orientation
    if orientation is None:
        orientation = exif.orientation_of(metadata.exif) if metadata.exif else 1
    samples = upright(decoded.samples, orientation)
    rgb, alpha, was_gray = _split(samples)
    size = Size(rgb.shape[1], rgb.shape[0])
    metadata = replace(
        metadata,
        icc=profiles.for_rgb(metadata.icc),
        exif=exif.upright(metadata.exif, size) if metadata.exif else None,
        xmp=xmp.upright(metadata.xmp) if metadata.xmp else None,
        dpi=_turned_dpi(metadata.dpi, orientation),
    )
    kept_alpha = None if alpha is None else read_only(alpha)
    return Picture(read_only(rgb), kept_alpha, metadata, was_gray)


def _split(samples: Samples) -> tuple[PixelImage, Samples | None, bool]:
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    planes = samples.reshape(*samples.shape[:2], channels)
    alpha = planes[..., -1] if channels in (2, 4) else None
    if channels <= 2:
        gray = np.ascontiguousarray(planes[..., 0])
        return cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), alpha, True
    return planes[..., :3], alpha, False


def _turned_dpi(dpi: tuple[float, float] | None, orientation: int) -> tuple[float, float] | None:
    return (dpi[1], dpi[0]) if dpi and orientation >= 5 else dpi
