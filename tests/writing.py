"""A scene with writing on it."""

from __future__ import annotations

import numpy as np
from tests.psfs import Pixels, scene

from unblur.document.geometry import Rect
from unblur.imaging.opencv import cv2

PLACE = Rect(60, 350, 245, 38)  # of what `written` writes, with room for what hangs below


def written(name: str, words: str = "Market Street") -> Pixels:
    """A scene with white letters on it, 27 pixels tall."""
    pixels = scene(name).copy()
    font, white = cv2.FONT_HERSHEY_DUPLEX, (255, 255, 255)
    return np.asarray(cv2.putText(pixels, words, (60, 380), font, 1.2, white, 2, cv2.LINE_AA))
