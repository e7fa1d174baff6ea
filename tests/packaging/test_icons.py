from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import render_icons
from PIL import Image


@pytest.mark.parametrize("pixels", render_icons.SIZES)
def test_the_picture_of_each_size_is_what_the_drawing_shows(pixels: int) -> None:
    with Image.open(render_icons.PICTURES / f"{pixels}.png") as picture:
        kept = np.asarray(picture.convert("RGBA"), dtype=np.int16)
    now = np.asarray(render_icons.drawn(pixels), dtype=np.int16)
    # Another Qt may round an edge's pixel another way, but not more than a few levels.
    assert np.abs(kept - now).mean() < 1


def test_the_small_icon_has_a_divider_of_one_whole_pixel_with_blur_before_it() -> None:
    picture = np.asarray(render_icons.drawn(16))[..., :3].astype(int)
    row = picture[8]
    assert tuple(row[7]) == (0xFF, 0xB6, 0x48)
    assert abs(row[6] - row[7]).sum() > 150
    assert abs(row[8] - row[7]).sum() > 150


def test_windows_and_macos_get_every_size_they_ask_for() -> None:
    with Image.open(render_icons.ICO) as icon:
        assert {(n, n) for n in (16, 24, 32, 48, 256)} <= set(icon.info["sizes"])
    with Image.open(render_icons.ICNS) as icon:
        assert {(512, 512, 2), (256, 256, 1), (16, 16, 2)} <= set(icon.info["sizes"])


def test_no_drawing_of_the_icon_needs_anything_beside_it() -> None:
    for name in ("unblur", "unblur-small"):
        text = (Path(render_icons.DRAWINGS) / f"{name}.svg").read_text(encoding="utf-8")
        assert "href" not in text
        assert "<image" not in text
