"""What a bare Debian lacks, found by trying, and the one apt command that brings it."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

# Qt's xcb and Wayland platforms. Its own message blames xcb-cursor whichever of them is missing.
_WINDOW = {
    "libGL.so.1": "libgl1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
# PyInstaller, the AppImage and the .deb, and what checks and tries them.
_BUILDING = {
    "objdump": "binutils",
    "gcc": "gcc",
    "mksquashfs": "squashfs-tools",
    "debootstrap": "debootstrap",
    "appstreamcli": "appstream",
    "desktop-file-validate": "desktop-file-utils",
}
_HEADERS = {
    "/usr/include/stdio.h": "libc6-dev",
    "/usr/include/squashfuse/ll.h": "libsquashfuse-dev",
    "/usr/include/fuse3/fuse_lowlevel.h": "libfuse3-dev",
    "/usr/include/zlib.h": "zlib1g-dev",
    "/usr/include/zstd.h": "libzstd-dev",
    "/usr/include/lzma.h": "liblzma-dev",
    "/usr/include/lz4.h": "liblz4-dev",
    "/usr/include/lzo/lzo1x.h": "liblzo2-dev",
}
_TESTING = {"Xvfb": "xvfb", "xdotool": "xdotool"}
_FONT = "fonts-dejavu-core"
_FONT_ENDINGS = {".ttf", ".otf", ".ttc", ".pfb"}


class Purpose(Enum):
    """What the machine is prepared for; each needs what the one before it needs."""

    COMPUTE = 1
    WINDOW = 2
    TEST = 3
    BUNDLE = 4


@dataclass(frozen=True)
class Probe:
    """How presence is found out; tests answer otherwise."""

    can_load: Callable[[str], bool]
    find_program: Callable[[str], str | None]
    has_module: Callable[[str], bool]
    font_folders: tuple[Path, ...]
    has_file: Callable[[str], bool] = os.path.exists


def system_probe() -> Probe:
    """The probe of this machine."""
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
    return Probe(
        _can_load,
        shutil.which,
        lambda name: importlib.util.find_spec(name) is not None,
        tuple(Path(folder).expanduser() for folder in folders),
    )


def missing_packages(purpose: Purpose, probe: Probe) -> tuple[str, ...]:
    """The Debian packages to install for `purpose`, in a stable order."""
    libraries = _WINDOW if purpose.value >= Purpose.WINDOW.value else {}
    missing = [package for soname, package in libraries.items() if not probe.can_load(soname)]
    if not (probe.has_module("ensurepip") and probe.has_module("venv")):
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if purpose.value >= Purpose.WINDOW.value and not _has_font(probe.font_folders):
        missing.append(_FONT)
    programs: dict[str, str] = {}
    if purpose.value >= Purpose.TEST.value:
        programs |= _TESTING
    if purpose is Purpose.BUNDLE:
        programs |= _BUILDING
        missing += [name for path, name in _HEADERS.items() if not probe.has_file(path)]
        missing += _missing_libpython(probe)
    missing += [package for name, package in programs.items() if probe.find_program(name) is None]
    return tuple(dict.fromkeys(missing))


def apt_commands(packages: Iterable[str], *, has_lists: bool) -> tuple[tuple[str, ...], ...]:
    """The commands that install `packages` as root; the lists are fetched where there are none."""
    install = ("apt-get", "install", "--yes", "--no-install-recommends", *packages)
    return (install,) if has_lists else (("apt-get", "update"), install)


def manual_command(packages: Iterable[str]) -> str:
    """The one command that a person without root's rights is asked to run."""
    return f"sudo apt-get update && sudo apt-get install --yes {' '.join(packages)}"


def has_package_lists(root: Path = Path("/")) -> bool:
    """Whether apt knows any package: a fresh container has no lists."""
    return any((root / "var/lib/apt/lists").glob("*_Packages*"))


def _missing_libpython(probe: Probe) -> list[str]:
    """Debian's Python is linked without the shared library that PyInstaller takes along."""
    name = str(sysconfig.get_config_var("INSTSONAME"))
    beside = Path(str(sysconfig.get_config_var("LIBDIR"))) / name
    if probe.has_file(str(beside)) or probe.can_load(name):
        return []
    return [f"libpython{sys.version_info.major}.{sys.version_info.minor}"]


def _can_load(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _has_font(folders: tuple[Path, ...]) -> bool:
    return any(
        path.suffix.lower() in _FONT_ENDINGS
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*")
    )
