from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import load

from unblur_models.errors import ParametersDifferError
from unblur_models.srn.convert import ConversionError, converted, main

Checkpoint = dict[str, npt.NDArray[np.float32]]


@pytest.fixture
def checkpoint(plain_srn: ModuleType) -> Checkpoint:
    tiny: Checkpoint = plain_srn.tiny_checkpoint(memory_side=3)
    return tiny


def test_every_array_finds_exactly_one_place(checkpoint: Checkpoint) -> None:
    state = converted(checkpoint)
    assert len(state) == len(checkpoint)
    # Random values: the same numbers on both sides mean that none was used twice.
    assert sorted(float(a.sum(dtype=np.float64)) for a in state.values()) == pytest.approx(
        sorted(float(a.sum(dtype=np.float64)) for a in checkpoint.values())
    )


def test_a_missing_array_is_refused(checkpoint: Checkpoint) -> None:
    del checkpoint["dec2_1/conv2/biases"]
    with pytest.raises(ParametersDifferError, match=r"decoder\.1\.blocks\.2\.second\.bias"):
        converted(checkpoint)


@pytest.mark.parametrize(
    "name", ["enc4_1/weights", "enc1_1/moments", "dec1_5/weights", "conv", "g_net/dec1_0/biases"]
)
def test_an_array_without_a_place_is_refused(checkpoint: Checkpoint, name: str) -> None:
    checkpoint[name] = np.zeros(3, np.float32)
    with pytest.raises(ConversionError, match=f"no rule for {name}"):
        converted(checkpoint)


def test_an_array_of_another_shape_is_refused(checkpoint: Checkpoint) -> None:
    checkpoint["dec1_4/weights"] = np.zeros((2, 2, 4, 6), np.float32)
    with pytest.raises(ParametersDifferError, match=r"decoder\.0\.up\.weight is \(6, 4, 2, 2\)"):
        converted(checkpoint)


def test_the_program_writes_the_same_bytes_each_time(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    npz = tmp_path / "checkpoint.npz"
    np.savez(npz, **checkpoint)
    written = []
    for name in ("one", "two"):
        target = tmp_path / f"{name}.safetensors"
        assert main([str(npz), str(target)]) == 0
        written.append(target.read_bytes())
    assert written[0] == written[1]
    state = load(written[0])
    assert {array.dtype.name for array in state.values()} == {"float16"}
    assert len(state) == len(checkpoint)
