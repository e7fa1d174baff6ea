"""Brings the wheels of a build: finds out which, fetches, checks and unpacks them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.metadata import Metadata

from unblur.errors import GpuDiskSpaceError
from unblur.gpu_setup.index import PackageIndex, Wheel
from unblur.gpu_setup.resolving import Resolver
from unblur.gpu_setup.unpacking import metadata_in, unpack, unpacked_size
from unblur_models.fetching import CancelFetch, Patience, Progress, WantedFile, fetch
from unblur_models.http_pages import size_of

# Compressed libraries of CUDA and ROCm grow to about twice their size; known exactly once
# the wheels are here.
_GROWTH = 2.0
_GIGABYTE = 1e9
_STAGING = "staging"


@dataclass(frozen=True, slots=True)
class Supply:
    """Fetches from `index` into `folder`. Its methods raise GpuNoBuildError, GpuDiskSpaceError,
    ZooError for what does not come as it should, FetchCancelled and OSError.
    """

    folder: Path
    index: str
    progress: Progress
    cancel: CancelFetch
    patience: Patience | None = None

    def wheels_for(self, requirement: str) -> tuple[Path, ...]:
        """The wheels of `requirement` and all that it requires, whole and checked."""
        index = PackageIndex(self.index, cancel=self.cancel, patience=self.patience)
        here: dict[str, Path] = {}

        def metadata_of(wheel: Wheel) -> Metadata | None:
            told = index.metadata(wheel)
            path = here.get(wheel.file)
            return metadata_in(path) if told is None and path is not None else told

        resolver = Resolver(index, metadata_of)
        wheels = resolver.resolve([requirement])
        while missing := [wheel for wheel in wheels if wheel.file not in here]:
            # What has no metadata apart tells its requirements only now.
            here |= self._fetch_all(missing)
            wheels = resolver.resolve([requirement])
        self._forget_others(wheels)
        return tuple(here[wheel.file] for wheel in wheels)

    def unpack_all(self, wheels: Sequence[Path], builds: Path) -> Path:
        """A folder in `builds` with the contents of all wheels, not in force yet."""
        _check_room(sum(unpacked_size(path) for path in wheels), builds)
        staging = builds / _STAGING
        shutil.rmtree(staging, ignore_errors=True)
        for path in wheels:
            unpack(path, staging, self.cancel.raise_if_cancelled)
        return staging

    def _fetch_all(self, wheels: Sequence[Wheel]) -> dict[str, Path]:
        sizes = {wheel.file: self._size_of(wheel) for wheel in wheels}
        total = sum(sizes.values())
        self.folder.mkdir(parents=True, exist_ok=True)
        missing = total - sum(self._bytes_here(wheel) for wheel in wheels)
        _check_room(int(missing + total * _GROWTH), self.folder)
        here: dict[str, Path] = {}
        before = 0
        for wheel in wheels:
            size = sizes[wheel.file]
            wanted = WantedFile(wheel.file, size, wheel.sha256, (wheel.address,))
            here[wheel.file] = fetch(
                wanted,
                self.folder,
                progress=_counted(self.progress, before, total),
                cancel=self.cancel,
                patience=self.patience,
            )
            before += size
            self.progress(before, total)
        return here

    def _size_of(self, wheel: Wheel) -> int:
        path = self.folder / wheel.file
        if path.exists():  # fetching compares its SHA-256
            return path.stat().st_size
        return size_of(wheel.address, cancel=self.cancel, patience=self.patience)

    def _bytes_here(self, wheel: Wheel) -> int:
        paths = (self.folder / wheel.file, self.folder / f"{wheel.file}.part")
        return sum(path.stat().st_size for path in paths if path.exists())

    def _forget_others(self, wheels: Sequence[Wheel]) -> None:
        """Beginnings of an earlier release are never asked for again."""
        needed = {wheel.file for wheel in wheels}
        for path in self.folder.iterdir():
            if path.name.removesuffix(".part") not in needed:
                path.unlink()


def _counted(progress: Progress, before: int, total: int) -> Callable[[int, int], None]:
    return lambda done, _size: progress(before + done, total)


def _check_room(needed: int, folder: Path) -> None:
    """Raises GpuDiskSpaceError."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise GpuDiskSpaceError(
            f"it needs about {needed / _GIGABYTE:.1f} GB, and {free / _GIGABYTE:.1f} GB are free "
            f"in “{folder}”"
        )
