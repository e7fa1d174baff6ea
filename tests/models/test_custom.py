from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from unblur_models import catalog
from unblur_models.card import ModelCard, Purpose, card_text
from unblur_models.catalog import WeightsState, available, card, cards, look_in, weights_state
from unblur_models.custom import add_file, add_weights
from unblur_models.errors import (
    ForeignFileError,
    ParametersDifferError,
    UnknownArchitectureError,
    UnsafePickleError,
    WeightsUnwritableError,
    WrongArchitectureError,
)
from unblur_models.loading import load_model
from unblur_models.plain_unet.layout import Hyperparameters
from unblur_models.plain_unet.network import PlainUnet
from unblur_models.stock import Verdict, is_removable, remove, verify

SHAPE = Hyperparameters(unshuffle=2, width=4, encoder=(1,), middle=1, decoder=(2,))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A person's folder of models."""
    folder = tmp_path / "models"
    look_in(folder)
    yield folder
    look_in()


def network(seed: int = 0) -> PlainUnet:
    torch.manual_seed(seed)
    made = PlainUnet(shape=SHAPE)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.05)
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What a trainer may leave behind."""
    path = tmp_path / "My Best Net (v2).pth"
    state = {f"module.{name}": value for name, value in network().state_dict().items()}
    torch.save({"params": state, "epoch": 7}, path)
    return path


def test_a_file_becomes_a_model_that_restores_as_its_network_does(file: Path, folder: Path) -> None:
    added = add_file(file, folder)
    assert added.id == "custom-my-best-net-v2"
    assert card(added.id) == added
    assert added in available()
    assert weights_state(added) is WeightsState.FETCHED
    picture = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        expected = network()(picture)
    assert torch.allclose(load_model(added.id)(picture, "good"), expected, atol=1e-5)


def test_the_card_says_what_was_found_out_and_no_more(file: Path, folder: Path) -> None:
    added = add_file(file, folder)
    assert added.is_custom
    assert added.architecture == "plain U-Net"
    assert added.parameters == sum(each.numel() for each in network().parameters())
    assert added.size_multiple == SHAPE.size_multiple
    assert added.tile == 1024  # a quick one: less is computed twice
    assert added.gmacs_per_megapixel == pytest.approx(convolutions_per_pixel() / 1e3, rel=0.01)
    assert (added.licence, added.commercial) == ("unknown", False)
    assert "My Best Net (v2).pth" in added.source
    assert (folder / added.weights_file).stat().st_size == added.weights_bytes
    assert sorted(each.name for each in folder.iterdir()) == [
        "custom-my-best-net-v2.safetensors",
        "custom-my-best-net-v2.toml",
    ]


def convolutions_per_pixel() -> float:
    """Multiplications of SHAPE a pixel, by hand: its levels have 1/4 and 1/16 of the pixels."""
    narrow, wide, picture = SHAPE.channels(0), SHAPE.channels(1), 12
    ends = 2 * 9 * picture * narrow
    blocks = 3 * 2 * 9 * narrow * narrow
    middle = 2 * 9 * wide * wide
    down_and_up = 4 * narrow * wide + wide * 4 * narrow
    return (ends + blocks) / 4 + (middle + down_and_up) / 16


def test_the_same_parameters_added_again_are_the_same_model(file: Path, folder: Path) -> None:
    first = add_file(file, folder)
    again = file.with_name("copy.pth")
    again.write_bytes(file.read_bytes())
    assert add_file(again, folder) == first
    assert len(list(folder.iterdir())) == 2


def test_another_file_of_the_same_name_gets_a_number(file: Path, folder: Path) -> None:
    add_file(file, folder)
    torch.save(network(seed=1).state_dict(), file)
    assert add_file(file, folder).id == "custom-my-best-net-v2-2"


@pytest.mark.parametrize(
    ("name", "model_id"),
    [("Für Élise", "custom-fur-elise"), ("../../etc", "custom-etc"), ("東京", "custom-model")],
)
def test_an_id_is_made_of_plain_letters(file: Path, folder: Path, name: str, model_id: str) -> None:
    assert add_file(file, folder, name=name, purpose=Purpose.DEFOCUS).id == model_id
    assert card(model_id).name == name
    assert card(model_id).purpose is Purpose.DEFOCUS
    assert {each.parent for each in folder.parent.rglob("custom-*")} == {folder}


def test_parameters_of_no_known_network_are_refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "strange.pth"
    torch.save({"strange": torch.ones(3)}, path)
    with pytest.raises(UnknownArchitectureError):
        add_file(path, folder)
    assert not folder.exists()


def test_a_network_with_a_part_missing_is_refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "half.pth"
    state = network().state_dict()
    del state["plain_unet.tail.bias"]
    torch.save(state, path)
    with pytest.raises((ForeignFileError, ParametersDifferError), match=r"tail\.bias"):
        add_file(path, folder)
    assert not folder.exists()


def test_a_pickle_with_code_is_refused(tmp_path: Path, folder: Path) -> None:
    torch.save(torch.nn.Conv2d(3, 3, 1), tmp_path / "module.pth")
    with pytest.raises(UnsafePickleError):
        add_file(tmp_path / "module.pth", folder)


def test_a_folder_that_cannot_be_written_is_said(file: Path, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    with pytest.raises(WeightsUnwritableError) as caught:
        add_file(file, folder)
    assert caught.value.reason.errno in (errno.EEXIST, errno.ENOTDIR)


def test_a_removed_model_leaves_nothing_behind(file: Path, folder: Path) -> None:
    added = add_file(file, folder)
    assert is_removable(added)
    remove(added, folder)
    assert added not in cards()
    assert list(folder.iterdir()) == []
    assert not is_removable(card(catalog.DEFAULT_MODEL_ID))


def test_a_flipped_bit_is_found(file: Path, folder: Path) -> None:
    added = add_file(file, folder)
    assert verify(added) is Verdict.GOOD
    path = folder / added.weights_file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert verify(added) is Verdict.DAMAGED
    path.unlink()
    assert verify(added) is Verdict.MISSING


@pytest.fixture
def known(folder: Path) -> ModelCard:
    """A card that waits for its weights."""
    folder.mkdir()
    waiting = ModelCard(
        id="plain-tiny.street",
        name="Plain",
        architecture="plain U-Net",
        purpose=Purpose.MOTION,
        weights_file="plain-tiny-street.safetensors",
        licence="MIT",
        family="plain",
        variant="tiny",
        weights_from="its authors",
        commercial=True,
        parameters=sum(each.numel() for each in network().parameters()),
        size_multiple=SHAPE.size_multiple,
    )
    (folder / "plain.toml").write_text(card_text(waiting))
    catalog.refresh()
    return waiting


def test_a_file_can_be_the_missing_weights_of_a_known_model(
    file: Path, folder: Path, known: ModelCard
) -> None:
    assert known not in available()
    (folder / "plain.toml").unlink()
    added = add_weights(file, known, folder)
    assert added.id == known.id
    assert added.licence == "MIT"
    assert card(known.id) in available()
    assert verify(card(known.id)) is Verdict.GOOD


def test_weights_of_another_network_or_size_are_refused(
    file: Path, folder: Path, known: ModelCard
) -> None:
    with pytest.raises(WrongArchitectureError):
        add_weights(file, card(catalog.DEFAULT_MODEL_ID), folder)
    other = PlainUnet(
        shape=Hyperparameters(unshuffle=2, width=8, encoder=(1,), middle=1, decoder=(1,))
    )
    torch.save(other.state_dict(), file)
    with pytest.raises(ParametersDifferError, match="parameters instead of"):
        add_weights(file, known, folder)
    assert card(known.id) not in available()
