"""Whether the person wants no connections: one rule for models and for PyTorch's builds."""

from __future__ import annotations

import os

from unblur import paths, settings

OFFLINE_VARIABLE = "UNBLUR_OFFLINE"


def is_demanded() -> bool:
    """Whether the environment forbids connections, whatever the settings say."""
    return os.environ.get(OFFLINE_VARIABLE, "") not in ("", "0")


def is_set() -> bool:
    """Whether the person's settings forbid connections, for a program without a window."""
    return settings.load(paths.config_dir() / "settings.json").offline
