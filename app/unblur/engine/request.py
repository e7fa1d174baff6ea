"""The frozen messages between whoever asks for restoration and the thread that does it."""

from __future__ import annotations

from dataclasses import dataclass, field

from unblur.document.buffer import PixelImage, UInt16Image
from unblur.document.geometry import Rect
from unblur.document.grid import LayerKey, TileIndex
from unblur.engine.cancel import CancelToken
from unblur.engine.focus import Focus


@dataclass(frozen=True, slots=True)
class RestorePass:
    """Tiles of one layer to restore, in this order.

    Several passes over the same pixels make the refinement progressive: first those at a
    quarter of the size, then those at the chosen scale over them.
    """

    key: LayerKey
    indices: tuple[TileIndex, ...]
    region_id: str

    @property
    def network_pixels(self) -> int:
        """Pixels that go through the network: what the pass costs."""
        return len(self.indices) * self.key.grid.network_size.area


@dataclass(frozen=True, slots=True, eq=False)
class InferenceRequest:
    """Passes over one photo, done one after the other until `token` is cancelled.

    Within a pass the tiles are done in their order until `focus` moves. `pixels` is the whole
    photo (H, W, 3), read-only; only the tiles' inputs are read.
    `device` is a name that `choose_device` knows, `precision` one of `findings.PRECISIONS`.
    `gpu_memory` is what the program may take of a GPU, in bytes, 0 for all that is free.
    """

    id: int
    pixels: PixelImage = field(repr=False)
    passes: tuple[RestorePass, ...]
    token: CancelToken = field(default_factory=CancelToken, repr=False)
    focus: Focus = field(default_factory=Focus, repr=False)
    device: str = "auto"
    precision: str = "fp32"
    gpu_memory: int = 0

    @property
    def tile_count(self) -> int:
        """Tiles of all passes together."""
        return sum(len(each.indices) for each in self.passes)


@dataclass(frozen=True, slots=True, eq=False)
class TileResult:
    """Restored pixels of one tile, ready to be kept.

    `pixels` is uint16 (h, w, 3), read-only, over `rect` of the photo, which is the tile's
    support. `done` of `total` tiles of the request are finished; this one took `seconds`.
    `is_left` says that the network failed on it, wholly or in part, and the source stands there.
    `precision` is what it was restored in (a part that was no picture is done again in fp32);
    `is_on_cpu_instead` says that the memory of the GPU was used up, so that the CPU goes on,
    `is_cached` that an earlier run had restored it.
    """

    request_id: int
    key: LayerKey
    region_id: str
    index: TileIndex
    rect: Rect
    pixels: UInt16Image = field(repr=False)
    done: int
    total: int
    seconds: float
    is_left: bool = False
    precision: str = "fp32"
    is_on_cpu_instead: bool = False
    is_cached: bool = False
