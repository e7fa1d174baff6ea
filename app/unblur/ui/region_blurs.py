"""How wide the blur of each region of the shown photo is: found in the pool, for its scale."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.region import Region, RegionId
from unblur.document.shapes import Shape, WholePhoto
from unblur.engine.cancel import CancelToken
from unblur.errors import AppError
from unblur.ui.blur_looks import BlurLooks
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

if TYPE_CHECKING:  # OpenCV comes with it
    from unblur.analysis.measurement import Measurement

SpanOf = Callable[
    [PixelImage, tuple[Shape, ...], "Measurement", Callable[[], None]], "float | None"
]
"""Photo pixels that a point is spread over inside some shapes; see `analysis.region_blur`."""


class _Question(NamedTuple):
    """The blur inside which shapes is being looked at, for which region of which photo."""

    opened: OpenPhoto
    region_id: RegionId | None
    shapes: tuple[Shape, ...]
    token: CancelToken


class RegionBlurs(QObject):
    """Looks at every region whose scale is automatic, and at none twice.

    Signals:
        known: the blur of a region of the shown photo, or of all of it, has become known.
    """

    known = Signal()

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        looks: BlurLooks,
        span_of: SpanOf,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._looks = looks
        self._span_of = span_of
        self._asked: list[_Question] = []
        looks.known.connect(self.look)
        session.edited.connect(self._on_edited)
        session.photo_closed.connect(self._on_photo_closed)
        jobs.answered.connect(self._on_answered)
        jobs.not_answered.connect(self._on_not_answered)

    @Slot()
    def look(self) -> None:
        """Ask what is not known yet of the shown photo and its regions."""
        opened, measured = self._session.current, self._looks.measured
        if opened is None or measured is None:
            return
        whole: tuple[Shape, ...] = (WholePhoto(),)
        wanted: list[tuple[RegionId | None, tuple[Shape, ...]]] = [(None, whole)]
        wanted += [(each.id, each.shapes) for each in opened.document.regions if _is_asked(each)]
        for region_id, shapes in wanted:
            if not opened.plans.scales.knows(shapes) and not self._is_asked(opened, shapes):
                self._ask(opened, region_id, shapes, measured)

    def _ask(
        self,
        opened: OpenPhoto,
        region_id: RegionId | None,
        shapes: tuple[Shape, ...],
        measured: Measurement,
    ) -> None:
        # A region that is being drawn is another one with every stroke: only the last counts.
        self._forget(lambda each: each.opened is opened and each.region_id == region_id)
        question = _Question(opened, region_id, shapes, CancelToken())
        self._asked.append(question)
        proceed = question.token.raise_if_cancelled
        pixels = opened.photo.pixels
        self._jobs.ask(question.token, partial(self._span_of, pixels, shapes, measured, proceed))

    def _is_asked(self, opened: OpenPhoto, shapes: tuple[Shape, ...]) -> bool:
        return any(each.opened is opened and each.shapes == shapes for each in self._asked)

    def _forget(self, is_meant: Callable[[_Question], bool]) -> None:
        for each in [each for each in self._asked if is_meant(each)]:
            each.token.cancel()
            self._asked.remove(each)

    @Slot(object, object)
    def _on_edited(self, opened: OpenPhoto, _changes: object) -> None:
        if opened is self._session.current:
            self.look()

    @Slot(object)
    def _on_photo_closed(self, opened: OpenPhoto) -> None:
        self._forget(lambda each: each.opened is opened)

    @Slot(object, object)
    def _on_answered(self, token: object, span: float | None) -> None:
        question = self._ended(token)
        if question is not None:
            question.opened.plans.scales.learn(question.shapes, span)
            self.known.emit()

    @Slot(object, object)
    def _on_not_answered(self, token: object, _error: AppError) -> None:
        # It is in the log. The region is worked on as if nothing could be told of its blur.
        question = self._ended(token)
        if question is not None:
            question.opened.plans.scales.learn(question.shapes, None)

    def _ended(self, token: object) -> _Question | None:
        question = next((each for each in self._asked if each.token is token), None)
        if question is not None:
            self._asked.remove(question)
        return question


def _is_asked(region: Region) -> bool:
    return bool(region.shapes) and region.model.scale.factor is None
