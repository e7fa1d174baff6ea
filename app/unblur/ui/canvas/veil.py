"""The checkerboard that shows through where the photo is transparent."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRegion

from unblur.document.geometry import Rect, Size
from unblur.imaging.pyramid import display_pixels
from unblur.ui.canvas.frame import RenderFrame
from unblur.ui.canvas.levels import TileKey, padded, photo_rect
from unblur.ui.canvas.source_tiles import SourceTile
from unblur.ui.canvas.surface import Surface
from unblur.ui.canvas.tile_cache import TileCache
from unblur.ui.canvas.timebox import TimeBox
from unblur.ui.qimage import premultiplied_image, transparent_image

_BUDGET = 128 * 2**20
_LIGHT, _DARK = QColor(204, 204, 204), QColor(153, 153, 153)
_SQUARE = 8  # logical pixels


class VeilTiles:
    """Tiles that are as opaque as the photo is transparent."""

    stand_in = None

    def __init__(self, alpha: NDArray[Any]) -> None:
        self._alpha = alpha
        self._size = Size(alpha.shape[1], alpha.shape[0])
        self._cache: TileCache[TileKey, SourceTile] = TileCache(_BUDGET)

    def begin_frame(self) -> None:
        """A new paint begins."""
        self._cache.begin_frame()

    def image(self, key: TileKey) -> QImage | None:
        """The tile, or None before it was converted."""
        tile = self._cache.get(key)
        return tile.image if tile else None

    def is_current(self, key: TileKey) -> bool:
        """Whether the tile needs no work."""
        return self._cache.get(key) is not None

    def advance(self, key: TileKey, time: TimeBox) -> None:
        """Convert the tile if there is time."""
        if not time.allows_step():
            return
        source = photo_rect(padded(key, self._size), key.level, self._size)
        part = np.repeat(self._alpha[source.slices][..., None], 3, axis=2)
        opaque = display_pixels(part, Rect(0, 0, source.width, source.height), key.level)
        black = np.zeros_like(opaque)
        self._cache.put(key, SourceTile(premultiplied_image(black, 255 - opaque[..., 0])))


class Veil:
    """Paints the checkerboard over source and result alike."""

    def __init__(self, alpha: NDArray[Any]) -> None:
        self._tiles = VeilTiles(alpha)
        bounds = Rect(0, 0, alpha.shape[1], alpha.shape[0])
        self._surface = Surface(self._tiles, bounds, QImage.Format.Format_ARGB32_Premultiplied)
        self._bounds = bounds

    def paint(
        self, painter: QPainter, frame: RenderFrame, clip: QRect, origin: QPoint, time: TimeBox
    ) -> QRegion:
        """Paint `clip` of the viewport; returns what still lacks tiles."""
        self._tiles.begin_frame()
        self._surface.show(frame.view, self._bounds)
        unfinished = self._surface.ensure(clip, time)
        board = transparent_image(clip.width(), clip.height())
        inner = QPainter(board)
        self._surface.paint(inner, clip, -clip.topLeft())
        inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        # Counted from the photo's corner, so that the squares move with the photo.
        start = clip.topLeft() - frame.photo_area.topLeft()
        inner.setBrushOrigin(-start)
        inner.fillRect(board.rect(), _checks(frame.px(_SQUARE)))
        inner.end()
        painter.drawImage(clip.topLeft() + origin, board)
        return unfinished


def _checks(square: int) -> QBrush:
    image = QImage(2 * square, 2 * square, QImage.Format.Format_RGB32)
    image.fill(_LIGHT)
    painter = QPainter(image)
    painter.fillRect(0, 0, square, square, _DARK)
    painter.fillRect(square, square, square, square, _DARK)
    painter.end()
    return QBrush(image)
