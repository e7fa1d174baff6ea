"""Turns a published SRN-DeblurNet checkpoint (TensorFlow names, NPZ) into our weights file.

    python -m unblur_models.srn.convert NPZ OUT

The names are those of the checkpoint without its outermost scope. Kernels change from
TensorFlow's axis order to PyTorch's, and the converter refuses to write anything unless each
array found exactly one place and the network has no place left empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from unblur_models.checkpoint_conversion import Array, convert_file
from unblur_models.srn.network import Srn

_FACTS = {
    "architecture": "SRN-DeblurNet",
    "credit": "Xin Tao et al., Scale-recurrent Network for Deep Image Deblurring, CVPR 2018",
    "licence": "MIT",
    "source": "jiangsutx/SRN-Deblur",
    "training_data": "GoPro (Nah et al., CVPR 2017)",
}

# TensorFlow counts levels from 1, and the blocks of a decoder down to 1 in the order of use;
# a block of an encoder has the number of the layer, of which the entry is the first.
_BLOCKS = 3  # no other number was published
_CONVS = {"1": "first", "2": "second"}
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"enc([123])_1"), lambda m: f"encoder.{_level(m)}.entry"),
    (
        re.compile(r"enc([123])_([234])/conv([12])"),
        lambda m: f"encoder.{_level(m)}.blocks.{int(m[2]) - 2}.{_CONVS[m[3]]}",
    ),
    (
        re.compile(r"dec([123])_([123])/conv([12])"),
        lambda m: f"decoder.{_level(m)}.blocks.{_BLOCKS - int(m[2])}.{_CONVS[m[3]]}",
    ),
    (re.compile(r"dec([12])_4"), lambda m: f"decoder.{_level(m)}.up"),
    (re.compile(r"dec1_0"), lambda _: "output"),
    (re.compile(r"convLSTM/LSTM_conv"), lambda _: "memory.gates"),
)
_KINDS = {"weights": "weight", "biases": "bias"}


class ConversionError(Exception):
    """An array is not one of an SRN-DeblurNet; the message names it."""


def converted(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The checkpoint under our names and in PyTorch's axis order.

    Raises ConversionError for an array that has no place, and ParametersDifferError unless
    every place is filled with the right shape.
    """
    state = {_our_name(name): _our_layout(array) for name, array in arrays.items()}
    Srn.from_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    return state


def _our_name(name: str) -> str:
    layer, _, kind = name.rpartition("/")
    for pattern, translated in _RULES:
        match = pattern.fullmatch(layer)
        if match and kind in _KINDS:
            return f"{translated(match)}.{_KINDS[kind]}"
    raise ConversionError(f"no rule for {name}")


def _level(match: re.Match[str]) -> int:
    return int(match[1]) - 1


def _our_layout(array: Array) -> Array:
    # Height, width, in, out; of transposed convolutions height, width, out, in. Either way
    # the last axis is PyTorch's first.
    return np.ascontiguousarray(array.transpose(3, 2, 0, 1)) if array.ndim == 4 else array


def main(arguments: Sequence[str] | None = None) -> int:
    """Convert one file. Returns the exit status."""
    return convert_file(converted, _FACTS, __doc__ or "", arguments)


if __name__ == "__main__":
    raise SystemExit(main())
