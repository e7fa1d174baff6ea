from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.psfs import SCENES, gaussian, motion, photographed, scene
from tests.writing import written

Command = Callable[..., Any]

_KEYS = {
    "input",
    "kind",
    "sigma",
    "motion_length",
    "motion_angle",
    "noise",
    "faces",
    "people",
    "text",
    "recommended",
    "hidden",
    "sentence",
}


def saved(folder: Path, name: str, pixels: Any) -> Path:
    path = folder / name
    Image.fromarray(pixels).save(path)
    return path


def test_a_moved_photo_is_told_in_all_its_facts(unblur: Command, tmp_path: Path) -> None:
    path = saved(tmp_path, "moved.png", photographed(scene("street"), motion(16, 40)))

    outcome = unblur("analyze", path, "--json")

    assert outcome.status == 0
    (report,) = outcome.reports
    assert set(report) == _KEYS
    assert report["input"] == str(path)
    assert report["kind"] == "motion"
    assert report["motion_length"] == pytest.approx(16, abs=1)
    assert report["motion_angle"] == pytest.approx(40, abs=5)
    assert report["faces"] == report["people"] == report["text"] == []
    assert report["recommended"]["model"] == "maxim-3s.gopro"
    assert report["recommended"]["quality"] in ("draft", "good", "best")
    assert report["recommended"]["scale"] == "1"
    assert report["sentence"].startswith("This photo is blurred by motion over about 16 pixels")


def test_a_sharp_photo_needs_nothing_and_its_people_are_told(unblur: Command) -> None:
    outcome = unblur("analyze", SCENES / "square.jpg", "--json")

    (report,) = outcome.reports
    assert report["kind"] == "sharp"
    assert report["motion_length"] == 0.0
    assert report["motion_angle"] is None
    assert report["recommended"] is None
    assert "sharp already" in report["sentence"]
    assert len(report["faces"]) >= 3
    keys = {"x", "y", "width", "height", "score", "details_may_be_invented"}
    assert all(set(face) == keys for face in report["faces"])
    assert not any(face["details_may_be_invented"] for face in report["faces"])
    assert report["hidden"] == []
    assert all(set(box) == {"x", "y", "width", "height"} for box in report["people"])


def test_for_a_person_it_is_a_line_a_photo(unblur: Command, tmp_path: Path) -> None:
    path = saved(tmp_path, "soft.png", photographed(scene("square"), gaussian(3)))

    outcome = unblur("analyze", path, SCENES / "street.jpg")

    first, second = outcome.out.splitlines()
    assert first.startswith(f"{path}: This photo is out of focus: a point is about 1")
    told = "This photo is sharp already: nothing needs to be restored."
    assert second == f"{SCENES / 'street.jpg'}: {told}"


def test_what_is_no_photo_is_told_and_the_others_are_done(unblur: Command, tmp_path: Path) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("It was a dark and stormy night.", encoding="utf-8")

    outcome = unblur("analyze", tmp_path / "no.jpg", text, SCENES / "street.jpg", "--json")

    assert outcome.status == 1
    missing, unknown, street = outcome.reports
    assert "does not exist" in missing["error"]
    assert "not a picture in a known format" in unknown["error"]
    assert street["kind"] == "sharp"
    assert outcome.err.splitlines() == [missing["error"], unknown["error"]]


def test_a_photo_of_nothing_is_told_kindly(unblur: Command, tmp_path: Path) -> None:
    path = tmp_path / "wall.png"
    Image.new("RGB", (300, 200), (90, 120, 150)).save(path)

    (report,) = unblur("analyze", path, "--json").reports

    assert report["kind"] is None
    assert report["recommended"] is None
    assert "too little detail" in report["sentence"]


def test_damaged_weights_are_told(
    unblur: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unblur_models import detectors

    monkeypatch.setattr(detectors, "_FOLDER", tmp_path)
    detectors.card("yunet")  # the cards are known already

    outcome = unblur("analyze", SCENES / "street.jpg")

    assert outcome.status == 1
    assert "The weights of “yunet” are not at" in outcome.err


def test_photos_have_to_be_named(unblur: Command) -> None:
    assert unblur("analyze").status == 2


def test_faces_that_are_too_blurred_may_be_invented(unblur: Command, tmp_path: Path) -> None:
    path = saved(tmp_path, "soft.png", photographed(scene("square"), gaussian(2.5)))

    (report,) = unblur("analyze", path, "--json").reports

    lost = [face for face in report["faces"] if face["details_may_be_invented"]]
    assert lost
    assert all(min(face["width"], face["height"]) < 55 for face in lost)
    assert "details of a restored face may be invented" in report["sentence"]


def test_writing_is_told_and_whether_it_can_be_read(unblur: Command, tmp_path: Path) -> None:
    legible = saved(tmp_path, "legible.png", photographed(written("street"), motion(5, 20)))
    lost = saved(tmp_path, "lost.png", photographed(written("street"), motion(13, 20)))

    first, second = unblur("analyze", legible, lost, "--json").reports

    ((one,), (other,)) = first["text"], second["text"]
    assert set(one) == {"x", "y", "width", "height", "letter_height", "score", "readable"}
    assert one["readable"]
    assert one["letter_height"] == pytest.approx(30, abs=4)
    assert not other["readable"]
    assert "hardly readable" not in first["sentence"]
    assert "what a model writes there may be invented" in second["sentence"]
