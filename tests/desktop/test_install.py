from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from unblur.__main__ import main
from unblur.desktop import install
from unblur.desktop.entry import entry
from unblur.desktop.file_types import FILE_TYPES, mime_types
from unblur.imaging.codec import READABLE_SUFFIXES


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("APPIMAGE", raising=False)
    return tmp_path / ".local" / "share"


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "mimeinfo.cache"]


def test_every_format_that_is_read_is_in_open_with() -> None:
    assert {s for kind in FILE_TYPES for s in kind.suffixes} == set(READABLE_SUFFIXES)
    assert all(mime.startswith("image/") for mime in mime_types())


def test_installing_adds_the_entry_and_an_icon_of_every_size(home: Path) -> None:
    written = install.install()
    assert written[-1] == home / "applications" / "unblur.desktop"
    text = written[-1].read_text(encoding="utf-8")
    assert "MimeType=image/jpeg;image/png;" in text
    sizes = {path.parent.parent.name for path in written[:-1]}
    assert {"16x16", "32x32", "256x256", "scalable"} <= sizes
    assert all(path.is_relative_to(home) for path in files_below(home))


def test_removing_leaves_nothing_of_ours_and_all_of_others(home: Path) -> None:
    other = home / "applications" / "other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text(entry(["/bin/other"]), encoding="utf-8")
    install.install()
    assert len(install.remove()) > len(FILE_TYPES)
    assert files_below(home) == [other]
    assert install.remove() == ()


def test_the_folder_for_data_that_the_person_chose_is_used(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    install.install()
    assert (tmp_path / "data" / "applications" / "unblur.desktop").is_file()
    assert not home.exists()
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    install.install()
    assert (home / "applications" / "unblur.desktop").is_file()


def test_an_appimage_is_started_from_its_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPIMAGE", "/home/ann/My Programs/Unblur.AppImage")
    install.install()
    text = (home / "applications" / "unblur.desktop").read_text(encoding="utf-8")
    assert 'Exec="/home/ann/My Programs/Unblur.AppImage" %F\n' in text


@pytest.mark.parametrize("word", ["/a b/unblur", '/a"b', "/50%", "/a$b`c", "/back\\slash"])
def test_a_path_comes_back_whole_out_of_the_entry(word: str) -> None:
    line = next(x for x in entry([word]).splitlines() if x.startswith("Exec="))
    # As desktops do: the value's escapes first, then the quoting rules, which are a shell's, and
    # the field codes last.
    value = line.removeprefix("Exec=").replace("\\\\", "\\")
    command = ["sh", "-c", f"printf '%s\\n' {value}"]
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [part.replace("%%", "%") for part in words] == [word, "%F"]


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="it is not installed")
def test_the_entry_is_valid(home: Path) -> None:
    place = install.install()[-1]
    command = ["desktop-file-validate", str(place)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_command_line_says_what_it_did(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["desktop", "install"]) == 0
    assert "Open With of JPEG, PNG, TIFF" in capsys.readouterr().out
    assert main(["desktop", "remove"]) == 0
    assert main(["desktop", "remove"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Unblur is out of the menu.",
        "Unblur was not in the menu.",
    ]


def test_a_folder_that_cannot_be_written_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.parent.mkdir(parents=True)
    home.write_text("a file in the way", encoding="utf-8")
    assert main(["desktop", "install"]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_other_systems_are_told_who_does_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert main(["desktop", "install"]) == 1
    assert "installer" in capsys.readouterr().err
