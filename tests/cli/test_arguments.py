from __future__ import annotations

from pathlib import Path

import pytest

from unblur.cli import arguments
from unblur.cli.targets import Target, TargetError, plan_targets
from unblur.document.geometry import Rect


def test_a_region_is_four_whole_numbers() -> None:
    assert arguments.region("12,34,56,78") == Rect(12, 34, 56, 78)


def test_the_devices_are_those_of_the_engine() -> None:
    from unblur.engine.device import DEVICE_NAMES

    assert arguments.DEVICES == DEVICE_NAMES


@pytest.mark.parametrize("ending", ["", "/"])
def test_a_folder_holds_names_made_from_the_photos(tmp_path: Path, ending: str) -> None:
    targets = plan_targets(["a/one.JPG", "b/two.tif"], f"{tmp_path}{ending}")

    assert targets == (
        Target(Path("a/one.JPG"), tmp_path / "one-unblurred.JPG"),
        Target(Path("b/two.tif"), tmp_path / "two-unblurred.tif"),
    )


def test_one_photo_goes_into_a_folder_that_exists_or_is_written_as_one(tmp_path: Path) -> None:
    for out in (str(tmp_path), f"{tmp_path}/new/"):
        assert plan_targets(["one.png"], out)[0].output == Path(out) / "one-unblurred.png"


def test_one_photo_otherwise_becomes_the_file_that_is_named(tmp_path: Path) -> None:
    out = tmp_path / "sharp.tif"

    assert plan_targets(["one.png"], str(out)) == (Target(Path("one.png"), out),)


@pytest.mark.parametrize("name", ["one.heic", "one.bmp", "one"])
def test_what_cannot_be_written_becomes_a_png(tmp_path: Path, name: str) -> None:
    assert plan_targets([name], str(tmp_path))[0].output.name == "one-unblurred.png"


def test_several_photos_do_not_fit_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "out.png").touch()

    with pytest.raises(TargetError, match="several photos need a folder"):
        plan_targets(["one.png", "two.png"], str(tmp_path / "out.png"))


def test_two_photos_never_become_one_file(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"one-unblurred\.png"):
        plan_targets(["a/one.png", "b/one.png"], str(tmp_path))
