from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import load

from unblur_models.maxim.convert import ConversionError, converted, main
from unblur_models.maxim.layout import Hyperparameters, parameter_shapes

Checkpoint = dict[str, npt.NDArray[np.float32]]


def test_every_array_finds_exactly_one_place(tiny_checkpoint: Checkpoint) -> None:
    state = converted(tiny_checkpoint)
    assert len(state) == len(tiny_checkpoint)
    shapes = {name: array.shape for name, array in state.items()}
    assert parameter_shapes(Hyperparameters.of(shapes)) == shapes
    # Random values: the same numbers on both sides mean that none was used twice.
    assert sorted(float(a.sum(dtype=np.float64)) for a in state.values()) == pytest.approx(
        sorted(float(a.sum(dtype=np.float64)) for a in tiny_checkpoint.values())
    )


def test_the_hyperparameters_are_read_from_the_shapes(tiny_checkpoint: Checkpoint) -> None:
    shapes = {name: array.shape for name, array in converted(tiny_checkpoint).items()}
    hyper = Hyperparameters.of(shapes)
    assert hyper == Hyperparameters(
        stages=2, features=8, groups=1, bottlenecks=1, reduction=4, sides=(4, 4, 2)
    )
    assert hyper.size_multiple == 16


def test_a_missing_array_is_refused(tiny_checkpoint: Checkpoint) -> None:
    del tiny_checkpoint["stage_1_cross_gating_block_1/in_project_x/bias"]
    with pytest.raises(ConversionError, match=r"stages\.1\.skip\.1\.x\.expand\.bias"):
        converted(tiny_checkpoint)


@pytest.mark.parametrize("name", ["stage_0_output_conv_0/bias", "UpSampleRatio_36/Conv_0/bias"])
def test_an_array_without_a_place_is_refused(tiny_checkpoint: Checkpoint, name: str) -> None:
    tiny_checkpoint[name] = np.zeros(3, np.float32)
    with pytest.raises(ConversionError):
        converted(tiny_checkpoint)


def test_an_array_of_another_network_is_refused(tiny_checkpoint: Checkpoint) -> None:
    tiny_checkpoint["head/Attention_0/kernel"] = np.zeros((3, 3), np.float32)
    with pytest.raises(ConversionError, match="Attention_0"):
        converted(tiny_checkpoint)


def test_two_arrays_for_one_place_are_refused(tiny_checkpoint: Checkpoint) -> None:
    name = "stage_0_global_block_0/channel_attention_block_1_0/LayerNorm/bias"
    tiny_checkpoint[name.replace("1_0/", "10/")] = tiny_checkpoint[name]
    with pytest.raises(ConversionError, match="both become"):
        converted(tiny_checkpoint)


def test_an_array_of_another_shape_is_refused(tiny_checkpoint: Checkpoint) -> None:
    tiny_checkpoint["stage_0_input_conv_2/kernel"] = np.zeros((3, 3, 3, 31), np.float32)
    with pytest.raises(ConversionError, match=r"input\.2\.weight is \(31, 3, 3, 3\), expected"):
        converted(tiny_checkpoint)


def test_the_program_writes_the_same_bytes_each_time(
    tiny_checkpoint: Checkpoint, tmp_path: Path
) -> None:
    source = io.BytesIO()
    np.savez(source, **tiny_checkpoint)
    npz = tmp_path / "checkpoint.npz"
    npz.write_bytes(source.getvalue())
    written = []
    for name in ("one", "two"):
        target = tmp_path / f"{name}.safetensors"
        assert main([str(npz), str(target)]) == 0
        written.append(target.read_bytes())
    assert written[0] == written[1]
    state = load(written[0])
    assert {array.dtype.name for array in state.values()} == {"float16"}
    assert len(state) == len(tiny_checkpoint)
