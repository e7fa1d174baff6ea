"""What can go wrong in training on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unblur_models.errors import ZooError


class TrainingError(ZooError):
    """Base of what training raises on purpose."""


class ConfigError(TrainingError):
    """The configuration is wrong at `where`, for `reason`."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class PackError(TrainingError):
    """The pack at `path` cannot be used, for `reason`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class LeakError(TrainingError):
    """Pictures to validate on stand among those to train on. `pairs` names some of them."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        shown = ", ".join(f"{ours} = {theirs}" for ours, theirs in pairs[:3])
        super().__init__(f"{len(pairs)} pictures are on both sides: {shown}")
        self.pairs = tuple(pairs)


class CheckpointError(TrainingError):
    """The checkpoint at `path` cannot be used, for `reason`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class DivergedError(TrainingError):
    """The loss is no number any more, at `step`."""

    def __init__(self, step: int) -> None:
        super().__init__(f"the loss is no number at step {step}")
        self.step = step
