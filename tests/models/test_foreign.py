from __future__ import annotations

import argparse
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from unblur_models.errors import ForeignFileError, UnsafePickleError
from unblur_models.foreign import read_foreign

TENSORS = {"a.weight": torch.tensor([1.0, 2.0]), "b": torch.tensor([[3.0]])}


class Harmful:
    """Runs a program when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._mark),)


def prefixed(prefix: str) -> dict[str, torch.Tensor]:
    return {prefix + name: value for name, value in TENSORS.items()}


@pytest.mark.parametrize(
    "content",
    [
        TENSORS,
        {"params": TENSORS},
        {"params": {"other": torch.ones(1)}, "params_ema": TENSORS},
        {"state_dict": TENSORS, "optimizer": {"state": {}, "lr": 0.1}, "epoch": 3},
        {"model": prefixed("module.")},
        {"state_dict": prefixed("model.module.")},
        {"model": {"state_dict": TENSORS}},
    ],
    ids=["bare", "params", "ema", "state_dict", "module", "two prefixes", "nested"],
)
@pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "before 1.6"])
def test_parameters_are_found_inside_what_trainers_wrap_them_in(
    tmp_path: Path, content: dict[str, Any], *, is_zip: bool
) -> None:
    path = tmp_path / "weights.pth"
    torch.save(content, path, _use_new_zipfile_serialization=is_zip)
    found = read_foreign(path)
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)


def test_safetensors_are_read_whatever_they_are_called(tmp_path: Path) -> None:
    save_file(prefixed("module."), tmp_path / "weights.pth")
    assert read_foreign(tmp_path / "weights.pth").keys() == TENSORS.keys()


@pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "before 1.6"])
def test_a_pickle_that_runs_something_is_refused_by_its_name_and_never_run(
    tmp_path: Path, *, is_zip: bool
) -> None:
    mark = tmp_path / "was-run"
    path = tmp_path / "weights.pth"
    content = {"state_dict": TENSORS, "more": Harmful(mark)}
    torch.save(content, path, _use_new_zipfile_serialization=is_zip)
    with pytest.raises(UnsafePickleError) as caught:
        read_foreign(path)
    assert caught.value.wanted == (f"{os.mkdir.__module__}.mkdir",)
    assert not mark.exists()


def test_a_pickled_module_or_options_are_named(tmp_path: Path) -> None:
    torch.save(torch.nn.Conv2d(1, 1, 1), tmp_path / "module.pth")
    torch.save({"state_dict": TENSORS, "args": argparse.Namespace(a=1)}, tmp_path / "options.pth")
    with pytest.raises(UnsafePickleError, match=r"Conv2d"):
        read_foreign(tmp_path / "module.pth")
    with pytest.raises(UnsafePickleError, match=r"argparse\.Namespace"):
        read_foreign(tmp_path / "options.pth")


def cut(path: Path) -> None:
    torch.save(TENSORS, path)
    path.write_bytes(path.read_bytes()[:300])


def program(path: Path) -> None:
    class Twice(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * 2

    torch.jit.save(torch.jit.trace(Twice(), torch.ones(1)), str(path))


def not_finite(path: Path) -> None:
    torch.save({"a": torch.tensor([1.0, torch.nan])}, path)


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(b"\xff\xd8\xff\xe0 a photograph"), "neither safetensors"),
        (lambda path: path.write_bytes(b"PK\x03\x04 and nothing"), "damaged"),
        (lambda path: path.write_bytes(pickle.dumps({"a": 1}, 4)), "damaged, or no file"),
        (lambda path: path.write_bytes(b"\x08\0\0\0\0\0\0\0{broken}"), "damaged"),
        (lambda path: path.mkdir(), "directory"),
        (lambda path: None, "No such file"),
        (lambda path: torch.save([1, 2], path), "no tensors"),
        (lambda path: torch.save({"params": {}}, path), "no tensors"),
        (cut, "damaged"),
        (not_finite, "finite"),
        pytest.param(
            program, "TorchScript", marks=pytest.mark.filterwarnings("ignore::DeprecationWarning")
        ),
    ],
)
def test_what_holds_no_parameters_gets_a_reason(tmp_path: Path, write: Any, reason: str) -> None:
    path = tmp_path / "weights.pth"
    write(path)
    with pytest.raises(ForeignFileError, match=reason) as caught:
        read_foreign(path)
    assert caught.value.path == path
