"""Checkpoints: everything that a run needs to go on as if it had never stopped.

A checkpoint is one safetensors file on the machine that trains. A snapshot is what travels and
is kept: the averaged weights alone, in parts small enough for a repository. The optimizer's
memory is about ten steps long (betas of 0.9), so that a run from a snapshot only warms up again.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save, save_file
from torch import Tensor

from unblur_models.training.errors import CheckpointError

Tensors = dict[str, Tensor]

PART_BYTES = 15_000_000
_META = "progress"
_PROGRESS_FILE = "progress.json"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `step` counts in its schedule of `steps`, `samples` over all runs.

    `started` is the step that the optimizer began at; `updates` are its steps since then.
    `seconds` of training so far, on `hardware`.
    """

    name: str
    step: int
    steps: int
    samples: int
    seconds: float
    started: int
    updates: int
    hardware: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The weights, their average and the optimizer's two moments, by parameter name."""

    progress: Progress
    weights: Tensors
    average: Tensors
    first: Tensors
    second: Tensors


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Writes the file whole or not at all: the one before stays until the new one is safe."""
    parts = ("weights", "average", "first", "second")
    tensors = {
        f"{part}/{name}": value.detach().cpu().contiguous()
        for part in parts
        for name, value in getattr(checkpoint, part).items()
    }
    progress = json.dumps(dataclasses.asdict(checkpoint.progress))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    save_file(tensors, temporary, metadata={_META: progress})
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint, on the CPU. Raises CheckpointError."""
    try:
        with safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {})[_META])
        tensors = load_file(path)
        progress = _progress(facts)
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise CheckpointError(path, str(error)) from error
    parts: dict[str, Tensors] = {"weights": {}, "average": {}, "first": {}, "second": {}}
    for name, value in tensors.items():
        part, _, inner = name.partition("/")
        parts[part][inner] = value
    return Checkpoint(progress, **parts)


def write_snapshot(folder: Path, progress: Progress, average: Mapping[str, Tensor]) -> None:
    """Writes the averaged weights in float32, in parts of at most 15 MB, and the progress."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("part-*.safetensors"):
        old.unlink()
    for number, part in enumerate(_parts(average)):
        (folder / f"part-{number}.safetensors").write_bytes(save(part))
    text = json.dumps(dataclasses.asdict(progress), indent=1)
    (folder / _PROGRESS_FILE).write_text(text + "\n", encoding="utf-8")


def read_snapshot(folder: Path) -> tuple[Progress, Tensors]:
    """The progress and the averaged weights. Raises CheckpointError."""
    try:
        progress = _progress(json.loads((folder / _PROGRESS_FILE).read_text(encoding="utf-8")))
        weights: Tensors = {}
        for path in sorted(folder.glob("part-*.safetensors")):
            weights.update(load_file(path))
    except (OSError, SafetensorError, ValueError, TypeError) as error:
        raise CheckpointError(folder, str(error)) from error
    if not weights:
        raise CheckpointError(folder, "no weights")
    return progress, weights


def _progress(facts: dict[str, object]) -> Progress:
    hardware = facts.pop("hardware", [])
    assert isinstance(hardware, list)
    return Progress(**facts, hardware=tuple(hardware))  # type: ignore[arg-type]


def _parts(average: Mapping[str, Tensor]) -> Iterator[Tensors]:
    part: Tensors = {}
    size = 0
    for name, value in average.items():
        plain = value.detach().to("cpu", torch.float32).contiguous()
        if part and size + plain.nbytes > PART_BYTES:
            yield part
            part, size = {}, 0
        part[name] = plain
        size += plain.nbytes
    yield part
