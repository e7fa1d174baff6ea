"""The bundle's recipe, read as PyInstaller reads it on each system; nothing is built."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bundled
import pytest
from identity import APP_ID

SPEC = Path(__file__).resolve().parents[2] / "packaging" / "unblur.spec"

Calls = dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]]


def evaluated(system: str, work: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> Calls:
    """What the recipe asks PyInstaller for on `system`."""
    calls: Calls = {}

    def recorder(name: str) -> Any:
        def record(*words: Any, **facts: Any) -> SimpleNamespace:
            calls.setdefault(name, []).append((words, facts))
            scripts = [("pyi_rth_inspect", "", ""), ("pyi_rth_multiprocessing", "", "")]
            library = ("libQt6Core.so.6", "/lib/libQt6Core.so.6", "EXTENSION")
            return SimpleNamespace(binaries=[library], datas=[], pure=[], scripts=scripts)

        return record

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(bundled, "libraries_of", lambda _: [])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    names = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
    known = {name: recorder(name) for name in names}
    known |= {"SPECPATH": str(SPEC.parent), "workpath": str(work)}
    exec(compile(SPEC.read_text(encoding="utf-8"), str(SPEC), "exec"), known)
    return calls


def programs(calls: Calls) -> dict[str, bool]:
    """The programs that are made, and whether each has a console."""
    return {facts["name"]: facts["console"] for _, facts in calls["EXE"]}


def test_linux_gets_one_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = evaluated("linux", tmp_path, monkeypatch)

    assert programs(calls) == {"unblur": True}
    assert "BUNDLE" not in calls


def test_windows_gets_one_without_a_console_and_one_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = evaluated("win32", tmp_path, monkeypatch)

    assert programs(calls) == {"unblur": False, "unblur-cli": True}
    for _, facts in calls["EXE"]:
        assert Path(facts["icon"]).suffix == ".ico"
        assert Path(facts["icon"]).is_file()
        assert "VSVersionInfo" in Path(facts["version"]).read_text(encoding="utf-8")


def test_macos_gets_an_app_that_is_signed_when_it_is_told_by_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = evaluated("darwin", tmp_path, monkeypatch, UNBLUR_SIGN_AS="Developer ID: A")

    assert programs(calls) == {"unblur": False}
    ((_, program),) = calls["EXE"]
    assert program["codesign_identity"] == "Developer ID: A"
    assert Path(program["entitlements_file"]).is_file()
    ((_, app),) = calls["BUNDLE"]
    assert app["bundle_identifier"] == APP_ID
    assert Path(app["icon"]).is_file()
    assert app["info_plist"]["CFBundleDocumentTypes"]


def test_nothing_is_prepared_for_processes_that_there_are_none_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((words, _),) = evaluated("linux", tmp_path, monkeypatch)["EXE"]

    assert [script[0] for script in words[1]] == ["pyi_rth_inspect"]


@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
def test_qt_finds_its_bytecode_and_nothing_is_collected_before_the_program_begins(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((_, facts),) = evaluated(system, tmp_path, monkeypatch)["Analysis"]

    assert [Path(source).name for source, place in facts["datas"] if place == "shiboken6"] == [
        "qt-bytecode"
    ]
    (first,) = facts["runtime_hooks"]
    assert "gc.disable()" in Path(first).read_text(encoding="utf-8")
