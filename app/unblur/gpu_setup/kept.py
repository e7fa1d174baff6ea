"""The builds of torch in the person's data folder, and which of them is in force.

`current.json` names one; it is replaced in one step, so there is a whole build or none.
Standard library only: this is asked whenever torch is imported.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from dataclasses import asdict, dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

from unblur.errors import GpuBusyError
from unblur.settings import parsed, write_atomically

logger = logging.getLogger(__name__)

_LIBRARIES = (".so", ".dll", ".pyd", ".dylib")


def python_abi() -> str:
    """Which compiled modules this interpreter loads, such as ".cpython-311-x86_64-linux-gnu.so"."""
    return EXTENSION_SUFFIXES[0]


@dataclass(frozen=True, slots=True)
class KeptBuild:
    """A build of torch as it was set up. `library_bytes` is the size of its compiled parts."""

    folder: str
    torch: str
    backend: str
    card: str
    abi: str
    library_bytes: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the trial of a build ended. `key` says under which circumstances."""

    key: str
    works: bool
    device: str = ""
    reason: str = ""


class BuildShelf:
    """`folder` holds builds, the note which one is current, and the verdict on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._current = folder / "current.json"
        self._verdict = folder / "verdict.json"

    def current(self) -> KeptBuild | None:
        """The build in force; None where there is none, or its note is damaged."""
        data = _read(self._current)
        try:
            build = KeptBuild(**data) if data else None
        except TypeError:
            return None
        if build is None or not _is_plain_name(build.folder):
            return None
        return build

    def root_of(self, build: KeptBuild) -> Path:
        """The folder of one build."""
        return self.folder / build.folder

    def site_of(self, build: KeptBuild) -> Path:
        """Its modules, for `sys.path`."""
        return self.root_of(build) / "site"

    def put_in_force(self, build: KeptBuild) -> None:
        """From the next import of torch on this one is taken. Raises OSError."""
        self._verdict.unlink(missing_ok=True)
        write_atomically(self._current, json.dumps(asdict(build), indent=2).encode())

    def retire(self) -> None:
        """No build is in force any more; its files go as far as nobody uses them. OSError."""
        self._current.unlink(missing_ok=True)
        self._verdict.unlink(missing_ok=True)
        for path in self.folder.glob("*"):
            shutil.rmtree(path, ignore_errors=True)

    def tidy(self, keep: str) -> None:
        """Remove earlier builds than `keep`, unless another process sets one up at this moment.

        What Windows does not let go, goes the next time.
        """
        builds = [path for path in self.folder.glob("*+*") if path.is_dir() and path.name != keep]
        if not builds:
            return
        # Here, for this module is imported at every start, and earlier builds are rare.
        from unblur.gpu_setup.turns import alone_in

        try:
            with alone_in(self.folder):
                for path in builds:
                    shutil.rmtree(path, ignore_errors=True)
        except (GpuBusyError, OSError) as reason:
            logger.info("Earlier builds for the GPU stay until the next start: %r", reason)

    def verdict(self) -> Verdict | None:
        """How the last trial ended."""
        try:
            return Verdict(**_read(self._verdict))
        except TypeError:
            return None

    def forget_verdict(self) -> None:
        """The next to ask makes a new trial. Raises OSError."""
        self._verdict.unlink(missing_ok=True)

    def keep_verdict(self, verdict: Verdict) -> None:
        """Remember it. Where that fails there is another trial the next time."""
        try:
            write_atomically(self._verdict, json.dumps(asdict(verdict)).encode())
        except OSError as error:
            logger.info("The verdict on the GPU build was not kept: %s", error)


def library_bytes(site: Path) -> int:
    """How large the compiled parts below `site` are in all: a quick look at whether all is here."""
    total = 0
    for folder, _, names in os.walk(site):
        total += sum(
            Path(folder, name).stat().st_size
            for name in names
            if name.endswith(_LIBRARIES) or ".so." in name
        )
    return total


def why_unfit(build: KeptBuild) -> str:
    """A phrase that says why a build is not for this program; "" when it is."""
    from unblur.gpu_setup.builds import oldest_release

    if build.abi != python_abi():
        return "it was fetched for another Python"
    if _release(build.torch) < _release(oldest_release()):
        return f"torch {build.torch} is too old for this version of Unblur"
    return ""


def _release(version: str) -> tuple[int, ...]:
    """The numbers of a version, without its build."""
    return tuple(int(part) for part in version.partition("+")[0].split(".") if part.isdigit())


def _is_plain_name(name: str) -> bool:
    return isinstance(name, str) and name not in ("", ".", "..") and Path(name).name == name


def _read(path: Path) -> dict[str, Any]:
    try:
        data = parsed(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
