"""Small pictures of photos and of their regions."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap

from unblur.document.buffer import full_scale
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.ui.canvas.colour import DisplayColour
from unblur.ui.qimage import opaque_image


def thumbnail(photo: Photo, box: QSize, ratio: float, part: Rect | None = None) -> QPixmap:
    """A small picture of a photo or a part of it.

    It fits `box` logical pixels and is sharp at the scale `ratio`. `part` lies on the photo and
    is not empty.
    """
    part = part or photo.rect
    width, height = round(box.width() * ratio), round(box.height() * ratio)
    # Every n-th pixel first, to twice the size: quick for any photo, smooth after scaling.
    step = max(1, min(part.width // (2 * width), part.height // (2 * height)))
    coarse = photo.pixels[part.slices][::step, ::step]
    if coarse.dtype != np.uint8:
        scaled = coarse.astype(np.float32) * (255.0 / full_scale(coarse.dtype))
        coarse = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    image = opaque_image(DisplayColour(photo.metadata.icc).shown(np.ascontiguousarray(coarse)))
    smooth = Qt.TransformationMode.SmoothTransformation
    scaled_image = image.scaled(width, height, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    pixmap = QPixmap.fromImage(scaled_image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
