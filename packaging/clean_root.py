"""A Debian that holds nothing but what Debian itself needs, to try a package in."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - not a place for temporary files of ours
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class CleanRootError(Exception):
    """The clean system cannot be made here; the text says why."""


@dataclass(frozen=True)
class CleanRoot:
    """The system below `folder`, and a folder of ours that it sees as /mnt/smoke."""

    folder: Path

    @property
    def exchange(self) -> Path:
        """Files in here are seen in there as `inside(…)` says."""
        return self.folder / "mnt" / "smoke"

    def inside(self, path: Path) -> str:
        """How a path below `folder` is called in there."""
        return f"/{path.relative_to(self.folder)}"

    def command(
        self, words: Sequence[str], variables: Mapping[str, str], *, has_network: bool = False
    ) -> list[str]:
        """What to run on this machine to run `words` in there.

        /proc and the display's socket are mounted in a namespace that ends with the command.
        Without a network the command has no device that is up, not even the loopback.
        """
        root = shlex.quote(str(self.folder))
        mounts = [f"mount -t proc proc {root}/proc", f"mount -t tmpfs tmpfs {root}{_SHARED_MEMORY}"]
        socket = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers have their sockets
        if socket.is_dir():
            inside = f"{root}{socket}"
            mounts += [f"mkdir -p {inside}", f"mount --bind {socket} {inside}"]
        given = {"PATH": _PATH, "HOME": "/root", "LANG": "C.UTF-8", **variables}
        pairs = " ".join(shlex.quote(f"{name}={value}") for name, value in given.items())
        start = f"exec chroot {root} env -i {pairs} {shlex.join(words)}"
        spaces = ["--mount"] if has_network else ["--mount", "--net"]
        return ["unshare", *spaces, "sh", "-c", " && ".join([*mounts, start])]

    def install(self, package: Path) -> None:
        """Install a .deb with what it depends on, and nothing that it only recommends."""
        shutil.copyfile(package, self.exchange / package.name)
        shutil.copyfile("/etc/resolv.conf", self.folder / "etc" / "resolv.conf")
        wanted = self.inside(self.exchange / package.name)
        # A font is only recommended, and every desktop has one.
        options = ["-qq", "-y", "--no-install-recommends"]
        for words in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", *options, wanted, "fonts-dejavu-core"],
        ):
            variables = {"DEBIAN_FRONTEND": "noninteractive"}
            command = self.command(words, variables, has_network=True)
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode != 0:
                raise CleanRootError(f"{shlex.join(words)}:\n{done.stdout}{done.stderr}")
        (self.exchange / package.name).unlink()


def make(work: Path) -> CleanRoot:
    """A fresh system below `work`; what debootstrap made is kept there for the next time."""
    if os.geteuid() != 0:
        raise CleanRootError("a clean Debian can only be made by root")
    if shutil.which("debootstrap") is None:
        raise CleanRootError("debootstrap is missing")
    pristine, root = work / "debian", work / "clean-root"
    if not pristine.exists():
        _debootstrap(pristine)
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "--archive", str(pristine), str(root)], check=True)
    clean = CleanRoot(root)
    clean.exchange.mkdir(parents=True)
    return clean


def _debootstrap(target: Path) -> None:
    unfinished = target.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    command = ["debootstrap", "--variant=minbase", _codename(), str(unfinished), _mirror()]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise CleanRootError(f"debootstrap failed:\n{done.stdout[-2000:]}{done.stderr}")
    unfinished.rename(target)


def _codename() -> str:
    text = Path("/etc/os-release").read_text(encoding="utf-8")
    names = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return names["VERSION_CODENAME"].strip('"')


def _mirror() -> str:
    """Where this machine's apt has its packages from."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    told = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.split()
    mirrors = [line for line in told if line.startswith("http") and "security" not in line]
    if not mirrors:
        raise CleanRootError("apt has no mirror configured here (apt-get update first?)")
    return mirrors[0]
