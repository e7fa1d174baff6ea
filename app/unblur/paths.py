"""Where things are: our own resources, and the user's folders for settings, state and cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from unblur.errors import HomeMissingError

_APP = "unblur"


def resources_dir() -> Path:
    """The folder of icons and sample photos: in a frozen bundle, a wheel or a checkout."""
    bundle = getattr(sys, "_MEIPASS", None)
    candidates = [Path(bundle) / "unblur" / "_resources"] if bundle else []
    package = Path(__file__).resolve().parent
    candidates += [package / "_resources", package.parents[1] / "resources"]
    return next((path for path in candidates if path.is_dir()), candidates[-1])


def sample_photo() -> Path:
    """The bundled blurry photo, shown when none is given."""
    return resources_dir() / "sample.png"


def config_dir() -> Path:
    """Settings. Raises HomeMissingError."""
    return _override("config") or _of_person("config")


def state_dir() -> Path:
    """Edits kept for recovery, recent files, window geometry, measured speeds, the log.

    Raises HomeMissingError.
    """
    return _override("state") or _of_person("state")


def models_dir() -> Path:
    """Models that the person fetched or added. Raises HomeMissingError."""
    return (_override("data") or _of_person("data")) / "models"


def torch_dir() -> Path:
    """PyTorch for the person's graphics card, when it was fetched. Raises HomeMissingError."""
    return (_override("data") or _of_person("data")) / "torch"


def findings_file() -> Path:
    """What trying found out about this machine. Raises HomeMissingError."""
    return state_dir() / "findings.json"


def tiles_dir() -> Path:
    """Restored tiles, which may be deleted at any time. Raises HomeMissingError."""
    return (_override("cache") or _of_person("cache")) / "tiles"


def _of_person(kind: str) -> Path:
    try:
        # Here, because a bare GPU machine, where `unblur bench` runs, has no platformdirs.
        import platformdirs

        folder: Path = getattr(platformdirs, f"user_{kind}_path")(_APP, appauthor=False)
    except (ImportError, RuntimeError) as error:  # or: no HOME, and nobody knows this person
        raise HomeMissingError(str(error)) from error
    return folder


def _override(kind: str) -> Path | None:
    """A folder below UNBLUR_HOME, which makes the program portable and testable."""
    home = os.environ.get("UNBLUR_HOME")
    return Path(home) / kind if home else None
