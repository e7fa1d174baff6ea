"""The zoo's README: its program runs, and its table knows every model that has weights."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unblur_models import catalog

ROOT = Path(__file__).parents[2]
README = ROOT / "models/unblur_models/README.md"
PAIR = Path(__file__).parents[1] / "data" / "pairs"
BOX = (20, 30, 170, 160)  # no side is a multiple of 64


def program() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


def test_its_program_has_six_lines_with_its_imports() -> None:
    assert len([line for line in program().splitlines() if line.strip()]) == 6


def test_its_program_restores_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for side, name in (("blur", "blurry"), ("sharp", "sharp")):
        with Image.open(PAIR / f"gopro-00-{side}.png") as picture:
            picture.crop(BOX).save(tmp_path / f"{name}.png")
    monkeypatch.chdir(tmp_path)

    exec(compile(program(), str(README), "exec"), {})

    blurry, restored, sharp = (pixels(f"{name}.png") for name in ("blurry", "restored", "sharp"))
    assert restored.shape == blurry.shape
    assert error(restored, sharp) < error(blurry, sharp) / 4  # 6 dB


def pixels(name: str) -> np.ndarray:
    with Image.open(name) as picture:
        return np.asarray(picture, dtype=float)


def error(picture: np.ndarray, sharp: np.ndarray) -> float:
    return float(((picture - sharp) ** 2).mean())


def test_its_table_names_every_model_that_ships() -> None:
    text = README.read_text(encoding="utf-8")
    ours = [card for card in catalog.cards() if (catalog.WEIGHTS_DIR / card.weights_file).is_file()]

    assert ours
    for card in ours:
        for quality in card.qualities:
            row = f"| `{card.id}` | {quality.id} |"
            assert row in text, f"the table of {README.name} lacks “{row}”"
