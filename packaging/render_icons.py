"""Draw the program's icon in every size and container, from its two drawings.

    .venv/bin/python packaging/render_icons.py

The pictures are in git, because a wheel, an installer and a desktop file want them without Qt;
a test says when they are older than the drawings.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

PROJECT = Path(__file__).resolve().parents[1]
DRAWINGS = PROJECT / "resources" / "icons"
PICTURES = PROJECT / "resources" / "app-icon"
ICO = PROJECT / "packaging" / "windows" / "unblur.ico"
ICNS = PROJECT / "packaging" / "macos" / "unblur.icns"

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
_ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)
_SMALL_BELOW = 32


def drawn(pixels: int) -> Image.Image:
    """The icon, `pixels` wide and high; below 32 it is the drawing made for small sizes."""
    name = "unblur-small" if pixels < _SMALL_BELOW else "unblur"
    canvas = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(0)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(DRAWINGS / f"{name}.svg")).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    straight = canvas.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (pixels, pixels), bytes(straight.constBits()))


def main() -> int:
    """Write every picture, the .ico and the .icns."""
    for target in (PICTURES, ICO.parent, ICNS.parent):
        target.mkdir(parents=True, exist_ok=True)
    for pixels in SIZES:
        drawn(pixels).save(PICTURES / f"{pixels}.png", optimize=True)
    pictures = {pixels: drawn(pixels) for pixels in {*_ICO_SIZES, *_ICNS_SIZES}}
    largest = pictures[_ICO_SIZES[-1]]
    rest = [pictures[pixels] for pixels in _ICO_SIZES[:-1]]
    largest.save(ICO, sizes=[(n, n) for n in _ICO_SIZES], append_images=rest)
    largest = pictures[_ICNS_SIZES[-1]]
    largest.save(ICNS, append_images=[pictures[pixels] for pixels in _ICNS_SIZES[:-1]])
    return 0


if __name__ == "__main__":
    sys.exit(main())
