"""Sets up, describes and removes the build of torch for the person's graphics card.

The window and the command line do it with this one class. Wheels come into `wheels`, with the
downloader that fetches models, and are kept until all is unpacked: whatever is interrupted
goes on from there. The new build is unpacked beside the old one and put in force at the end,
in one step, after a trial. Knows neither Qt nor torch.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from unblur import errors, offline, paths
from unblur.errors import Cancelled
from unblur.gpu_setup import builds
from unblur.gpu_setup.hardware import Machine, card_name, detect_backend, why_none
from unblur.gpu_setup.included import IncludedTorch, included_torch
from unblur.gpu_setup.kept import (
    BuildShelf,
    KeptBuild,
    Verdict,
    library_bytes,
    python_abi,
    why_unfit,
)
from unblur.gpu_setup.turns import alone_in
from unblur_models import errors as zoo

if TYPE_CHECKING:  # they are imported when something is fetched
    from unblur.gpu_setup.supply import Supply
    from unblur_models.fetching import CancelFetch, Patience, Progress

logger = logging.getLogger(__name__)

INDEX_VARIABLE = "UNBLUR_TORCH_INDEX"

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_COMPUTING = ("cuda", "rocm", "xpu")


@dataclass(frozen=True, slots=True)
class GpuStatus:
    """What there is. `why_none` says why there is no card to compute with, or "".

    `backend` is "cpu" where there is none. `is_included` says that the program's own torch
    computes with the card; `kept_bytes` are those of an unfinished set-up.
    """

    backend: str
    card: str
    why_none: str
    included: IncludedTorch
    kept: KeptBuild | None
    unfit: str
    verdict: Verdict | None
    kept_bytes: int

    @property
    def is_included(self) -> bool:
        """Whether the program's own torch computes with the card."""
        return self.backend == "mps" or self.backend in self.included.backends

    @property
    def can_set_up(self) -> bool:
        """Whether there is a card that needs a build of its own."""
        return self.backend in _COMPUTING and not self.is_included


class GpuStore:
    """The builds in `folder`. Every method may be called on any thread, and may take seconds."""

    def __init__(
        self,
        folder: Path,
        is_offline: Callable[[], bool] = lambda: False,
        machine: Machine | None = None,
        index: str = "",
    ) -> None:
        self.shelf = BuildShelf(folder)
        self._wants_offline = is_offline
        self._machine = machine or Machine()
        self._index = index
        self._wheels = folder / "wheels"

    @property
    def is_offline(self) -> bool:
        """Whether the setting, or UNBLUR_OFFLINE, forbids connections."""
        return offline.is_demanded() or self._wants_offline()

    def status(self) -> GpuStatus:
        """Look at the card and at what was set up."""
        backend, kept = detect_backend(self._machine), self.shelf.current()
        has_card = backend != "cpu"
        return GpuStatus(
            backend,
            card_name(self._machine, backend) if has_card else "",
            "" if has_card else why_none(self._machine),
            included_torch(other_than=self.shelf.folder),
            kept,
            why_unfit(kept) if kept is not None else "",
            self.shelf.verdict() if kept is not None else None,
            sum(path.stat().st_size for path in self._wheels.glob("*")),
        )

    def set_up(
        self,
        backend: str = "",
        progress: Progress = lambda _done, _total: None,
        cancel: CancelFetch | None = None,
        patience: Patience | None = None,
    ) -> Verdict:
        """Fetch and unpack the build for `backend` (default: for the card), try it, use it.

        `progress` is told bytes. What came before a failure or a stop is kept. Raises
        GpuMissingError, GpuIncludedError, GpuOfflineError, GpuBusyError, GpuNoBuildError,
        GpuFetchError, GpuDiskSpaceError, GpuWriteError and Cancelled. A build that does not work
        is in force nevertheless: the verdict says why, and importing torch passes it over.
        """
        from unblur_models.fetching import CancelFetch

        cancel = cancel or CancelFetch()
        name = backend or self._needed_backend()
        row = builds.backend_for(name, self._machine)
        if row.label is None or row.index is None:
            raise errors.GpuMissingError("PyTorch needs no other build for it")
        wanted = f"{builds.release()}+{row.label}"
        kept = self._sound(wanted)
        if kept is None:
            if self.is_offline:
                raise errors.GpuOfflineError
            from unblur.gpu_setup.supply import Supply

            supply = Supply(self._wheels, self._index or row.index, progress, cancel, patience)
            with _told(), alone_in(self.shelf.folder):
                # Another process may have been done a moment ago.
                kept = self._sound(wanted) or self._put_in_force(supply, wanted, name)
        return self.try_again(kept, cancel)

    def try_again(self, kept: KeptBuild, cancel: CancelFetch) -> Verdict:
        """See anew whether a build works here. Raises Cancelled."""
        from unblur.gpu_setup.trial import verdict_on

        self.shelf.forget_verdict()
        verdict = verdict_on(self.shelf, kept, self._machine, lambda: cancel.is_cancelled)
        logger.info("PyTorch %s for the GPU: %s", kept.torch, verdict)
        return verdict

    def remove(self) -> None:
        """Remove the build and what was fetched for it.

        Raises GpuNotSetUpError, GpuBusyError and GpuWriteError.
        """
        if self.shelf.current() is None and not self.shelf.folder.exists():
            raise errors.GpuNotSetUpError
        try:
            with alone_in(self.shelf.folder):
                self.shelf.retire()
        except OSError as error:
            raise errors.GpuWriteError(str(error)) from error

    def _needed_backend(self) -> str:
        status = self.status()
        if status.is_included:
            raise errors.GpuIncludedError(status.included.version or status.backend)
        if status.why_none:
            raise errors.GpuMissingError(status.why_none)
        return status.backend

    def _sound(self, wanted: str) -> KeptBuild | None:
        """The build in force, when it is this one and whole."""
        kept = self.shelf.current()
        if kept is None or kept.torch != wanted or why_unfit(kept):
            return None
        return kept if library_bytes(self.shelf.site_of(kept)) == kept.library_bytes else None

    def _put_in_force(self, supply: Supply, wanted: str, backend: str) -> KeptBuild:
        staging = supply.unpack_all(supply.wheels_for(f"torch=={wanted}"), self.shelf.folder)
        # A name of its own each time: the one before may be in use by a running program.
        folder = f"{wanted}-{uuid.uuid4().hex[:8]}"
        staging.rename(self.shelf.folder / folder)
        site = self.shelf.folder / folder / "site"
        card = card_name(self._machine, backend)
        kept = KeptBuild(folder, wanted, backend, card, python_abi(), library_bytes(site))
        self.shelf.put_in_force(kept)
        shutil.rmtree(self._wheels, ignore_errors=True)
        logger.info("PyTorch %s for %s is set up", wanted, card)
        return kept


def open_gpu_store(is_offline: Callable[[], bool]) -> GpuStore:
    """The store of the person who runs the program. Raises HomeMissingError.

    UNBLUR_TORCH_INDEX names another index to fetch from, such as a mirror at work.
    """
    return GpuStore(paths.torch_dir(), is_offline, index=os.environ.get(INDEX_VARIABLE, ""))


@contextmanager
def _told() -> Iterator[None]:
    """Turn what fetching raises into errors that have words."""
    try:
        yield
    except zoo.FetchCancelled as stop:
        raise Cancelled from stop
    except zoo.FetchFailedError as error:
        raise errors.GpuFetchError(f"{error.name}: {'; '.join(error.failures)}") from error
    except zoo.WeightsUnwritableError as error:
        raise _unwritable(error.path, error.reason) from error
    except OSError as error:
        raise _unwritable(Path(error.filename or ""), error) from error


def _unwritable(path: Path, reason: OSError) -> errors.GpuError:
    words = f"{path}: {reason.strerror or reason}"
    return (
        errors.GpuDiskSpaceError(words) if reason.errno in _NO_ROOM else errors.GpuWriteError(words)
    )
