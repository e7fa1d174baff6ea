"""A network of a person's own that is told where people are, from the file to the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from tests.psfs import scene

from unblur_models.human.layout import Hyperparameters
from unblur_models.human.network import HumanAware

Command = Callable[..., Any]

SHAPE = Hyperparameters(2, 4, encoder=(1, 1), middle=1, branches=(1, 1), fusion=(1, 1))
_MAN = (slice(240, 270), slice(115, 135))  # in the corner of the square


@pytest.fixture
def human(unblur: Command, tmp_path: Path) -> str:
    """The id of a small human-aware network that was added."""
    torch.manual_seed(3)
    network = HumanAware(shape=SHAPE)
    with torch.no_grad():  # its answer shall be another picture than its input
        network.human.tail.weight.normal_(std=0.004)
    path = tmp_path / "human.safetensors"
    state = {name: each.contiguous() for name, each in network.state_dict().items()}
    save_file(state, path)
    outcome = unblur("models", "add", path)
    assert outcome.status == 0, outcome.err
    return "custom-human"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray | None]:
    """The masks that networks were given, tile by tile."""
    masks: list[np.ndarray | None] = []
    forward = HumanAware.forward

    def watched(self: HumanAware, batch: Any, mask: Any = None, stages: int = 1) -> Any:
        masks.append(None if mask is None else mask.numpy().copy())
        return forward(self, batch, mask, stages)

    monkeypatch.setattr(HumanAware, "forward", watched)
    return masks


@pytest.fixture
def square(tmp_path: Path) -> Path:
    path = tmp_path / "square.png"
    Image.fromarray(scene("square")).save(path)
    return path


@pytest.mark.parametrize("selection", [["--people"], ["--background"], []])
def test_whatever_is_restored_the_network_knows_where_people_are(
    selection: list[str],
    unblur: Command,
    human: str,
    told: list[np.ndarray | None],
    square: Path,
    tmp_path: Path,
) -> None:
    words = ("restore", square, "-o", tmp_path / "out.png", "--model", human, "--scale", "1")
    outcome = unblur(*words, "--json", *selection)

    assert outcome.status == 0, outcome.err
    assert outcome.reports[0]["tiles_left"] == 0
    masks = [mask for mask in told if mask is not None]
    assert masks
    assert max(mask.max() for mask in masks) > 0.9
    assert min(mask.min() for mask in masks) == 0.0


def test_the_mask_is_that_of_the_people_that_are_restored(
    unblur: Command, human: str, told: list[np.ndarray | None], square: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    outcome = unblur(
        "restore", square, "-o", out, "--model", human, "--people", "--scale", "1", "--json"
    )

    assert outcome.status == 0, outcome.err
    restored, source = (np.asarray(Image.open(path)).astype(int) for path in (out, square))
    assert np.abs(restored - source)[_MAN].mean() > 1
    share = [float(mask.mean()) for mask in told if mask is not None]
    assert 0.005 < max(share) < 0.9


def test_where_nobody_is_the_network_is_told_of_nobody(
    unblur: Command, human: str, told: list[np.ndarray | None], tmp_path: Path
) -> None:
    street = tmp_path / "street.png"
    Image.fromarray(scene("street")).save(street)
    told.clear()

    outcome = unblur("restore", street, "-o", tmp_path / "out.png", "--model", human)

    assert outcome.status == 0, outcome.err
    # All but the trial of how the model runs, which is made with somebody.
    assert any(mask is None for mask in told)
    assert all(mask is None or np.ptp(mask) == 0 for mask in told)
