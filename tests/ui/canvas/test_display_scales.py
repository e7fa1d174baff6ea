"""Display scales: 100 % is one photo pixel a device pixel, and tiles join without a line.

Qt reads the display scale when it starts, so each runs in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_PROGRAM = """
import sys
import numpy as np
from PySide6.QtWidgets import QApplication, QWidget
from unblur.document.buffer import read_only
from unblur.document.document import Document, diff
from unblur.document.geometry import Size
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, RegionId
from unblur.document.shapes import WholePhoto
from unblur.ui.canvas.canvas import Canvas
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.qimage import rgb_array

class Layers:
    def read(self, region_id, rect):
        restored = np.full((rect.height, rect.width, 3), 10 * 257, np.uint16)
        return restored, np.ones((rect.height, rect.width), np.float32)

def painted(canvas):
    for _ in range(500):
        app.processEvents()
        canvas.repaint()
        if canvas.is_complete:
            return rgb_array(window.grab().toImage())
    raise SystemExit("never finished")

app = QApplication([])
window = QWidget()
window.resize(431, 337)
canvas = Canvas(window)
canvas.setGeometry(13, 7, 401, 311)  # begins between two device pixels at 125 %
canvas.set_marks_visible(mask=False, outlines=False)
canvas.set_compare(CompareMode.RESULT)
window.show()
ratio = canvas.devicePixelRatioF()
assert ratio == float(sys.argv[1]), ratio

flat = Photo(read_only(np.full((2400, 3000, 3), 200, np.uint8)), "flat")
for regions in ((), (Region(RegionId("r"), "R", (WholePhoto(),), ModelChoice("m", "q")),)):
    document = Document(flat, regions)
    canvas.show_document(document, diff(canvas.document, document), Layers())
    for scale in (0.37, 0.5, 0.83, 1.0, 1.21, 1.7, 2.6):
        canvas.zoom_to(scale)
        canvas.navigator.pan(-3.3, -5.1)
        shot = painted(canvas)
        values = np.unique(shot[round(20 * ratio) : round(300 * ratio), round(20 * ratio) : -60])
        wanted = 10 if regions else 200
        assert np.abs(values.astype(int) - wanted).max() <= 1, (scale, values)

rng = np.random.default_rng(3)
noise = Photo(read_only(rng.integers(0, 255, (1000, 1300, 3), np.uint8)), "noise")
document = Document(noise)
canvas.show_document(document, diff(canvas.document, document), Layers())
canvas.zoom_to(1.0)
shot = painted(canvas)
view = canvas.view
left, top = round(13 * ratio), round(7 * ratio)
x, y = int(-view.offset.x), int(-view.offset.y)
part = shot[top + 5 : top + 300, left + 5 : left + 400]
np.testing.assert_array_equal(part, noise.pixels[y + 5 : y + 300, x + 5 : x + 400])
"""


@pytest.mark.parametrize("ratio", ["1.25", "1.5", "2"])
def test_tiles_join_and_100_percent_is_exact_at_every_display_scale(
    ratio: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", ratio)
    monkeypatch.setenv("QT_SCALE_FACTOR_ROUNDING_POLICY", "PassThrough")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, ratio], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
