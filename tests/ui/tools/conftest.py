"""A tool's surroundings without a canvas."""

from __future__ import annotations

import numpy as np
import pytest

from unblur.document.buffer import read_only
from unblur.document.document import Document
from unblur.document.geometry import Point
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, RegionId, new_region_id
from unblur.document.shapes import Shape
from unblur.ui.tools.tool import Pointer, Tool


class Context:
    """Keeps what a tool did."""

    def __init__(self, *regions: Region) -> None:
        pixels = read_only(np.zeros((600, 800, 3), np.uint8))
        self.document: Document | None = Document(Photo(pixels, "black"), regions)
        self.selected: RegionId | None = None
        self.previewed: Document | None = None
        self.commits: list[tuple[Document, str]] = []
        self.picked: list[RegionId | None] = []

    @property
    def shown(self) -> Document | None:
        return self.previewed or self.document

    def new_region(self, *shapes: Shape) -> Region:
        return region_of(*shapes)

    def preview(self, document: Document | None) -> None:
        self.previewed = document

    def commit(self, document: Document, text: str) -> None:
        self.commits.append((document, text))
        self.document, self.previewed = document, None

    def select(self, region_id: RegionId | None) -> None:
        self.picked.append(region_id)
        self.selected = region_id

    def drag(
        self,
        tool: Tool,
        *points: tuple[float, float],
        is_shift: bool = False,
        is_alt: bool = False,
        presses: str = "",
    ) -> None:
        """Press at the first point, move through the others, release at the last.

        Keys in `presses` ("shift alt") are down at the press alone, the others throughout.
        """
        keys = {"is_shift": is_shift, "is_alt": is_alt}
        pointers = [Pointer(Point(*point), reach=4.0, **keys) for point in points]
        keys = {f"is_{name}": True for name in presses.split()} or keys
        gesture = tool.begin(self, Pointer(Point(*points[0]), reach=4.0, **keys))
        assert gesture is not None
        for pointer in pointers[1:]:
            gesture.move(pointer)
        gesture.release(pointers[-1])


def region_of(*shapes: Shape) -> Region:
    return Region(new_region_id(), "Region 1", shapes, ModelChoice("model", "draft"))


@pytest.fixture
def make_region():
    return region_of


@pytest.fixture
def make_context():
    return Context
