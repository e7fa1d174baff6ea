"""From the photo's colour profile to the screen's colours."""

from __future__ import annotations

from itertools import product

import numpy as np
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColorSpace

from unblur.document.buffer import UInt8Image
from unblur.ui.qimage import opaque_image, rgb_array

_PROBES = (0, 51, 102, 153, 204, 255)


class DisplayColour:
    """Converts pixels of one photo to sRGB, which the window's surface is taken to be.

    A profile that cannot be read, or that is not for RGB, leaves the colours alone.
    """

    def __init__(self, icc: bytes | None) -> None:
        self._target = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
        self._source = _usable_space(icc)
        if self._source is not None and self._changes_nothing():
            self._source = None

    @property
    def is_identity(self) -> bool:
        """Whether the colours are shown as they are."""
        return self._source is None

    def shown(self, pixels: UInt8Image) -> UInt8Image:
        """(H, W, 3) RGB in the photo's profile as the screen shows it."""
        if self._source is None:
            return pixels
        image = opaque_image(pixels)
        image.setColorSpace(self._source)
        image.convertToColorSpace(self._target)
        return rgb_array(image)

    def _changes_nothing(self) -> bool:
        """Whether a lattice of colours comes through unchanged: sRGB profiles have many names."""
        lattice = np.array(list(product(_PROBES, repeat=3)), np.uint8)[None]
        difference = self.shown(lattice).astype(np.int16) - lattice
        return int(np.abs(difference).max()) <= 1


def _usable_space(icc: bytes | None) -> QColorSpace | None:
    if not icc:
        return None
    space = QColorSpace.fromIccProfile(QByteArray(icc))
    is_rgb = space.isValid() and space.colorModel() == QColorSpace.ColorModel.Rgb
    return space if is_rgb else None
