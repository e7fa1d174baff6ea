"""Put the program into the menu and into Open With of one person, and take it out again.

For installations with pip and for AppImages: a .deb and the installers do this themselves. Files
go where the XDG Base Directory Specification has them; nothing outside the person's own folders is
touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from unblur import paths
from unblur.desktop.entry import NAME, entry
from unblur.errors import DesktopUnsupportedError, DesktopWriteError

_UPDATE_SECONDS = 30.0


def install() -> tuple[Path, ...]:
    """Add the menu entry and the icons; the files that were written.

    Raises DesktopUnsupportedError where menus do not work so, DesktopWriteError.
    """
    _require_xdg()
    command = own_command()
    written = []
    try:
        for source, target in _icons():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            written.append(target)
        place = _entry_file()
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(entry(command), encoding="utf-8")
    except OSError as error:
        raise DesktopWriteError(error.filename, error.strerror or str(error)) from error
    _tell_desktop()
    return (*written, place)


def remove() -> tuple[Path, ...]:
    """Take the menu entry and the icons away; the files that are gone. Raises as `install`."""
    _require_xdg()
    ours = [_entry_file(), *(target for _, target in _icons())]
    there = tuple(path for path in ours if path.exists())
    try:
        for path in there:
            path.unlink()
    except OSError as error:
        raise DesktopWriteError(error.filename, error.strerror or str(error)) from error
    if there:
        _tell_desktop()
    return there


def own_command() -> tuple[str, ...]:
    """How this very installation is started from anywhere."""
    image = os.environ.get("APPIMAGE")  # an AppImage runs from a folder that is gone afterwards
    if image:
        return (image,)
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    beside = (Path(sys.executable).with_name(name) for name in ("unblur-window", "unblur"))
    found = next((path for path in beside if path.exists()), None)
    return (str(found),) if found else (sys.executable, "-m", "unblur")


def _require_xdg() -> None:
    if sys.platform in ("win32", "darwin"):
        raise DesktopUnsupportedError


def _data_home() -> Path:
    given = os.environ.get("XDG_DATA_HOME", "")
    # The specification has relative paths ignored.
    return Path(given) if given.startswith("/") else Path.home() / ".local" / "share"


def _entry_file() -> Path:
    return _data_home() / "applications" / f"{NAME}.desktop"


def _icons() -> list[tuple[Path, Path]]:
    """Each icon: where it is among our resources, and where the theme looks for it."""
    theme = _data_home() / "icons" / "hicolor"
    resources = paths.resources_dir()
    drawing = resources / "icons" / "unblur.svg"
    found = [(drawing, theme / "scalable" / "apps" / f"{NAME}.svg")]
    for picture in sorted((resources / "app-icon").glob("*.png")):
        size = f"{picture.stem}x{picture.stem}"
        found.append((picture, theme / size / "apps" / f"{NAME}.png"))
    return found


def _tell_desktop() -> None:
    """Refresh the caches of menus and icons; without these programs desktops look by themselves."""
    home = _data_home()
    _refresh("update-desktop-database", home / "applications")
    theme = home / "icons" / "hicolor"
    # Only where there is one: a new cache would hide icons that others add without refreshing it.
    if (theme / "icon-theme.cache").exists():
        _refresh("gtk-update-icon-cache", "--ignore-theme-index", "--quiet", theme)


def _refresh(program: str, *arguments: str | Path) -> None:
    found = shutil.which(program)
    if found is None:
        return
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - a program of the desktop, on the person's own folder
            [found, *arguments], check=False, capture_output=True, timeout=_UPDATE_SECONDS
        )
