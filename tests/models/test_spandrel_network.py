"""Networks of spandrel's, through a stand-in for it; test_reference_networks tries the real one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from unblur_models.catalog import look_in
from unblur_models.custom import add_file
from unblur_models.errors import (
    ForeignFileError,
    SpandrelMissingError,
    UnknownArchitectureError,
)
from unblur_models.loading import load_model

Knows = Callable[..., None]
PICTURE = torch.rand(2, 3, 40, 56, generator=torch.Generator().manual_seed(3))


@dataclass
class Descriptor:
    """As much of spandrel's own as is used; it takes one picture at a time."""

    model: nn.Module
    scale: int = 1
    input_channels: int = 3
    output_channels: int = 3
    architecture: object = field(default_factory=lambda: SimpleNamespace(name="Dusk"))

    def __call__(self, image: Tensor) -> Tensor:
        assert len(image) == 1
        restored: Tensor = self.model(image)
        return restored.clamp(0, 1)


class UnsupportedModelError(Exception):
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    look_in(tmp_path / "models")
    yield tmp_path / "models"
    look_in()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dusk.pth"
    weight = 0.9 * nn.init.dirac_(torch.empty(3, 3, 3, 3)) + 0.01 * torch.rand(3, 3, 3, 3)
    torch.save({"dusk.weight": weight, "dusk.bias": torch.zeros(3)}, path)
    return path


@pytest.fixture
def knows(monkeypatch: pytest.MonkeyPatch) -> Knows:
    """Lets spandrel know the network in `file`, as one with these facts."""

    def build(state: dict[str, Tensor], **facts: int) -> Descriptor:
        if "dusk.weight" not in state:
            raise UnsupportedModelError
        network = nn.Conv2d(3, 3, 3, padding=1)
        network.load_state_dict({name.removeprefix("dusk."): state[name] for name in state})
        return Descriptor(network, **facts)

    def install(**facts: int) -> None:
        module = ModuleType("spandrel")
        loader = SimpleNamespace(load_from_state_dict=lambda state: build(state, **facts))
        contents = {
            "ModelLoader": lambda: loader,
            "UnsupportedModelError": UnsupportedModelError,
            "ImageModelDescriptor": Descriptor,
        }
        vars(module).update(contents)
        monkeypatch.setitem(sys.modules, "spandrel", module)

    return install


def test_a_network_that_spandrel_knows_becomes_a_model(
    file: Path, folder: Path, knows: Knows
) -> None:
    knows()
    added = add_file(file, folder)
    assert (added.architecture, added.size_multiple, added.parameters) == ("spandrel Dusk", 1, 84)
    assert added.gmacs_per_megapixel > 0
    state = torch.load(file, weights_only=True)
    expected = nn.functional.conv2d(PICTURE, state["dusk.weight"], state["dusk.bias"], padding=1)
    restored = load_model(added.id)(PICTURE, added.qualities[0].id)
    torch.testing.assert_close(restored, expected.clamp(0, 1))


@pytest.mark.parametrize("facts", [{"scale": 4}, {"input_channels": 1}, {"output_channels": 4}])
def test_one_that_does_not_make_a_photo_of_a_photo_is_refused(
    facts: dict[str, int], file: Path, folder: Path, knows: Knows
) -> None:
    knows(**facts)
    with pytest.raises(ForeignFileError, match="a Dusk that makes"):
        add_file(file, folder)


def test_one_that_spandrel_takes_for_another_gets_a_sentence(folder: Path, knows: Knows) -> None:
    knows()
    path = folder.parent / "nearly.pth"
    torch.save({"dusk.weight": torch.rand(3, 3, 5, 5), "dusk.bias": torch.zeros(3)}, path)
    with pytest.raises(ForeignFileError, match="could not build it"):
        add_file(path, folder)


def test_what_spandrel_does_not_know_either_is_unknown(folder: Path, knows: Knows) -> None:
    knows()
    path = folder.parent / "dawn.pth"
    torch.save({"dawn.weight": torch.rand(3)}, path)
    with pytest.raises(UnknownArchitectureError, match=r"dawn\.weight"):
        add_file(path, folder)


def test_without_spandrel_the_file_is_unknown_and_its_model_says_what_it_needs(
    file: Path, folder: Path, knows: Knows, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows()
    added = add_file(file, folder)
    monkeypatch.setitem(sys.modules, "spandrel", None)
    with pytest.raises(UnknownArchitectureError):
        add_file(file.rename(file.with_name("other.pth")), folder.parent / "elsewhere")
    with pytest.raises(SpandrelMissingError, match=r"unblur\[spandrel\]"):
        load_model(added.id)
