"""A tiny run: two packs of made-up pictures, and a network of a few thousand parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from unblur_models.plain_unet.layout import Hyperparameters
from unblur_models.training.config import (
    DataConfig,
    LossConfig,
    OptimizerConfig,
    Phase,
    RunConfig,
    ValidationConfig,
)
from unblur_models.training.data.pack import Source, write_pack
from unblur_models.training.reading import read_config, read_toml
from unblur_models.training.synthesis.config import SynthesisConfig

CONFIGS = Path(__file__).parents[2] / "models/unblur_models/training/configs"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums in one order, whatever the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def synthesis_config() -> SynthesisConfig:
    """The ranges that ship, with few poses and a narrow rim."""
    config = read_config(SynthesisConfig, read_toml(CONFIGS / "synthesis.toml"))
    return dataclasses.replace(config, margin=16, steps=12)


def draw_picture(seed: int, height: int = 150, width: int = 170) -> np.ndarray:
    """(height, width, 3) uint8: rectangles of random colour, with some texture."""
    random = np.random.default_rng(seed)
    pixels = np.full((height, width, 3), 128.0)
    for _ in range(30):
        top, left = random.integers(0, height), random.integers(0, width)
        down, right = random.integers(8, 60, 2)
        pixels[top : top + down, left : left + right] = random.uniform(0, 255, 3)
    return np.clip(pixels + random.normal(0, 4, pixels.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def picture() -> Callable[..., np.ndarray]:
    """Draws a picture: (seed, height, width) to (height, width, 3) uint8."""
    return draw_picture


@pytest.fixture
def run_config(tmp_path: Path, synthesis_config: SynthesisConfig) -> RunConfig:
    """A run over packs in the test's own folder."""
    write_pack(tmp_path / "sharp", (Source(f"s{i}", f"s{i}", draw_picture(i)) for i in range(8)))
    for name, seed in (("pairs", 100), ("held", 200)):
        sources = [
            Source(f"{name}/{i}", name, draw_picture(seed + i), draw_picture(seed + i) // 2)
            for i in range(2)
        ]
        write_pack(tmp_path / name, sources)
    return RunConfig(
        name="tiny",
        seed=3,
        steps=6,
        minutes_between_checkpoints=60,
        minutes_between_validations=60,
        network=Hyperparameters(unshuffle=4, width=8, encoder=(1,), middle=1, decoder=(1,)),
        data=DataConfig((tmp_path / "sharp",), (tmp_path / "pairs",), 0.3, 0.3, 2, 0.25, 0.5),
        phases=(Phase(0.0, 32, 3), Phase(0.5, 16, 4, pieces=2)),
        loss=LossConfig(1e-3, 0.05, 0.05),
        optimizer=OptimizerConfig(1e-3, 1e-6, (0.9, 0.9), 1e-3, 0.5, 2, 0.99),
        validation=ValidationConfig((tmp_path / "held",), crop=128, pictures=2, made=3, patch=32),
        synthesis=synthesis_config,
        threads=1,
    )
