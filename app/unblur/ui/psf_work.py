"""PSFs of the selected region that take a while: estimated, read from a file, written to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.deconvolution import Blur, PsfPicture
from unblur.document.document import DocumentDiff
from unblur.document.geometry import Rect
from unblur.document.region import RegionId
from unblur.errors import AppError
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.photo_question import Answerer, PhotoQuestion
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

EstimateBlur = Callable[[PixelImage, Rect, Callable[[], None]], PsfPicture]


class PsfWork(QObject):
    """One estimate and one file at a time; whatever changes the PSF meanwhile supersedes it.

    Signals:
        estimating_changed: an estimate began, or is over (bool).
        failed: the AppError that came instead of a PSF, or of a file.
    """

    estimating_changed = Signal(bool)
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        engine: Answerer,
        jobs: FileJobs,
        estimate: EstimateBlur,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._estimate = estimate
        self._region_id: RegionId | None = None
        self._text = ""
        self._saving: set[object] = set()
        self._asked = PhotoQuestion(session, engine, self)
        self._asked.busy_changed.connect(self.estimating_changed)
        self._read = PhotoQuestion(session, jobs, self)
        for question in (self._asked, self._read):
            question.answered.connect(self._on_answered)
            question.failed.connect(self.failed)
        jobs.not_answered.connect(self._on_not_saved)
        jobs.answered.connect(lambda key, _answer: self._saving.discard(key))
        session.edited.connect(self._on_edited)

    @property
    def is_estimating(self) -> bool:
        """Whether an estimate is waited for."""
        return self._asked.is_busy

    def estimate(self) -> None:
        """Find the PSF of the selected region's part of the photo."""
        opened, region = self._session.current, self._session.selected_region
        if opened is None or region is None:
            return
        self._region_id, self._text = region.id, "Estimate Blur"
        rect = region.bounds(opened.photo.size)
        pixels = opened.photo.pixels
        self._asked.ask(opened, lambda proceed: self._estimate(pixels, rect, proceed))

    def drop(self) -> None:
        """Wait for no estimate and no file any more."""
        self._asked.drop()
        self._read.drop()

    def load(self, path: Path) -> None:
        """Give the selected region the PSF of a file."""
        from unblur.engine.psf_files import read_blur

        opened, region = self._session.current, self._session.selected_region
        if opened is not None and region is not None:
            self.drop()
            self._region_id, self._text = region.id, "Load PSF"
            self._read.ask(opened, lambda _proceed: read_blur(path))

    def save(self, blur: Blur, path: Path) -> None:
        """Write a PSF; only failing is told."""
        from unblur.engine.psf_files import write_blur

        key = object()
        self._saving.add(key)
        self._jobs.ask(key, partial(write_blur, blur, path))

    @Slot(object, object)
    def _on_answered(self, opened: OpenPhoto, blur: PsfPicture) -> None:
        region = opened.document.region(self._region_id) if self._region_id else None
        if region is None or region.model.deconvolution is None:
            return
        recipe = replace(region.model.deconvolution, blur=blur)
        model = replace(region.model, deconvolution=recipe)
        changed = replace(region, model=model)
        if changed != region:
            opened.edit(opened.document.with_region(changed), self._text)

    @Slot(object, object)
    def _on_edited(self, _opened: OpenPhoto, changes: DocumentDiff) -> None:
        if self._region_id in changes.remodeled | changes.removed:
            self.drop()

    @Slot(object, object)
    def _on_not_saved(self, key: object, error: AppError) -> None:
        if key in self._saving:
            self._saving.discard(key)
            self.failed.emit(error)
