"""People as boxes by NanoDet, with and without a face, at several sizes of the photo.

It was trained on pictures of 416 pixels, and runs on any size: small figures are found in the
large copy, people who fill the photo and people who are blurred in the small ones.
(RangiLyu, NanoDet-g; boxes as distributions: Li et al., "Generalized Focal Loss", 2020.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from unblur.detect.boxes import inside, overlap, surest
from unblur.detect.networks import Floats, Network
from unblur.detect.reduction import copy_of_size, fitted
from unblur.document.buffer import PixelImage
from unblur.document.geometry import Rect, Size

LONG_SIDES = (1280, 640, 320)
QUICK_SIDES = (640, 320)
"""Enough to know whether anybody is there; the largest copy takes most of the time."""

SURE_PERSON = 0.7
"""The score of a box that stands for a person: rocks and brushes come to 0.67."""
THRESHOLD = 0.45
"""The score of a box that is one of a person where somebody is known to be."""

_STRIDES = (8, 16, 32)
_MULTIPLE = 32
_LEAST = 2  # multiples: where its coarsest map has one row only, OpenCV's answers are by chance
_CLASSES, _STEPS = 80, 11  # of the network's channels: what it is, and how far the sides are
_MEAN = np.array([103.53, 116.28, 123.675], np.float32)  # blue, green, red
_DEVIATION = np.array([57.375, 57.12, 58.395], np.float32)
_SAME = 0.5  # boxes that overlap by more (intersection over union) are one person
_INSIDE = 0.7  # and so are those of which this much lies in the other


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's box on the photo, in its pixels, and a score in [0, 1]."""

    box: Rect
    score: float


class PersonFinder:
    """Finds people. Belongs to one thread at a time; the network is loaded when first asked."""

    def __init__(self) -> None:
        self._network = Network("nanodet")

    def find(
        self,
        pixels: PixelImage,
        proceed: Callable[[], None] = lambda: None,
        sides: Sequence[int] = LONG_SIDES,
    ) -> tuple[Person, ...]:
        """All people of a photo that score `THRESHOLD`, the surest first.

        Not all that score so little are people: `presence` has the rule. `proceed` is called
        between steps, and what it raises ends the search. Raises WeightsMissingError and
        WeightsCorruptError.
        """
        photo = Size(pixels.shape[1], pixels.shape[0])
        found: list[Person] = []
        for side in sorted({min(side, max(photo)) for side in sides}, reverse=True):
            proceed()
            found += self._find_at(pixels, fitted(photo, side))
        return merged(each for each in found if not each.box.is_empty)

    def _find_at(self, pixels: PixelImage, size: Size) -> list[Person]:
        width, height = (max(_LEAST, round(side / _MULTIPLE)) * _MULTIPLE for side in size)
        small = copy_of_size(pixels, Size(width, height))[..., ::-1]
        blob = (small.astype(np.float32) - _MEAN) / _DEVIATION
        answers = self._network.run(blob.transpose(2, 0, 1)[None])
        photo = Size(pixels.shape[1], pixels.shape[0])
        scale = np.array([photo.width / width, photo.height / height] * 2, np.float32)
        found: list[Person] = []
        for stride, answer in zip(_STRIDES, answers, strict=True):
            boxes, scores = _decoded(answer[0], stride)
            for box, score in zip((boxes * scale).tolist(), scores.tolist(), strict=True):
                rect = Rect.from_edges(*(round(edge) for edge in box))
                found.append(Person(rect.intersected(Rect.of_size(photo)), score))
        return found


def _decoded(answer: Floats, stride: int) -> tuple[Floats, Floats]:
    """Left, top, right and bottom (n, 4) in pixels of the copy, and scores (n,)."""
    scores = 1.0 / (1.0 + np.exp(-answer[0]))
    down, across = np.nonzero(scores >= THRESHOLD)
    steps = answer[_CLASSES:, down, across].reshape(4, _STEPS, -1)
    weights = np.exp(steps - steps.max(axis=1, keepdims=True))
    mean = (weights * np.arange(_STEPS)[:, None]).sum(axis=1) / weights.sum(axis=1)
    left, top, right, bottom = mean * stride
    x, y = (across + 0.5) * stride, (down + 0.5) * stride
    boxes = np.stack([x - left, y - top, x + right, y + bottom], axis=1)
    return boxes.astype(np.float32), scores[down, across].astype(np.float32)


def merged(people: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody once, by the surest box, the surest first."""
    return surest(people, _is_same)


def _is_same(box: Rect, other: Rect) -> bool:
    return overlap(box, other) > _SAME or inside(box, other) > _INSIDE
