"""The command with the real network, from the blurred file to the restored one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from unblur import paths

Command = Callable[..., Any]


@pytest.fixture
def street(tmp_path: Path) -> Path:
    """People in the street: a part of the bundled sample."""
    path = tmp_path / "street.png"
    with Image.open(paths.sample_photo()) as sample:
        sample.crop((420, 330, 676, 586)).save(path)
    return path


def test_the_bundled_sample_becomes_sharper(unblur: Command, street: Path, tmp_path: Path) -> None:
    out = tmp_path / "sharp.png"

    outcome = unblur("restore", street, "-o", out, "--device", "cpu", "--json")

    assert outcome.status == 0, outcome.err
    (report,) = outcome.reports
    assert (report["quality"], report["device"], report["tiles"]) == ("draft", "cpu", 1)
    assert sharpness(out) > 1.3 * sharpness(street)


def test_weights_with_a_flipped_byte_are_refused(
    unblur: Command, street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unblur_models import catalog

    card = catalog.card(catalog.DEFAULT_MODEL_ID)
    data = bytearray((catalog.WEIGHTS_DIR / card.weights_file).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / card.weights_file).write_bytes(data)
    monkeypatch.setattr(catalog, "WEIGHTS_DIR", tmp_path)

    outcome = unblur("restore", street, "-o", tmp_path / "sharp.png")

    assert outcome.status == 1
    assert f"“{card.id}” are damaged" in outcome.err
    assert str(tmp_path / card.weights_file) in outcome.err
    assert not (tmp_path / "sharp.png").exists()


def sharpness(path: Path) -> float:
    """Mean difference of neighbouring pixels."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L")).astype(float)
    return float(np.abs(np.diff(pixels, axis=0)).mean() + np.abs(np.diff(pixels, axis=1)).mean())
