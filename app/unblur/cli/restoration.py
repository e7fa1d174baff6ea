"""One photo from file to file: read, restore its regions, blend them in, write."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from unblur.analysis.caution import is_blurred, lost_faces, lost_text
from unblur.analysis.hidden import hidden_places, over_hidden
from unblur.analysis.measurement import Measurement, measure
from unblur.cli.arguments import RestoreOrder
from unblur.cli.automatic import fitted_to
from unblur.cli.deconvolving import deconvolved, psf_facts
from unblur.cli.progress import Progress
from unblur.cli.restorer import Restorer
from unblur.cli.selection import Selected, Selector
from unblur.cli.targets import Target
from unblur.detect.text import TextFinder
from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, Scale, new_region_id
from unblur.document.shapes import Rectangle
from unblur.imaging.codec import decode
from unblur.imaging.export import ExportOptions, check_target, export
from unblur.imaging.masks import touches


@dataclass(frozen=True, slots=True)
class Report:
    """What was done to one photo. `seconds` is from opening the file to the written result.

    `factors` are the work scales of the regions. On `tiles_left` of the tiles the model failed,
    and the photo was left as it was.
    `precision` is what the networks computed in; `is_on_cpu_instead` says that the CPU went on
    when the memory of the GPU was used up.
    `source_type` is what the file says about how it came about; None: nothing. `kept` are
    places that were left as they are, because they look hidden on purpose, `lost_faces` boxes
    of restored faces whose details may be invented, `lost_text` boxes of restored lines of text
    whose letters may be.
    """

    seconds: float
    megapixels: float
    tiles: int
    tiles_left: int
    regions: tuple[Rect, ...]
    factors: tuple[int, ...]
    is_depth_lost: bool
    model_id: str
    quality: str
    psf: dict[str, Any] | None
    source_type: str | None
    kept: tuple[Rect, ...]
    lost_faces: tuple[Rect, ...]
    lost_text: tuple[Rect, ...]
    precision: str
    is_on_cpu_instead: bool


@dataclass(frozen=True, slots=True)
class Restoration:
    """How every photo of a command is restored."""

    order: RestoreOrder
    restorer: Restorer
    selector: Selector
    text: TextFinder = field(default_factory=TextFinder)

    def restore(self, target: Target, progress: Progress) -> Report:
        """Restore one photo into its target. Raises AppError; then no file is left there."""
        started = time.perf_counter()
        photo = decode(target.source)
        options = ExportOptions(overwrite=self.order.overwrite, tell_restored=self.order.provenance)
        check_target(photo, target.output, options)
        restorer, measured = self.restorer, self._measured(photo)
        if self.order.auto and measured is not None:
            restorer = fitted_to(photo, measured, self.order, self.restorer)
        choice = ModelChoice(restorer.card.id, restorer.quality, self.order.scale)
        selected = self.selector.select(photo)
        document, kept = self._keeping_hidden(self._document(photo, choice, selected))
        if self.order.deconvolution is not None:
            document = deconvolved(document, self.order.deconvolution)
        people = None
        if restorer.card.takes_mask:
            people = self.selector.people_of(photo, selected)
        planned = tuple(
            restorer.plan(region, photo, measured, people) for region in document.regions
        )
        # At strength 0 nothing would show, so nothing is computed.
        passes = planned if self.order.strength > 0.0 else ()
        layers = restorer.run(photo, passes, progress)
        written = export(document, layers, target.output, options)
        return Report(
            seconds=time.perf_counter() - started,
            megapixels=photo.size.megapixels,
            tiles=sum(len(each.indices) for each in passes),
            tiles_left=layers.left,
            regions=tuple(region.bounds(photo.size) for region in document.regions),
            factors=tuple(each.key.grid.factor for each in planned),
            is_depth_lost=written.depth_lost,
            model_id=restorer.card.id,
            quality=restorer.quality,
            psf=psf_facts(document),
            source_type=written.source_type,
            kept=kept,
            lost_faces=self._lost_faces(photo, measured, selected) if passes else (),
            lost_text=self._lost_text(document, measured) if passes else (),
            precision=layers.precision,
            is_on_cpu_instead=layers.is_on_cpu_instead,
        )

    def _measured(self, photo: Photo) -> Measurement | None:
        """The photo's blur, where something is chosen by it."""
        is_needed = self.order.auto or self.order.faces or self.order.scale is Scale.AUTO
        return measure(photo.pixels) if is_needed else None

    def _keeping_hidden(self, document: Document) -> tuple[Document, tuple[Rect, ...]]:
        """The document with what was hidden on purpose left as it is; and where that is."""
        photo = document.photo
        if self.order.restore_hidden:
            return document, ()
        places = hidden_places(photo.pixels)
        regions = [region.bounds(photo.size) for region in document.regions]
        kept = tuple(
            place.rect for place in places if any(over_hidden(each, [place]) for each in regions)
        )
        return replace(document, protection=tuple(Rectangle(rect) for rect in kept)), kept

    def _lost_faces(
        self, photo: Photo, measured: Measurement | None, selected: Sequence[Selected]
    ) -> tuple[Rect, ...]:
        """Restored faces of which too little is left; a solver invents nothing."""
        if measured is None or self.order.deconvolution is not None:
            return ()
        faces = [each.face for each in selected if each.face is not None]
        return lost_faces(photo.pixels, measured, faces)

    def _lost_text(self, document: Document, measured: Measurement | None) -> tuple[Rect, ...]:
        """Restored lines of text of which too little is left, as with faces."""
        if self.order.deconvolution is not None:
            return ()
        photo, regions = document.photo, document.regions
        known = measured or measure(photo.pixels)
        if not is_blurred(known):
            return ()
        lines = [
            line
            for line in self.text.find(photo.pixels)
            if any(touches(each.shapes, each.feather, line.box, photo.size) for each in regions)
        ]
        return lost_text(photo.pixels, known, lines)

    def _document(self, photo: Photo, model: ModelChoice, selected: Sequence[Selected]) -> Document:
        regions = tuple(
            Region(
                id=new_region_id(),
                name=each.name,
                shapes=each.shapes,
                model=model,
                strength=self.order.strength,
                feather=each.feather,
                subject=each.subject,
            )
            for each in selected
        )
        return Document(photo, regions)
