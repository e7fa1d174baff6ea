"""Where the photo is blurred, as a veil of colour: clear is sharp, amber soft, red lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage, QPainter

from unblur.document.buffer import UInt8Image
from unblur.document.geometry import Rect, Size
from unblur.ui.canvas.frame import RenderFrame, area_of, origin_of
from unblur.ui.canvas.surface import device_rect
from unblur.ui.qimage import premultiplied_image

if TYPE_CHECKING:  # OpenCV comes with it
    from unblur.analysis.blur_map import BlurMap

_LONG_SIDE = 1600  # pixels: widths count as seen on a screen that the photo fills
_CLEAR, _LOST = 1.0, 8.0  # σ in such pixels, from which the veil begins and where it is full
_OPACITY = 0.6
_AMBER, _RED = np.array([255.0, 190.0, 40.0]), np.array([235.0, 50.0, 40.0])


class BlurOverlay:
    """The veil of one photo, made once and stretched over it."""

    def __init__(self, blur: BlurMap, photo: Size) -> None:
        rows, columns = blur.sigma.shape
        self._reach = Rect(0, 0, columns * blur.cell, rows * blur.cell)
        self._image = _veil(blur.sigma * (_LONG_SIDE / max(photo)))

    def paint(self, painter: QPainter, frame: RenderFrame) -> None:
        """Lay it over the photo in every pane."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shown = device_rect(self._reach, frame.view)
        for pane in frame.panes:
            origin = origin_of(pane)
            # The last cells may reach beyond the photo.
            photo = device_rect(Rect.of_size(frame.view.photo), frame.view).translated(origin)
            painter.setClipRect(area_of(pane).intersected(photo))
            painter.drawImage(shown.translated(origin), self._image)
        painter.setClipping(False)


def _veil(sigma: np.ndarray) -> QImage:
    share = np.clip(np.log2(sigma / _CLEAR) / np.log2(_LOST / _CLEAR), 0.0, 1.0)
    colour = _AMBER + (_RED - _AMBER) * share[..., np.newaxis]
    pixels: UInt8Image = np.rint(colour).astype(np.uint8)
    alpha = np.rint(share * (_OPACITY * 255)).astype(np.uint8)
    return premultiplied_image(np.ascontiguousarray(pixels), alpha)
