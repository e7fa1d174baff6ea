from __future__ import annotations

import json
from pathlib import Path

import pytest

from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey, TileIndex
from unblur.engine.request import RestorePass
from unblur.engine.speed import SpeedBook, SpeedKey
from unblur.engine.tiling import TilingPolicy, plan_grid

NAN = float("nan")
DRAFT = SpeedKey("cpu", "maxim", "draft")
POLICY = TilingPolicy(tile=256, halo=32, overlap=16, multiple=64, largest=320)


def _pass(tiles: int, quality: str = "draft") -> RestorePass:
    grid = plan_grid(Rect(0, 0, 272, 272), Size(9000, 9000), POLICY, factor=1)
    indices = tuple(TileIndex(column, 0) for column in range(tiles))
    return RestorePass(LayerKey("maxim", quality, grid), indices, "region")


def test_nothing_is_guessed() -> None:
    book = SpeedBook()
    assert book.estimate([_pass(1)], "cpu") is None
    book.record(DRAFT, 1_000_000, 20.0)
    assert book.estimate([_pass(1), _pass(1, "best")], "cpu") is None
    assert book.estimate([_pass(1)], "gpu") is None


def test_an_estimate_adds_up_network_pixels() -> None:
    book = SpeedBook()
    book.record(DRAFT, 500_000, 10.0)
    book.record(DRAFT._replace(quality="best"), 1_000_000, 60.0)
    pixels = _pass(1).network_pixels / 1e6
    estimate = book.estimate([_pass(4), _pass(2, "best")], "cpu")
    assert estimate == pytest.approx(4 * pixels * 20 + 2 * pixels * 60)
    assert book.estimate([], "cpu") == 0


def test_later_tiles_correct_the_figure() -> None:
    book = SpeedBook()
    book.record(DRAFT, 1_000_000, 20.0)
    for _ in range(20):
        book.record(DRAFT, 1_000_000, 10.0)
    assert book.seconds_per_megapixel(DRAFT) == pytest.approx(10.0, rel=0.01)


def test_work_without_pixels_or_time_teaches_nothing() -> None:
    book = SpeedBook()
    book.record(DRAFT, 0, 1.0)
    book.record(DRAFT, 10, 0.0)
    assert book.seconds_per_megapixel(DRAFT) is None


def test_figures_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "speed.json"
    book = SpeedBook()
    book.record(DRAFT, 1_000_000, 20.0)
    book.save(path)
    assert SpeedBook.load(path).seconds_per_megapixel(DRAFT) == 20.0


def test_no_file_is_no_figures(tmp_path: Path) -> None:
    assert SpeedBook.load(tmp_path / "none.json").estimate([_pass(1)], "cpu") is None


@pytest.mark.allow_log("are not usable")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[1, 2]",
        b'{"format": 1}',
        b'{"format": 1, "entries": [{"device_name": "cpu"}]}',
        json.dumps({"format": 1, "entries": [{**DRAFT._asdict(), "seconds": NAN}]}).encode(),
    ],
)
def test_a_damaged_file_is_measured_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "speed.json"
    path.write_bytes(content)
    assert SpeedBook.load(path).seconds_per_megapixel(DRAFT) is None


def test_a_file_of_another_format_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "speed.json"
    path.write_text(json.dumps({"format": 99, "entries": [{"what": "else"}]}))
    assert SpeedBook.load(path).seconds_per_megapixel(DRAFT) is None


@pytest.mark.allow_log("were not kept")
def test_a_folder_that_cannot_be_written_costs_a_measurement_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    SpeedBook().save(tmp_path / "file" / "speed.json")
