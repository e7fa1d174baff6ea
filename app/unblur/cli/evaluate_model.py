"""A model of the zoo to be measured, run by the engine as every verb runs it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from unblur.analysis.measurement import measure
from unblur.cli.evaluate_method import Restored
from unblur.cli.people import PhotoPeople
from unblur.cli.progress import Progress
from unblur.cli.restorer import Restorer
from unblur.document.buffer import PixelImage, UInt8Image
from unblur.document.document import Document
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, Scale, new_region_id
from unblur.document.shapes import FoundMask, WholePhoto
from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device
from unblur.engine.measure import warm_up
from unblur.engine.whole import restore_whole
from unblur.imaging.composite import result
from unblur.imaging.quality import eight_bits


@dataclass(frozen=True, slots=True)
class ModelMethod:
    """A network, in tiles as `unblur restore` runs it, or in one piece.

    One that can be told where people are is told of those who are found in the blurred photo.
    """

    restorer: Restorer
    scale: Scale
    is_whole: bool
    people: PhotoPeople = field(default_factory=PhotoPeople)

    @property
    def id(self) -> str:
        """The model."""
        return self.restorer.card.id

    @property
    def quality(self) -> str | None:
        """One of the model's."""
        return self.restorer.quality

    @property
    def device(self) -> Device | None:
        """What computes."""
        return self.restorer.device

    def prepare(self) -> None:
        """Load the weights and run once. Raises ModelError and EngineError."""
        restorer = self.restorer
        model = restorer.provider.get(restorer.card.id, restorer.device)
        warm_up(model, restorer.quality, restorer.device, CancelToken())

    def restore(self, photo: Photo, sharp: UInt8Image, progress: Progress) -> Restored:
        """Restore a photo; never looks at the sharp one. Raises ModelError and EngineError."""
        del sharp
        people, told = None, ""
        if self.restorer.card.takes_mask:  # found before the clock runs: it times the network
            people = self.people.find(photo)
            told = "told of nobody" if people is None else "told of people"
        started = time.perf_counter()
        if self.is_whole:
            pixels, left = self._whole(photo, people), 0
        else:
            pixels, left = self._tiled(photo, people, progress)
        seconds = time.perf_counter() - started
        return Restored(eight_bits(pixels), seconds, told, tiles_left=left)

    def _tiled(
        self, photo: Photo, people: FoundMask | None, progress: Progress
    ) -> tuple[PixelImage, int]:
        """The restored photo, and how many tiles the model failed on."""
        restorer = self.restorer
        choice = ModelChoice(restorer.card.id, restorer.quality, self.scale)
        region = Region(new_region_id(), "Whole photo", (WholePhoto(),), choice)
        measured = measure(photo.pixels) if self.scale is Scale.AUTO else None
        layers = restorer.run(photo, (restorer.plan(region, photo, measured, people),), progress)
        return result(Document(photo, (region,)), layers, photo.rect), layers.left

    def _whole(self, photo: Photo, people: FoundMask | None) -> PixelImage:
        card, device = self.restorer.card, self.restorer.device
        model = self.restorer.provider.get(card.id, device)
        return restore_whole(
            photo.pixels, model, self.restorer.quality, device, card.size_multiple, people
        )
