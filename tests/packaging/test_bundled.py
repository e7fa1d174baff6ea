"""What goes into the bundle, and what macOS and Windows are told of it."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import bundled
import pytest

from unblur import __version__
from unblur.imaging.codec import READABLE_SUFFIXES

PROJECT = Path(__file__).resolve().parents[2]

# Refuses to import what the bundle has not, restores a photo, and makes a network of every family.
_WITHOUT = """
import sys

import bundled

class Refused:
    def find_spec(self, name, path=None, target=None):
        if any(name == out or name.startswith(out + ".") for out in bundled.EXCLUDED_MODULES):
            raise ModuleNotFoundError(f"not in the bundle: {name}", name=name)

sys.meta_path.insert(0, Refused())
from unblur.__main__ import main
assert main(sys.argv[1:]) == 0
from tests.models.families import SHAPES, state_of
from unblur_models.registry import architecture_of
for family, shapes in SHAPES.items():
    state = state_of(family, shapes[0], lambda network: network.state_dict())
    assert architecture_of(state).name == family
    architecture_of(state).build(state)
"""


def test_the_version_is_read_without_importing_the_program() -> None:
    assert bundled.version(PROJECT) == __version__


def test_weights_cards_and_icons_lie_in_the_bundle_as_files() -> None:
    places = {f"{folder}/{Path(source).name}" for source, folder in bundled.data_files(PROJECT)}
    assert "unblur_models/weights/maxim-3s-gopro.safetensors" in places
    assert "unblur_models/weights/detectors/yunet-2023mar.onnx" in places
    assert "unblur_models/weights/detectors/ppocr-v4-text.onnx" in places
    assert "unblur/_resources/icons/unblur.svg" in places
    assert "unblur/_resources/sample.png" in places
    assert not any(place.endswith((".py", ".pyc")) for place in places)


def test_every_module_of_the_program_is_in_the_bundle() -> None:
    names = set(bundled.hidden_imports(PROJECT))
    assert {"unblur", "unblur.cli.restore", "unblur.bootstrap", "unblur_models.loading"} <= names
    assert {"json", "asyncio", "unittest"} <= names
    assert not {"readline", "dbm", "tkinter", "curses"} & names


def test_nothing_that_is_left_out_is_missed_by_a_restoration_or_a_network(tmp_path: Path) -> None:
    photo = PROJECT / "tests" / "data" / "pairs" / "gopro-00-blur.png"
    target = tmp_path / "restored.png"
    folders = [PROJECT / part for part in (".", "packaging", "app", "models")]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    words = ["restore", str(photo), "-o", str(target), "--region", "64,64,64,64"]
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT, *words],
        env=variables,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert target.exists()


@pytest.mark.parametrize(
    ("place", "stays"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.so", False),
        ("PySide6\\translations\\qtbase_de.qm", False),
        ("libX11.so.6", False),
        ("libxcb.so.1", False),
        ("libxcb-cursor.so.0", True),
        ("libstdc++.so.6", True),
        ("torch/lib/libtorch_cpu.so", True),
    ],
)
def test_plugins_and_libraries_are_chosen(place: str, *, stays: bool) -> None:
    assert bundled.is_wanted(place) is stays


def test_libraries_go_with_the_plugin_that_alone_needed_them() -> None:
    entries = [
        ("PySide6/QtGui.abi3.so", "gui", "EXTENSION"),
        ("PySide6/Qt/lib/libQt6Gui.so.6", "qt-gui", "BINARY"),
        ("PySide6/Qt/lib/libQt6Network.so.6", "network", "BINARY"),
        ("libgtk-3.so.0", "gtk", "BINARY"),
        ("libicu.so", "icu", "BINARY"),
        ("libpython3.11.so.1.0", "python", "BINARY"),
    ]
    needs = {"gui": ["libQt6Gui.so.6"], "qt-gui": ["libicu.so", "libc.so.6"]}
    kept = bundled.needed_libraries(entries, lambda source: needs.get(source, []))
    assert {source for _, source, _ in kept} == {"gui", "qt-gui", "icu", "python"}


def test_macos_is_told_every_format() -> None:
    plist = plistlib.loads(plistlib.dumps(bundled.info_plist(PROJECT)))
    kinds = plist["CFBundleDocumentTypes"]
    suffixes = {f".{name}" for kind in kinds for name in kind["CFBundleTypeExtensions"]}
    assert suffixes == set(READABLE_SUFFIXES)
    assert plist["CFBundleShortVersionString"] == __version__


def test_the_windows_version_resource_is_what_pyinstaller_evaluates() -> None:
    def record(*values: object, **facts: object) -> SimpleNamespace:
        return SimpleNamespace(values=values, **facts)

    names = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct")
    known = dict.fromkeys((*names, "VarFileInfo", "VarStruct"), record)
    info = eval(bundled.windows_version(PROJECT), known)  # as PyInstaller does
    assert len(info.ffi.filevers) == 4
    strings = {each.values[0]: each.values[1] for each in info.kids[0].values[0][0].values[1]}
    assert strings["FileVersion"] == __version__
