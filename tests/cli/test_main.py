from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unblur import __version__

Command = Callable[..., Any]


def test_the_version_is_told(unblur: Command) -> None:
    assert unblur("--version").out.strip() == f"Unblur {__version__}"


def test_the_help_names_the_verbs(unblur: Command) -> None:
    outcome = unblur("--help")

    assert outcome.status == 0
    assert "unblur restore IN… -o OUT" in outcome.out
    assert "./restore" in outcome.out


def test_without_a_display_the_way_without_a_window_is_told(
    unblur: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    outcome = unblur("photo.jpg")

    assert outcome.status == 1
    assert "no display" in outcome.err
    assert "unblur restore" in outcome.err


def test_a_photo_that_is_called_like_a_verb_is_a_photo(
    unblur: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unblur import __main__ as entry

    opened: list[list[str]] = []
    monkeypatch.setattr(entry, "_open_window", lambda words: opened.append(words) or 0)

    assert unblur("./restore").status == 0
    assert opened == [["./restore"]]


def test_an_unknown_option_is_refused(unblur: Command) -> None:
    assert unblur("--sharpest").status == 2


@pytest.mark.parametrize(
    ("words", "photos", "is_measured"),
    [
        ([], [], False),
        (["a b.jpg", "ä.png"], ["a b.jpg", "ä.png"], False),
        (["--quit-after-show", "a.jpg"], ["a.jpg"], True),
        (["--", "-1.jpg"], ["-1.jpg"], False),
        (["--quit-after-show", "--", "-1.jpg"], ["-1.jpg"], True),
    ],
)
def test_the_window_is_told_its_photos(
    words: list[str],
    photos: list[str],
    is_measured: bool,
    unblur: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[list[str], bool]] = []

    def open_window(paths: list[Path], *, is_measured: bool) -> int:
        told.append(([str(path) for path in paths], is_measured))
        return 0

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("unblur.start.main", open_window)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("gc.disable", lambda: None)

    assert unblur(*words).status == 0
    assert told == [(photos, is_measured)]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_a_reader_that_has_had_enough_is_no_reason_for_a_traceback() -> None:
    program = "import sys; from unblur.__main__ import main; sys.exit(main(['models', '--json']))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as done:
        assert done.stdout is not None
        assert done.stderr is not None
        done.stdout.close()
        assert done.stderr.read() == b""
    assert done.returncode == 1


def test_help_refusals_and_the_list_of_models_need_neither_torch_nor_qt() -> None:
    program = (
        "import sys\n"
        "from unblur.__main__ import main\n"
        "assert main(['models']) == 0\n"
        "assert main(['restore', 'a.png', '-o', 'b.png', '--model', 'none']) == 2\n"
        "heavy = {'torch', 'PySide6', 'cv2'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )

    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
