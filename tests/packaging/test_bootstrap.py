from __future__ import annotations

from pathlib import Path
from typing import Any

import bootstrap
import checks
import pytest
import system_packages
from environment import Environment, Stamp, key_of

from unblur.gpu_setup.hardware import Machine


@pytest.fixture
def ready(tmp_path: Path) -> Environment:
    """A finished environment for the tests, made for the CPU."""
    result = Environment(tmp_path / "venv")
    result.python.parent.mkdir(parents=True)
    result.python.touch()
    result.write_stamp(Stamp(key_of(), "cpu", ("test",)))
    return result


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, ...]]]:
    """What would have been installed, as (backend, extras)."""
    calls: list[tuple[str, tuple[str, ...]]] = []

    def install(_: Environment, backend: Any, extras: tuple[str, ...], key: str) -> None:
        calls.append((backend.name, extras))

    monkeypatch.setattr(bootstrap, "install", install)
    monkeypatch.setattr(bootstrap, "create", lambda _: None)
    monkeypatch.setattr(bootstrap, "_install_system_packages", lambda _: None)
    return calls


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Programs that would have been started."""
    commands: list[list[str]] = []

    def start(command: list[str]) -> int:
        commands.append(command)
        return 0

    monkeypatch.setattr(bootstrap, "_start", start)
    return commands


def test_the_second_time_nothing_is_installed(ready: Environment, installed: list[Any]) -> None:
    for extras in ((), ("test",)):
        bootstrap.prepare(ready, None, system_packages.Purpose.TEST, extras)

    assert installed == []


def test_without_a_wish_the_backend_stays_what_it_was(
    ready: Environment, installed: list[Any]
) -> None:
    ready.write_stamp(Stamp(key_of(), "xpu", ()))

    bootstrap.prepare(ready, None, system_packages.Purpose.TEST, ("test",))

    assert installed == [("xpu", ("test",))]


def test_another_backend_is_installed(ready: Environment, installed: list[Any]) -> None:
    bootstrap.prepare(ready, "rocm", system_packages.Purpose.WINDOW, ())

    assert installed == [("rocm", ())]


def test_auto_looks_at_the_hardware(
    ready: Environment, installed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "Machine", lambda: Machine("Darwin", "arm64"))

    bootstrap.prepare(ready, "auto", system_packages.Purpose.WINDOW, ())

    assert installed == [("mps", ())]


def test_with_a_display_the_window_opens_on_the_photos(
    ready: Environment, started: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "has_display", lambda: True)
    monkeypatch.chdir(tmp_path)

    assert bootstrap.main(["run", "restore", "--venv", str(ready.root)]) == 0

    assert started == [[str(ready.python), "-m", "unblur", str(tmp_path / "restore")]]


def test_without_a_display_the_sample_is_restored_and_its_place_told(
    ready: Environment,
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    monkeypatch.chdir(tmp_path)

    assert bootstrap.main(["run", "--venv", str(ready.root)]) == 0

    said = capsys.readouterr().out
    assert "no display" in said
    assert str(tmp_path / "unblurred") in said
    assert started[0][3] == "restore"
    assert Path(started[0][4]).name == "sample.png"


def test_missing_system_packages_are_named_in_one_command_when_not_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(system_packages, "missing_packages", lambda *_: ("libgl1", "xvfb"))
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)

    with pytest.raises(bootstrap.SetupError, match=r"sudo apt-get .* libgl1 xvfb"):
        bootstrap._install_system_packages(system_packages.Purpose.TEST)


def test_all_checks_run_in_order_though_some_fail(
    ready: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = checks.planned(ready, ["-k", "geometry"])

    status = checks.run_all(planned, lambda command, _: int("mypy" in command))

    assert status == 1
    names = ["ruff check", "ruff format", "mypy", "mypy packaging", "import contracts", "pytest"]
    assert [check.name for check in planned] == names
    assert planned[-1].command[-2:] == ("-k", "geometry")
    assert capsys.readouterr().out.splitlines()[-1] == "Failed so far: mypy, mypy packaging"


def test_the_tests_go_in_two_processes_unless_a_person_says_otherwise(ready: Environment) -> None:
    command = checks.planned(ready, ["-n", "0", "tests/ui"])[-1].command

    assert command[1:] == (
        *("-m", "pytest", "-n", "2", "--dist", "loadfile"),
        *("-n", "0", "tests/ui"),
    )


def test_when_all_checks_pass_so_does_the_run(ready: Environment) -> None:
    assert checks.run_all(checks.planned(ready, []), lambda *_: 0) == 0


def test_a_run_with_unknown_options_is_refused(ready: Environment) -> None:
    with pytest.raises(SystemExit, match="2"):
        bootstrap.main(["run", "--venv", str(ready.root), "--sharpest"])


def test_there_is_no_init_file_in_packaging() -> None:
    assert not list((Path(bootstrap.__file__).parent).glob("__init__.py"))
