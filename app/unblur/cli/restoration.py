"""One photo from file to file: read, restore its regions, blend them in, write."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from unblur.cli.arguments import RestoreOrder
from unblur.cli.targets import Target
from unblur.document.buffer import FloatImage, UInt16Image
from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.grid import LayerKey
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, RegionId, new_region_id
from unblur.document.shapes import Rectangle, Shape, WholePhoto
from unblur.engine.blending import RestoredTiles
from unblur.engine.device import Device
from unblur.engine.provider import ModelProvider
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import ordered_from, plan_grid, policy_for, resolve_scale, tiles_for_mask
from unblur.errors import ImageRegionOutsideError
from unblur.imaging.codec import decode
from unblur.imaging.export import ExportOptions, check_target, export
from unblur_models.catalog import ModelCard

Progress = Callable[[int, int, float], None]
"""Called after every tile with (done, total, seconds so far)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was done to one photo. `seconds` is from opening the file to the written result."""

    seconds: float
    megapixels: float
    tiles: int
    regions: tuple[Rect, ...]
    is_depth_lost: bool


class Layers:
    """The restored pixels of each region: what the composite reads."""

    def __init__(self) -> None:
        self._tiles: dict[RegionId, RestoredTiles] = {}

    def obtain(self, region_id: RegionId, key: LayerKey) -> RestoredTiles:
        """The tiles of a region, empty at first."""
        return self._tiles.setdefault(region_id, RestoredTiles(key))

    def read(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, FloatImage] | None:
        """Restored pixels over `rect` and their coverage; None when there are none."""
        tiles = self._tiles.get(region_id)
        return tiles.read(rect) if tiles is not None else None


@dataclass(frozen=True, slots=True)
class Restoration:
    """How every photo of a command is restored."""

    order: RestoreOrder
    card: ModelCard
    quality: str
    device: Device
    provider: ModelProvider

    def restore(self, target: Target, progress: Progress) -> Report:
        """Restore one photo into its target. Raises AppError; then no file is left there."""
        started = time.perf_counter()
        photo = decode(target.source)
        options = ExportOptions(overwrite=self.order.overwrite)
        check_target(photo, target.output, options)
        document = self._document(photo)
        passes = tuple(self._pass(region, photo) for region in document.regions)
        # At strength 0 nothing would show, so nothing is computed.
        passes = passes if self.order.strength > 0.0 else ()
        layers = self._run(photo, passes, progress)
        written = export(document, layers, target.output, options)
        return Report(
            seconds=time.perf_counter() - started,
            megapixels=photo.size.megapixels,
            tiles=sum(len(each.indices) for each in passes),
            regions=tuple(region.bounds(photo.size) for region in document.regions),
            is_depth_lost=written.depth_lost,
        )

    def _document(self, photo: Photo) -> Document:
        shapes: list[Shape] = [Rectangle(rect) for rect in self.order.regions] or [WholePhoto()]
        model = ModelChoice(self.card.id, self.quality, self.order.scale)
        regions = tuple(
            Region(
                id=new_region_id(),
                name=f"Region {number}",
                shapes=(shape,),
                model=model,
                strength=self.order.strength,
                feather=self.order.feather,
            )
            for number, shape in enumerate(shapes, start=1)
        )
        for region, rect in zip(regions, self.order.regions, strict=False):
            if region.bounds(photo.size).is_empty:
                where = f"{rect.x},{rect.y},{rect.width},{rect.height} lies beyond its"
                size = f"{photo.size.width} × {photo.size.height} pixels"
                raise ImageRegionOutsideError(photo.path, f"{where} {size}")
        return Document(photo, regions)

    def _pass(self, region: Region, photo: Photo) -> RestorePass:
        bounds = region.bounds(photo.size)
        factor = resolve_scale(
            region.model.scale, bounds.size.area, is_accelerated=self.device.is_accelerated
        )
        grid = plan_grid(bounds, photo.size, policy_for(self.card), factor)
        # A rectangle is all mask, so every tile that touches it is needed.
        indices = ordered_from(grid, tiles_for_mask(grid, None, bounds), bounds.center)
        return RestorePass(LayerKey(self.card.id, self.quality, grid), indices, region.id)

    def _run(self, photo: Photo, passes: tuple[RestorePass, ...], progress: Progress) -> Layers:
        layers = Layers()
        request = InferenceRequest(1, photo.pixels, passes, device=self.device.kind)
        started = time.perf_counter()
        for tile in run(request, self.provider):
            layers.obtain(RegionId(tile.region_id), tile.key).put(tile.index, tile.pixels)
            progress(tile.done, tile.total, time.perf_counter() - started)
        return layers
