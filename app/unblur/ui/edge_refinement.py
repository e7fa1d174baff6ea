"""Refining a region's edge by what is seen: off the window's thread, as one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from unblur.document.document import Document
from unblur.document.shapes import FoundMask, Invert, Shape
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.photo_question import PhotoQuestion
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

if TYPE_CHECKING:  # OpenCV comes with it
    from unblur.imaging.composite import LayerReader

Shapes = tuple[Shape, ...]

RefineMask = Callable[[Document, "LayerReader", Shapes, Callable[[], None]], FoundMask | None]
"""(document, restored pixels, shapes, proceed) to their mask with better edges."""


class EdgeRefinement(QObject):
    """Moves the edge of the selected region to where the result shows one.

    A region that is all but this one, as the background is all but the people, follows, so
    that the two share the photo as before.
    """

    def __init__(
        self, session: Session, jobs: FileJobs, refine: RefineMask, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._refine = refine
        self._shapes: Shapes = ()  # whose mask is being refined
        self.question = PhotoQuestion(session, jobs, self)
        self.question.answered.connect(self._on_answered)

    def refine(self) -> None:
        """Refine the selected region of the shown photo, unless it has no edge."""
        opened, region = self._session.current, self._session.selected_region
        if opened is None or region is None or not region.shapes or region.is_whole_photo:
            return
        self._shapes = _upright(region.shapes)
        # As it is now: more may be restored meanwhile, and the document edited.
        layers = opened.snapshot(is_accelerated=self._session.is_accelerated)
        self.question.ask(opened, partial(self._refine, opened.document, layers, self._shapes))

    @Slot(object, object)
    def _on_answered(self, opened: OpenPhoto, mask: FoundMask | None) -> None:
        document = opened.document
        if mask is None:
            return
        for region in document.regions:
            if _upright(region.shapes) == self._shapes:
                is_inverted = region.shapes != self._shapes
                shapes: Shapes = (mask, Invert()) if is_inverted else (mask,)
                document = document.with_region(replace(region, shapes=shapes))
        # Whoever changed the mask meanwhile wants that one.
        if document is not opened.document:
            opened.edit(document, "Refine Edges")


def _upright(shapes: Shapes) -> Shapes:
    """The shapes of a region or of its opposite: the same for both."""
    return shapes[:-1] if len(shapes) > 1 and shapes[-1] == Invert() else shapes
