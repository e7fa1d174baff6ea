from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from unblur import settings
from unblur.errors import SettingsError
from unblur.settings import Settings


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "none.json") == Settings()


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    changed = Settings().with_value("theme", "dark").with_value("keep_metadata", False)
    settings.save(changed, path)
    assert settings.load(path) == changed
    assert list(path.parent.iterdir()) == [path]


def test_every_default_is_one_of_the_choices() -> None:
    for item in fields(Settings):
        assert item.default in item.metadata["choices"]
        assert item.metadata["group"]
        assert item.metadata["label"]


@pytest.mark.allow_log("Ignoring")
def test_a_bad_value_falls_back_for_its_field_alone() -> None:
    data = {"theme": "dark", "device": "abacus", "jpeg_quality": "95", "new_in_2030": 1}
    assert settings.from_mapping(data) == Settings(theme="dark")


@pytest.mark.allow_log("Ignoring")
def test_a_number_is_no_truth() -> None:
    assert settings.from_mapping({"keep_metadata": 0}) == Settings()


@pytest.mark.allow_log("cannot be read")
@pytest.mark.parametrize("content", ["", "{", "[1]", "\x00\xff"])
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content, encoding="utf-8")
    assert settings.load(path) == Settings()


def test_an_unwritable_place_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    path = tmp_path / "file" / "settings.json"
    with pytest.raises(SettingsError) as caught:
        settings.save(Settings(), path)
    assert caught.value.path == path


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    settings.save(Settings(), path)
    before = path.read_bytes()

    def fail(_descriptor: int) -> None:
        raise OSError("disk gone")

    monkeypatch.setattr(settings.os, "fsync", fail)
    with pytest.raises(SettingsError):
        settings.save(Settings(theme="dark"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert json.loads(before)["theme"] == "system"
