"""The virtual environment: made once, filled from the pins, stamped last.

The stamp is written when everything is installed and removed before anything is changed. So
an installation that was interrupted has no stamp, and the next start finishes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch_build

from unblur.gpu_setup.builds import Backend

PROJECT = Path(__file__).resolve().parents[1]
CONSTRAINTS = PROJECT / "packaging" / "constraints.txt"
_INPUTS = ("pyproject.toml", "packaging/constraints.txt", "resources/torch_backends.toml")


class SetupError(Exception):
    """Setting up cannot go on; the text says why and what to do."""


@dataclass(frozen=True)
class Stamp:
    """What a finished environment was made from."""

    key: str
    backend: str
    extras: tuple[str, ...]


@dataclass(frozen=True)
class Environment:
    """A virtual environment at `root`."""

    root: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.program("python")

    def program(self, name: str) -> Path:
        """One of its programs."""
        is_windows = os.name == "nt"
        folder = self.root / ("Scripts" if is_windows else "bin")
        return folder / (f"{name}.exe" if is_windows else name)

    @property
    def stamp_file(self) -> Path:
        """Present when, and only when, the installation is complete."""
        return self.root / "unblur-stamp.json"

    @property
    def failed_file(self) -> Path:
        """Remembers the package indexes that were tried in vain."""
        return self.root / "unblur-failed-indexes.json"

    def stamp(self) -> Stamp | None:
        """The stamp, or None when the installation is missing, unfinished or damaged."""
        try:
            data = json.loads(self.stamp_file.read_text(encoding="utf-8"))
            stamp = Stamp(data["key"], data["backend"], tuple(data["extras"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return stamp if self.python.exists() else None

    def write_stamp(self, stamp: Stamp) -> None:
        """Declare the installation complete."""
        text = json.dumps({"key": stamp.key, "backend": stamp.backend, "extras": stamp.extras})
        temporary = self.stamp_file.with_suffix(".part")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self.stamp_file)

    def failed_indexes(self) -> frozenset[str]:
        """The package indexes that were tried in vain."""
        try:
            return frozenset(json.loads(self.failed_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return frozenset()

    def remember_failed(self, index: str) -> None:
        """Do not try `index` again."""
        names = sorted(self.failed_indexes() | {index})
        self.failed_file.write_text(json.dumps(names), encoding="utf-8")


def key_of(project: Path = PROJECT, version: Sequence[int] = sys.version_info[:3]) -> str:
    """A digest of everything that an installation depends on, but the backend."""
    digest = hashlib.sha256(f"{project}\n{tuple(version)}\n".encode())
    for name in _INPUTS:
        digest.update((project / name).read_bytes())
    return digest.hexdigest()


def create(environment: Environment) -> None:
    """Make the virtual environment, or make it anew when it is broken.

    Raises SetupError when the folder holds something else, which is left as it is.
    """
    root = environment.root
    if _works(environment):
        return
    if root.exists() and not (root / "pyvenv.cfg").exists() and _has_files(root):
        raise SetupError(f"“{root}” exists and is no virtual environment. Choose another folder.")
    print(f"Making the virtual environment in {root} …", flush=True)
    shutil.rmtree(root, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(root)], check=False)
    if made.returncode != 0 or not _works(environment):
        raise SetupError(f"The virtual environment could not be made in “{root}”.")


def install(environment: Environment, backend: Backend, extras: tuple[str, ...], key: str) -> None:
    """Install torch, the pinned dependencies and the project, then stamp. Raises SetupError."""
    environment.stamp_file.unlink(missing_ok=True)
    _install_torch(environment, backend)
    # The build backend comes from the pins too, instead of from an isolated environment that
    # knows none, so it has to be there before the project is.
    print("Installing Unblur and what it stands on …", flush=True)
    target = f"{PROJECT}[{','.join(extras)}]" if extras else str(PROJECT)
    steps = (["hatchling", "editables"], ["--no-build-isolation", "--editable", target])
    if any(_pip_install(environment, step) != 0 for step in steps):
        raise SetupError("Installing failed; pip says why above. Starting again goes on from here.")
    environment.write_stamp(Stamp(key, backend.name, extras))


def pinned_torch(constraints: Path = CONSTRAINTS) -> str:
    """The torch pin, such as "torch==2.13.0"."""
    lines = constraints.read_text(encoding="utf-8").splitlines()
    return next(line.strip() for line in lines if line.startswith("torch=="))


def _install_torch(environment: Environment, backend: Backend) -> None:
    pin = pinned_torch()
    if backend.is_met_by(_installed_torch(environment, pin)):
        return
    choice = torch_build.choose(
        backend,
        pin,
        offered=_offered_version(environment, pin),
        failed=environment.failed_indexes(),
        is_reachable=torch_build.can_reach,
    )
    print(f"Installing {choice.note} …", flush=True)
    given_up = choice.given_up
    if choice.index is not None:
        extra = ["--extra-index-url", choice.index, choice.requirement]
        if _pip_install(environment, extra) == 0:
            return
        print(f"{choice.index} did not deliver; taking the plain index's PyTorch.", flush=True)
        given_up = choice.index
    if given_up is not None:
        environment.remember_failed(given_up)
    if _pip_install(environment, [pin]) != 0:
        raise SetupError("PyTorch could not be installed; pip says why above.")


def _offered_version(environment: Environment, pin: str) -> str | None:
    """The version of the build that the plain index would give for `pin`; nothing is installed."""
    command = ["install", "--dry-run", "--ignore-installed", "--no-deps", "--report", "-", pin]
    done = subprocess.run(
        [environment.python, "-m", "pip", "--quiet", *command],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        found = json.loads(done.stdout)["install"]
        return str(found[0]["metadata"]["version"])
    except (ValueError, KeyError, IndexError):
        return None


def _installed_torch(environment: Environment, pin: str) -> str | None:
    """The version of the torch that is there already, when it is the pinned release."""
    release = pin.partition("==")[2]
    packages = [*environment.root.glob("lib/python*/site-packages")]
    packages += [*environment.root.glob("Lib/site-packages")]
    for folder in packages:
        for info in folder.glob("torch-*.dist-info"):
            version = info.name.removeprefix("torch-").removesuffix(".dist-info")
            # RECORD is written last: a torch without it was interrupted half-way.
            if version.partition("+")[0] == release and (info / "RECORD").exists():
                return version
    return None


def _pip_install(environment: Environment, arguments: list[str]) -> int:
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    pins = ["--constraint", str(CONSTRAINTS)]
    command = [str(environment.python), "-m", "pip", "install", "--no-input", *quiet, *pins]
    return subprocess.run([*command, *arguments], check=False).returncode


def _works(environment: Environment) -> bool:
    if not environment.python.exists():
        return False
    asked = [str(environment.python), "-c", "import pip"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def _has_files(folder: Path) -> bool:
    return not folder.is_dir() or any(path.is_file() for path in folder.rglob("*"))
