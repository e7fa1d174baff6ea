"""The tiles of one layer that an earlier run restored: what the runner asks of the cache."""

from __future__ import annotations

from unblur.document.buffer import UInt16Image
from unblur.document.grid import LayerKey, TileIndex
from unblur.engine.layer_inputs import LayerInputs
from unblur.engine.network import Network
from unblur.engine.tile_cache import TileCache, TileQuestion, tile_key


class KnownTiles:
    """Tiles of `key` from these inputs, as `network` would restore them.

    Without a cache there are none. Solvers are quick, weights without a name cannot be told
    from others, and a GPU is quicker than a disk: none of those is kept.
    """

    def __init__(
        self, cache: TileCache | None, inputs: LayerInputs, key: LayerKey, network: Network
    ) -> None:
        is_worth_it = key.deconvolution is None and not network.device.is_accelerated
        self._cache = cache if is_worth_it and network.weights else None
        self._inputs = inputs
        self._grid = key.grid
        self._network = network
        self._names: dict[TileIndex, str] = {}

    def find(self, index: TileIndex) -> UInt16Image | None:
        """The pixels of a tile's support, if they are known."""
        if self._cache is None:
            return None
        question = TileQuestion(
            self._network.weights,
            self._network.quality,
            self._network.precision,
            self._grid.factor,
            self._grid.support(index).relative_to(self._grid.input(index)),
        )
        self._names[index] = tile_key(self._inputs.of(index), question)
        return self._cache.find(self._names[index])

    def keep(self, index: TileIndex, pixels: UInt16Image) -> None:
        """Remember the pixels of a tile that `find` did not know.

        Not those of an input that had to be done in pieces: with more memory they are another.
        """
        is_whole = max(self._grid.network_size) <= self._network.policy.largest
        if self._cache is not None and is_whole:
            self._cache.keep(self._names.pop(index), pixels)
