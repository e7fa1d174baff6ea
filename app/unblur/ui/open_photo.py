"""A photo that is open: its document, its history, and what was restored in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from unblur.document.buffer import UInt16Image
from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.grid import LayerKey, TileIndex
from unblur.document.photo import Photo
from unblur.document.region import Region, RegionId
from unblur.engine.blending import RestoredTiles, read_layers
from unblur.ui.edit_command import EditCommand
from unblur.ui.layer_store import LayerStore
from unblur.ui.region_plans import Masks, RegionPlan, RegionPlans

_ids = itertools.count(1)

Coverage = NDArray[np.float32]


class LayerSnapshot:
    """The restored pixels as they were at one moment, for a job on another thread."""

    def __init__(self, layers: dict[str, tuple[RestoredTiles, ...]]) -> None:
        self._layers = layers

    def read(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, Coverage] | None:
        """Pixels over `rect` and where they cover it; None when nothing was restored."""
        layers = self._layers.get(region_id, ())
        return read_layers(layers, rect) if layers else None


class OpenPhoto(QObject):
    """One open document with its undo stack.

    Signals:
        changed: this photo, and its document before an edit, an undo or a redo.
    """

    changed = Signal(object, object)

    def __init__(
        self,
        photo: Photo,
        store: LayerStore,
        masks: Masks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.id = next(_ids)
        self.undo_stack = QUndoStack(self)
        self.plans = RegionPlans(photo.size, masks)
        self.selected: RegionId | None = None
        self._document = Document(photo)
        self._store = store

    @property
    def document(self) -> Document:
        """The edit as it stands."""
        return self._document

    @property
    def photo(self) -> Photo:
        """The photo, which never changes."""
        return self._document.photo

    @property
    def title(self) -> str:
        """What to call it: the file's name."""
        return self.photo.name or (self.photo.path.name if self.photo.path else "Pasted picture")

    @property
    def has_unsaved_work(self) -> bool:
        """Whether closing would lose something that took thought."""
        has_edits = bool(self._document.regions or self._document.protection)
        return has_edits and not self.undo_stack.isClean()

    def edit(self, document: Document, text: str, merge_key: str = "") -> None:
        """Make `document` the current one, as one step that can be undone."""
        self.undo_stack.push(EditCommand(self._show, self._document, document, text, merge_key))

    def layers_of(self, region: Region, *, is_accelerated: bool) -> tuple[RestoredTiles, ...]:
        """What there is to show for the region, best first."""
        return self._found(self.plans.layer_keys(region, is_accelerated=is_accelerated))

    def shown_layers_of(self, region: Region, *, is_accelerated: bool) -> tuple[RestoredTiles, ...]:
        """The same, and below it what an earlier PSF gave, which is seen while a dial moves."""
        keys = self.plans.layer_keys(region, is_accelerated=is_accelerated)
        outdated = (key for key in self.plans.outdated_keys(region) if key not in keys)
        return self._found((*keys, *outdated))

    def has_tile(self, key: LayerKey, index: TileIndex) -> bool:
        """Whether this tile is restored."""
        layer = self._store.find(self.id, key)
        return layer is not None and layer.has(index)

    def plan(self, region: Region, factor: int) -> RegionPlan | None:
        """Which tiles the region needs at `factor`, and which are missing."""
        return self.plans.plan(region, factor, self.has_tile)

    def snapshot(self, *, is_accelerated: bool) -> LayerSnapshot:
        """The layers as they are now, safe to read while more tiles arrive."""
        return LayerSnapshot(
            {
                region.id: tuple(
                    layer.copy() for layer in self.layers_of(region, is_accelerated=is_accelerated)
                )
                for region in self._document.regions
            }
        )

    def _found(self, keys: Iterable[LayerKey]) -> tuple[RestoredTiles, ...]:
        found = (self._store.find(self.id, key) for key in keys)
        return tuple(layer for layer in found if layer is not None)

    def _show(self, document: Document) -> None:
        before, self._document = self._document, document
        if self.selected is not None and document.region(self.selected) is None:
            self.selected = None
        self.changed.emit(self, before)
