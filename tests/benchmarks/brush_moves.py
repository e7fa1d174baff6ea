"""How long one move of a brush takes: 24 megapixels, in 1920 × 1080.

Run `python tests/benchmarks/brush_moves.py`. A move is one event of the pointer with the
paint that it causes, in milliseconds of the wall and of the process's processor time; on a
busy machine the second says more. The aim is a median of 16 ms on an idle machine.
"""

from __future__ import annotations

import math
import os
import time

import numpy as np

PHOTO_WIDTH, PHOTO_HEIGHT = 6000, 4000
MOVES = 80


class Layers:
    """A whole restored photo, ready in memory."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels

    def read(self, region_id: str, rect) -> tuple[np.ndarray, np.ndarray]:
        """Pixels and full coverage of a rectangle."""
        return self._pixels[rect.slices], np.ones((rect.height, rect.width), np.float32)


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from unblur.document.buffer import read_only
    from unblur.document.geometry import Point
    from unblur.document.photo import Photo
    from unblur.document.shapes import BrushStroke, Mode, WholePhoto
    from unblur.ui.tools.brush import BrushTool, EraserTool
    from unblur.ui.tools.options import BrushTip, ToolOptions

    app = QApplication([])
    chance = np.random.default_rng(1)
    pixels = chance.integers(0, 255, (PHOTO_HEIGHT, PHOTO_WIDTH, 3), np.uint8)
    layers = Layers((255 - pixels).astype(np.uint16) * 257)
    photo = Photo(read_only(pixels), "noise")
    scribble = [
        BrushStroke(
            tuple(Point(300 + 50 * i, 300 + 60 * row + 90 * math.sin(i / 5)) for i in range(100)),
            70,
            Mode.SUBTRACT if row % 3 else Mode.ADD,
        )
        for row in range(50)
    ]
    dot = BrushStroke((Point(3000, 2000),), 50)
    soft = ToolOptions(BrushTip(200, hardness=0.3))
    cases = {
        "eraser on the whole photo, fitted": ((WholePhoto(),), EraserTool(200), None),
        "eraser on the whole photo, 100 %": ((WholePhoto(),), EraserTool(60), 1.0),
        "eraser after 50 strokes, fitted": ((WholePhoto(), *scribble), EraserTool(200), None),
        "brush, a growing region, fitted": ((dot,), BrushTool(200), None),
        "brush, a growing region, 100 %": ((dot,), BrushTool(60), 1.0),
        "soft brush of 400 px, 100 %": ((dot,), BrushTool(options=soft), 1.0),
    }
    print(f"{'milliseconds a move':36s} {'median':>8s} {'p95':>8s} {'cpu':>8s} {'cpu p95':>8s}")  # noqa: T201
    for name, (shapes, tool, scale) in cases.items():
        wall, busy = measured(app, photo, layers, shapes, tool, scale)
        numbers = (*np.percentile(wall, (50, 95)), *np.percentile(busy, (50, 95)))
        print(f"{name:36s} " + " ".join(f"{number:8.1f}" for number in numbers))  # noqa: T201


def measured(app, photo, layers, shapes, tool, scale) -> tuple[list[float], list[float]]:
    """Wall and processor time of each move of one stroke."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent

    from unblur.document.document import Document, diff
    from unblur.document.region import ModelChoice, Region, RegionId
    from unblur.ui.canvas.canvas import Canvas

    region = Region(RegionId("r"), "Region", shapes, ModelChoice("m", "draft"), 0.8)
    document = Document(photo, (region,))
    canvas = Canvas()
    canvas.resize(1920, 1080)
    canvas.show()
    canvas.show_document(document, diff(None, document), layers)
    canvas.set_selected(region.id)
    canvas.move_divider(0.0)
    canvas.set_tool(tool)
    if scale is not None:
        canvas.zoom_to(scale)

    def settle() -> None:
        while True:
            app.processEvents()
            canvas.repaint()
            if canvas.is_complete:
                return

    def send(kind: QEvent.Type, x: float, y: float) -> None:
        at, left = QPointF(x, y), Qt.MouseButton.LeftButton
        button = left if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
        keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, at, canvas.mapToGlobal(at), button, left, keys)
        app.sendEvent(canvas, event)

    settle()
    send(QEvent.Type.MouseButtonPress, 400, 300)
    settle()
    wall, busy = [], []
    for step in range(MOVES):
        walls, busies = time.perf_counter(), time.process_time()
        send(QEvent.Type.MouseMove, 400 + 9 * step, 300 + 60 * math.sin(step / 9))
        app.processEvents()
        wall.append((time.perf_counter() - walls) * 1e3)
        busy.append((time.process_time() - busies) * 1e3)
    canvas.close()
    canvas.deleteLater()
    app.processEvents()
    return wall, busy


if __name__ == "__main__":
    main()
