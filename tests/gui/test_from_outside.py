"""What a person does first, done from outside on a real window."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from unblur import paths
from unblur.ui.theme import DARK

pytestmark = pytest.mark.gui

CANVAS = (692, 556)  # its middle, for a window of 1280 × 820 at (200, 100)
PANEL_LEFT = 200 + 1280 - 296


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small piece of the sample, under a name that is not plain."""
    path = tmp_path / "ein Gesicht 📷.png"
    with Image.open(paths.sample_photo()) as sample:
        sample.convert("RGB").crop((200, 200, 392, 328)).save(path)
    return path


def saved_region(own_home: Path) -> dict[str, Any] | None:
    """The region in the recovery file, as the window saved it."""
    for path in (own_home / "state" / "recovery").glob("*.json"):
        documents = json.loads(path.read_text())["documents"]
        if documents and documents[0]["regions"]:
            region: dict[str, Any] = documents[0]["regions"][0]
            return region
    return None


def slider_at(picture: np.ndarray) -> tuple[int, int]:
    """The middle of the strength slider: the only long thin bar of the accent's colour."""
    accent = np.array([int(DARK.accent[i : i + 2], 16) for i in (1, 3, 5)])
    panel = (np.abs(picture[:, PANEL_LEFT:].astype(int) - accent) < 12).all(axis=2)
    long = panel.sum(axis=1) > 150
    rows = np.flatnonzero(long)
    thin = [y for y in rows if not long[max(0, y - 8)] and not long[min(len(long) - 1, y + 8)]]
    assert thin, "there is no strength slider on the display"
    return PANEL_LEFT + 296 // 2, int(np.median(thin[:4]))


def test_drop_select_restore_blend_undo_and_export(
    desktop: Any, unblur: Callable[..., str], wait: Any, photo: Path, own_home: Path
) -> None:
    window = unblur()
    wait_for_answer(desktop, wait)
    files = desktop.start(
        sys.executable, str(Path(__file__).with_name("other_program.py")), str(photo)
    )
    try:
        wait(lambda: bool(desktop.windows("^Files$")), "the other program")
        desktop.drag((70, 45), CANVAS, steps=12)
        wait(lambda: photo.name in desktop.xdotool("getwindowname", window), "the dropped photo")
    finally:
        files.kill()
        files.wait()
    desktop.xdotool("windowfocus", window)

    # The photo is shown at 100 %, so screen pixels are photo pixels.
    wait(lambda: shows_photo_at(desktop.picture(), CANVAS), "the photo on the display")
    # The divider takes what begins close to it.
    desktop.drag((CANVAS[0] + 25, CANVAS[1] - 40), (CANVAS[0] + 85, CANVAS[1] + 30))
    wait(lambda: "*" in desktop.xdotool("getwindowname", window), "the star in the title")
    wait(lambda: saved_region(own_home) is not None, "the saved edit", 6.0)
    region = saved_region(own_home)
    assert region is not None
    x, y, width, height = region["shapes"][0]["rect"]
    assert abs(width - 60) <= 2
    assert abs(height - 70) <= 2

    desktop.press("ctrl+r")
    source = np.asarray(Image.open(photo))
    result = exported_when_restored(desktop, window, wait, photo, source)
    inside = (slice(y, y + height), slice(x, x + width))
    assert (result[inside] != source[inside]).mean() > 0.3
    outside = np.ones(source.shape[:2], bool)
    outside[inside] = False
    assert (result[outside] == source[outside]).all()

    bar = slider_at(desktop.picture())
    desktop.drag((bar[0] + 125, bar[1]), (bar[0], bar[1]))
    wait(lambda: (saved_region(own_home) or {}).get("strength", 1.0) < 0.9, "a lower strength", 6.0)
    desktop.press("ctrl+z")
    wait(lambda: "*" not in desktop.xdotool("getwindowname", window), "the exported state")


def wait_for_answer(desktop: Any, wait: Any) -> None:
    """A key that is pressed while the program starts is not lost; after it, all is there."""
    desktop.press("F1")
    wait(lambda: desktop.windows("^Keyboard shortcuts$"), "the answer to a key")

    def is_closed() -> bool:
        # Without a window manager nobody but us gives a dialog the keys.
        for dialog in desktop.windows("^Keyboard shortcuts$"):
            desktop.xdotool("windowfocus", dialog)
            desktop.press("Escape")
        return not desktop.windows("^Keyboard shortcuts$")

    wait(is_closed, "its end")


def shows_photo_at(picture: np.ndarray, place: tuple[int, int]) -> bool:
    """Whether a photo, not an even background, lies to the right of `place`."""
    x, y = place
    return bool(picture[y - 40 : y + 40, x + 30 : x + 80].std() > 3)


def exported_when_restored(
    desktop: Any, window: str, wait: Any, photo: Path, source: np.ndarray
) -> np.ndarray:
    """Export again and again, as an impatient person does, until the file shows a change."""
    results: list[np.ndarray] = []

    def try_once() -> bool:
        number = len(results)
        suffix = "" if number == 0 else f"-{number + 1}"
        target = photo.with_name(f"{photo.stem}-unblurred{suffix}.png")
        desktop.press("ctrl+s")
        wait(lambda: bool(desktop.windows("^Export$")), "the export dialog", 10.0)
        desktop.xdotool("windowfocus", desktop.windows("^Export$")[0])
        desktop.press("Return")
        wait(target.exists, "the exported file", 10.0)
        desktop.xdotool("windowfocus", window)
        results.append(np.asarray(Image.open(target)))
        return bool((results[-1] != source).any())

    wait(try_once, "restored pixels in the exported file", 90.0)
    return results[-1]


def test_a_photo_on_the_command_line_is_shown(
    desktop: Any, unblur: Callable[..., str], wait: Any, photo: Path
) -> None:
    window = unblur(str(photo))
    wait(lambda: photo.name in desktop.xdotool("getwindowname", window), "the photo")
