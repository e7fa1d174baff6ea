"""What a person should know before restoring: what may be invented, and what was hidden.

A restored face is a reconstruction. Blur that spans s pixels leaves details about 0.6 s wide
(the half width of a Gaussian that spans 4σ); a face across which fewer than eight of them lie
shows that somebody is there, but not who: what a network draws in it comes from other faces.
(L. D. Harmon, "The Recognition of Faces", 1973: about 16 blocks across a face are recognised,
half of them are not.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unblur.analysis.hidden import HiddenPlace, hidden_places, said_about
from unblur.analysis.measurement import Measurement
from unblur.analysis.region_blur import region_span
from unblur.document.buffer import PixelImage
from unblur.document.geometry import Rect
from unblur.document.shapes import Ellipse
from unblur.messages import invented_message

_DETAIL = 0.6  # of a blur's span: the smallest detail that it leaves
_LEAST_DETAILS = 8.0  # across a face that still is somebody's


@dataclass(frozen=True, slots=True)
class Caution:
    """Places that were hidden on purpose, and boxes of faces whose details may be invented."""

    hidden: tuple[HiddenPlace, ...] = ()
    lost_faces: tuple[Rect, ...] = ()

    @property
    def sentence(self) -> str:
        """All of it for a person; empty when there is nothing to know."""
        return " ".join(
            filter(None, (said_about(self.hidden), invented_message(len(self.lost_faces))))
        )


def caution(
    pixels: PixelImage,
    measured: Measurement,
    faces: Sequence[Rect],
    proceed: Callable[[], None] = lambda: None,
) -> Caution:
    """What to know about a photo's (H, W, 3) pixels with faces in these boxes.

    `proceed` is called between steps; what it raises ends the search. Safe in any thread.
    """
    lost = lost_faces(pixels, measured, faces, proceed)
    return Caution(hidden_places(pixels, proceed), lost)


def lost_faces(
    pixels: PixelImage,
    measured: Measurement,
    faces: Sequence[Rect],
    proceed: Callable[[], None] = lambda: None,
) -> tuple[Rect, ...]:
    """Which of the faces in these boxes are too blurred to be somebody's."""
    lost = []
    for face in faces:
        proceed()
        span = region_span(pixels, (Ellipse(face),), measured, proceed)
        if span is not None and is_lost(face, span):
            lost.append(face)
    return tuple(lost)


def is_lost(face: Rect, span: float) -> bool:
    """Whether blur that spans so many pixels leaves too little of a face to know it by."""
    return min(face.size) < _LEAST_DETAILS * _DETAIL * span
