"""The face at a place that a person points at, where the search of the whole photo missed it.

Somebody says that there is a face, so little is enough to believe it: copies of growing
surroundings are looked at with a low threshold, and what they agree on is taken: more often
right than the surest of them alone. A face that YuNet sees in none of them gets an oval all the
same, as large as the one beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from unblur.detect.boxes import overlap
from unblur.detect.faces import (
    Face,
    FaceFinder,
    feather_of,
    is_plausible,
    oval_around,
    oval_of,
)
from unblur.detect.reduction import fitted
from unblur.document.buffer import PixelImage
from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import Ellipse

_LEAST_SCORE = 0.3
_LEAST_SIDE = 24  # photo pixels of the smallest surroundings that are looked at
_GROWTH = math.sqrt(2)  # from one to the next
_SEEN_SIDES = (96, 192)  # pixels of their copies: a face takes from a third to all of one
_SAME = 0.5  # of two boxes: intersection over union from which on they are one face
_OFF = 0.25  # of a box: how far beside it one may click
_SHARE = 0.3  # of the photo's shorter side: the height of an oval of which nothing is known
_ASPECT = 0.78  # width by height of a face's oval, likewise


def oval_at(
    pixels: PixelImage,
    place: Point,
    known: Sequence[Rect],
    proceed: Callable[[], None] = lambda: None,
) -> tuple[Ellipse, float]:
    """The oval of the face at `place`, and its feather in pixels; there always is one.

    `known` are the rectangles of ovals that are there already: where no face is seen, the
    nearest one says how large; with none, the nearest face that is found; with none of these,
    a share of the photo. `proceed` is called between steps, and what it raises ends the
    search. Raises WeightsMissingError and WeightsCorruptError.
    """
    face = face_at(pixels, place, proceed)
    if face is not None:
        return oval_of(face)
    rects = known or [oval_of(each)[0].rect for each in FaceFinder().find(pixels, proceed)]
    photo = Size(pixels.shape[1], pixels.shape[0])
    oval = oval_around(place, *_size_near(place, rects, photo))
    return oval, feather_of(oval)


def face_at(
    pixels: PixelImage, place: Point, proceed: Callable[[], None] = lambda: None
) -> Face | None:
    """What surroundings of `place` of all sizes agree on to be a face there; None for nothing.

    Raises WeightsMissingError and WeightsCorruptError.
    """
    photo = Size(pixels.shape[1], pixels.shape[0])
    finder = FaceFinder(_LEAST_SCORE)
    seen: list[Face] = []
    for area in surroundings(place, photo):
        proceed()
        crop = pixels[area.slices]
        for side in _SEEN_SIDES:
            faces = finder.find_at(crop, fitted(area.size, side))
            seen += [face.translated(area.x, area.y) for face in faces]
    there = [face for face in seen if is_plausible(face, photo) and _is_at(face.box, place)]
    return max(there, key=lambda face: _agreement(face, there), default=None)


def surroundings(place: Point, photo: Size) -> list[Rect]:
    """Squares around `place`, as far as they lie on the photo; the last is all of it."""
    areas: list[Rect] = []
    half = _LEAST_SIDE / 2
    while not areas or areas[-1] != Rect.of_size(photo):
        square = Rect.around(
            Point(place.x - half, place.y - half), Point(place.x + half, place.y + half)
        )
        areas.append(square.intersected(Rect.of_size(photo)))
        half *= _GROWTH
    return areas


def _is_at(box: Rect, place: Point) -> bool:
    off_x, off_y = box.width * _OFF, box.height * _OFF
    return (
        box.left - off_x <= place.x < box.right + off_x
        and box.top - off_y <= place.y < box.bottom + off_y
    )


def _agreement(face: Face, faces: Sequence[Face]) -> float:
    """How much the others back this box, each by its score."""
    return sum(other.score for other in faces if overlap(face.box, other.box) > _SAME)


def _size_near(place: Point, rects: Sequence[Rect], photo: Size) -> tuple[float, float]:
    """Width and height of the nearest of `rects`: who stands near is about as far away."""
    if not rects:
        height = _SHARE * min(photo)
        return _ASPECT * height, height
    nearest = min(rects, key=lambda rect: math.dist(rect.center, place))
    return float(nearest.width), float(nearest.height)
