"""The session: which photos are open, which one is shown, and every edit to it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoGroup

from unblur.document.buffer import UInt16Image
from unblur.document.document import Document, DocumentDiff, diff
from unblur.document.geometry import Rect
from unblur.document.grid import LayerKey
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, RegionId, new_region_id
from unblur.document.shapes import Shape, WholePhoto
from unblur.engine.blending import RestoredTiles, read_layers
from unblur.ui.layer_store import LayerStore, StoreKey
from unblur.ui.open_photo import Coverage, OpenPhoto
from unblur.ui.region_plans import Masks, Told
from unblur_models import catalog

logger = logging.getLogger(__name__)


class Session(QObject):
    """All open photos; one of them is shown, or none.

    Signals:
        photo_opened, photo_closed: an OpenPhoto came or went.
        current_changed: another photo is shown (None: no photo is open).
        document_changed: the shown Document (or None) and how it differs from the last.
        edited: an OpenPhoto whose document changed, and the DocumentDiff.
        restored_changed: a region of the shown photo has new pixels in a Rect.
        selection_changed: the selected region of the shown photo, or None.
        clean_changed: some photo has unsaved work now, or has none any more.
    """

    photo_opened = Signal(object)
    photo_closed = Signal(object)
    current_changed = Signal(object)
    document_changed = Signal(object, object)
    edited = Signal(object, object)
    restored_changed = Signal(object, object)
    selection_changed = Signal(object)
    clean_changed = Signal()

    def __init__(
        self, masks: Masks, store: LayerStore | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.undo_group = QUndoGroup(self)
        self.is_accelerated = False
        self._masks = masks
        self._store = store or LayerStore()
        self._photos: list[OpenPhoto] = []
        self._current: OpenPhoto | None = None

    @property
    def photos(self) -> Sequence[OpenPhoto]:
        """Open photos in the order in which they were opened."""
        return tuple(self._photos)

    @property
    def current(self) -> OpenPhoto | None:
        """The photo that is shown."""
        return self._current

    @property
    def document(self) -> Document | None:
        """The document that is shown."""
        return self._current.document if self._current else None

    @property
    def selected_region(self) -> Region | None:
        """The region that the panel edits."""
        if self._current is None or self._current.selected is None:
            return None
        return self._current.document.region(self._current.selected)

    def open(self, photo: Photo, *, shown: bool = True) -> OpenPhoto:
        """Add `photo` and show it; one that is open already is only shown.

        With `shown` false the canvas keeps the photo that it has.
        """
        present = self.find(photo.path)
        if present is not None:
            self.show(present)
            return present
        opened = OpenPhoto(photo, self._store, self._masks, self)
        self._photos.append(opened)
        self.undo_group.addStack(opened.undo_stack)
        opened.changed.connect(self._on_photo_changed)
        opened.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self.photo_opened.emit(opened)
        if shown or self._current is None:
            self.show(opened)
        return opened

    def find(self, path: Path | None) -> OpenPhoto | None:
        """The open photo that was read from `path`."""
        if path is None:
            return None
        return next((opened for opened in self._photos if opened.photo.path == path), None)

    def close(self, opened: OpenPhoto) -> None:
        """Take a photo away; its neighbour is shown then. Asking is the caller's business."""
        index = self._photos.index(opened)
        self._photos.remove(opened)
        self._store.forget(opened.id)
        self.photo_closed.emit(opened)
        if self._current is opened:
            rest = self._photos[min(index, len(self._photos) - 1)] if self._photos else None
            self._set_current(rest)
        self.undo_group.removeStack(opened.undo_stack)
        opened.deleteLater()
        self.clean_changed.emit()

    def show(self, opened: OpenPhoto) -> None:
        """Bring one of the open photos into the canvas."""
        if opened is not self._current:
            self._set_current(opened)

    def edit(self, document: Document, text: str, merge_key: str = "") -> None:
        """Make `document` the shown photo's document, as one step that can be undone."""
        if self._current is not None:
            self._current.edit(document, text, merge_key)

    def edit_region(self, region: Region, text: str, merge_key: str = "") -> None:
        """Replace one region of the shown document."""
        document = self.document
        if document is not None and document.region(region.id) not in (None, region):
            self.edit(document.with_region(region), text, merge_key)

    def bring_back(
        self, opened: OpenPhoto, regions: tuple[Region, ...], protection: tuple[Shape, ...] = ()
    ) -> None:
        """Add regions of an earlier run, as an edit that is not saved yet and can be undone."""
        document = replace(opened.document, protection=(*opened.document.protection, *protection))
        for region in regions:
            document = document.with_region(region)
        opened.edit(document, "Bring Back Edits")
        opened.selected = regions[-1].id if regions else opened.selected
        if opened is self._current:
            self.selection_changed.emit(opened.selected)

    def new_region(self, *shapes: Shape) -> Region:
        """A region with the default model that is in no document yet."""
        card = catalog.card(catalog.DEFAULT_MODEL_ID)
        quality = catalog.default_quality(card, is_accelerated=self.is_accelerated)
        return Region(
            new_region_id(), self._new_name(shapes), shapes, ModelChoice(card.id, quality)
        )

    def add_whole_photo(self) -> Region | None:
        """The region of the whole photo, made and selected if there is none."""
        document = self.document
        if document is None:
            return None
        region = next((r for r in document.regions if r.is_whole_photo), None)
        if region is None:
            region = self.new_region(WholePhoto())
            # The whole photo lies lowest: above, it would cover every region made before.
            under = replace(document, regions=(region, *document.regions))
            self.edit(under, "Restore Whole Photo")
        self.select(region.id)
        return region

    def remove_region(self, region_id: RegionId) -> None:
        """Delete a region and select its neighbour."""
        document = self.document
        if document is None or document.region(region_id) is None:
            return
        index = [region.id for region in document.regions].index(region_id)
        self.edit(document.without_region(region_id), "Delete Region")
        rest = self.document.regions if self.document else ()
        self.select(rest[min(index, len(rest) - 1)].id if rest else None)

    def select(self, region_id: RegionId | None) -> None:
        """Choose the region that the panel edits."""
        if self._current is None or self._current.selected == region_id:
            return
        self._current.selected = region_id
        self.selection_changed.emit(region_id)

    def read(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, Coverage] | None:
        """Restored pixels of a region of the shown photo; None where there are none."""
        region = self.document.region(region_id) if self.document else None
        if region is None or self._current is None:
            return None
        layers = self._current.shown_layers_of(region, is_accelerated=self.is_accelerated)
        return read_layers(layers, rect) if layers else None

    def notify_restored(self, opened: OpenPhoto, key: LayerKey, put: Rect) -> None:
        """Tell the views that `put` of a layer has new pixels, and keep to the budget."""
        self._trim()
        if opened is not self._current:
            return
        for region in opened.document.regions:
            keys = opened.plans.layer_keys(region, is_accelerated=self.is_accelerated)
            if key in keys or key in opened.plans.outdated_keys(region):
                self.restored_changed.emit(region.id, put)

    def forget_outdated(self, opened: OpenPhoto, region_id: RegionId) -> None:
        """Show what a region's present PSF gave, and nothing of those before it."""
        region = opened.document.region(region_id)
        if region is None:
            return
        opened.plans.forget_outdated(region, is_accelerated=self.is_accelerated)
        if opened is self._current:
            self.restored_changed.emit(region_id, region.bounds(opened.photo.size))

    def tell_people(self, opened: OpenPhoto, told: Told) -> None:
        """Where people are in a photo: what was restored without knowing shows no longer."""
        if told == opened.plans.people:
            return
        opened.plans.people = told
        for region in opened.document.regions if opened is self._current else ():
            self.restored_changed.emit(region.id, region.bounds(opened.photo.size))

    def layer(self, opened: OpenPhoto, key: LayerKey) -> RestoredTiles:
        """The layer that takes restored tiles of a photo."""
        return self._store.obtain(opened.id, key)

    def set_accelerated(self, is_accelerated: bool) -> None:  # noqa: FBT001 - a Qt-like setter
        """Learn what the device is: automatic scale and default quality depend on it."""
        self.is_accelerated = is_accelerated

    def _set_current(self, opened: OpenPhoto | None) -> None:
        self._current = opened
        self.undo_group.setActiveStack(opened.undo_stack if opened else None)  # type: ignore[arg-type]
        self.current_changed.emit(opened)
        if opened is None:
            self.document_changed.emit(None, DocumentDiff(is_other_photo=True))
        else:
            self._touch(opened)
            self.document_changed.emit(opened.document, diff(None, opened.document))
        self.selection_changed.emit(opened.selected if opened else None)

    def _new_name(self, shapes: tuple[Shape, ...]) -> str:
        if shapes == (WholePhoto(),):
            return "Whole photo"
        return self.document.free_name("Region") if self.document else "Region 1"

    def _on_photo_changed(self, opened: OpenPhoto, before: Document) -> None:
        changes = diff(before, opened.document)
        self.edited.emit(opened, changes)
        if opened is not self._current:
            return
        self.document_changed.emit(opened.document, changes)
        if len(changes.added) == 1:
            opened.selected = next(iter(changes.added))
            self.selection_changed.emit(opened.selected)
        elif changes.removed:
            self.selection_changed.emit(opened.selected)

    def _on_clean_changed(self) -> None:
        self.clean_changed.emit()

    def _keys_of(self, opened: OpenPhoto) -> set[StoreKey]:
        return {
            StoreKey(opened.id, key)
            for region in opened.document.regions
            for key in opened.plans.layer_keys(region, is_accelerated=self.is_accelerated)
        }

    def _touch(self, opened: OpenPhoto) -> None:
        self._store.touch(opened.id, [key.layer for key in self._keys_of(opened)])

    def _trim(self) -> None:
        if not self._store.is_over_budget:
            return
        shown = self._keys_of(self._current) if self._current else set()
        wanted = {key for opened in self._photos for key in self._keys_of(opened)}
        for key in self._store.trim(shown, wanted):
            logger.info("Dropped restored pixels of %s to keep to the budget", key.photo_id)
