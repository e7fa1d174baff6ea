"""Restoring: from the button to the tiles, with progress, and what an edit means meanwhile.

Nothing runs a model unless it was asked for. While it runs, strength, feather and the mask
may change freely: tiles belong to a grid, not to a mask. A region that is deleted or gets
another model leaves the run; the rest of the run goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from unblur.document.document import DocumentDiff
from unblur.document.geometry import Rect
from unblur.document.grid import LayerKey, TileIndex
from unblur.document.region import Region, RegionId
from unblur.document.shapes import WholePhoto
from unblur.engine.request import RestorePass, TileResult
from unblur.errors import AppError
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.restore_passes import (
    Estimate,
    View,
    Wish,
    chosen_passes,
    pin_grids,
    preview_passes,
)
from unblur.ui.session import Session
from unblur.workers.inference import EngineStatus, InferenceClient

# An edit is often followed by the next one at once (a stroke, a drag of the feather).
_OUTLOOK_DELAY_MS = 60


@dataclass(frozen=True, slots=True)
class Outlook:
    """What Restore would do now: so many tiles, and seconds (None: not measured yet).

    `is_restored` means that there are visible regions, and nothing of them is missing.
    """

    has_photo: bool = False
    has_regions: bool = False
    is_restored: bool = False
    tiles: int = 0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `seconds_left` is None until the first tile is there."""

    done: int
    total: int
    seconds_left: float | None


@dataclass(slots=True)
class _Run:
    """One submitted request and what came of it."""

    request_id: int
    opened: OpenPhoto
    wish: Wish
    passes: tuple[RestorePass, ...]
    started: float
    work_total: int
    work_done: int = 0
    seconds: float = 0.0
    left: int = 0
    done: set[tuple[LayerKey, TileIndex]] = field(default_factory=set)

    def pending(self) -> list[Rect]:
        """Where tiles of the chosen scales are still to come."""
        finest = {item.region_id: item for item in self.passes}
        document = self.opened.document
        bounds = {r.id: r.bounds(document.photo.size) for r in document.regions}
        return [
            item.key.grid.core(index).intersected(bounds[RegionId(item.region_id)])
            for item in finest.values()
            for index in item.indices
            if (item.key, index) not in self.done and item.region_id in bounds
        ]


class Restorer(QObject):
    """Turns wishes into requests and tiles into restored pixels.

    Signals:
        running_changed: a run began or ended (bool).
        progressed: a Progress.
        completed: every tile of the last wish is there; seconds it took.
        left: so many tiles of a completed wish stayed as they were, since the model failed there.
        failed: an AppError that ended the run; finished tiles are kept.
        outlook_changed: the Outlook for the Restore button.
        pending_changed: rectangles of the shown photo that are still to come, in their order.
    """

    running_changed = Signal(bool)
    progressed = Signal(object)
    completed = Signal(float)
    left = Signal(int)
    failed = Signal(object)
    outlook_changed = Signal(object)
    pending_changed = Signal(object)

    def __init__(
        self,
        session: Session,
        client: InferenceClient,
        view: Callable[[], View],
        estimate: Estimate,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._client = client
        self._view = view
        self._estimate = estimate
        self._run: _Run | None = None
        self._outlook = Outlook()
        self._outlook_timer = QTimer(self, singleShot=True, interval=_OUTLOOK_DELAY_MS)
        self._outlook_timer.timeout.connect(self.refresh_outlook)
        session.edited.connect(self._on_edited)
        session.current_changed.connect(self._on_current_changed)
        session.photo_closed.connect(self._on_photo_closed)
        client.tile_ready.connect(self._on_tile_ready)
        client.finished.connect(self._on_finished)
        client.failed.connect(self._on_failed)
        client.warmed.connect(self._on_warmed)
        client.speed_measured.connect(self.refresh_outlook)

    @property
    def is_running(self) -> bool:
        """Whether tiles are being restored."""
        return self._run is not None

    @property
    def outlook(self) -> Outlook:
        """What Restore would do, as last found out."""
        return self._outlook

    def restore(self) -> None:
        """Restore every visible region that lacks tiles; the whole photo if there is none."""
        self._begin_with_region(Wish())

    def preview(self) -> None:
        """Restore only what the canvas shows."""
        self._begin_with_region(Wish(is_visible_part_only=True))

    @Slot()
    def follow_view(self) -> None:
        """What the person looks at now comes next."""
        if self._run is not None and self._run.opened is self._session.current:
            self._client.look_at(self._view().center)

    def stop(self) -> None:
        """Stop before the next tile. What is restored stays."""
        if self._run is not None:
            self._client.cancel()
            self._end()

    def _begin_with_region(self, wish: Wish) -> None:
        opened = self._session.current
        if opened is None:
            return
        if not opened.document.regions:
            self._session.add_whole_photo()
        self._begin(opened, wish)

    def _begin(self, opened: OpenPhoto, wish: Wish) -> None:
        """Submit what `wish` lacks now; this supersedes whatever runs."""
        view = self._view()
        within = view.visible if wish.is_visible_part_only else opened.photo.rect
        regions = wish.of(opened.document.regions)
        chosen = self._chosen(opened, regions, view, within)
        if not chosen:
            self.stop()
            return
        passes = (*preview_passes(opened, chosen, view, self._estimate), *chosen)
        pin_grids(opened, passes)
        was_running = self.is_running
        request_id = self._client.submit(passes, opened.photo.pixels)
        work = sum(item.network_pixels for item in passes)
        self._run = _Run(request_id, opened, wish, passes, time.monotonic(), work)
        if not was_running:
            self.running_changed.emit(True)
        total = sum(len(item.indices) for item in passes)
        self.progressed.emit(Progress(0, total, self._estimate(passes)))
        self._show_pending()

    def _end(self) -> None:
        self._run = None
        self.running_changed.emit(False)
        self._show_pending()
        self.refresh_outlook()

    @Slot(object)
    def _on_tile_ready(self, tile: TileResult) -> None:
        run = self._run
        if run is None or tile.request_id != run.request_id:
            return
        put = self._session.layer(run.opened, tile.key).put(tile.index, tile.pixels)
        self._session.notify_restored(run.opened, tile.key, put)
        run.done.add((tile.key, tile.index))
        run.left += tile.is_left
        run.work_done += tile.key.grid.network_size.area
        # By the tiles' own time: the first one may have waited for the engine to start.
        run.seconds += tile.seconds
        left = run.seconds / run.work_done * max(0, run.work_total - run.work_done)
        self.progressed.emit(Progress(tile.done, tile.total, left))
        self._show_pending()

    @Slot(int)
    def _on_finished(self, request_id: int) -> None:
        if self._run is None or request_id != self._run.request_id:
            return
        run, seconds = self._run, time.monotonic() - self._run.started
        self._end()
        self.completed.emit(seconds)
        if run.left:
            self.left.emit(run.left)

    @Slot(int, object)
    def _on_failed(self, request_id: int, error: AppError) -> None:
        if self._run is None or request_id != self._run.request_id:
            return
        self._end()
        self.failed.emit(error)

    @Slot(object)
    def _on_warmed(self, status: EngineStatus) -> None:
        self._session.set_accelerated(status.is_accelerated)
        self.refresh_outlook()

    @Slot(object, object)
    def _on_edited(self, opened: OpenPhoto, changes: DocumentDiff) -> None:
        self._outlook_timer.start()
        run = self._run
        if run is None or opened is not run.opened:
            return
        running = {item.region_id for item in run.passes}
        leaving = running & (changes.removed | changes.remodeled)
        if leaving:
            rest = frozenset(r.id for r in opened.document.regions if r.id in running - leaving)
            self._begin(opened, Wish(rest, run.wish.is_visible_part_only))

    @Slot(object)
    def _on_current_changed(self, _opened: OpenPhoto | None) -> None:
        self._outlook_timer.start()
        self._show_pending()

    def _show_pending(self) -> None:
        run = self._run
        is_shown = run is not None and run.opened is self._session.current
        self.pending_changed.emit(run.pending() if run is not None and is_shown else [])

    @Slot(object)
    def _on_photo_closed(self, opened: OpenPhoto) -> None:
        if self._run is not None and self._run.opened is opened:
            self.stop()

    @Slot()
    def refresh_outlook(self) -> None:
        """Find out what Restore would do now."""
        self._outlook = self._look_ahead()
        self.outlook_changed.emit(self._outlook)

    def _look_ahead(self) -> Outlook:
        opened = self._session.current
        if opened is None:
            return Outlook()
        regions = opened.document.regions
        # Without a region Restore takes the whole photo, so the button speaks of that.
        wanted = Wish().of(regions) if regions else [self._session.new_region(WholePhoto())]
        passes = self._chosen(opened, wanted, self._view(), opened.photo.rect)
        tiles = sum(len(item.indices) for item in passes)
        return Outlook(
            has_photo=True,
            has_regions=bool(regions),
            is_restored=bool(wanted) and not tiles,
            tiles=tiles,
            seconds=self._estimate(passes) if tiles else None,
        )

    def _chosen(
        self, opened: OpenPhoto, regions: Sequence[Region], view: View, within: Rect
    ) -> tuple[RestorePass, ...]:
        is_accelerated = self._session.is_accelerated
        return chosen_passes(opened, regions, view, within, is_accelerated=is_accelerated)
