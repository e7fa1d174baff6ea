"""The .deb: the bundle in /opt, the command and the desktop's files in /usr."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import desktop_data
from bundled import version
from contents import missing_libraries, newest_glibc
from identity import MAINTAINER

# What the bundle takes from the system, and which Debian package has it; later releases renamed
# some. A library that is not here fails the build, which is how it gets here.
_PACKAGES = {
    "ld-linux-x86-64.so.2": "",
    "ld-linux-aarch64.so.1": "",
    "libc.so.6": "",
    "libdl.so.2": "",
    "libm.so.6": "",
    "libpthread.so.0": "",
    "librt.so.1": "",
    "libutil.so.1": "",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb.so.1": "libxcb1",
    "libz.so.1": "zlib1g",
}
_CONTROL = """\
Package: unblur
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: {depends}
Recommends: fonts-dejavu-core | fonts-noto-core, shared-mime-info
Section: graphics
Priority: optional
Description: make blurry photographs sharp
 Unblur restores photographs that are blurred by a moving camera, a moving
 subject or a missed focus: the whole photo, or only a face, a person or a
 thing in it. It shows both in one split view and blends the result live.
 Nothing leaves the computer.
"""


def build(bundle: Path, project: Path, work: Path, target: Path, *, is_quick: bool) -> Path:
    """Pack `bundle` below `work` into a .deb in `target`; quick means large.

    `UNBLUR_MAINTAINER` in the environment names who answers for the package.
    """
    root = work / "deb"
    shutil.rmtree(root, ignore_errors=True)
    place = root / "opt" / "unblur"
    place.parent.mkdir(parents=True)
    shutil.copytree(bundle, place, symlinks=True)
    commands = root / "usr" / "bin"
    commands.mkdir(parents=True)
    (commands / "unblur").symlink_to("/opt/unblur/unblur")
    desktop_data.write_all(root / "usr", project)
    desktop_data.validate(root / "usr")
    documents = root / "usr" / "share" / "doc" / "unblur"
    documents.mkdir(parents=True)
    # All that is inside, each with its licence, as Debian's policy has it in this file.
    licences = place / "_internal" / "unblur" / "_resources" / "LICENCES.txt"
    shutil.copyfile(licences, documents / "copyright")
    shutil.copyfile(project / "NOTICE", documents / "NOTICE")
    _write_control(root, project)
    architecture = debian_architecture()
    package = target / f"unblur_{version(project)}_{architecture}.deb"
    compression = ["-Znone"] if is_quick else ["-Zzstd", "-z9"]
    command = ["dpkg-deb", "--root-owner-group", *compression, "--build", str(root), str(package)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(root)
    return package


def dependencies(bundle: Path) -> str:
    """The Depends field: the packages of every library that is not in the bundle itself."""
    missing = missing_libraries(bundle)
    unknown = missing - _PACKAGES.keys()
    if unknown:
        raise ValueError(f"no Debian package is known for: {', '.join(sorted(unknown))}")
    packages = {_PACKAGES[name] for name in missing} - {""}
    return ", ".join([f"libc6 (>= {newest_glibc(bundle)})", *sorted(packages)])


def debian_architecture() -> str:
    """As dpkg calls this machine's."""
    asked = ["dpkg", "--print-architecture"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def _write_control(root: Path, project: Path) -> None:
    size = sum(p.lstat().st_size for p in root.rglob("*") if not p.is_dir()) // 1024
    control = _CONTROL.format(
        # A tilde sorts before nothing: 1.0~rc1 is older than 1.0.
        version=re.sub(r"(\d)(a|b|rc)", r"\1~\2", version(project)),
        architecture=debian_architecture(),
        maintainer=os.environ.get("UNBLUR_MAINTAINER", MAINTAINER),
        size=size,
        depends=dependencies(root / "opt" / "unblur"),
    )
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(control, encoding="utf-8")
