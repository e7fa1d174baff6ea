from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tests.onnx_file import sharpener

from unblur_models.catalog import look_in
from unblur_models.custom import add_file
from unblur_models.errors import ForeignFileError, OnnxRuntimeMissingError, UnsuitableNetworkError
from unblur_models.loading import load_model
from unblur_models.onnx_network import OnnxNetwork
from unblur_models.stock import Verdict, verify


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "models"
    look_in(folder)
    yield folder
    look_in()


def written(folder: Path, data: bytes, name: str = "mine.onnx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_graph_restores_as_it_says() -> None:
    batch = torch.rand(2, 3, 17, 40)
    restored = OnnxNetwork(sharpener(1.25))(batch)
    assert torch.allclose(restored, 1.25 * batch, atol=1e-6)


@pytest.mark.parametrize("multiple", [1, 4, 16])
def test_a_file_becomes_a_model_whose_multiple_was_tried(
    tmp_path: Path, folder: Path, multiple: int
) -> None:
    added = add_file(written(tmp_path, sharpener(1.1, multiple=multiple)), folder)
    assert added.id == "custom-mine"
    assert added.architecture == "ONNX"
    assert added.size_multiple == multiple
    assert (folder / "custom-mine.onnx").read_bytes() == (tmp_path / "mine.onnx").read_bytes()
    assert verify(added) is Verdict.GOOD
    side = 3 * multiple
    batch = torch.full((1, 3, side, side), 0.5)
    assert torch.allclose(load_model(added.id)(batch, "good"), batch * 1.1, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no graph", "no graph that onnxruntime can read"),
        (sharpener(sides=(512, 512)), "pictures of one size only, 512 × 512"),
        (sharpener(255.0), "makes no picture of a picture of values from 0 to 1"),
    ],
)
def test_what_cannot_restore_gets_a_reason(
    tmp_path: Path, folder: Path, data: bytes, reason: str
) -> None:
    with pytest.raises(ForeignFileError, match=reason):
        add_file(written(tmp_path, data), folder)
    assert not folder.exists()


def test_without_onnxruntime_it_is_said_what_to_install(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(OnnxRuntimeMissingError):
        OnnxNetwork(sharpener())
    with pytest.raises(ForeignFileError, match=r"pip install unblur\[onnx\]"):
        add_file(written(tmp_path, sharpener()), folder)


def test_there_is_one_stage() -> None:
    with pytest.raises(ValueError, match="one stage"):
        OnnxNetwork(sharpener())(torch.rand(1, 3, 8, 8), stages=2)


def test_a_graph_of_other_inputs_is_refused() -> None:
    with pytest.raises(UnsuitableNetworkError, match="not one picture"):
        OnnxNetwork(sharpener().replace(b"\x0a\x02\x08\x03", b"\x0a\x02\x08\x04"))
