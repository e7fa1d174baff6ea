from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from unblur.cli.progress import ProgressLine

Command = Callable[..., Any]
LIGHTER = 32  # an eighth of 255, rounded: what the fake network adds


def read(path: Path) -> np.ndarray[Any, Any]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


@pytest.mark.usefixtures("lighter")
def test_a_whole_photo_is_restored_and_reported(
    unblur: Command, photo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sharp.png"

    outcome = unblur("restore", photo, "-o", out, "--json", "--quality", "good")

    assert outcome.status == 0
    (report,) = outcome.reports
    assert report["input"] == str(photo)
    assert report["output"] == str(out)
    assert report["model"] == "maxim-3s.gopro"
    assert report["quality"] == "good"
    assert report["precision"] == "fp32"
    assert report["device"] in ("cpu", "cuda", "mps", "xpu")
    assert report["megapixels"] == pytest.approx(0.0054)
    assert report["seconds"] > 0
    assert report["tiles"] >= 1
    assert report["peak_memory_mb"] is None or report["peak_memory_mb"] > 10
    assert report["regions"] == [{"x": 0, "y": 0, "width": 90, "height": 60}]
    assert np.abs(read(out) - read(photo) - LIGHTER).max() <= 1


@pytest.mark.usefixtures("lighter")
def test_only_the_regions_are_restored(unblur: Command, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "sharp.png"

    words = ("--region", "10,5,20,15", "--region", "70,40,50,50", "--json")
    outcome = unblur("restore", photo, "-o", out, *words)

    assert outcome.reports[0]["regions"] == [
        {"x": 10, "y": 5, "width": 20, "height": 15},
        {"x": 70, "y": 40, "width": 20, "height": 20},
    ]
    change = (read(out) - read(photo))[:, :, 0]
    inside = np.zeros(change.shape, bool)
    inside[5:20, 10:30] = inside[40:60, 70:90] = True
    assert np.all(change[~inside] == 0)
    assert np.all(change[inside] >= LIGHTER - 1)


@pytest.mark.usefixtures("lighter")
def test_feather_and_strength_are_those_of_the_window(
    unblur: Command, photo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sharp.png"

    words = ("--region", "20,10,40,40", "--feather", "8", "--strength", "0.5")
    assert unblur("restore", photo, "-o", out, *words).status == 0

    row = (read(out) - read(photo))[30, 20:60, 0]
    assert row[0] < row[4] < row[8]
    assert row[20] == pytest.approx(LIGHTER / 2, abs=1)


@pytest.mark.usefixtures("lighter")
@pytest.mark.parametrize("scale", ["auto", "1", "1/2", "1/4"])
def test_the_work_scale_keeps_the_size(
    unblur: Command, photo: Path, tmp_path: Path, scale: str
) -> None:
    out = tmp_path / "sharp.png"

    assert unblur("restore", photo, "-o", out, "--scale", scale).status == 0

    assert np.abs(read(out) - read(photo) - LIGHTER).max() <= 1


@pytest.mark.allow_log("not finite")
def test_where_the_model_fails_the_photo_is_left_as_it_is_and_the_person_is_told(
    unblur: Command, photo: Path, tmp_path: Path, broken: None
) -> None:
    out = tmp_path / "out.png"

    outcome = unblur("restore", photo, "-o", out, "--json")

    assert outcome.status == 0
    assert outcome.reports[0]["tiles_left"] == outcome.reports[0]["tiles"] == 1
    assert "no usable picture for one part" in outcome.err
    assert np.array_equal(read(out), read(photo))


@pytest.mark.usefixtures("lighter")
def test_without_strength_nothing_is_computed_and_nothing_changes(
    unblur: Command, photo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "same.png"

    outcome = unblur("restore", photo, "-o", out, "--strength", "0", "--json")

    assert outcome.reports[0]["tiles"] == 0
    assert np.array_equal(read(out), read(photo))


@pytest.mark.usefixtures("lighter")
def test_several_photos_go_into_a_folder_that_is_made(
    unblur: Command, photo: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.jpg"
    Image.open(photo).save(other)

    outcome = unblur("restore", photo, other, "-o", tmp_path / "new" / "folder")

    assert outcome.status == 0
    made = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert made == ["other-unblurred.jpg", "photo-unblurred.png"]


@pytest.mark.usefixtures("lighter")
def test_the_other_photos_are_done_when_one_fails(
    unblur: Command, photo: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "missing.png"

    outcome = unblur("restore", missing, photo, "-o", tmp_path / "out", "--json")

    assert outcome.status == 1
    failed, done = outcome.reports
    assert failed["input"] == str(missing)
    assert "does not exist" in failed["error"]
    assert Path(done["output"]).exists()
    assert outcome.err.count(str(missing)) == 1


@pytest.mark.usefixtures("lighter")
@pytest.mark.parametrize("is_source", [True, False])
def test_what_exists_is_replaced_only_when_told_to(
    unblur: Command, photo: Path, tmp_path: Path, is_source: bool
) -> None:
    out = photo if is_source else tmp_path / "there.png"
    out.write_bytes(photo.read_bytes())
    before = read(photo)

    refused = unblur("restore", photo, "-o", out)
    assert refused.status == 1
    assert "left as it is" in refused.err or "left as it was" in refused.err
    assert np.array_equal(read(out), before)

    assert unblur("restore", photo, "-o", out, "--overwrite").status == 0
    assert np.abs(read(out) - before - LIGHTER).max() <= 1


@pytest.mark.parametrize("out", ["photo.png", "there.xyz", "nowhere/out.png"])
def test_a_target_that_cannot_be_written_is_told_before_the_network_runs(
    unblur: Command, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    from unblur.cli import restorer

    monkeypatch.setattr(restorer, "run", lambda *_: pytest.fail("the network ran"))

    assert unblur("restore", photo, "-o", tmp_path / out).status == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--strength", "1.5"),
        ("--strength", "nan"),
        ("--strength", "much"),
        ("--feather", "-1"),
        ("--feather", "inf"),
        ("--region", "1,2,3"),
        ("--region", "1,2,0,4"),
        ("--region=-1,2,3,4",),
        ("--region", "1,2,3,4.5"),
        ("--scale", "1/3"),
        ("--quality", "superb"),
        ("--device", "abacus"),
        ("--model", "crystal-ball"),
        ("--sharpest",),
    ],
)
def test_unusable_arguments_are_refused_before_anything_is_done(
    unblur: Command, photo: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    outcome = unblur("restore", photo, "-o", tmp_path / "out.png", *words)

    assert outcome.status == 2
    assert "error: " in outcome.err
    assert not (tmp_path / "out.png").exists()


def test_an_unknown_model_names_those_that_exist(
    unblur: Command, photo: Path, tmp_path: Path
) -> None:
    outcome = unblur("restore", photo, "-o", tmp_path / "out.png", "--model", "crystal-ball")

    assert "“crystal-ball”" in outcome.err
    assert "maxim-3s.gopro" in outcome.err


def test_a_target_is_required(unblur: Command, photo: Path) -> None:
    assert unblur("restore", photo).status == 2


def test_a_device_that_is_not_here_is_refused(
    unblur: Command, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unblur.engine import device

    monkeypatch.setattr(device, "_count", lambda kind: int(kind == "cpu"))

    outcome = unblur("restore", photo, "-o", tmp_path / "out.png", "--device", "xpu")

    assert outcome.status == 2
    assert "“xpu” is not available" in outcome.err


@pytest.mark.usefixtures("lighter")
def test_ctrl_c_leaves_no_half_file(
    unblur: Command, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unblur.cli import restorer

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(restorer, "run", interrupted)
    (tmp_path / "out").mkdir()

    outcome = unblur("restore", photo, "-o", tmp_path / "out")

    assert outcome.status == 130
    assert list((tmp_path / "out").iterdir()) == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_remaining_time_and_no_rest_of_the_line() -> None:
    terminal = Terminal()

    with ProgressLine("photo.png", terminal) as line:
        line.tile_done(1, 4, 30.0)
        line.say("photo.png → sharp.png")

    drawn = terminal.getvalue().split("\r")
    assert any("1/4 tiles, 1:30 min left" in text for text in drawn)
    assert "photo.png → sharp.png\n" in drawn
    assert drawn[-1] == ""


def test_a_file_sees_one_line_a_photo() -> None:
    stream = io.StringIO()

    with ProgressLine("photo.png", stream) as line:
        line.tile_done(1, 4, 30.0)
        line.say("photo.png → sharp.png")

    assert stream.getvalue() == "photo.png → sharp.png\n"


@pytest.mark.usefixtures("lighter")
@pytest.mark.parametrize(
    ("words", "is_told"), [((), True), (("--no-provenance",), False), (("--strength", "0"), False)]
)
def test_the_file_says_that_a_model_restored_it(
    words: tuple[str, ...], is_told: bool, unblur: Command, photo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sharp.jpg"
    (report,) = unblur("restore", photo, "-o", out, "--json", *words).reports
    with Image.open(out) as picture:
        packet = picture.info.get("xmp", b"")
    assert (b"compositeWithTrainedAlgorithmicMedia" in packet) == is_told
    assert bool(report["digital_source_type"]) == is_told
