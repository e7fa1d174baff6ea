"""A network of a person's own that is told where people are, from the file to the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.ImageFilter import GaussianBlur
from safetensors.torch import save_file
from tests.psfs import scene

from unblur.cli import bench_measuring
from unblur.cli.people import PhotoPeople
from unblur.document.found_masks import found_mask
from unblur.document.geometry import Size
from unblur.document.photo import Photo
from unblur.document.shapes import FoundMask
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
        if not batch.is_meta:  # there operations are counted, not run
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


@pytest.mark.parametrize("whole", [["--whole"], []])
@pytest.mark.parametrize("is_anybody", [True, False])
def test_what_is_evaluated_knows_of_the_people_who_are_found(
    whole: list[str],
    is_anybody: bool,
    unblur: Command,
    human: str,
    told: list[np.ndarray | None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = np.zeros((200, 300), np.float32)
    people[50:150, 100:130] = 1.0
    found = found_mask(people) if is_anybody else None
    asked: list[tuple[int, int]] = []

    def find(_self: PhotoPeople, photo: Photo) -> FoundMask | None:
        asked.append(photo.size)
        return found

    monkeypatch.setattr(PhotoPeople, "find", find)
    folders = [tmp_path / "blurred", tmp_path / "sharp"]
    for folder, radius in zip(folders, (1.0, 0.0), strict=True):
        folder.mkdir()
        picture = Image.fromarray(scene("street")[:200, :300]).filter(GaussianBlur(radius))
        picture.save(folder / "one.png")

    pairs = ("--blurred", folders[0], "--sharp", folders[1])
    outcome = unblur("evaluate", *pairs, "--model", human, *whole, "--json")

    assert outcome.status == 0, outcome.err
    (picture,) = outcome.reports[0]["pictures"]
    assert picture["setting"] == ("told of people" if is_anybody else "told of nobody")
    assert asked == [(300, 200)]
    # The first runs warm up with half of somebody everywhere.
    masks = [mask for mask in told if mask is not None and np.ptp(mask) > 0]
    assert bool(masks) == is_anybody
    if whole and is_anybody:
        (mask,) = masks
        assert np.array_equal(mask[0, 0, :200, :300], people)


def test_what_is_timed_is_told_of_somebody(
    unblur: Command,
    human: str,
    told: list[np.ndarray | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_measuring, "SIZES", (Size(128, 128), Size(256, 128)))

    outcome = unblur("bench", "--model", human, "--device", "cpu", "--json")

    assert outcome.status == 0, outcome.err
    rows = outcome.reports[0]["rows"]
    assert [row["is_told_people"] for row in rows] == [True] * len(rows)
    # Nowhere is it left out, and in what is timed half of each tile is somebody.
    masks = [mask for mask in told if mask is not None]
    assert len(masks) == len(told)
    striped = [mask for mask in masks if np.ptp(mask) > 0]
    assert len(striped) >= 4
    assert all(0.2 < mask.mean() < 0.8 for mask in striped)
    assert rows[0]["gmacs_per_megapixel"] > 0
