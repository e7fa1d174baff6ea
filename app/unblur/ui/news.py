"""Tells the person what happened: banners for outcomes, the status bar for what is under way."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from unblur.errors import AppError
from unblur.gpu_setup.activation import problem as gpu_problem
from unblur.messages import message_for
from unblur.notices import fallback_message, gpu_full_message, left_message
from unblur.ui.autosave import Autosave
from unblur.ui.colour_names import color_space_name
from unblur.ui.edge_refinement import EdgeRefinement
from unblur.ui.exporting import Exporter
from unblur.ui.face_search import FaceSearch
from unblur.ui.object_search import ObjectSearch
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.opening import PhotoOpener
from unblur.ui.panels.banner import BannerArea, Kind, Notice
from unblur.ui.panels.status import StatusBar
from unblur.ui.people_search import PeopleSearch
from unblur.ui.people_told import PeopleTold
from unblur.ui.preferences import Preferences
from unblur.ui.psf_work import PsfWork
from unblur.ui.restorer import Progress, Restorer
from unblur.ui.session import Session
from unblur.workers.inference import EngineStatus, InferenceClient

_PATIENCE_MS = 700  # most exports are over before anyone could think of stopping them


class News(QObject):
    """Listens to every part that has something to say."""

    def __init__(
        self, banners: BannerArea, status: StatusBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._banners = banners
        self._status = status
        self._writing: dict[Path, Notice] = {}
        self._is_restoring = False
        self._told_of_gpu = False

    def follow_photos(self, session: Session, opener: PhotoOpener) -> None:
        """What is open, and what could not be opened."""
        session.current_changed.connect(self._on_current_changed)
        opener.waiting_changed.connect(self._on_waiting_changed)
        opener.failed.connect(self._on_failed)
        opener.edits_lost.connect(self._on_edits_lost)
        opener.nothing_pasted.connect(self._on_nothing_pasted)

    def follow_engine(self, client: InferenceClient, restorer: Restorer) -> None:
        """The device, and how restoring goes."""
        client.warmed.connect(self._on_warmed)
        client.warm_up_failed.connect(self._on_warm_up_failed)
        restorer.progressed.connect(self._on_progressed)
        restorer.completed.connect(self._on_completed)
        restorer.left.connect(self._on_left)
        restorer.retreated.connect(self._on_retreated)
        restorer.running_changed.connect(self._on_running_changed)
        restorer.failed.connect(self._on_failed)

    def follow_searches(
        self,
        faces: FaceSearch,
        people: PeopleSearch,
        objects: ObjectSearch,
        edges: EdgeRefinement,
        told: PeopleTold,
    ) -> None:
        """Looking for faces, people and things, and what came of it."""
        objects.missed.connect(self._on_object_missed)
        for question, words in (
            (faces.question, "Looking for faces…"),
            (faces.pointing, "Looking for a face there…"),
            (people.question, "Looking for people…"),
            (objects.question, "Looking at the photo…"),
            (edges.question, "Refining the edges…"),
            (told.question, "Looking for people…"),
        ):
            question.busy_changed.connect(
                lambda is_busy, words=words: self._show_search(words if is_busy else "")
            )
            question.failed.connect(self._on_failed)
        faces.found.connect(self._on_faces_found)
        people.found.connect(self._on_people_found)

    def follow_psf(self, work: PsfWork) -> None:
        """What came instead of a PSF."""
        work.failed.connect(self._on_failed)

    def follow_files(
        self, exporter: Exporter, preferences: Preferences, autosave: Autosave
    ) -> None:
        """What was written."""
        self._cancel_exports = exporter.cancel
        exporter.progressed.connect(self._on_export_progressed)
        exporter.exported.connect(self._on_exported)
        exporter.failed.connect(self._on_export_failed)
        exporter.started.connect(self._on_export_started)
        exporter.ended.connect(self._on_export_ended)
        preferences.failed.connect(self._on_failed)
        autosave.failed.connect(self._on_failed)

    @Slot(object)
    def _on_current_changed(self, opened: OpenPhoto | None) -> None:
        photo = opened.photo if opened else None
        self._status.show_photo(photo, color_space_name(photo) if photo else "")

    @Slot(int)
    def _on_waiting_changed(self, count: int) -> None:
        words = {0: "", 1: "Opening a photo…"}
        self._status.show_busy(words.get(count, f"Opening {count} photos…"))

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self._banners.show_error(error)

    @Slot(str)
    def _on_edits_lost(self, sentence: str) -> None:
        self._banners.tell(Notice(Kind.INFO, "Saved edits", sentence))

    @Slot()
    def _on_nothing_pasted(self) -> None:
        hint = "Copy a picture or some photo files first."
        self._banners.tell(Notice(Kind.INFO, "There is no picture to paste", hint))

    @Slot(object)
    def _on_warmed(self, status: EngineStatus) -> None:
        self._status.show_engine(status)
        if status.instead_of and not self._told_of_gpu:
            self._told_of_gpu = True
            self._banners.tell(Notice(Kind.INFO, *fallback_message(status.instead_of)))
        unused = gpu_problem()
        if unused is not None and not self._told_of_gpu:
            # Each change of the device warms up again; the reason stays the same.
            self._told_of_gpu = True
            words = message_for(unused)
            self._banners.tell(Notice(Kind.INFO, words.title, f"{words.sentence} {words.hint}"))

    @Slot(object)
    def _on_warm_up_failed(self, error: AppError) -> None:
        self._status.show_engine_problem()
        self._banners.show_error(error)

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        self._status.show_restoring(progress)

    @Slot(float)
    def _on_completed(self, seconds: float) -> None:
        self._status.show_restored(seconds)

    @Slot()
    def _on_retreated(self) -> None:
        self._banners.tell(Notice(Kind.INFO, *gpu_full_message()))

    @Slot(int)
    def _on_left(self, tiles: int) -> None:
        self._banners.tell(Notice(Kind.INFO, *left_message(tiles)))

    @Slot(bool)
    def _on_running_changed(self, is_running: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._is_restoring = is_running
        if not is_running:
            self._status.show_busy("")

    def _show_search(self, words: str) -> None:
        if not self._is_restoring:  # whose progress says more
            self._status.show_busy(words)

    @Slot(int)
    def _on_faces_found(self, count: int) -> None:
        if count == 0:
            hint = "Click a face that was missed with the Face tool (G), or draw around it."
            self._banners.tell(Notice(Kind.INFO, "No further faces were found", hint))

    @Slot(bool)
    def _on_people_found(self, is_anybody: bool) -> None:  # noqa: FBT001 - a Qt slot
        if not is_anybody:
            hint = "Click somebody with the Object tool (T), or draw around them."
            self._banners.tell(Notice(Kind.INFO, "Nobody was found", hint))

    @Slot()
    def _on_object_missed(self) -> None:
        hint = "Click somewhere else, or drag a box around it."
        self._banners.tell(Notice(Kind.INFO, "Nothing was found there", hint))

    @Slot(float)
    def _on_export_progressed(self, share: float) -> None:
        self._status.show_share("Exporting…", share)

    @Slot(object, object, object)
    def _on_exported(self, _opened: OpenPhoto, path: Path, report: object) -> None:
        lost = getattr(report, "depth_lost", False)
        text = "Rounded to 8 bits a channel, which is what this format holds." if lost else ""
        show = (("Show in folder", lambda: _show_in_folder(path)),)
        self._banners.tell(Notice(Kind.SUCCESS, f"Saved “{path.name}”", text, show))

    @Slot(object, object)
    def _on_export_failed(self, _opened: OpenPhoto, error: AppError) -> None:
        self._banners.show_error(error)

    @Slot(object)
    def _on_export_started(self, path: Path) -> None:
        cancel = (("Cancel", self._cancel_exports),)
        notice = self._writing[path] = Notice(Kind.INFO, f"Saving “{path.name}”…", "", cancel)
        QTimer.singleShot(_PATIENCE_MS, self, lambda: self._offer_cancel(path, notice))

    def _offer_cancel(self, path: Path, notice: Notice) -> None:
        if self._writing.get(path) is notice:
            self._banners.tell(notice)

    @Slot(object)
    def _on_export_ended(self, path: Path) -> None:
        self._status.show_busy("")
        notice = self._writing.pop(path)
        for banner in self._banners.banners:
            if banner.notice is notice:
                banner.dismiss()


def _show_in_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
