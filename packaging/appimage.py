"""The AppImage: our runtime, and behind it a SquashFS image of the bundle."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import desktop_data
from bundled import version

from unblur.desktop.entry import NAME

_SOURCE = Path(__file__).with_name("linux") / "appimage_runtime.c"
# Debian's static libraries. libsquashfuse is built with every decompressor that it knows.
_LIBRARIES = ("squashfuse_ll", "squashfuse", "fuse3", "z", "zstd", "lzma", "lz4", "lzo2", "pthread")
_MAGIC_AT, _MAGIC = 8, b"AI\x02"
_APP_RUN = """\
#!/bin/sh
# The program finds its own files; only what the desktop gave it is passed on.
exec "$(dirname "$(readlink -f "$0")")/usr/lib/unblur/unblur" "$@"
"""


def build(bundle: Path, project: Path, work: Path, target: Path, *, is_quick: bool) -> Path:
    """Make the AppImage of `bundle` in `target`; quick means larger.

    `UNBLUR_APPIMAGE_RUNTIME` in the environment names another type 2 runtime than ours.
    """
    folder = work / "Unblur.AppDir"
    _fill(folder, bundle, project)
    given = os.environ.get("UNBLUR_APPIMAGE_RUNTIME")
    runtime = Path(given) if given else build_runtime(work)
    image = work / "appimage.squashfs"
    image.unlink(missing_ok=True)
    # zstd at this level is unpacked several times faster than xz, which every start waits for.
    options = ["-root-owned", "-noappend", "-quiet", "-no-progress", "-comp", "zstd"]
    options += ["-Xcompression-level", "1" if is_quick else "12"]
    squash = ["mksquashfs", str(folder), str(image), *options]
    subprocess.run(squash, check=True, stdout=subprocess.DEVNULL)
    result = target / f"Unblur-{version(project)}-{platform.machine()}.AppImage"
    with result.open("wb") as whole:
        for part in (runtime, image):
            with part.open("rb") as source:
                shutil.copyfileobj(source, whole)
    result.chmod(0o755)
    image.unlink()
    shutil.rmtree(folder)
    return result


def build_runtime(work: Path) -> Path:
    """Compile the runtime, statically, and mark it as the specification of type 2 asks."""
    result = work / "appimage-runtime"
    folders = ["-isystem/usr/include/squashfuse", "-isystem/usr/include/fuse3"]
    # libfuse warns that it could load modules at run time; it is never asked to.
    flags = ["-O2", "-s", "-Wall", "-Wextra", "-static", "-D_FILE_OFFSET_BITS=64", *folders]
    libraries = [f"-l{name}" for name in _LIBRARIES]
    command = ["gcc", *flags, "-o", str(result), str(_SOURCE), *libraries]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"the AppImage's runtime could not be compiled:\n{done.stderr}")
    with result.open("r+b") as file:
        file.seek(_MAGIC_AT)
        file.write(_MAGIC)
    return result


def _fill(folder: Path, bundle: Path, project: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bundle, folder / "usr" / "lib" / "unblur", symlinks=True)
    desktop_data.write_all(folder / "usr", project)
    # At the top, where whoever shows or installs AppImages looks.
    share = folder / "usr" / "share"
    shutil.copyfile(share / "applications" / f"{NAME}.desktop", folder / f"{NAME}.desktop")
    shutil.copyfile(project / "resources" / "app-icon" / "256.png", folder / f"{NAME}.png")
    (folder / ".DirIcon").symlink_to(f"{NAME}.png")
    start = folder / "AppRun"
    start.write_text(_APP_RUN, encoding="utf-8")
    start.chmod(0o755)
