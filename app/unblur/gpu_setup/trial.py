"""Tries a build of torch in a process of its own: a bad one crashes that and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from unblur import __version__
from unblur.errors import Cancelled
from unblur.gpu_setup.hardware import Machine, driver_text
from unblur.gpu_setup.kept import BuildShelf, KeptBuild, Verdict, library_bytes

HIDDEN_OPTION = "--try-build"

_SECONDS = 180.0
_LOOK_SECONDS = 0.2
_SIDE = 64


def key_of(shelf: BuildShelf, build: KeptBuild, machine: Machine) -> str:
    """The circumstances: after another driver, program or Python a build is tried again."""
    facts = (build.folder, __version__, sys.version, sys.executable, driver_text(machine))
    return "\n".join((*facts, str(library_bytes(shelf.site_of(build)))))


def verdict_on(
    shelf: BuildShelf,
    build: KeptBuild,
    machine: Machine,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Verdict:
    """The verdict under these circumstances, kept or of a new trial, which takes seconds.

    Raises Cancelled.
    """
    key = key_of(shelf, build, machine)
    known = shelf.verdict()
    if known is not None and known.key == key:
        return known
    verdict = _tried(shelf.site_of(build), build.backend, key, is_cancelled)
    shelf.keep_verdict(verdict)
    return verdict


def answer(site: Path, backend: str, target: Path) -> int:
    """In the process of the trial: compute with the build, and write how it went to `target`."""
    from unblur.gpu_setup.activation import TorchFinder, put_first

    # Or importing torch would ask for a verdict, and that for a trial.
    sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, TorchFinder)]
    try:
        put_first(site)
        report = {"works": True, "device": _computed(site, backend), "reason": ""}
    except Exception as error:  # whatever a broken build raises is the answer
        words = (str(error) or type(error).__name__).strip().splitlines()
        report = {"works": False, "device": "", "reason": words[0] if words else ""}
    target.write_text(json.dumps(report), encoding="utf-8")
    return 0 if report["works"] else 1


def _computed(site: Path, backend: str) -> str:
    """The device's name, after a product on it was right. Raises whatever goes wrong."""
    import torch

    if site not in Path(torch.__file__).parents:
        raise RuntimeError(f"Python takes torch from {torch.__file__} instead")
    kind = "xpu" if backend == "xpu" else "cuda"  # ROCm calls itself CUDA
    module = getattr(torch, kind)
    if not module.is_available():
        raise RuntimeError(f"torch {torch.__version__} finds no device it can compute with")
    ones = torch.ones(_SIDE, _SIDE, device=kind)
    if float((ones @ ones).sum()) != _SIDE**3:
        raise RuntimeError("the graphics card computes wrongly")
    return str(module.get_device_name(0))


def _tried(site: Path, backend: str, key: str, is_cancelled: Callable[[], bool]) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="unblur-") as folder:
        target = Path(folder) / "verdict.json"
        try:
            status = _run(site, backend, target, is_cancelled)
        except TimeoutError:
            return Verdict(key, works=False, reason=f"it took more than {_SECONDS:.0f} seconds")
        except OSError as error:
            return Verdict(key, works=False, reason=f"it could not be tried: {error}")
        try:
            said = json.loads(target.read_text(encoding="utf-8"))
            return Verdict(key, bool(said["works"]), str(said["device"]), str(said["reason"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Verdict(key, works=False, reason=f"it crashed with status {status}")


def _run(site: Path, backend: str, target: Path, is_cancelled: Callable[[], bool]) -> int:
    words = ["setup-gpu", HIDDEN_OPTION, str(site), str(target), "--backend", backend]
    own = [] if getattr(sys, "frozen", False) else ["-m", "unblur"]
    end = time.monotonic() + _SECONDS
    with subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, *own, *words],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as child:
        try:
            while True:
                try:
                    return child.wait(_LOOK_SECONDS)
                except subprocess.TimeoutExpired:
                    if is_cancelled():
                        raise Cancelled from None
                    if time.monotonic() > end:
                        raise TimeoutError from None
        except BaseException:
            child.kill()
            raise


def _environment() -> dict[str, str]:
    # A bundle that starts itself has to find its own libraries anew (PyInstaller).
    variables = {**os.environ, "PYINSTALLER_RESET_ENVIRONMENT": "1"}
    # Started with -m, the child needs the same modules as this process.
    if not getattr(sys, "frozen", False):
        variables["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return variables
