"""Settings, declared once as data: the dialog is generated from these fields.

Kept as JSON. A missing file gives the defaults; an unknown or bad value falls back for its
field alone, so that one wrong line never costs the others.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from unblur.errors import SettingsError

logger = logging.getLogger(__name__)


def setting(default: Any, *, group: str, label: str, choices: Mapping[Any, str]) -> Any:
    """A field that a person can change. `choices` maps each allowed value to its words."""
    return field(
        default=default, metadata={"group": group, "label": label, "choices": dict(choices)}
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose, with the defaults."""

    theme: str = setting(
        "system",
        group="Appearance",
        label="Theme",
        choices={"system": "As the system", "dark": "Dark", "light": "Light"},
    )
    device: str = setting(
        "auto",
        group="Performance",
        label="Device",
        choices={
            "auto": "Automatic",
            "cpu": "CPU",
            "cuda": "NVIDIA or AMD GPU",
            "mps": "Apple GPU",
            "xpu": "Intel GPU",
        },
    )
    precision: str = setting(
        "auto",
        group="Performance",
        label="Precision",
        choices={"auto": "Fast where it is as good", "fp32": "Always exact (fp32)"},
    )
    gpu_memory: int = setting(
        0,
        group="Performance",
        label="GPU memory",
        choices={
            0: "All that is free",
            **{gigabytes: f"At most {gigabytes} GB" for gigabytes in (2, 4, 6, 8, 12, 16, 24)},
        },
    )
    kept_tiles: int = setting(
        1,
        group="Performance",
        label="Restored parts on disk",
        choices={
            0: "Do not keep",
            **{gigabytes: f"Keep up to {gigabytes} GB" for gigabytes in (1, 4, 16)},
        },
    )
    jpeg_quality: int = setting(
        95,
        group="Export",
        label="JPEG and WebP quality",
        choices={85: "85 (small)", 90: "90", 95: "95 (recommended)", 98: "98", 100: "100"},
    )
    keep_metadata: bool = setting(
        True,
        group="Export",
        label="Camera data (EXIF, GPS)",
        choices={True: "Keep in exported photos", False: "Leave out"},
    )
    tell_restored: bool = setting(
        True,
        group="Export",
        label="That a model restored it",
        choices={True: "Say so in the file", False: "Leave out"},
    )
    offline: bool = setting(
        False,
        group="Models",
        label="Downloads",
        choices={False: "When I ask for a model", True: "Never: stay offline"},
    )
    restore_session: bool = setting(
        True,
        group="Safety",
        label="After a crash",
        choices={True: "Offer to bring my edits back", False: "Start empty"},
    )

    def with_value(self, name: str, value: Any) -> Settings:
        """The settings with one field changed."""
        return replace(self, **{name: value})


def load(path: Path) -> Settings:
    """Settings from `path`; the defaults where there is no file."""
    try:
        data = parsed(path.read_bytes())
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        logger.warning("Settings in %s cannot be read, using the defaults: %s", path, error)
        return Settings()
    return from_mapping(data if isinstance(data, dict) else {})


def from_mapping(data: Mapping[str, Any]) -> Settings:
    """Settings from parsed JSON, field by field."""
    valid: dict[str, Any] = {}
    for item in fields(Settings):
        if item.name not in data:
            continue
        value = data[item.name]
        # JSON's 1 equals True in Python, so the type has to agree as well.
        if any(
            value == choice and type(value) is type(choice) for choice in item.metadata["choices"]
        ):
            valid[item.name] = value
        else:
            logger.warning("Ignoring %r for the setting %s", value, item.name)
    return Settings(**valid)


def save(settings: Settings, path: Path) -> None:
    """Write `settings` so that a crash leaves either the old file or the new one.

    Raises SettingsError when the folder cannot be written.
    """
    data = {item.name: getattr(settings, item.name) for item in fields(Settings)}
    try:
        write_atomically(path, json.dumps(data, indent=2).encode())
    except OSError as error:
        raise SettingsError(path, error.strerror or str(error)) from error


def parsed(content: bytes) -> Any:
    """The values in JSON that anyone may have damaged. Raises ValueError for all that it is not."""
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step. Raises OSError, leaving the old file."""
    import tempfile  # here, for it brings random numbers along, and reading needs none

    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
