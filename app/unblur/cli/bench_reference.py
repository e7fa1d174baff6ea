"""The picture that `unblur bench` restores, and what every embedded model made of it before.

A row counts only when the network gave the picture that it gives: a wrong one, or none, may be
quick. All rows see one small real picture, repeated between mirrors until the size is reached,
so that every size has a place where the same is expected. numpy alone reads it.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from unblur import paths
from unblur.document.buffer import UInt8Image, UInt16Image, read_only
from unblur.document.found_masks import found_mask
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import FoundMask

SIDE = 128  # pixels of the picture
_STRIPE = 32  # pixels: every tile has somebody and somebody's edges
_RIM = 32  # of what is compared, because the rim depends on what lies beyond
MIDDLE = Rect(_RIM, _RIM, SIDE - 2 * _RIM, SIDE - 2 * _RIM)
LEAST_AGREEMENT = 30.0  # dB; the picture as it came is 22 to 23 dB from every reference


class Check(NamedTuple):
    """How near a result is to the reference, and how near the unrestored picture is, in dB.

    `agreement` is None where no reference is kept: of models that are not embedded.
    """

    agreement: float | None
    unrestored: float | None

    @property
    def is_passed(self) -> bool | None:
        """Whether the network did what it does; None where nothing tells."""
        if self.agreement is None or self.unrestored is None:
            return None
        return self.agreement >= LEAST_AGREEMENT and self.agreement > self.unrestored


def picture_of(size: Size) -> UInt8Image:
    """The picture, repeated between mirrors, (height, width, 3), read-only."""
    rows, columns = (_mirrored(length) for length in (size.height, size.width))
    return read_only(_stored()["picture"][rows[:, np.newaxis], columns[np.newaxis, :]])


def people_of(size: Size) -> FoundMask:
    """Who is there for a network that takes people: upright stripes, the first of somebody.

    It is told of the same whatever the size, and has to do all that it can.
    """
    columns = (np.arange(size.width) // _STRIPE + 1) % 2
    return found_mask(np.tile(columns.astype(np.float32), (size.height, 1)))


def check(model_id: str, quality: str, restored: UInt16Image) -> Check:
    """Compare `restored` (h, w, 3), what was made of `picture_of`, where a reference is kept."""
    stored = _stored()
    expected = stored.get(name_of(model_id, quality))
    if expected is None:
        return Check(None, None)
    before = stored["picture"][MIDDLE.slices]
    return Check(_psnr(restored[MIDDLE.slices] / 257.0, expected), _psnr(before, expected))


def name_of(model_id: str, quality: str) -> str:
    """What the reference of a model and quality is called in the file."""
    return f"{model_id}:{quality}"


@cache
def _stored() -> dict[str, UInt8Image]:
    path = paths.resources_dir() / "bench" / "reference.npz"
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _mirrored(length: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    folded = np.arange(length) % (2 * (SIDE - 1))
    return np.minimum(folded, 2 * (SIDE - 1) - folded)


def _psnr(picture: np.ndarray, expected: UInt8Image) -> float:
    error = float(np.square(picture.astype(np.float64) - expected).mean())
    return min(99.0, 10 * math.log10(255.0**2 / error)) if error > 0 else 99.0
