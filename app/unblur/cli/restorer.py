"""One model on one device that restores regions of photos: what the verbs share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from unblur.analysis.measurement import Measurement
from unblur.analysis.region_blur import region_span
from unblur.cli.conduct import Conduct
from unblur.cli.progress import Progress
from unblur.document.buffer import FloatImage, UInt16Image
from unblur.document.geometry import Rect
from unblur.document.grid import LayerKey
from unblur.document.photo import Photo
from unblur.document.region import Region, RegionId
from unblur.document.shapes import FoundMask, Rectangle, WholePhoto
from unblur.engine.blending import RestoredTiles
from unblur.engine.choices import key_of, policy_of, wanted_scale
from unblur.engine.device import Device
from unblur.engine.provider import ModelProvider
from unblur.engine.request import InferenceRequest, RestorePass, TileResult
from unblur.engine.runner import run
from unblur.engine.tiling import ordered_from, plan_grid, resolve_scale, tiles_for_mask
from unblur.imaging.masks import touches
from unblur_models.catalog import ModelCard


def _support(region: Region, photo: Photo) -> Callable[[Rect], bool] | None:
    """Whether a rectangle needs a region's pixels; None where all of its bounds do."""
    if all(isinstance(shape, WholePhoto | Rectangle) for shape in region.shapes):
        return None
    return lambda rect: touches(region.shapes, region.feather, rect, photo.size)


class Layers:
    """The restored pixels of each region: what the composite reads, once and from above.

    What lies above a row that is read is forgotten: when the written file is read back, the
    memory of the restored pixels, twice that of the photo, is free for it.
    """

    def __init__(self) -> None:
        self.left = 0  # tiles that stayed as they were, since the model failed there
        self.precision = "fp32"
        self.is_on_cpu_instead = False  # since the memory of the GPU was used up
        self._tiles: dict[RegionId, RestoredTiles] = {}

    def take(self, tile: TileResult) -> None:
        """Keep a tile, and what is to be told of it."""
        self.obtain(RegionId(tile.region_id), tile.key).put(tile.index, tile.pixels)
        self.left += tile.is_left
        self.precision = tile.precision
        self.is_on_cpu_instead |= tile.is_on_cpu_instead

    def obtain(self, region_id: RegionId, key: LayerKey) -> RestoredTiles:
        """The tiles of a region, empty at first."""
        return self._tiles.setdefault(region_id, RestoredTiles(key))

    def read(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, FloatImage] | None:
        """Restored pixels over `rect` and their coverage; None when there are none."""
        tiles = self._tiles.get(region_id)
        if tiles is None:
            return None
        tiles.forget_above(rect.top)
        return tiles.read(rect)

    def peek(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, FloatImage] | None:
        """The same, and nothing is forgotten: for a look before the result is written."""
        tiles = self._tiles.get(region_id)
        return None if tiles is None else tiles.read(rect)


@dataclass(frozen=True, slots=True)
class Restorer:
    """A model at one quality, on one device."""

    card: ModelCard
    quality: str
    device: Device
    provider: ModelProvider
    conduct: Conduct = field(default_factory=Conduct)

    def plan(
        self,
        region: Region,
        photo: Photo,
        measured: Measurement | None = None,
        people: FoundMask | None = None,
    ) -> RestorePass:
        """The tiles that a region needs, from its middle outwards.

        With what was `measured` of the photo, an automatic scale follows the region's blur.
        `people` are told to a network that can be.
        """
        bounds = region.bounds(photo.size)
        choice = replace(region.model, model_id=self.card.id, quality=self.quality)
        factor = resolve_scale(
            wanted_scale(choice),
            bounds.size.area,
            is_accelerated=self.device.is_accelerated,
            span=region_span(photo.pixels, region.shapes, measured) if measured else None,
        )
        grid = plan_grid(bounds, photo.size, policy_of(choice, factor), factor)
        support = _support(region, photo)
        indices = ordered_from(grid, tiles_for_mask(grid, support, bounds), bounds.center)
        return RestorePass(key_of(choice, grid, people), indices, region.id)

    def run(self, photo: Photo, passes: tuple[RestorePass, ...], progress: Progress) -> Layers:
        """The restored tiles of `passes`. Raises ModelError and EngineError."""
        layers = Layers()
        conduct = self.conduct
        request = InferenceRequest(
            1,
            photo.pixels,
            passes,
            device=self.device.label,
            precision=conduct.precision,
            gpu_memory=conduct.gpu_memory,
        )
        started = time.perf_counter()
        for tile in run(request, self.provider, conduct.findings, conduct.cache):
            layers.take(tile)
            progress(tile.done, tile.total, time.perf_counter() - started)
        return layers
