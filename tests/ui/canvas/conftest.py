"""A canvas on a stage: pictures, layers, and a way to let it finish and to look at it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from unblur.document.buffer import FloatImage, UInt8Image, UInt16Image, read_only
from unblur.document.document import Document, diff
from unblur.document.geometry import Rect, Size
from unblur.document.photo import Metadata, Photo
from unblur.document.region import ModelChoice, Region, RegionId, new_region_id
from unblur.document.shapes import Shape, WholePhoto
from unblur.ui.canvas.canvas import Canvas
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.qimage import rgb_array


@dataclass(eq=False)
class Layers:
    """Restored pixels of every region: the photo inverted, where it is `done`."""

    pixels: UInt16Image
    done: NDArray[np.bool_]
    reads: list[Rect] = field(default_factory=list)

    def read(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, FloatImage] | None:
        self.reads.append(rect)
        return self.pixels[rect.slices], self.done[rect.slices].astype(np.float32)


class Stage:
    """A canvas with what a test needs around it."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.commits: list[tuple[Document, str]] = []
        self.picked: list[RegionId | None] = []
        self.layers: Layers | None = None
        canvas.set_region_factory(self.region)
        canvas.edit_committed.connect(self._on_committed)
        canvas.region_picked.connect(self._on_picked)

    def photo(self, size: Size, *, icc: bytes | None = None, has_alpha: bool = False) -> Photo:
        """A picture in which a flip, a turn, a shift or swapped channels show."""
        y, x = np.mgrid[0 : size.height, 0 : size.width]
        pixels = np.empty((size.height, size.width, 3), np.uint8)
        pixels[..., 0] = x * 255 // max(1, size.width - 1)
        pixels[..., 1] = y * 255 // max(1, size.height - 1)
        pixels[..., 2] = np.where((x // 7 + y // 5) % 3 == 0, 220, 40)
        alpha = None
        if has_alpha:
            alpha = np.full((size.height, size.width), 255, np.uint8)
            alpha[:, : size.width // 2] = 0
        return Photo(read_only(pixels), "test", alpha=alpha, metadata=Metadata(icc=icc))

    def flat(self, size: Size, colour: tuple[int, int, int]) -> Photo:
        """A photo of one colour."""
        pixels = np.empty((size.height, size.width, 3), np.uint8)
        pixels[:] = colour
        return Photo(read_only(pixels), "flat")

    def region(self, *shapes: Shape, strength: float = 1.0, feather: float = 0.0) -> Region:
        """A region with a model that nobody loads."""
        model = ModelChoice("model", "draft")
        return Region(new_region_id(), "Region 1", shapes, model, strength, feather)

    def whole(self, strength: float = 1.0) -> Region:
        """A region of the whole photo."""
        return self.region(WholePhoto(), strength=strength)

    def show(
        self, document: Document, *, is_done: bool = True, restored: UInt16Image | None = None
    ) -> Layers:
        """Show a document as the session does, with new layers for another photo.

        Restored pixels are the photo's inverted, unless they are given.
        """
        before = self.canvas.document
        if self.layers is None or before is None or before.photo is not document.photo:
            if restored is None:
                restored = (255 - document.photo.pixels).astype(np.uint16) * 257
            self.layers = Layers(restored, np.full(restored.shape[:2], is_done))
        self.canvas.show_document(document, diff(before, document), self.layers)
        return self.layers

    def settle(self) -> None:
        """Let the canvas finish the tiles that it left out to keep a paint short."""
        for _ in range(2000):
            QApplication.processEvents()
            self.canvas.repaint()
            if self.canvas.is_complete:
                return
        raise AssertionError("the canvas never finished")

    def shot(self) -> UInt8Image:
        """What the photo looks like, (h, w, 3) in device pixels, without marks on it."""
        self.canvas.set_marks_visible(mask=False, outlines=False)
        self.settle()
        return rgb_array(self.canvas.grab().toImage())

    def look(self, mode: CompareMode, scale: float) -> None:
        """Show one side at a scale, with the photo's corner in view."""
        self.canvas.set_compare(mode)
        self.canvas.zoom_to(scale)
        self.canvas.navigator.pan(1e6, 1e6)

    def _on_committed(self, document: Document, text: str) -> None:
        self.commits.append((document, text))
        self.show(document)

    def _on_picked(self, region_id: RegionId | None) -> None:
        self.picked.append(region_id)
        self.canvas.set_selected(region_id)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    return Stage(canvas)
