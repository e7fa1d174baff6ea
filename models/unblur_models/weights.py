"""Reads a weights file, and never trusts it before its SHA-256 is checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import safetensors.torch
from torch import Tensor

from unblur_models.catalog import WEIGHTS_DIR
from unblur_models.errors import WeightsDamagedError, WeightsMissingFileError

__all__ = ["WEIGHTS_DIR", "read_checked", "read_weights"]


def read_weights(path: Path, sha256: str) -> dict[str, Tensor]:
    """The parameters by name, as stored (float16 or float32), on the CPU.

    Raises WeightsMissingFileError, or WeightsDamagedError when a single bit differs.
    """
    state: dict[str, Tensor] = safetensors.torch.load(read_checked(path, sha256))
    return state


def read_checked(path: Path, sha256: str) -> bytes:
    """The content of a file that has this SHA-256.

    Raises WeightsMissingFileError or WeightsDamagedError.
    """
    try:
        # Read once: what was hashed is what is used.
        data = path.read_bytes()
    except OSError as error:
        raise WeightsMissingFileError(path) from error
    actual = hashlib.sha256(data).hexdigest()
    if actual != sha256:
        raise WeightsDamagedError(path, sha256, actual)
    return data
