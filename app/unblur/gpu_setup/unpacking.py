"""Unpacks wheels into a folder that `sys.path` can hold. No pip, which a bundle has none of."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.exceptions import InstallerError
from installer.sources import WheelFile

from unblur.gpu_setup.index import parsed_metadata
from unblur_models.errors import FetchFailedError

if TYPE_CHECKING:
    from installer.sources import WheelContentElement
    from packaging.metadata import Metadata

Proceed = Callable[[], None]
"""Called between files; what it raises ends the unpacking."""

_SCHEMES = ("purelib", "platlib", "headers", "scripts", "data")
_DAMAGED = (
    zipfile.BadZipFile,
    InstallerError,
    WheelFile.validation_error,
    ValueError,
    KeyError,
    EOFError,
    NotImplementedError,  # how zipfile says that it cannot undo this kind of compression
)


def metadata_in(path: Path) -> Metadata:
    """METADATA of a wheel that is here. Raises FetchFailedError where there is none."""
    try:
        with WheelFile.open(path) as wheel:
            content = wheel.read_dist_info("METADATA")
    except _DAMAGED as error:
        raise FetchFailedError(path.name, ["it is no wheel"]) from error
    return parsed_metadata(content.encode(), path.name)


def unpacked_size(path: Path) -> int:
    """Bytes of the files in a wheel. Raises FetchFailedError where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(item.file_size for item in archive.infolist())
    except _DAMAGED as error:
        raise FetchFailedError(path.name, ["it is no wheel"]) from error


def unpack(path: Path, folder: Path, proceed: Proceed) -> None:
    """Unpack the wheel at `path`: modules into `folder`/site, the rest beside it.

    Its SHA-256 has been compared already. Raises FetchFailedError for what is no sound wheel
    and OSError where the disk fails.
    """
    schemes = {name: str(folder / name) for name in _SCHEMES}
    schemes["purelib"] = schemes["platlib"] = str(folder / "site")
    destination = SchemeDictionaryDestination(
        schemes, interpreter=sys.executable, script_kind="posix", overwrite_existing=True
    )
    try:
        with zipfile.ZipFile(path) as archive:
            source = _CarefulWheel(archive, proceed)
            source.validate_record(validate_contents=False)
            install(source, destination, additional_metadata={"INSTALLER": b"unblur"})
    except _DAMAGED as error:
        raise FetchFailedError(path.name, ["it is no sound wheel"]) from error


class _CarefulWheel(WheelFile):
    """Leaves no doubt where a file goes, and can be interrupted between two files."""

    def __init__(self, archive: zipfile.ZipFile, proceed: Proceed) -> None:
        super().__init__(archive)
        self._proceed = proceed

    def get_contents(self) -> Iterator[WheelContentElement]:
        """Each file, as long as all stay below the folder."""
        for element in super().get_contents():
            self._proceed()
            name = PurePosixPath(element[0][0])
            if name.is_absolute() or ".." in name.parts or ":" in element[0][0]:
                raise ValueError(f"{name} leads out of the folder")
            yield element
