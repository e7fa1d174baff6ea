"""Faces by YuNet, at several sizes of the photo, as boxes with landmarks.

YuNet sees faces of about 10 to 300 pixels, and blurred ones better when they are small. So
it looks at copies with long sides of 1280, 640 and 320 pixels, and what they find is merged.
(Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from unblur.detect.boxes import inside, overlap, surest
from unblur.detect.networks import buffer_of
from unblur.detect.reduction import copy_of_size, fitted
from unblur.document.buffer import PixelImage
from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import Ellipse
from unblur.imaging.opencv import cv2

LONG_SIDES = (1280, 640, 320)
THRESHOLD = 0.65
SURE = 0.8
"""The score of a face that stands for a person: what is none takes a sofa along."""

_HUGE = 0.6  # of the photo's pixels: a detector that is lost answers with the whole picture
_SURE = 0.9  # what a huge face must score
_SAME = 0.3  # boxes that overlap by more (intersection over union) are one face
_INSIDE = 0.7  # and so are those of which this much lies in the other
_OVAL = 1.5  # the oval's sides, in sides of the box, which ends at brows, ears and chin
_FEATHER = 0.25  # of the oval's shorter half axis


@dataclass(frozen=True, slots=True)
class Face:
    """A face in photo pixels: eyes, tip of the nose and corners of the mouth are landmarks.

    `score` is in [0, 1]. The box lies on the photo; landmarks may lie beyond.
    """

    box: Rect
    landmarks: tuple[Point, ...]
    score: float

    def translated(self, dx: int, dy: int) -> Face:
        """The same face, moved."""
        points = tuple(Point(x + dx, y + dy) for x, y in self.landmarks)
        return replace(self, box=self.box.translated(dx, dy), landmarks=points)


class FaceFinder:
    """Finds faces. Belongs to one thread at a time; the network is loaded when first asked."""

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self._detector: Any = None

    def find(
        self, pixels: PixelImage, proceed: Callable[[], None] = lambda: None
    ) -> tuple[Face, ...]:
        """All faces of a photo, the surest first. `proceed` is called between steps.

        What `proceed` raises ends the search. Raises WeightsMissingError and
        WeightsCorruptError.
        """
        photo = Size(pixels.shape[1], pixels.shape[0])
        found: list[Face] = []
        for size in _sizes(photo):
            proceed()
            found += self.find_at(pixels, size)
        return merged(face for face in found if is_plausible(face, photo))

    def find_at(self, pixels: PixelImage, size: Size) -> list[Face]:
        """What YuNet sees in a copy of `size`, in pixels of the original.

        Raises WeightsMissingError and WeightsCorruptError.
        """
        if self._detector is None:
            self._detector = cv2.FaceDetectorYN.create(
                "onnx", buffer_of("yunet"), b"", tuple(size), self._threshold
            )
        self._detector.setInputSize(tuple(size))
        small = copy_of_size(pixels, size)
        _, rows = self._detector.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
        photo = Size(pixels.shape[1], pixels.shape[0])
        return [] if rows is None else [_face(row, size, photo) for row in rows.tolist()]


def oval_of(face: Face) -> tuple[Ellipse, float]:
    """A face as a shape and its feather in pixels: from hair to chin, softened inward."""
    oval = oval_around(face.box.center, face.box.width * _OVAL, face.box.height * _OVAL)
    return oval, feather_of(oval)


def oval_around(center: Point, width: float, height: float) -> Ellipse:
    """An oval of whole pixels, at least so wide and high."""
    half_width, half_height = width / 2, height / 2
    return Ellipse(
        Rect.around(
            Point(center.x - half_width, center.y - half_height),
            Point(center.x + half_width, center.y + half_height),
        )
    )


def feather_of(oval: Ellipse) -> float:
    """The feather of a face's oval, in photo pixels."""
    return _FEATHER * min(oval.rect.size) / 2


def is_plausible(face: Face, photo: Size) -> bool:
    """Whether the box is one of a face: it has pixels and is not most of the photo."""
    if face.box.is_empty:
        return False
    return face.score >= _SURE or face.box.size.area <= _HUGE * photo.area


def merged(faces: Iterable[Face]) -> tuple[Face, ...]:
    """Each face once, by its surest box, the surest first."""
    return surest(faces, _is_same)


def _is_same(box: Rect, other: Rect) -> bool:
    return overlap(box, other) > _SAME or inside(box, other) > _INSIDE


def _sizes(photo: Size) -> list[Size]:
    """The sizes to look at: never larger than the photo is."""
    sides = {min(side, max(photo)) for side in LONG_SIDES}
    return [fitted(photo, side) for side in sorted(sides, reverse=True)]


def _face(row: list[float], size: Size, photo: Size) -> Face:
    """One row of YuNet: x, y, width, height, five points, score, in pixels of `size`."""
    across, down = photo.width / size.width, photo.height / size.height
    x, y, width, height = row[:4]
    box = Rect.from_edges(
        math.floor(x * across),
        math.floor(y * down),
        math.ceil((x + width) * across),
        math.ceil((y + height) * down),
    )
    points = tuple(
        Point(px * across, py * down) for px, py in zip(row[4:14:2], row[5:14:2], strict=True)
    )
    return Face(box.intersected(Rect.of_size(photo)), points, row[14])
