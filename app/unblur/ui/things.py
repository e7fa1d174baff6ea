"""Things under a click, found by networks that are loaded when first asked for.

One finder looks at one photo at a time; the pool has several threads, so they queue here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from unblur.document.buffer import PixelImage
from unblur.document.geometry import Point, Rect
from unblur.document.photo import Photo
from unblur.errors import WeightsMissingError
from unblur.ui.heavy import clear_of_faint
from unblur.ui.object_search import Found

if TYPE_CHECKING:
    from unblur.detect.objects import Candidate, ObjectFinder

_ALIKE = 0.1  # candidates whose areas differ by less would look like a key that does nothing

Proceed = Callable[[], None]


class SegmentedThings:
    """Segment Anything; where its weights are missing, what GrabCut makes of a box."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._finder: ObjectFinder | None = None
        self._seen = ""

    def prepare(self, photo: Photo, proceed: Proceed) -> None:
        """Look at the photo, unless it is the one that was looked at last."""
        with self._lock:
            self._look_at(photo, proceed)

    def find(
        self,
        photo: Photo,
        inside: Sequence[Point],
        outside: Sequence[Point],
        box: Rect | None,
        proceed: Proceed,
    ) -> Found:
        """What is pointed at. Raises WeightsMissingError and WeightsCorruptError."""
        from unblur.detect.objects import Prompt, best_of, cut_out, mask_of

        with self._lock:
            try:
                finder = self._look_at(photo, proceed)
            except WeightsMissingError:
                if box is None:
                    raise
                return Found((), 0, clear_of_faint(cut_out(photo.pixels, box)))
            candidates = finder.candidates(Prompt(tuple(inside), tuple(outside), box))
        proceed()
        best = candidates[best_of(candidates)]
        others = [each for each in candidates if _differ(each, best)]
        kept = tuple(sorted((best, *_each_once(others)), key=lambda each: each.area))
        mask = clear_of_faint(mask_of(best, photo.pixels))
        return Found(kept, kept.index(best), mask)

    def choose(self, pixels: PixelImage, found: Found, index: int, proceed: Proceed) -> Found:
        """Another one of the candidates."""
        from unblur.detect.objects import mask_of

        proceed()
        mask = clear_of_faint(mask_of(found.candidates[index], pixels))
        return Found(found.candidates, index, mask)

    def _look_at(self, photo: Photo, proceed: Proceed) -> ObjectFinder:
        from unblur.detect.objects import ObjectFinder

        proceed()
        if self._finder is None:
            self._finder = ObjectFinder()
        if self._seen != photo.fingerprint:
            self._seen = ""
            # Not to be ended halfway: whoever asks next asks about this photo.
            self._finder.look_at(photo.pixels)
            self._seen = photo.fingerprint
        return self._finder


def _differ(one: Candidate, other: Candidate) -> bool:
    return abs(one.area - other.area) > _ALIKE * max(one.area, other.area)


def _each_once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of candidates that look alike the surest."""
    kept: list[Candidate] = []
    for each in sorted(candidates, key=lambda each: -each.score):
        if all(_differ(each, other) for other in kept):
            kept.append(each)
    return kept
