"""What each action does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from unblur.ui.actions import ActionId, Actions
from unblur.ui.blur_looks import BlurLooks
from unblur.ui.canvas.canvas import Canvas
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.closing import Closer
from unblur.ui.edge_refinement import EdgeRefinement
from unblur.ui.exporting import Exporter
from unblur.ui.face_search import FaceSearch
from unblur.ui.main_window import MainWindow
from unblur.ui.object_search import ObjectSearch
from unblur.ui.opening import PhotoOpener
from unblur.ui.panels.region_list import RegionList
from unblur.ui.people_search import PeopleSearch
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session

COMPARE_MODES = {
    ActionId.SPLIT_VERTICAL: CompareMode.SPLIT_VERTICAL,
    ActionId.SPLIT_HORIZONTAL: CompareMode.SPLIT_HORIZONTAL,
    ActionId.SIDE_BY_SIDE: CompareMode.SIDE_BY_SIDE,
    ActionId.SHOW_RESULT: CompareMode.RESULT,
}
PHOTO_FILTER = (
    "Photos (*.jpg *.jpeg *.png *.tif *.tiff *.webp *.bmp *.heic *.heif "
    "*.JPG *.JPEG *.PNG *.TIF *.TIFF *.WEBP *.BMP *.HEIC *.HEIF);;All files (*)"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the commands act on."""

    session: Session
    restorer: Restorer
    opener: PhotoOpener
    exporter: Exporter
    closer: Closer
    canvas: Canvas
    regions: RegionList
    faces: FaceSearch
    people: PeopleSearch
    objects: ObjectSearch
    edges: EdgeRefinement
    looks: BlurLooks
    window: MainWindow


class Commands(QObject):
    """Connects actions to the parts and enables those that make sense."""

    def __init__(self, actions: Actions, parts: Parts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._parts = parts
        self._connect_files()
        self._connect_edits()
        self._connect_view()
        session, restorer = parts.session, parts.restorer
        session.current_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        session.document_changed.connect(self.refresh)
        restorer.running_changed.connect(self.refresh)
        parts.looks.known.connect(self.refresh)
        restorer.outlook_changed.connect(self.refresh)
        faces, people, objects = parts.faces, parts.people, parts.objects
        self._questions = (
            faces.question,
            faces.pointing,
            people.question,
            objects.question,
            parts.edges.question,
        )
        for question in self._questions:
            question.busy_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Enable what makes sense now."""
        session, outlook = self._parts.session, self._parts.restorer.outlook
        has_photo = session.current is not None
        is_searching = any(question.is_busy for question in self._questions)
        self._actions.enable(
            photo=has_photo,
            photos=len(session.photos) > 1,
            region=session.selected_region is not None,
            run=self._parts.restorer.is_running or is_searching,
        )
        for identity in (ActionId.RESTORE, ActionId.PREVIEW):
            self._actions[identity].setEnabled(has_photo and outlook.tiles > 0)
        self._actions[ActionId.FIND_PEOPLE].setEnabled(has_photo and self._parts.looks.has_people)

    def open_dialog(self) -> None:
        """Ask for photos."""
        opened = self._parts.session.current
        folder = str(opened.photo.path.parent) if opened and opened.photo.path else ""
        paths, _ = QFileDialog.getOpenFileNames(
            self._parts.window, "Open photos", folder, PHOTO_FILTER
        )
        self._parts.opener.open_names(paths)

    def _on(self, identity: ActionId, does: Callable[[], object]) -> None:
        self._actions[identity].triggered.connect(lambda _=False: does())

    def _connect_files(self) -> None:
        parts = self._parts
        clipboard = QGuiApplication.clipboard()
        self._on(ActionId.OPEN, self.open_dialog)
        self._on(ActionId.PASTE, lambda: parts.opener.take(clipboard.mimeData()))
        self._on(ActionId.EXPORT, self._with_current(parts.exporter.export))
        self._on(ActionId.CLOSE, self._with_current(parts.closer.close_photo))
        self._on(ActionId.QUIT, parts.window.close)
        self._on(ActionId.NEXT_PHOTO, lambda: self._step(1))
        self._on(ActionId.PREVIOUS_PHOTO, lambda: self._step(-1))

    def _connect_edits(self) -> None:
        parts, group = self._parts, self._parts.session.undo_group
        self._on(ActionId.UNDO, group.undo)
        self._on(ActionId.REDO, group.redo)
        for identity, signal, able, verb in (
            (ActionId.UNDO, group.undoTextChanged, group.canUndoChanged, "Undo"),
            (ActionId.REDO, group.redoTextChanged, group.canRedoChanged, "Redo"),
        ):
            action = self._actions[identity]
            able.connect(action.setEnabled)
            signal.connect(lambda text, a=action, v=verb: a.setText(f"&{v} {text}".strip()))
        self._on(ActionId.DELETE_REGION, self._delete_region)
        self._on(ActionId.RENAME_REGION, parts.regions.rename_selected)
        self._on(ActionId.WHOLE_PHOTO, parts.session.add_whole_photo)
        self._on(ActionId.FIND_FACES, parts.faces.find)
        self._on(ActionId.FIND_PEOPLE, parts.people.find)
        self._on(ActionId.OBJECT_TOOL, parts.objects.prepare)
        self._on(ActionId.SMALLER_OBJECT, lambda: parts.objects.step(-1))
        self._on(ActionId.LARGER_OBJECT, lambda: parts.objects.step(1))
        self._on(ActionId.REFINE_EDGES, parts.edges.refine)
        self._on(ActionId.RESTORE, parts.restorer.restore)
        self._on(ActionId.PREVIEW, parts.restorer.preview)
        self._on(ActionId.STOP, self._stop)

    def _connect_view(self) -> None:
        canvas = self._parts.canvas
        for identity, mode in COMPARE_MODES.items():
            self._on(identity, lambda m=mode: canvas.set_compare(m))  # type: ignore[misc]
        self._actions[ActionId.SPLIT_VERTICAL].setChecked(True)
        self._on(ActionId.FIT, canvas.fit)
        self._on(ActionId.ZOOM_IN, canvas.navigator.zoom_in)
        self._on(ActionId.ZOOM_OUT, canvas.navigator.zoom_out)
        self._on(ActionId.ZOOM_100, lambda: canvas.zoom_to(1.0))
        self._on(ActionId.ZOOM_200, lambda: canvas.zoom_to(2.0))
        self._actions[ActionId.FULL_SCREEN].toggled.connect(self._parts.window.toggle_full_screen)

    def _with_current(self, does: Callable[..., object]) -> Callable[[], None]:
        def act() -> None:
            opened = self._parts.session.current
            if opened is not None:
                does(opened)

        return act

    def _delete_region(self) -> None:
        region = self._parts.session.selected_region
        if region is not None:
            self._parts.session.remove_region(region.id)

    def _stop(self) -> None:
        """What is searched for goes first: it was asked for last, and nothing is lost with it."""
        searching = [question for question in self._questions if question.is_busy]
        for question in searching:
            question.drop()
        if not searching:
            self._parts.restorer.stop()

    def _step(self, by: int) -> None:
        session = self._parts.session
        if session.current is not None:
            photos = session.photos
            session.show(photos[(photos.index(session.current) + by) % len(photos)])
