"""What a person should know before restoring: what may be invented, and what was hidden.

A restored face is a reconstruction. Blur that spans s pixels leaves details about 0.6 s wide
(the half width of a Gaussian that spans 4σ); a face across which fewer than eight of them lie
shows that somebody is there, but not who: what a network draws in it comes from other faces.
(L. D. Harmon, "The Recognition of Faces", 1973: about 16 blocks across a face are recognised,
half of them are not.) Letters need four from below a line to above it: with a little less, a
network that reads sharp text without a mistake reads one line in seven (docs/selection.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from unblur.analysis.hidden import HiddenPlace, hidden_places, said_about
from unblur.analysis.kinds import BlurKind
from unblur.analysis.measurement import Measurement
from unblur.analysis.region_blur import region_span
from unblur.document.buffer import PixelImage
from unblur.document.geometry import Rect
from unblur.document.shapes import Ellipse, Lasso, Shape
from unblur.notices import invented_message, unreadable_message

_DETAIL = 0.6  # of a blur's span: the smallest detail that it leaves
_LEAST_DETAILS = 8.0  # across a face that still is somebody's
_LEAST_OF_LETTERS = 4.0  # across a line of text that can mostly be read


class Line(Protocol):
    """A line of text: where it is, and how tall from below its letters to above them."""

    @property
    def outline(self) -> Lasso:
        """Its rectangle in any direction."""
        ...

    @property
    def box(self) -> Rect:
        """The part of the photo that it lies on."""
        ...

    @property
    def height(self) -> float:
        """Photo pixels across it."""
        ...


@dataclass(frozen=True, slots=True)
class Caution:
    """Places that were hidden on purpose, and boxes of what is too blurred to be known.

    Details of these faces and letters of these lines of text would be invented.
    """

    hidden: tuple[HiddenPlace, ...] = ()
    lost_faces: tuple[Rect, ...] = ()
    lost_text: tuple[Rect, ...] = ()

    @property
    def sentence(self) -> str:
        """All of it for a person; empty when there is nothing to know."""
        faces, text = len(self.lost_faces), len(self.lost_text)
        said = (said_about(self.hidden), invented_message(faces), unreadable_message(text))
        return " ".join(filter(None, said))


def caution(
    pixels: PixelImage,
    measured: Measurement,
    faces: Sequence[Rect],
    text: Sequence[Line],
    proceed: Callable[[], None] = lambda: None,
) -> Caution:
    """What to know about a photo's (H, W, 3) pixels with faces in these boxes and this text.

    `proceed` is called between steps; what it raises ends the search. Safe in any thread.
    """
    return Caution(
        hidden_places(pixels, proceed),
        lost_faces(pixels, measured, faces, proceed),
        lost_text(pixels, measured, text, proceed),
    )


def lost_faces(
    pixels: PixelImage,
    measured: Measurement,
    faces: Sequence[Rect],
    proceed: Callable[[], None] = lambda: None,
) -> tuple[Rect, ...]:
    """Which of the faces in these boxes are too blurred to be somebody's."""
    return tuple(
        face
        for face in faces
        if _is_lost(Ellipse(face), pixels, measured, proceed, partial(is_lost, face))
    )


def lost_text(
    pixels: PixelImage,
    measured: Measurement,
    text: Sequence[Line],
    proceed: Callable[[], None] = lambda: None,
) -> tuple[Rect, ...]:
    """The boxes of those lines of text that are too blurred to be read."""
    if not is_blurred(measured):
        return ()
    return tuple(
        line.box
        for line in text
        if _is_lost(line.outline, pixels, measured, proceed, partial(is_unreadable, line.height))
    )


def is_blurred(measured: Measurement) -> bool:
    """Whether a photo is blurred, or a part of it: elsewhere, writing need not be looked for."""
    blur = measured.blur
    return blur is not None and (blur.kind is not BlurKind.SHARP or measured.is_partly_blurred)


def is_lost(face: Rect, span: float) -> bool:
    """Whether blur that spans so many pixels leaves too little of a face to know it by."""
    return min(face.size) < _LEAST_DETAILS * _DETAIL * span


def is_unreadable(height: float, span: float) -> bool:
    """Whether blur that spans so many pixels leaves too little of letters to read them."""
    return height < _LEAST_OF_LETTERS * _DETAIL * span


def _is_lost(
    shape: Shape,
    pixels: PixelImage,
    measured: Measurement,
    proceed: Callable[[], None],
    is_too_wide: Callable[[float], bool],
) -> bool:
    proceed()
    span = region_span(pixels, (shape,), measured, proceed)
    return span is not None and is_too_wide(span)
