"""How the engine works for `unblur restore`: precision, memory, what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from unblur import paths
from unblur.cli import restorer
from unblur.engine import device as devices
from unblur.engine.request import TileResult
from unblur_models.plain_unet.layout import Hyperparameters
from unblur_models.plain_unet.network import PlainUnet

Command = Callable[..., Any]


@pytest.fixture
def street(tmp_path: Path) -> Path:
    path = tmp_path / "street.png"
    with Image.open(paths.sample_photo()) as sample:
        sample.crop((420, 330, 548, 458)).save(path)
    return path


@pytest.fixture
def restore(unblur: Command, street: Path, tmp_path: Path) -> Command:
    """Restore the street with a small network of one's own, in full, on the CPU."""
    torch.manual_seed(0)
    network = PlainUnet(
        shape=Hyperparameters(unshuffle=2, width=4, encoder=(1,), middle=1, decoder=(2,))
    )
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.02)
    torch.save(network.state_dict(), tmp_path / "quick.pth")
    assert unblur("models", "add", tmp_path / "quick.pth").status == 0

    def run(out: Path, *words: object) -> Any:
        own = ("--model", "custom-quick", "--device", "cpu", "--scale", "1", "--json")
        return unblur("restore", street, "-o", out, *own, *words)

    return run


def _pixels(path: Path) -> np.ndarray[Any, Any]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(float)


def test_a_second_run_on_the_same_photo_computes_nothing(restore: Command, tmp_path: Path) -> None:
    (first,) = restore(tmp_path / "1.png").reports
    tiles = sorted(paths.tiles_dir().glob("*/*.tile"))
    assert len(tiles) == first["tiles"] >= 1
    before = tiles[0].stat().st_mtime_ns
    restore(tmp_path / "2.png", "--strength", "0.5")
    restore(tmp_path / "3.png")
    assert sorted(paths.tiles_dir().glob("*/*.tile")) == tiles
    assert tiles[0].stat().st_mtime_ns > before  # found, and used
    np.testing.assert_array_equal(_pixels(tmp_path / "1.png"), _pixels(tmp_path / "3.png"))


def test_without_a_cache_nothing_is_kept(restore: Command, tmp_path: Path) -> None:
    assert restore(tmp_path / "out.png", "--no-cache").status == 0
    assert not paths.tiles_dir().exists()


def test_half_precision_can_be_asked_for_and_is_told(restore: Command, tmp_path: Path) -> None:
    (exact,) = restore(tmp_path / "fp32.png", "--precision", "fp32").reports
    (reduced,) = restore(tmp_path / "bf16.png", "--precision", "bf16").reports
    assert (exact["precision"], reduced["precision"]) == ("fp32", "bf16")
    difference = _pixels(tmp_path / "fp32.png") - _pixels(tmp_path / "bf16.png")
    assert np.sqrt(np.mean(difference**2)) < 0.8  # of 255: 50 dB
    assert b'"precision": "bf16"' in paths.findings_file().read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--precision", "int4"), "invalid choice"),
        (("--gpu-memory", "much"), "is not a number"),
        (("--gpu-memory", "-1"), "no amount of memory"),
    ],
)
def test_what_cannot_be_used_is_refused(
    words: tuple[str, ...], said: str, unblur: Command, street: Path, tmp_path: Path
) -> None:
    outcome = unblur("restore", street, "-o", tmp_path / "out.png", *words)
    assert outcome.status == 2
    assert said in outcome.err


@pytest.mark.usefixtures("lighter")
def test_a_gpu_that_does_not_work_is_named_and_the_cpu_used(
    unblur: Command, street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu = devices.choose_device("cpu")
    instead = replace(cpu, instead_of="Card 9000 (no kernel image is available)")
    monkeypatch.setattr(devices, "_quickest", lambda: instead)
    outcome = unblur("restore", street, "-o", tmp_path / "out.png", "--scale", "1")
    assert outcome.status == 0
    assert "Card 9000 (no kernel image is available)" in outcome.err
    assert "The CPU is used" in outcome.err


@pytest.mark.usefixtures("lighter")
def test_going_on_with_the_cpu_is_said(
    unblur: Command, street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = restorer.run

    def retreating(*arguments: Any) -> Any:
        tile: TileResult
        for tile in run(*arguments):
            yield replace(tile, is_on_cpu_instead=True)

    monkeypatch.setattr(restorer, "run", retreating)
    outcome = unblur("restore", street, "-o", tmp_path / "out.png", "--scale", "1", "--json")
    assert "The memory of the GPU is used up" in outcome.err
    assert outcome.reports[0]["device"] == "cpu"


@pytest.mark.allow_log("Restored tiles are not kept")
def test_a_full_disk_for_the_cache_costs_nothing_else(
    restore: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_disk: Path
) -> None:
    monkeypatch.setattr(paths, "tiles_dir", lambda: tiny_disk / "tiles")
    assert restore(tmp_path / "out.png").status == 0
    assert not list(tiny_disk.glob("tiles/*/*"))
