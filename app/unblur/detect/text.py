"""Lines of text by PP-OCRv4's detector, at two sizes of the photo, as oriented rectangles.

The network tells for each pixel whether it lies in the middle of a line; the middles that hang
together are grown to whole lines. (Liao, Wan, Yao, Chen and Bai, "Real-time Scene Text Detection
with Differentiable Binarization", AAAI 2020.)

It was made to be followed by one that reads, and finds flowers and mountains as well, often
with a score of 0.99. Where text may be too blurred to be read, nothing can be asked to read it.
So what it finds has to look like a line, and to be seen in both copies, unless it is sure and
long. Most photos have none, and show nothing in the smaller copy; then the larger one, which
takes four fifths of the time, is not looked at. docs/selection.md has what all that leaves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from unblur.detect.boxes import inside, overlap, surest
from unblur.detect.networks import Floats, Network
from unblur.detect.reduction import copy_of_size, fitted
from unblur.document.buffer import PixelImage, UInt8Image
from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import Lasso
from unblur.imaging.opencv import cv2

LONG_SIDES = (960, 480)  # of the larger copy and the smaller one, at most
THRESHOLD = 0.6

_MULTIPLE = 32  # of the network's sides
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # of the planes B, G and R
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
_MIDDLE = 0.3  # the probability from which on a pixel lies in the middle of a line
_LEAST_MIDDLE = 3.0  # pixels across a middle that is one of letters
_GROWTH = 1.5  # a line's edge lies so many areas by perimeter of its middle beyond that
_STRAIGHT = 0.6  # of its rectangle: what the middle of a line fills
_LONG = 1.6  # times its height: what a line is long
_TALLEST = 60.0  # pixels of a copy: letters that are taller are things
_AGREE = 0.45  # intersection over union of a line in two copies
_SURE, _SURE_LONG = 0.97, 3.0  # score and length of a line that need be seen in one only
_LIES_IN = 0.5  # lines of which so much lies in one another are one line

_Rotated: TypeAlias = tuple[tuple[float, float], tuple[float, float], float]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text in photo pixels: where its letters are, and how tall.

    The corners of `outline`, a rectangle in any direction, may lie beyond the photo. `height`
    and `length` are its sides: from below the letters to above them, and along the line.
    `score` is in [0, 1].
    """

    outline: Lasso
    box: Rect
    height: float
    length: float
    score: float


class TextFinder:
    """Finds text. Belongs to one thread at a time; the network is loaded when first asked."""

    def __init__(self) -> None:
        self._network = Network("text")

    def find(
        self, pixels: PixelImage, proceed: Callable[[], None] = lambda: None
    ) -> tuple[TextLine, ...]:
        """All lines of a photo's (H, W, 3) pixels, the surest first.

        `proceed` is called between steps, and what it raises ends the search. Raises
        WeightsMissingError and WeightsCorruptError.
        """
        photo = Size(pixels.shape[1], pixels.shape[0])
        large, small = (fitted(photo, min(side, max(photo))) for side in LONG_SIDES)
        copy = copy_of_size(pixels, large)
        proceed()
        coarse = self._look(copy_of_size(copy, small))
        if float(coarse.max()) <= _MIDDLE:
            return ()
        proceed()
        maps = (coarse if large == small else self._look(copy), coarse)
        return merged(agreed([lines_in(each, photo) for each in maps]))

    def _look(self, copy: UInt8Image) -> Floats:
        """How probably the middle of a line is at each pixel of a copy."""
        (answer,) = self._network.run(_blob(copy))
        return answer[0, 0, : copy.shape[0], : copy.shape[1]]


def lines_in(probability: Floats, photo: Size) -> list[TextLine]:
    """The lines in a map (h, w) of how probably a line's middle is there, in photo pixels."""
    middles = (probability > _MIDDLE).astype(np.uint8)
    outlines, _ = cv2.findContours(middles, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        middle = cv2.minAreaRect(outline)
        score, area = _inside(probability, outline)
        if score >= THRESHOLD and _is_straight(middle, area):
            line = _line(_grown(middle), Size(*probability.shape[::-1]), photo, score)
            if line is not None:
                found.append(line)
    return found


def agreed(seen: Sequence[Sequence[TextLine]]) -> list[TextLine]:
    """Of the lines in several copies, those that another copy shows too, or that are sure."""
    kept = []
    for lines in seen:
        others = [line.box for other in seen if other is not lines for line in other]
        kept += [
            line
            for line in lines
            if (line.score >= _SURE and line.length >= _SURE_LONG * line.height)
            or any(overlap(line.box, box) >= _AGREE for box in others)
        ]
    return kept


def merged(lines: Iterable[TextLine]) -> tuple[TextLine, ...]:
    """Each line once, by its surest rectangle, the surest first."""
    return surest(lines, _is_same)


def _is_same(box: Rect, other: Rect) -> bool:
    return inside(box, other) > _LIES_IN


def _blob(copy: UInt8Image) -> Floats:
    """RGB pixels as the network takes them, drawn out at two edges to sides that it can."""
    height, width = copy.shape[:2]
    below, beside = -height % _MULTIPLE, -width % _MULTIPLE
    padded = cv2.copyMakeBorder(copy, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    scaled = (padded[..., ::-1].astype(np.float32) / 255 - _MEAN) / _DEVIATION
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None], np.float32)


def _inside(probability: Floats, outline: NDArray[Any]) -> tuple[float, int]:
    """The mean probability inside an outline, and how many pixels that are."""
    x, y, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [outline], 0, 1, cv2.FILLED, offset=(-x, -y))
    mean = cv2.mean(probability[y : y + height, x : x + width], inside)[0]
    return float(mean), int(inside.sum())


def _is_straight(middle: _Rotated, area: int) -> bool:
    """Whether a middle of so many pixels is a bar, as those of lines are."""
    width, height = middle[1]  # from the middle of its first pixel to that of its last
    return min(width, height) >= _LEAST_MIDDLE and area >= _STRAIGHT * (width + 1) * (height + 1)


def _grown(middle: _Rotated) -> _Rotated:
    """The line of a middle: in training, middles are lines whose edge was moved inward."""
    center, (width, height), angle = middle
    by = _GROWTH * width * height / (width + height)
    return center, (width + by, height + by), angle


def _line(rotated: _Rotated, copy: Size, photo: Size, score: float) -> TextLine | None:
    """A rectangle of a copy as a line of the photo; None for what is none by its form."""
    height, length = sorted(rotated[1])
    if height > _TALLEST or length < _LONG * height:
        return None
    across, down = photo.width / copy.width, photo.height / copy.height
    # OpenCV's places are those of the middles of pixels.
    corners = tuple(
        Point((x + 0.5) * across, (y + 0.5) * down) for x, y in cv2.boxPoints(rotated).tolist()
    )
    outline = Lasso(corners)
    box = outline.reach(photo)
    height, length = sorted((math.dist(corners[0], corners[1]), math.dist(corners[1], corners[2])))
    return None if box.is_empty else TextLine(outline, box, height, length, score)
