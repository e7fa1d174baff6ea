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
    glance_passes,
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
    is_on_cpu_instead: bool = False
    done: set[tuple[LayerKey, TileIndex]] = field(default_factory=set)

    @property
    def seconds_left(self) -> float | None:
        """What the rest takes; None until a tile was computed."""
        if not self.work_done:
            return None
        return self.seconds / self.work_done * max(0, self.work_total - self.work_done)

    def note_work(self, tile: TileResult) -> None:
        """Learn from a tile how long the rest takes."""
        work = tile.key.grid.network_size.area
        if tile.is_cached:  # it was no work, and says nothing about what is
            self.work_total -= work
            return
        self.work_done += work
        # By the tiles' own time: the first one may have waited for the engine to start.
        self.seconds += tile.seconds

    def pending(self) -> list[Rect]:
        """Where tiles of the chosen scales are still to come."""
        finest = {i.region_id: i for i in self.passes if i.region_id != self.wish.glance}
        document = self.opened.document
        bounds = {r.id: r.bounds(document.photo.size) for r in document.regions}
        return [
            item.key.grid.core(index).intersected(bounds[RegionId(item.region_id)])
            for item in finest.values()
            for index in item.indices
            if (item.key, index) not in self.done and item.region_id in bounds
        ]


MayBegin = Callable[[OpenPhoto, Sequence[Region]], bool]
"""Whether these regions may be restored; asks the person where that is not clear."""


class Restorer(QObject):
    """Turns wishes into requests and tiles into restored pixels.

    Signals:
        running_changed: a run began or ended (bool).
        progressed: a Progress.
        completed: every tile of the last wish is there; seconds it took.
        left: so many tiles of a completed wish stayed as they were, since the model failed there.
        retreated: the memory of the GPU was used up in this run, so the CPU goes on.
        failed: an AppError that ended the run; finished tiles are kept.
        outlook_changed: the Outlook for the Restore button.
        pending_changed: rectangles of the shown photo that are still to come, in their order.
        glancing_changed: a quick look that nobody pressed a button for began or ended (bool).
    """

    running_changed = Signal(bool)
    progressed = Signal(object)
    completed = Signal(float)
    left = Signal(int)
    retreated = Signal()
    failed = Signal(object)
    outlook_changed = Signal(object)
    pending_changed = Signal(object)
    glancing_changed = Signal(bool)

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
        self._may_begin: MayBegin = lambda *_: True
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
        """Whether tiles are being restored that were asked for."""
        return self._run is not None and not self._run.wish.is_glance

    @property
    def outlook(self) -> Outlook:
        """What Restore would do, as last found out."""
        return self._outlook

    def ask_first(self, may_begin: MayBegin) -> None:
        """From now on, ask before anything is restored."""
        self._may_begin = may_begin

    def restore(self) -> None:
        """Restore every visible region that lacks tiles; the whole photo if there is none."""
        self._begin_with_region(Wish())

    def preview(self) -> None:
        """Restore only what the canvas shows."""
        self._begin_with_region(Wish(is_visible_part_only=True))

    @property
    def is_glance_awaited(self) -> bool:
        """Whether a quick look runs of which nothing is seen yet."""
        return self._run is not None and self._run.wish.is_glance and not self._run.done

    def glance(self, region_id: RegionId) -> None:
        """Show what a solver makes of the visible part of a region, as soon as it can.

        It goes before what is running, and a newer one supersedes it. Nothing is said of it:
        a dial that moves is not a restoration.
        """
        opened, run = self._session.current, self._run
        if opened is None or (run is not None and run.opened is not opened):
            return
        others: frozenset[RegionId] = frozenset()
        if run is not None and self.is_running:
            others = frozenset(RegionId(item.region_id) for item in run.passes) - {region_id}
        is_part = run is not None and run.wish.is_visible_part_only
        self._begin(opened, Wish(others, is_part, region_id))

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
        """Submit what `wish` lacks now, if it may be; this supersedes whatever runs."""
        if not self._may_begin(opened, wish.of(opened.document.regions)):
            return
        view = self._view()
        within = view.visible if wish.is_visible_part_only else opened.photo.rect
        regions = wish.of(opened.document.regions)
        chosen = self._chosen(opened, regions, view, within)
        passes = self._glanced(opened, wish, view)
        passes += (*preview_passes(opened, chosen, view, self._estimate), *chosen)
        if not passes:
            self.stop()
            self._settle(opened, wish)
            return
        pin_grids(opened, passes)
        was_running = self.is_running
        request_id = self._client.submit(passes, opened.photo.pixels)
        work = sum(item.network_pixels for item in passes)
        self._run = _Run(request_id, opened, wish, passes, time.monotonic(), work)
        if wish.glance is not None:
            self.glancing_changed.emit(True)
        if self.is_running != was_running:
            self.running_changed.emit(self.is_running)
        if self.is_running:
            total = sum(len(item.indices) for item in passes)
            self.progressed.emit(Progress(0, total, self._estimate(passes)))
        self._show_pending()

    def _glanced(self, opened: OpenPhoto, wish: Wish, view: View) -> tuple[RestorePass, ...]:
        region = opened.document.region(wish.glance) if wish.glance else None
        if region is None or not region.is_visible:
            return ()
        is_accelerated = self._session.is_accelerated
        return glance_passes(opened, region, view, is_accelerated=is_accelerated)

    def _settle(self, opened: OpenPhoto, wish: Wish) -> None:
        """A quick look is complete: nothing of an earlier PSF shows any more."""
        if wish.glance is not None:
            self._session.forget_outdated(opened, wish.glance)

    def _end(self) -> None:
        was_running = self.is_running
        was_glancing = self._run is not None and self._run.wish.glance is not None
        self._run = None
        if was_glancing:
            self.glancing_changed.emit(False)
        if was_running:
            self.running_changed.emit(False)
        self._show_pending()
        self.refresh_outlook()

    @Slot(object)
    def _on_tile_ready(self, tile: TileResult) -> None:
        run = self._run
        if run is None or tile.request_id != run.request_id:
            return
        put = self._session.layer(run.opened, tile.key).put(tile.index, tile.pixels)
        if tile.key.deconvolution is not None:
            run.opened.plans.note_solved(RegionId(tile.region_id), tile.key)
        self._session.notify_restored(run.opened, tile.key, put)
        run.done.add((tile.key, tile.index))
        run.left += tile.is_left
        if tile.is_on_cpu_instead and not run.is_on_cpu_instead:
            run.is_on_cpu_instead = True
            self.retreated.emit()
        run.note_work(tile)
        if self.is_running:
            left = run.seconds_left
            self.progressed.emit(Progress(tile.done, tile.total, left))
            self._show_pending()

    @Slot(int)
    def _on_finished(self, request_id: int) -> None:
        if self._run is None or request_id != self._run.request_id:
            return
        run, seconds = self._run, time.monotonic() - self._run.started
        self._end()
        self._settle(run.opened, run.wish)
        if not run.wish.is_glance:
            self.completed.emit(seconds)
        if run.left:
            self.left.emit(run.left)

    @Slot(int, object)
    def _on_failed(self, request_id: int, error: AppError) -> None:
        if self._run is None or request_id != self._run.request_id:
            return
        run = self._run
        self._end()
        self._settle(run.opened, run.wish)
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
        if run.wish.is_glance and run.wish.glance not in changes.removed:
            return  # the next look supersedes it, and until then it shows something
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
