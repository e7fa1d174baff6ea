from __future__ import annotations

import errno
import hashlib
import shutil
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tests import mirrors
from tests.mirrors import Behaviour, Visit, serving

from unblur_models import fetching
from unblur_models.errors import (
    FetchCancelled,
    FetchFailedError,
    NoMirrorError,
    WeightsUnwritableError,
)
from unblur_models.fetching import CancelFetch, Patience, WantedFile, fetch

CONTENT = np.random.default_rng(3).bytes(900_001)
NAME = "weights.safetensors"
HASTY = Patience(silence=0.6, window=0.3, least_rate=50_000, attempts=2, pause=0.01)


def wanted(*addresses: str, content: bytes = CONTENT) -> WantedFile:
    return WantedFile(NAME, len(content), hashlib.sha256(content).hexdigest(), addresses)


def refused(file: WantedFile, folder: Path, patience: Patience = HASTY) -> str:
    """Why the fetch fails; there must be no file then."""
    with pytest.raises(FetchFailedError) as caught:
        fetch(file, folder, patience=patience)
    assert not (folder / NAME).exists()
    return "; ".join(caught.value.failures)


def test_a_file_comes_whole_and_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with serving(CONTENT, mirrors.honest) as mirror:
        path = fetch(
            wanted(mirror.address()), tmp_path / "new", progress=lambda *now: told.append(now)
        )
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert told == sorted(told)
    assert [each.name for each in path.parent.iterdir()] == [NAME]


def test_a_file_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(CONTENT)
    with serving(CONTENT, mirrors.honest) as mirror:
        fetch(wanted(mirror.address()), tmp_path)
    assert mirror.asked == []


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(CONTENT[:-1])
    with serving(CONTENT, mirrors.honest) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path).read_bytes() == CONTENT


def test_a_connection_that_breaks_off_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    with serving(CONTENT, mirrors.breaking_off_after(400_000)) as mirror:
        path = fetch(wanted(mirror.address()), tmp_path, patience=HASTY)
    assert path.read_bytes() == CONTENT
    assert [each for _, each in mirror.asked] == ["", "bytes=400000-", "bytes=800000-"]


def test_a_beginning_from_an_earlier_day_is_continued(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT[:1000])
    with serving(CONTENT, mirrors.honest) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path).read_bytes() == CONTENT
    assert mirror.asked == [(f"/{NAME}", "bytes=1000-")]


def test_a_server_without_ranges_gives_everything_once_more(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(b"x" * 1000)
    with serving(CONTENT, mirrors.without_ranges) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path).read_bytes() == CONTENT
    assert len(mirror.asked) == 1


def test_a_server_that_refuses_the_range_is_asked_for_everything(tmp_path: Path) -> None:
    def refusing(visit: Visit) -> None:
        visit.give(b"", status=416) if visit.start else visit.give_range()

    (tmp_path / f"{NAME}.part").write_bytes(CONTENT[:1000])
    with serving(CONTENT, refusing) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path, patience=HASTY).read_bytes() == CONTENT


def test_a_beginning_that_is_longer_than_the_file_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT + b"more")
    with serving(CONTENT, mirrors.honest) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path).read_bytes() == CONTENT


def test_a_wrong_beginning_costs_a_second_fetch_not_the_mirror(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(b"\0" * 1000)
    with serving(CONTENT, mirrors.honest) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path).read_bytes() == CONTENT
    assert [each for _, each in mirror.asked] == ["bytes=1000-", ""]


def longer(visit: Visit) -> None:
    visit.send_response(200)
    visit.end_headers()
    visit.wfile.write(visit.server.content + b"more")


def another_part(visit: Visit) -> None:
    visit.send_response(206)
    visit.send_header("Content-Range", f"bytes 5-9/{len(visit.server.content)}")
    visit.send_header("Content-Length", "5")
    visit.end_headers()
    visit.wfile.write(b"12345")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (lambda v: v.give(b"<html>Sign in</html>"), "offers 20 bytes instead of 900001"),
        (lambda v: v.give(v.server.content, length=5), "offers 5 bytes"),
        (longer, "sends more than"),
        (lambda v: v.give(bytes(len(v.server.content))), "wrong SHA-256"),
        (another_part, "another part"),
        (lambda v: v.give(b"", status=404), "answers 404"),
        (lambda v: v.give(b"", status=503), "answers 503"),
        (lambda v: v.wfile.write(b"SSH-2.0-hello\r\n"), "broke off"),
        (mirrors.silent, "does not answer in time"),
        (mirrors.dripping(300, 0.1), "too slow"),
    ],
    ids=["page", "short", "long", "garbage", "part", "404", "503", "no http", "silent", "slow"],
)
def test_a_bad_mirror_is_refused_and_the_next_one_asked(
    tmp_path: Path, behaviour: Behaviour, reason: str
) -> None:
    with serving(CONTENT, behaviour) as bad, serving(CONTENT, mirrors.honest) as good:
        said = refused(wanted(bad.address()), tmp_path / "a")
        path = fetch(wanted(bad.address(), good.address()), tmp_path / "b", patience=HASTY)
    assert said.startswith("127.0.0.1: ")
    assert reason in said
    assert path.read_bytes() == CONTENT


def test_garbage_leaves_nothing_behind_and_a_broken_transfer_its_beginning(tmp_path: Path) -> None:
    part = tmp_path / f"{NAME}.part"
    with serving(CONTENT, lambda v: v.give(bytes(len(CONTENT)))) as mirror:
        refused(wanted(mirror.address()), tmp_path)
    assert not part.exists()

    def dying(visit: Visit) -> None:
        mirrors.silent(visit) if visit.start else visit.give_range(500_000)

    with serving(CONTENT, dying) as mirror:
        refused(wanted(mirror.address()), tmp_path)
    assert CONTENT.startswith(part.read_bytes())
    assert part.stat().st_size == 500_000


def test_a_slow_server_that_keeps_sending_is_waited_for(tmp_path: Path) -> None:
    patient = Patience(silence=0.5, window=0.2, least_rate=1000)
    with serving(CONTENT, mirrors.dripping(8, 0.1)) as mirror:
        path = fetch(wanted(mirror.address()), tmp_path, patience=patient)
    assert path.read_bytes() == CONTENT
    assert len(mirror.asked) == 1


def test_nobody_there_is_said_without_asking_often(tmp_path: Path) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        address = f"http://127.0.0.1:{unheard.getsockname()[1]}/{NAME}"
        assert "refuses connections" in refused(wanted(address), tmp_path)


def test_a_name_that_cannot_be_found_hints_at_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    said = refused(wanted("https://models.example/file"), tmp_path)
    assert said == "models.example: it cannot be found; there may be no connection"


@pytest.mark.parametrize(
    "address",
    ["http://example.org/f", "ftp://example.org/f", "file:///etc/passwd", "weights", "http://[::"],
)
def test_only_https_and_this_machine_are_asked(tmp_path: Path, address: str) -> None:
    said = refused(wanted(address), tmp_path)
    assert "https" in said or "makes no sense" in said


@pytest.mark.parametrize("elsewhere", ["http://example.org/weights", "file:///etc/passwd"])
def test_a_redirection_leads_to_no_other_kind_of_address(tmp_path: Path, elsewhere: str) -> None:
    def redirecting(visit: Visit) -> None:
        visit.send_response(302)
        visit.send_header("Location", elsewhere)
        visit.end_headers()

    with serving(CONTENT, redirecting) as mirror:
        said = refused(wanted(mirror.address()), tmp_path)
    assert "https" in said or "302" in said


def test_a_redirection_on_this_machine_is_followed_with_its_range(tmp_path: Path) -> None:
    def redirecting(visit: Visit) -> None:
        if visit.path == "/moved":
            visit.give_range()
            return
        visit.send_response(302)
        visit.send_header("Location", "/moved")
        visit.send_header("Content-Length", "0")
        visit.end_headers()

    (tmp_path / f"{NAME}.part").write_bytes(CONTENT[:1000])
    with serving(CONTENT, redirecting) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path).read_bytes() == CONTENT
    assert mirror.asked[-1] == ("/moved", "bytes=1000-")


def test_without_a_mirror_nothing_is_tried(tmp_path: Path) -> None:
    with pytest.raises(NoMirrorError):
        fetch(wanted(), tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("behaviour", [mirrors.silent, mirrors.silent_after(300_000)])
def test_a_fetch_is_cancelled_at_once_even_while_a_server_is_silent(
    tmp_path: Path, behaviour: Behaviour
) -> None:
    cancel = CancelFetch()
    with serving(CONTENT, behaviour) as mirror:
        timer = threading.Timer(0.3, cancel.cancel)
        timer.start()
        began = time.monotonic()
        with pytest.raises(FetchCancelled):
            fetch(wanted(mirror.address()), tmp_path, cancel=cancel)
        assert time.monotonic() - began < 5, "and not when the server's twenty seconds are over"
        timer.join()
    kept = tmp_path / f"{NAME}.part"
    assert not kept.exists() or CONTENT.startswith(kept.read_bytes())


def test_a_cancelled_fetch_goes_on_the_next_time(tmp_path: Path) -> None:
    cancel = CancelFetch()

    def stop_half_way(done: int, total: int) -> None:
        if done > total // 2:
            cancel.cancel()

    with serving(CONTENT, mirrors.dripping(4, 0.11)) as mirror, pytest.raises(FetchCancelled):
        fetch(wanted(mirror.address()), tmp_path, progress=stop_half_way, cancel=cancel)
    have = (tmp_path / f"{NAME}.part").stat().st_size
    assert 0 < have < len(CONTENT)
    with serving(CONTENT, mirrors.honest) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path).read_bytes() == CONTENT
    assert mirror.asked[0][1] == f"bytes={have}-"


def test_a_disk_without_room_is_noticed_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with serving(CONTENT, mirrors.honest) as mirror, pytest.raises(WeightsUnwritableError) as told:
        fetch(wanted(mirror.address()), tmp_path)
    assert told.value.reason.errno == errno.ENOSPC
    assert mirror.asked == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for a file's size")
def test_a_disk_that_fills_up_ends_the_fetch_and_keeps_the_beginning(tmp_path: Path) -> None:
    # The limit holds for the whole process, so another one meets it.
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from unblur_models.errors import WeightsUnwritableError\n"
        "from unblur_models.fetching import WantedFile, fetch\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "name, size, digest, address, folder = sys.argv[1:]\n"
        "try:\n"
        "    fetch(WantedFile(name, int(size), digest, (address,)), Path(folder))\n"
        "except WeightsUnwritableError as error:\n"
        "    print(error.reason.errno, 'torch' in sys.modules)\n"
    )
    with serving(CONTENT, mirrors.honest) as mirror:
        file = wanted(mirror.address())
        words = [file.name, str(file.size), file.sha256, mirror.address(), str(tmp_path)]
        done = subprocess.run(
            [sys.executable, "-c", program, *words], check=True, capture_output=True, text=True
        )
    assert done.stdout.split() == [str(errno.EFBIG), "False"]
    assert (tmp_path / f"{NAME}.part").stat().st_size == 300_000
    assert not (tmp_path / NAME).exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with serving(CONTENT, mirrors.honest) as mirror, pytest.raises(WeightsUnwritableError):
        fetch(wanted(mirror.address()), tmp_path / "file" / "models")


def test_no_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with serving(CONTENT, mirrors.honest) as mirror:
        monkeypatch.setattr(Path, "open", deny)
        with pytest.raises(WeightsUnwritableError) as told:
            fetch(wanted(mirror.address()), tmp_path)
    assert told.value.reason.errno == errno.EACCES


def test_a_file_that_is_being_fetched_is_waited_for_and_not_fetched_twice(tmp_path: Path) -> None:
    told: list[int] = []
    with (
        serving(CONTENT, mirrors.dripping(10, 0.05)) as mirror,
        ThreadPoolExecutor(2) as pool,
    ):
        first = pool.submit(fetch, wanted(mirror.address()), tmp_path)
        while not mirror.asked:
            time.sleep(0.01)
        second = fetch(
            wanted(mirror.address()), tmp_path, progress=lambda done, _: told.append(done)
        )
        assert second == first.result()
        assert len(mirror.asked) == 1
    assert second.read_bytes() == CONTENT
    assert told, "who waits is told how far it is"
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


def test_whoever_waits_takes_over_when_the_other_fetch_ends_without_the_file(
    tmp_path: Path,
) -> None:
    cancel = CancelFetch()
    with serving(CONTENT, mirrors.silent_after(1000)) as silent, ThreadPoolExecutor(2) as pool:
        first = pool.submit(fetch, wanted(silent.address()), tmp_path, cancel=cancel)
        while not silent.asked:
            time.sleep(0.01)
        with serving(CONTENT, mirrors.honest) as mirror:
            second = pool.submit(fetch, wanted(mirror.address()), tmp_path)
            time.sleep(0.1)
            assert not second.done()
            assert mirror.asked == []
            cancel.cancel()
            assert second.result().read_bytes() == CONTENT
        with pytest.raises(FetchCancelled):
            first.result()


def test_waiting_for_another_fetch_can_be_cancelled(tmp_path: Path) -> None:
    first, second = CancelFetch(), CancelFetch()
    with serving(CONTENT, mirrors.silent) as mirror, ThreadPoolExecutor(2) as pool:
        running = pool.submit(fetch, wanted(mirror.address()), tmp_path, cancel=first)
        while not mirror.asked:
            time.sleep(0.01)
        waiting = pool.submit(fetch, wanted(mirror.address()), tmp_path, cancel=second)
        time.sleep(0.05)
        second.cancel()
        with pytest.raises(FetchCancelled):
            waiting.result(timeout=2)
        assert not running.done()
        first.cancel()
        with pytest.raises(FetchCancelled):
            running.result()


def test_a_program_that_dies_leaves_no_lock(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from unblur_models.file_lock import alone\n"
        "with alone(Path(sys.argv[1]), lambda: None): os._exit(9)"
    )
    lock = tmp_path / f"{NAME}.lock"
    subprocess.run([sys.executable, "-c", script, str(lock)], check=False)
    assert lock.exists()
    with serving(CONTENT, mirrors.honest) as mirror:
        assert fetch(wanted(mirror.address()), tmp_path).read_bytes() == CONTENT
    assert not lock.exists()


def test_fetching_stands_on_the_standard_library_alone() -> None:
    code = (
        "import sys, unblur_models.fetching;"
        "heavy = {'torch', 'numpy', 'safetensors', 'PySide6'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert fetching.Patience().silence < 60
