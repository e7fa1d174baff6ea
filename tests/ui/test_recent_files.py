from __future__ import annotations

from pathlib import Path

import pytest

from unblur.ui.recent_files import RecentFiles


def test_the_newest_comes_first_and_once(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "recent.json")
    photos = [tmp_path / f"{name}.png" for name in "ab"]
    for photo in photos:
        photo.touch()
    for photo in (*photos, photos[0]):
        recent.add(photo)
    assert recent.paths == (photos[0], photos[1])
    assert RecentFiles(tmp_path / "recent.json").paths == recent.paths


def test_photos_that_are_gone_are_not_offered(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "recent.json")
    photo = tmp_path / "a.png"
    photo.touch()
    recent.add(photo)
    photo.unlink()
    assert recent.paths == ()


@pytest.mark.allow_log("not readable")
def test_a_damaged_list_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "recent.json").write_text("{")
    assert RecentFiles(tmp_path / "recent.json").paths == ()
