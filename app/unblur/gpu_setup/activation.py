"""Makes `import torch` take the build for the graphics card, when there is one that works.

A finder looks at the name torch and at nothing else, so that starting the program costs
nothing, and whoever imports torch first, on whichever thread, gets the right one.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from unblur.errors import GpuUnusableError, HomeMissingError

if TYPE_CHECKING:  # the window's first picture waits for none of it
    from unblur.gpu_setup.kept import BuildShelf, KeptBuild, Verdict

logger = logging.getLogger(__name__)

# In the order in which they need each other. A bundle's library path names its own copies, and
# a library that is loaded already is not searched for again.
_PRELOADED = ("c10", "c10_cuda", "c10_hip", "c10_xpu", "torch_cpu", "torch_cuda", "torch_hip")
_PRELOADED_LAST = ("torch_xpu", "torch", "shm", "torch_python")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the build. `problem` is "" unless there is one that is not used."""

    is_used: bool = False
    problem: str = ""


class TorchFinder:
    """Decides once, when torch is first imported, where it comes from. For `sys.meta_path`.

    `folder` is where the builds are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self.outcome: Outcome | None = None

    def find_spec(
        self,
        fullname: str,
        _path: Sequence[str] | None = None,
        _target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The build's torch; None lets Python go on to the program's own."""
        if fullname != "torch":
            return None
        with self._lock:
            build = self._shelf.current()
            if build is None or (self.outcome is not None and not self.outcome.is_used):
                return None
            if self.outcome is None:
                self.outcome = self._decided(build)
            if not self.outcome.is_used:
                logger.warning("The build of PyTorch for the GPU is not used: %s", self.problem)
                return None
            site = self._shelf.site_of(build)
            spec = PathFinder.find_spec("torch", [str(site)])
            return self._watched(spec, site)

    @cached_property
    def _shelf(self) -> BuildShelf:
        from unblur.gpu_setup.kept import BuildShelf

        return BuildShelf(self._folder)

    @property
    def problem(self) -> str:
        """Why the build is not used; "" when it is, and when there is none."""
        return self.outcome.problem if self.outcome is not None else ""

    def _decided(self, build: KeptBuild) -> Outcome:
        from unblur.gpu_setup.kept import why_unfit

        self._shelf.tidy(keep=build.folder)
        reason = why_unfit(build)
        if not reason:
            verdict = self._verdict_on(build)
            reason = "" if verdict.works else verdict.reason or "it gives no reason"
        if not reason:
            put_first(self._shelf.site_of(build))
        return Outcome(is_used=not reason, problem=reason)

    def _verdict_on(self, build: KeptBuild) -> Verdict:
        from unblur.gpu_setup.hardware import Machine
        from unblur.gpu_setup.trial import verdict_on

        return verdict_on(self._shelf, build, Machine())

    def _watched(self, spec: ModuleSpec | None, site: Path) -> ModuleSpec | None:
        """`spec`, with a second way for the case that importing fails after all."""
        loader = spec.loader if spec is not None else None
        if spec is None or loader is None:
            return None
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            try:
                execute(module)
            except Exception as error:
                logger.exception("The build of PyTorch for the GPU failed")
                self.outcome = Outcome(problem=str(error) or type(error).__name__)
                _fall_back(module, site)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def watch_for_torch() -> None:
    """Install the finder, unless it is there. For the start of the program; costs nothing."""
    if any(isinstance(finder, TorchFinder) for finder in sys.meta_path):
        return
    from unblur import paths

    try:
        sys.meta_path.insert(0, TorchFinder(paths.torch_dir()))
    except HomeMissingError:
        return  # then nothing was ever fetched


def outcome() -> Outcome:
    """What became of the build in this process. Known once torch is imported."""
    finders = (finder for finder in sys.meta_path if isinstance(finder, TorchFinder))
    finder = next(finders, None)
    return (finder.outcome if finder is not None else None) or Outcome()


def problem() -> GpuUnusableError | None:
    """The same as an error that has words; None when there is nothing to tell."""
    reason = outcome().problem
    return GpuUnusableError(reason) if reason else None


def put_first(site: Path) -> None:
    """Let Python take modules from `site` before all others. Raises OSError for broken ones."""
    if str(site) not in sys.path:
        sys.path.insert(0, str(site))
    importlib.invalidate_caches()
    if getattr(sys, "frozen", False) and sys.platform == "linux":
        _preload(site / "torch" / "lib")


def _preload(folder: Path) -> None:
    import ctypes

    for name in (*_PRELOADED, *_PRELOADED_LAST):
        library = folder / f"lib{name}.so"
        if library.exists():
            ctypes.CDLL(str(library))


def _fall_back(module: ModuleType, site: Path) -> None:
    """Make `module`, which is half imported, the program's own torch."""
    sys.path[:] = [entry for entry in sys.path if entry != str(site)]
    for name, loaded in list(sys.modules.items()):
        origin = getattr(loaded, "__file__", None) or ""
        if loaded is not module and origin.startswith(str(site)):
            del sys.modules[name]
    importlib.invalidate_caches()
    spec = PathFinder.find_spec("torch")
    if spec is None or spec.loader is None:
        raise ImportError("there is no other torch", name="torch")
    module.__dict__.clear()
    module.__dict__.update(
        __name__="torch",
        __spec__=spec,
        __loader__=spec.loader,
        __file__=spec.origin,
        __package__="torch",
        __path__=spec.submodule_search_locations,
    )
    spec.loader.exec_module(module)
