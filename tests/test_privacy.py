"""Nothing leaves the computer: docs/privacy.md is kept here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from unblur import paths

PROGRAM = Path(__file__).with_name("without_network.py")
# A namespace of its own has a loopback that is down, and no route to anywhere.
ALONE = ["unshare", "--user", "--map-root-user", "--net"]
REACH_OUT = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small part of the sample."""
    path = tmp_path / "photo.png"
    with Image.open(paths.sample_photo()) as sample:
        sample.convert("RGB").crop((200, 200, 328, 296)).save(path)
    return path


def done(command: list[str], own_home: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(each for each in sys.path if each)
    variables = {**os.environ, "PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=variables)


def why_not_alone() -> str:
    """Why there can be no namespace of our own; "" where there can."""
    if shutil.which("unshare") is None:
        return "there is no unshare here"
    tried = subprocess.run([*ALONE, "true"], check=False, capture_output=True, text=True)
    return "" if tried.returncode == 0 else f"a network namespace is denied: {tried.stderr.strip()}"


@pytest.mark.skipif(not why_not_alone(), reason="the same is done where there is no network")
def test_analysing_restoring_and_exporting_open_no_connection(
    photo: Path, tmp_path: Path, own_home: Path
) -> None:
    outcome = done([sys.executable, str(PROGRAM), str(photo), str(tmp_path)], own_home)

    assert outcome.returncode == 0, outcome.stderr
    assert_changed(photo, tmp_path)


def test_the_listener_hears_a_connection(tmp_path: Path, own_home: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(PROGRAM.parent)!r})\n"
        "import socket, without_network as w\n"
        "sys.addaudithook(w._listen)\n"
        "with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as open_one:\n"
        "    open_one.connect(('127.0.0.1', 9))\n"
        "    print(len(w._ASKED), len(w.internet_sockets()))\n"
    )
    outcome = done([sys.executable, "-c", program], own_home)

    heard, left = outcome.stdout.split()
    assert heard == "1"
    assert left == ("1" if sys.platform == "linux" else "0")


@pytest.mark.skipif(bool(why_not_alone()), reason=why_not_alone() or "it is possible")
def test_all_of_it_works_where_there_is_no_network(
    photo: Path, tmp_path: Path, own_home: Path
) -> None:
    alone = done([*ALONE, sys.executable, "-c", REACH_OUT], own_home)
    assert "unreachable" in alone.stderr, "there has to be no way out for this to mean anything"

    outcome = done([*ALONE, sys.executable, str(PROGRAM), str(photo), str(tmp_path)], own_home)

    assert outcome.returncode == 0, outcome.stderr
    assert_changed(photo, tmp_path)


@pytest.mark.skipif(bool(why_not_alone()), reason=why_not_alone() or "it is possible")
@pytest.mark.parametrize("words", [("models", "fetch", "nafnet-w32.gopro"), ("setup-gpu",)])
def test_what_needs_a_network_says_so_in_a_sentence(words: tuple[str, ...], own_home: Path) -> None:
    outcome = done([*ALONE, sys.executable, "-m", "unblur", *words], own_home)

    assert outcome.returncode == 1
    assert "Traceback" not in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def assert_changed(photo: Path, folder: Path) -> None:
    """Both results are there and are not the photo."""
    with Image.open(photo) as before:
        for name in ("line.png", "window.png"):
            with Image.open(folder / name) as after:
                assert after.size == before.size
                assert after.tobytes() != before.tobytes()
