"""The window's composition root: builds every part and wires them to each other.

The window's first picture is there already (`unblur.start`). Decoders are imported on the pool's
threads, torch on the inference thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from unblur import paths
from unblur.document.document import Document, DocumentDiff
from unblur.errors import AppError
from unblur.model_store import open_store
from unblur.settings import Settings
from unblur.ui import heavy
from unblur.ui.actions import ActionId
from unblur.ui.autosave import Autosave
from unblur.ui.blur_looks import BlurLooks
from unblur.ui.canvas.blur_overlay import BlurOverlay
from unblur.ui.canvas.canvas import Canvas
from unblur.ui.closing import Closer
from unblur.ui.commands import Commands, Parts
from unblur.ui.dialog_commands import DialogCommands
from unblur.ui.dialogs.hidden import ask_about_hidden
from unblur.ui.dialogs.unsaved import ask_about
from unblur.ui.edge_refinement import EdgeRefinement
from unblur.ui.engine_wishes import engine_wishes
from unblur.ui.export_question import ExportQuestion
from unblur.ui.exporting import Exporter
from unblur.ui.face_search import FaceSearch
from unblur.ui.first_picture import FirstPicture
from unblur.ui.garbage import GarbageOnThisThread
from unblur.ui.gpu import GpuSetup
from unblur.ui.hidden_guard import HiddenGuard
from unblur.ui.live_preview import LivePreview
from unblur.ui.logbook import report_bugs_to
from unblur.ui.mask_commands import MaskCommands
from unblur.ui.model_library import ModelLibrary
from unblur.ui.news import News
from unblur.ui.object_search import ObjectSearch
from unblur.ui.opening import PhotoOpener
from unblur.ui.panels.banner import BannerArea
from unblur.ui.panels.blur_box import BlurBox
from unblur.ui.panels.filmstrip import Filmstrip
from unblur.ui.panels.psf_box import PsfBox
from unblur.ui.panels.region_list import RegionList
from unblur.ui.panels.region_options import RegionOptions
from unblur.ui.panels.region_panel import RegionPanel
from unblur.ui.panels.restore_box import RestoreBox
from unblur.ui.panels.tool_options import ToolOptionsBar
from unblur.ui.pasted import PastedPictures
from unblur.ui.people_search import PeopleSearch
from unblur.ui.people_told import PeopleTold
from unblur.ui.psf_starts import first_blur
from unblur.ui.psf_work import PsfWork
from unblur.ui.recovery import find_orphans
from unblur.ui.recovery_offer import RecoveryOffer
from unblur.ui.region_blurs import RegionBlurs
from unblur.ui.restore_passes import View
from unblur.ui.restorer import Restorer
from unblur.ui.reveal import Reveal
from unblur.ui.session import Session
from unblur.ui.theme import Theme
from unblur.ui.things import SegmentedThings
from unblur.ui.tool_choice import ToolChoice
from unblur.ui.window_menus import fill_recent
from unblur.workers.files import FileJobs
from unblur.workers.inference import InferenceClient
from unblur.workers.model_jobs import ModelJobs
from unblur_models.catalog import DEFAULT_MODEL_ID


class Program(QObject):
    """Every part of the window, made and connected. Owns what has to be shut down."""

    def __init__(
        self, application: QApplication, first: FirstPicture, client: InferenceClient | None = None
    ) -> None:
        super().__init__(application)
        state = paths.state_dir()
        self.preferences, self.appearance = first.preferences, first.appearance
        self.icons, self.actions, self.recent = first.icons, first.actions, first.recent
        self.empty, self.status, self.window = first.empty, first.status, first.window
        self.first = first
        first.setParent(self)
        self.garbage = GarbageOnThisThread(self)
        self.garbage.start()
        self.jobs = FileJobs(self)
        store = open_store(lambda: self.preferences.current.offline)
        self.library = ModelLibrary(store, ModelJobs(self), self)
        self.gpu = GpuSetup(lambda: self.preferences.current.offline, ModelJobs(self), self)
        self.client = client or InferenceClient(
            state / "speeds.json",
            parent=self,
            findings=paths.findings_file(),
            tiles=paths.tiles_dir(),
        )
        self.session = Session(heavy, parent=self)
        self.pasted = PastedPictures(state / "pasted", heavy.decode_bytes)
        self.opener = PhotoOpener(
            self.session, self.jobs, self.recent, heavy.decode, self.pasted, self
        )
        self.autosave = Autosave(self.session, state / "recovery", self)
        self.canvas = Canvas()
        self.restorer = Restorer(self.session, self.client, self._view, self.client.estimate, self)
        self._build_window()
        self._build_exports()
        self._connect_canvas()
        self._connect_window()
        self._connect_theme()

    def begin(self, photos: Sequence[Path]) -> None:
        """The window is seen: offer what a crash left, open `photos`, and load torch."""
        if self.preferences.current.restore_session:
            self._offer_recovery()
        if photos:
            # The photo comes first: importing torch would take the interpreter from it.
            self.session.photo_opened.connect(self._warm_up, _ONCE)
            self.opener.failed.connect(self._warm_up, _ONCE)
            self.opener.open(photos)
        else:
            self._warm_up()

    def shut_down(self) -> None:
        """The end: by the person's wish, or because the display is gone."""
        self.restorer.stop()
        self.psf.drop()
        is_settled = self.autosave.finish()
        self.first.keep_place()
        self.library.shutdown()
        self.gpu.shutdown()
        self.jobs.shutdown()
        if is_settled:
            self.pasted.forget_all()
        self.client.shutdown()
        self.garbage.stop()

    def _view(self) -> View:
        return View(self.canvas.visible_rect(), self.canvas.view_center())

    def _show_document(self, document: Document | None, changes: DocumentDiff) -> None:
        self.canvas.show_document(document, changes, self.session)
        if changes.is_other_photo:
            self._show_blur_map()
            self._show_hidden()

    def _show_hidden(self) -> None:
        caution = self.looks.caution
        self.canvas.marks.hidden = tuple(p.rect for p in caution.hidden) if caution else ()
        self.canvas.update()

    def _show_blur_map(self) -> None:
        blur, opened = self.looks.map, self.session.current
        overlay = None
        if blur is not None and opened is not None and self.actions[ActionId.BLUR_MAP].isChecked():
            overlay = BlurOverlay(blur, opened.photo.size)
        self.canvas.set_blur_map(overlay)

    def _build_window(self) -> None:
        theme = self.appearance.theme
        self.filmstrip = Filmstrip(self.session, self.icons, theme)
        self.regions = RegionList(self.session, self.icons, theme)
        self.looks = BlurLooks(self.session, self.jobs, heavy.look_at, self)
        self.blurs = RegionBlurs(self.session, self.jobs, self.looks, heavy.region_span, self)
        self.blurs.known.connect(self.restorer.refresh_outlook)
        advice = BlurBox(self.session, self.looks, self.actions)
        self.psf = PsfWork(self.session, self.client, self.jobs, heavy.estimate_blur, self)
        box = PsfBox(self.session, self.restorer, self.psf, lambda: self.looks.blur)
        options = RegionOptions(self.session, lambda: first_blur(self.looks.blur))
        parts = (advice, self.regions, box, options, RestoreBox(self.restorer))
        self.panel = RegionPanel(self.session, self.actions, *parts)
        self.blurs.known.connect(self.panel.options.refresh_scale)
        self.window.furnish(self.session, self.canvas, self.panel, self.filmstrip)
        self.banners = BannerArea(self.window.center, self.icons, theme)

    def _build_exports(self) -> None:
        question = ExportQuestion(
            self.session,
            self.restorer,
            self.preferences,
            heavy.depth_lost,
            heavy.export_options,
            self.window,
        )
        self.exporter = Exporter(self.session, self.jobs, question, heavy.export, self)
        self.closer = Closer(
            self.session, self.exporter, lambda opened: ask_about(opened.title, self.window), self
        )
        self.guard = HiddenGuard(
            self.session,
            self.looks,
            self.restorer,
            lambda places: ask_about_hidden(places, self.window),
            heavy.touches,
            self,
        )
        self.faces = FaceSearch(self.session, self.jobs, heavy, self)
        self.people = PeopleSearch(
            self.session, self.jobs, heavy.find_people, lambda: self.looks.is_sharp, self
        )
        self.edges = EdgeRefinement(self.session, self.jobs, heavy.refine_mask, self)
        self.told = PeopleTold(self.session, self.jobs, heavy, lambda: self.looks.is_sharp, self)
        self.told.known.connect(self.restorer.refresh_outlook)
        self.objects = ObjectSearch(self.session, self.jobs, SegmentedThings(), self)
        self.commands = Commands(
            self.actions,
            Parts(
                self.session,
                self.restorer,
                self.opener,
                self.exporter,
                self.closer,
                self.canvas,
                self.regions,
                self.faces,
                self.people,
                self.objects,
                self.edges,
                self.looks,
                self.window,
            ),
            self,
        )
        self.tools = ToolChoice(self.actions, self.canvas, self.objects.point, self.faces, self)
        self.window.add_options(ToolOptionsBar(self.tools, self.actions))
        self.mask_commands = MaskCommands(
            self.actions, self.session, lambda: self.panel.mask_row.pixels, self
        )
        self.news = News(self.banners, self.status, self)
        self.news.follow_photos(self.session, self.opener)
        self.news.follow_engine(self.client, self.restorer)
        searches = (self.faces, self.people, self.objects, self.edges, self.told)
        self.news.follow_searches(*searches)
        self.news.follow_psf(self.psf)
        self.news.follow_files(self.exporter, self.preferences, self.autosave)

    def _connect_canvas(self) -> None:
        session, canvas = self.session, self.canvas
        canvas.set_region_factory(session.new_region)
        session.document_changed.connect(self._show_document)
        session.restored_changed.connect(canvas.restored_changed)
        session.selection_changed.connect(canvas.set_selected)
        self.restorer.pending_changed.connect(canvas.set_pending)
        self.reveal = Reveal(self.restorer, canvas, self)
        self.live = LivePreview(self.session, self.restorer, self)
        canvas.edit_committed.connect(session.edit)
        canvas.region_picked.connect(session.select)
        canvas.files_dropped.connect(self.opener.open)
        canvas.image_dropped.connect(self.opener.take_image)
        canvas.view_changed.connect(lambda view: self.status.show_zoom(view.scale))
        self.looks.known.connect(self._show_blur_map)
        self.looks.known.connect(self._show_hidden)
        self.actions[ActionId.BLUR_MAP].toggled.connect(self._show_blur_map)
        canvas.view_changed.connect(lambda _view: self.restorer.follow_view())
        canvas.view_changed.connect(lambda _view: self.live.follow_view())
        self.status.zoom_chosen.connect(
            lambda scale: canvas.zoom_to(scale) if scale else canvas.fit()
        )

    def _connect_window(self) -> None:
        window, opener = self.window, self.opener
        window.dropped.connect(opener.take)
        window.ask_before_closing(self._may_close)
        self.filmstrip.close_asked.connect(self.closer.close_photo)
        self.empty.open_asked.connect(self.commands.open_dialog)
        self.empty.path_chosen.connect(lambda path: opener.open([path]))
        self.recent.changed.connect(self._show_recent)
        self._show_recent()
        self.dialogs = DialogCommands(
            self.actions, self.preferences, self.library, self.gpu, self.client, window
        )
        self.library.changed.connect(self.panel.options.refresh_models)
        self.library.failed.connect(self._on_model_failed)
        self.preferences.changed.connect(self._on_preferences_changed)
        report_bugs_to(self.dialogs.report)

    def _connect_theme(self) -> None:
        self.appearance.theme_changed.connect(self._paint)
        self._paint(self.appearance.theme)

    def _paint(self, theme: Theme) -> None:
        for part in (self.actions, self.regions, self.filmstrip, self.banners):
            part.paint(theme)

    def _show_recent(self) -> None:
        known = self.recent.paths
        fill_recent(self.window.recent_menu, known, lambda path: self.opener.open([path]))
        self.empty.show_recent(known)

    @Slot(object)
    def _on_model_failed(self, error: AppError) -> None:
        if not self.dialogs.is_showing_models:
            self.banners.show_error(error)

    def _may_close(self) -> bool:
        has_work = any(opened.has_unsaved_work for opened in self.session.photos)
        if not has_work and not self.exporter.is_busy:
            return not self.closer.is_asking
        # Asking may go through an export, so the answer comes later, by closing again.
        QTimer.singleShot(0, self, lambda: self.closer.close_all(self.window.close))
        return False

    def _offer_recovery(self) -> None:
        orphans = find_orphans(paths.state_dir() / "recovery")
        self.recovery = RecoveryOffer(orphans, self.opener, self.autosave, self.pasted, self)
        self.recovery.show(self.banners)

    def _warm_up(self) -> None:
        QTimer.singleShot(0, self, self._warm_up_now)

    def _warm_up_now(self) -> None:
        if self.client.status is None:
            self.client.warm_up(DEFAULT_MODEL_ID, *engine_wishes(self.preferences.current))

    def _on_preferences_changed(self, before: Settings, after: Settings) -> None:
        self.appearance.choose(after.theme)
        if engine_wishes(before) != engine_wishes(after):
            self.status.show_engine_starting()
            self.restorer.stop()
            self.client.warm_up(DEFAULT_MODEL_ID, *engine_wishes(after))


_ONCE = Qt.ConnectionType.SingleShotConnection
