"""Restored pixels of all open photos, kept within a budget of bytes.

They are a cache: what is dropped can be restored again. What the shown photo displays is
never dropped, whatever the budget says; layers that no region reads go first, then those of
photos that were not looked at for longest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from unblur.document.grid import LayerKey
from unblur.engine.blending import RestoredTiles

DEFAULT_BUDGET = 2 * 1024**3


class StoreKey(NamedTuple):
    """A layer of one open photo."""

    photo_id: int
    layer: LayerKey


class LayerStore:
    """Layers by photo and key, least recently used first."""

    def __init__(self, budget: int = DEFAULT_BUDGET) -> None:
        self._budget = budget
        self._layers: dict[StoreKey, RestoredTiles] = {}

    @property
    def nbytes(self) -> int:
        """Bytes of all restored pixels."""
        return sum(layer.nbytes for layer in self._layers.values())

    def find(self, photo_id: int, key: LayerKey) -> RestoredTiles | None:
        """The layer, if anything of it was restored."""
        return self._layers.get(StoreKey(photo_id, key))

    def obtain(self, photo_id: int, key: LayerKey) -> RestoredTiles:
        """The layer, made empty when it is not there; counts as a use."""
        store_key = StoreKey(photo_id, key)
        layer = self._layers.pop(store_key, None)
        layer = RestoredTiles(key) if layer is None else layer
        self._layers[store_key] = layer
        return layer

    def touch(self, photo_id: int, keys: Iterable[LayerKey]) -> None:
        """Count a use of these layers."""
        for key in keys:
            layer = self._layers.pop(StoreKey(photo_id, key), None)
            if layer is not None:
                self._layers[StoreKey(photo_id, key)] = layer

    def forget(self, photo_id: int) -> None:
        """Drop every layer of a photo that was closed."""
        self._layers = {k: v for k, v in self._layers.items() if k.photo_id != photo_id}

    @property
    def is_over_budget(self) -> bool:
        """Whether `trim` would like to drop something."""
        return self.nbytes > self._budget

    def trim(self, shown: set[StoreKey], wanted: set[StoreKey]) -> list[StoreKey]:
        """Drop layers until the budget holds, never a shown one; returns what was dropped.

        `wanted` are those that some region would still read; they go last.
        """
        dropped: list[StoreKey] = []
        excess = self.nbytes - self._budget
        candidates = [key for key in self._layers if key not in shown]
        for key in sorted(candidates, key=wanted.__contains__):
            if excess <= 0:
                break
            excess -= self._layers.pop(key).nbytes
            dropped.append(key)
        return dropped
