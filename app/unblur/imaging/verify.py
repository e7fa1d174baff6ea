"""Reading back what was written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import full_scale
from unblur.document.photo import Photo
from unblur.errors import ImageError, ImageVerifyError
from unblur.imaging.codec import decode
from unblur.imaging.opencv import cv2
from unblur.imaging.writing import Strip, Strips, WriteOrder

# A lossy copy's mean colours stay far nearer than this; a wrong picture's do not.
_TOLERANCE = 0.04


class Witness:
    """Remembers the strips that pass to a writer: by digest if `is_exact`, else by mean colour."""

    def __init__(self, *, is_exact: bool) -> None:
        self._is_exact = is_exact
        self._heights: list[int] = []
        self._digest = hashlib.blake2b()
        self._means: list[NDArray[np.float64]] = []

    def watching(self, strips: Strips) -> Strips:
        """The same strips."""
        for strip in strips:
            self._heights.append(len(strip))
            if self._is_exact:
                self._digest.update(np.ascontiguousarray(strip).data)
            else:
                self._means.append(_mean(strip))
            yield strip

    def check(self, path: Path, order: WriteOrder) -> None:
        """Raise ImageVerifyError unless the file at `path` holds the strips.

        Pixel for pixel if exact, else in size and in the mean colour of each strip.
        """
        try:
            photo = decode(path)
        except ImageError as error:
            raise ImageVerifyError(path, error.detail) from error
        has_alpha = photo.alpha is not None
        if photo.size != order.size or (self._is_exact and has_alpha != order.has_alpha):
            raise ImageVerifyError(path, "it has another size")
        if self._is_exact:
            self._check_exactly(photo, path)
        else:
            self._check_roughly(photo, path)

    def _check_exactly(self, photo: Photo, path: Path) -> None:
        digest = hashlib.blake2b()
        for strip in self._strips_of(photo):
            digest.update(np.ascontiguousarray(strip).data)
        if digest.digest() != self._digest.digest():
            raise ImageVerifyError(path, "some pixels differ")

    def _check_roughly(self, photo: Photo, path: Path) -> None:
        for strip, mean in zip(self._strips_of(photo), self._means, strict=True):
            if np.abs(_mean(strip)[:3] - mean[:3]).max() > _TOLERANCE:
                raise ImageVerifyError(path, "some colours differ")

    def _strips_of(self, photo: Photo) -> Strips:
        top = 0
        for height in self._heights:
            strip = photo.pixels[top : top + height]
            if photo.alpha is not None:
                strip = np.dstack((strip, photo.alpha[top : top + height]))
            yield strip
            top += height


def _mean(strip: Strip) -> NDArray[np.float64]:
    """Mean of each channel, 0 to 1."""
    # Far quicker than numpy's, which adds interleaved channels one by one.
    channels = strip.shape[2]
    mean: NDArray[np.float64] = np.array(cv2.mean(strip)[:channels])
    return mean / full_scale(strip.dtype)
