"""What converters of published checkpoints share: an NPZ file in, our weights file out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

Array = npt.NDArray[np.floating[Any]]
"""Parameters: any floating type."""

Converted = Callable[[Mapping[str, Array]], dict[str, Array]]
"""Gives a checkpoint our names and PyTorch's axis order, or raises."""


def metadata(facts: Mapping[str, str]) -> dict[str, str]:
    """What the weights file says of itself.

    One entry, because safetensors writes several in no fixed order: the same checkpoint must
    give the same bytes.
    """
    return {"unblur": json.dumps(facts, sort_keys=True)}


def convert_file(
    converted: Converted,
    facts: Mapping[str, str],
    description: str,
    arguments: Sequence[str] | None = None,
) -> int:
    """Convert one NPZ file to safetensors in half precision, as `arguments` say.

    Returns the exit status.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("npz", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    with np.load(options.npz) as file:
        arrays = {name: file[name] for name in file.files}
    state = {name: array.astype(np.float16) for name, array in sorted(converted(arrays).items())}
    options.out.write_bytes(save(state, metadata=metadata(facts)))
    count = sum(array.size for array in state.values())
    sys.stdout.write(f"{options.out}: {len(state)} arrays, {count} parameters\n")
    return 0
