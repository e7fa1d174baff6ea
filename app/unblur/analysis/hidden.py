"""Places that were made unknown on purpose: pixelated, or blurred where all around is sharp.

They may protect somebody. So they are pointed out, and nothing is restored there unless a
person says so; docs/selection.md tells how often a place is found, and how often wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from unblur.analysis.mosaic import Mosaic, mosaics
from unblur.analysis.smudges import smudges
from unblur.analysis.spectrum import Gray
from unblur.document.buffer import PixelImage
from unblur.document.geometry import Rect, Size
from unblur.imaging.opencv import cv2
from unblur.imaging.pyramid import display_pixels

_MOSAIC_SIDE = 3200  # pixels of the largest copy that cells are looked for in
_MOSAIC_COPIES = 4  # each half as large: cells of 5 to 80 pixels of the largest
_SMUDGE_SIDE = 1600  # pixels of the larger copy that smudges are looked for in
_SMUDGE_COPIES = 2
_SMALLEST = 100  # pixels of a copy's shorter side
_UNSEEN, _UNSEEN_SHARE = 5.0, 0.75  # cells, and of a side, by which a mosaic may go on
_BESIDE = 0.25  # of the shorter side: places that are nearer to each other are one


class HiddenKind(StrEnum):
    """How a place was made unknown."""

    MOSAIC = "mosaic"
    BLUR = "blur"


@dataclass(frozen=True, slots=True)
class HiddenPlace:
    """A place that was made unknown, in photo pixels."""

    rect: Rect
    kind: HiddenKind


def hidden_places(
    pixels: PixelImage, proceed: Callable[[], None] = lambda: None
) -> tuple[HiddenPlace, ...]:
    """All places of a photo's (H, W, 3) pixels that were made unknown, the largest first.

    `proceed` is called between steps; what it raises ends the search. Safe in any thread.
    """
    photo = Rect.of_size(Size(pixels.shape[1], pixels.shape[0]))
    found: list[HiddenPlace] = []
    first = _level(photo.size, _MOSAIC_SIDE)
    for level in range(first, first + _MOSAIC_COPIES):
        gray = _gray(pixels, photo, level)
        if min(gray.shape) > _SMALLEST:
            areas = mosaics(gray, proceed, is_original=level == 0)
            rects = (_with_its_edge(area) for area in areas)
            found += [_place(rect, level, photo, HiddenKind.MOSAIC) for rect in rects]
    first = _level(photo.size, _SMUDGE_SIDE)
    for level in range(first, first + _SMUDGE_COPIES):
        proceed()
        gray = _gray(pixels, photo, level)
        if min(gray.shape) > _SMALLEST:
            found += [_place(rect, level, photo, HiddenKind.BLUR) for rect in smudges(gray)]
    return _joined(found)


def over_hidden(bounds: Rect, places: Iterable[HiddenPlace]) -> tuple[HiddenPlace, ...]:
    """The places that a region with these bounds would restore something of."""
    return tuple(each for each in places if bounds.overlaps(each.rect))


def said_about(places: Sequence[HiddenPlace]) -> str:
    """One sentence for a person; empty when there are none."""
    if not places:
        return ""
    kinds = {each.kind for each in places}
    how = "pixelated" if kinds == {HiddenKind.MOSAIC} else "blurred"
    if kinds == set(HiddenKind):
        how = "pixelated or blurred"
    if len(places) == 1:
        return f"A place on this photo looks {how} on purpose. It may protect somebody."
    return f"{len(places)} places on this photo look {how} on purpose. They may protect somebody."


def _level(photo: Size, side: int) -> int:
    """How often a photo is halved until no side is longer than `side`."""
    level = 0
    while max(photo) >> level > side:
        level += 1
    return level


def _gray(pixels: PixelImage, photo: Rect, level: int) -> Gray:
    shown = np.ascontiguousarray(display_pixels(pixels, photo, level))
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY), np.float32)


def _with_its_edge(area: Mosaic) -> Rect:
    """A mosaic with room for cells so alike that none were seen: what is kept is kept whole."""
    rect = area.rect
    margin = round(min(_UNSEEN * area.cell, _UNSEEN_SHARE * min(rect.size)))
    return Rect.from_edges(
        rect.left - margin, rect.top - margin, rect.right + margin, rect.bottom + margin
    )


def _place(rect: Rect, level: int, photo: Rect, kind: HiddenKind) -> HiddenPlace:
    return HiddenPlace(rect.enlarged_by(1 << level).intersected(photo), kind)


def _joined(places: Iterable[HiddenPlace]) -> tuple[HiddenPlace, ...]:
    """Places that touch are one, of the kind that was found first."""
    joined: list[HiddenPlace] = []
    for place in places:
        now = place
        for other in _near(now, joined):
            joined.remove(other)
            now = HiddenPlace(now.rect.united(other.rect), other.kind)
        joined.append(now)
    return tuple(sorted(joined, key=lambda each: -each.rect.size.area))


def _near(place: HiddenPlace, others: Iterable[HiddenPlace]) -> list[HiddenPlace]:
    reach = round(_BESIDE * min(place.rect.size))
    rect = place.rect
    around = Rect.from_edges(
        rect.left - reach, rect.top - reach, rect.right + reach, rect.bottom + reach
    )
    return [each for each in others if around.overlaps(each.rect)]
