"""Nothing that is validated on may have been trained on."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from unblur_models.training.data.looks import distances
from unblur_models.training.data.pack import Picture
from unblur_models.training.errors import LeakError

# Strangers differ in 128 of 256 bits, give or take 8 where bits are independent. A copy at
# half size or as a JPEG differs in fewer than 20.
_ALIKE = 40


def check_no_leak(training: Sequence[Picture], validation: Sequence[Picture]) -> None:
    """Raises LeakError where both sides share a sequence, or pictures that look the same.

    Mirror images count as the same. Crops of one another are not found.
    """
    if not training or not validation:
        return
    shared = {each.sequence for each in training} & {each.sequence for each in validation}
    pairs = [(name, name) for name in sorted(shared)]
    theirs = [each.looks.upright for each in validation]
    for ours in (
        [each.looks.upright for each in training],
        [each.looks.mirrored for each in training],
    ):
        for row, column in np.argwhere(distances(ours, theirs) <= _ALIKE):
            pairs.append((training[row].name, validation[column].name))
    if pairs:
        raise LeakError(pairs)


def split(
    pictures: Sequence[Picture], held_out: float
) -> tuple[tuple[Picture, ...], tuple[Picture, ...]]:
    """(to train on, to validate on): `held_out` of the sequences, chosen by their names.

    A picture that looks like one that is held out is on neither side.
    """
    kept = [each for each in pictures if _lot(each.sequence) >= held_out]
    held = [each for each in pictures if _lot(each.sequence) < held_out]
    if not kept or not held:
        return tuple(kept), tuple(held)
    theirs = [each.looks.upright for each in held]
    alike = [
        distances([each.looks.upright, each.looks.mirrored], theirs).min() <= _ALIKE
        for each in kept
    ]
    return tuple(each for each, out in zip(kept, alike, strict=True) if not out), tuple(held)


def _lot(name: str) -> float:
    return zlib.crc32(name.encode()) / 2**32
