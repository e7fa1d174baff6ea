"""Reads parameters from files that others made: safetensors, and PyTorch's own without code.

A .pth file is a pickle, and a pickle may run any program when it is opened. So it is opened by
PyTorch's restricted reader alone, and one that wants more than tensors is refused with the
names of what it wanted.
"""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from unblur_models.errors import ForeignFileError, UnsafePickleError

SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".bin")

# How trainers wrap their parameters, best first: the averaged ones restore better.
_WRAPPERS = ("params_ema", "params", "state_dict", "model_state_dict", "model", "net")
_PREFIXES = ("module.", "model.", "net.", "_orig_mod.")
_DEPTH = 4  # wrappers inside wrappers
_ZIP, _PICKLE = b"PK", b"\x80"
_REFUSED_NAME = re.compile(r"GLOBAL ([\w.]+)")


def read_foreign(path: Path) -> dict[str, Tensor]:
    """The parameters in a file, unwrapped, on the CPU, in the types that they are stored in.

    Raises ForeignFileError, and UnsafePickleError for a pickle that holds more than tensors.
    """
    try:
        with path.open("rb") as file:
            head = file.read(9)
    except OSError as error:
        raise ForeignFileError(path, error.strerror or str(error)) from error
    if not head:
        raise ForeignFileError(path, "the file is empty")
    if head.startswith((_ZIP, _PICKLE)):
        content = _read_pickle(path)
    elif head.endswith(b"{"):
        content = _read_safetensors(path)
    else:
        raise ForeignFileError(path, "it is neither safetensors nor a file of PyTorch")
    state = _without_prefix(_unwrapped(content))
    if not state:
        raise ForeignFileError(path, "there are no tensors in it")
    if not all(torch.isfinite(value).all() for value in state.values()):
        raise ForeignFileError(path, "some parameters are not finite numbers")
    return state


def _read_safetensors(path: Path) -> Mapping[str, Any]:
    try:
        content: Mapping[str, Any] = safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError) as error:
        raise ForeignFileError(path, f"it is damaged: {error}") from error
    return content


def _read_pickle(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about files older than it: they load or do not
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        wanted = _wanted_by(path, str(error))
        if wanted:
            raise UnsafePickleError(path, wanted) from error
        raise ForeignFileError(path, "it is damaged, or no file of PyTorch") from error
    except RuntimeError as error:
        is_program = "TorchScript" in str(error)
        detail = "it is a program (TorchScript), not parameters" if is_program else "it is damaged"
        raise ForeignFileError(path, detail) from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ForeignFileError(path, "it is damaged, or no file of PyTorch") from error


def _wanted_by(path: Path, refusal: str) -> list[str]:
    """The functions and classes that a pickle asks for, beyond those that are harmless."""
    try:
        return sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    except (pickle.UnpicklingError, RuntimeError, ValueError, OSError, KeyError, EOFError):
        # Files from before PyTorch 1.6 are told by the refusal alone.
        return _REFUSED_NAME.findall(refusal)


def _unwrapped(content: Any) -> dict[str, Tensor]:
    for _ in range(_DEPTH):
        if not isinstance(content, Mapping):
            return {}
        inner = next((content[name] for name in _WRAPPERS if _is_dict(content.get(name))), None)
        if inner is None:
            break
        content = inner
    return {
        str(name): value.detach() for name, value in content.items() if isinstance(value, Tensor)
    }


def _is_dict(value: object) -> bool:
    return isinstance(value, Mapping)


def _without_prefix(state: dict[str, Tensor]) -> dict[str, Tensor]:
    prefix = next((each for each in _PREFIXES if all(n.startswith(each) for n in state)), None)
    if prefix is None or not state:
        return state
    return _without_prefix({name[len(prefix) :]: value for name, value in state.items()})
