from __future__ import annotations

import hashlib
import shutil
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import unblur_models
from unblur_models import loading
from unblur_models.catalog import DEFAULT_MODEL_ID, card
from unblur_models.descriptor import ModelDescriptor
from unblur_models.errors import (
    UnknownArchitectureError,
    UnknownModelError,
    UnknownQualityError,
    WeightsDamagedError,
    WeightsMissingFileError,
    WrongArchitectureError,
)
from unblur_models.loading import load_model
from unblur_models.registry import architecture_of
from unblur_models.weights import WEIGHTS_DIR, read_weights


def test_the_example_in_the_docstring_runs() -> None:
    lines = (unblur_models.__doc__ or "").splitlines()
    example = textwrap.dedent("\n".join(line for line in lines if line.startswith("    ")))
    found: dict[str, torch.Tensor] = {}
    exec(example, found)
    assert found["restored"].shape == (1, 3, 64, 64)


def test_the_model_fits_its_card(maxim: ModelDescriptor) -> None:
    facts = maxim.card
    state = read_weights(WEIGHTS_DIR / facts.weights_file, facts.sha256)
    assert sum(each.numel() for each in state.values()) == facts.parameters
    assert architecture_of(state).name == facts.architecture
    assert {each.dtype for each in state.values()} == {torch.float16}
    assert maxim.network.hyper.size_multiple == facts.size_multiple  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [(64, 64), (128, 64), (64, 192)])
def test_every_multiple_of_the_cards_size_is_taken(
    maxim: ModelDescriptor, size: tuple[int, int]
) -> None:
    restored = maxim(torch.full((1, 3, *size), 0.5), "draft")
    assert restored.shape == (1, 3, *size)
    assert restored.dtype == torch.float32
    assert torch.isfinite(restored).all()
    assert (restored - 0.5).abs().max() < 0.1  # an even grey has nothing to restore


@pytest.mark.parametrize("shape", [(1, 3, 64, 65), (1, 3, 32, 64), (3, 64, 64), (1, 4, 64, 64)])
def test_other_shapes_are_refused(maxim: ModelDescriptor, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"multiples of 64|a batch is"):
        maxim(torch.zeros(shape), "draft")


def test_a_quality_that_the_card_lacks_is_refused(maxim: ModelDescriptor) -> None:
    with pytest.raises(UnknownQualityError):
        maxim(torch.zeros(1, 3, 64, 64), "superb")


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(UnknownModelError):
        load_model("nothing")


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissingFileError) as caught:
        load_model(DEFAULT_MODEL_ID, weights_dir=tmp_path)
    assert caught.value.path == tmp_path / card(DEFAULT_MODEL_ID).weights_file


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / card(DEFAULT_MODEL_ID).weights_file
    shutil.copy(WEIGHTS_DIR / path.name, path)
    with path.open("r+b") as file:
        file.seek(20_000_000)
        byte = file.read(1)[0]
        file.seek(20_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(WeightsDamagedError) as caught:
        load_model(DEFAULT_MODEL_ID, weights_dir=tmp_path)
    assert caught.value.path == path
    assert caught.value.actual != caught.value.expected


def test_a_truncated_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / card(DEFAULT_MODEL_ID).weights_file
    path.write_bytes((WEIGHTS_DIR / path.name).read_bytes()[:1000])
    with pytest.raises(WeightsDamagedError):
        load_model(DEFAULT_MODEL_ID, weights_dir=tmp_path)


def test_parameters_of_no_known_network_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _replace_weights(tmp_path, monkeypatch)
    with pytest.raises(UnknownArchitectureError) as caught:
        load_model(DEFAULT_MODEL_ID, weights_dir=tmp_path)
    assert caught.value.names == ("strange.weight",)


def test_a_card_that_names_another_architecture_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = replace(card(DEFAULT_MODEL_ID), architecture="SRN")
    monkeypatch.setattr(loading, "card", lambda _: facts)
    with pytest.raises(WrongArchitectureError):
        load_model(DEFAULT_MODEL_ID)


def _replace_weights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = card(DEFAULT_MODEL_ID)
    path = folder / facts.weights_file
    save_file({"strange.weight": torch.zeros(3)}, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(loading, "card", lambda _: replace(facts, sha256=digest))
