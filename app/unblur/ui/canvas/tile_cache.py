"""Least recently used tiles within a byte budget."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that knows how much memory it holds."""

    @property
    def nbytes(self) -> int:
        """Bytes held now."""
        ...


KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT", bound=Sized)


class TileCache(Generic[KeyT, ItemT]):
    """Keeps tiles until their bytes exceed `budget`; then the least recently used go.

    A tile used since the last `begin_frame` never goes: it is on the screen.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._items: OrderedDict[KeyT, tuple[ItemT, int]] = OrderedDict()
        self._frame = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def nbytes(self) -> int:
        """Bytes held by all tiles."""
        return sum(item.nbytes for item, _ in self._items.values())

    def begin_frame(self) -> None:
        """A new paint begins; give back what is over the budget."""
        self._frame += 1
        excess = self.nbytes - self._budget
        while excess > 0 and self._items:
            key, (item, frame) = next(iter(self._items.items()))
            if frame >= self._frame - 1:
                return
            excess -= item.nbytes
            del self._items[key]

    def get(self, key: KeyT) -> ItemT | None:
        """The tile, now the most recently used, or None."""
        entry = self._items.get(key)
        if entry is None:
            return None
        self._items[key] = (entry[0], self._frame)
        self._items.move_to_end(key)
        return entry[0]

    def put(self, key: KeyT, item: ItemT) -> None:
        """Keep a tile."""
        self._items[key] = (item, self._frame)
        self._items.move_to_end(key)

    def peek(self, key: KeyT) -> ItemT | None:
        """The tile or None, without counting as use."""
        entry = self._items.get(key)
        return entry[0] if entry else None

    def keys(self) -> Iterator[KeyT]:
        """Keys of all tiles, without counting as use."""
        return iter(self._items)

    def clear(self) -> None:
        """Forget everything."""
        self._items.clear()
