"""At which scale the network works on each region of one photo.

Automatic follows the blur inside the region, as soon as it is known; until then that of the
whole photo, and before that only the waiting time counts. Like its grid, the scale of a region
is laid down when it is first restored: what is known later shall not make pixels useless.
"""

from __future__ import annotations

from unblur.document.geometry import Size
from unblur.document.region import Region, RegionId, Scale
from unblur.document.shapes import Shape, WholePhoto
from unblur.engine.choices import wanted_scale
from unblur.engine.tiling import resolve_scale

_KEPT_ANSWERS = 256


class RegionScales:
    """What is known of the blur of a photo's regions, and what follows for their scales."""

    def __init__(self, photo: Size) -> None:
        self._photo = photo
        self._spans: dict[tuple[Shape, ...], float | None] = {}
        self._of_photo: float | None = None
        self._found: dict[RegionId, int] = {}
        self._settled: dict[RegionId, int] = {}

    def learn(self, shapes: tuple[Shape, ...], span: float | None) -> None:
        """The blur inside these shapes spans so many photo pixels; None: that cannot be told."""
        if shapes == (WholePhoto(),):
            self._of_photo = span
        if len(self._spans) >= _KEPT_ANSWERS:
            self._spans.clear()
        self._spans[shapes] = span

    def knows(self, shapes: tuple[Shape, ...]) -> bool:
        """Whether the blur inside these shapes was looked at."""
        return shapes in self._spans

    def factor(self, region: Region, *, is_accelerated: bool) -> int:
        """How many times smaller the region is worked on: 1, 2 or 4."""
        scale = wanted_scale(region.model)
        if scale is Scale.AUTO and region.id in self._settled:
            return self._settled[region.id]
        pixels = region.bounds(self._photo).size.area
        span = self._spans.get(region.shapes, self._of_photo)
        factor = resolve_scale(scale, pixels, is_accelerated=is_accelerated, span=span)
        if scale is Scale.AUTO:
            self._found[region.id] = factor
        return factor

    def settle(self, region: Region, factor: int) -> None:
        """The region is being restored at `factor`: where that was found for it, it stays."""
        if wanted_scale(region.model) is Scale.AUTO and self._found.get(region.id) == factor:
            self._settled[region.id] = factor
