from __future__ import annotations

from pathlib import Path

import pytest
import torch

from unblur import errors
from unblur.engine import provider as providers
from unblur.engine.device import choose_device
from unblur.engine.provider import ZooProvider
from unblur_models import errors as zoo
from unblur_models.catalog import DEFAULT_MODEL_ID

CPU = choose_device("cpu")
PATH = Path("weights/maxim.safetensors")


def test_an_unknown_model_names_those_that_exist() -> None:
    with pytest.raises(errors.ModelUnknownError) as caught:
        ZooProvider().get("photo-magic", CPU)
    assert caught.value.model_id == "photo-magic"
    assert DEFAULT_MODEL_ID in caught.value.detail


@pytest.mark.parametrize(
    ("raised", "expected", "detail"),
    [
        (zoo.WeightsMissingFileError(PATH), errors.WeightsMissingError, str(PATH)),
        (zoo.WeightsDamagedError(PATH, "a", "b"), errors.WeightsCorruptError, str(PATH)),
        (zoo.UnknownArchitectureError(["x"]), errors.ArchitectureUnknownError, "x"),
        (zoo.WrongArchitectureError("m", "A", "B"), errors.ArchitectureUnknownError, "B"),
        (torch.OutOfMemoryError("full"), errors.DeviceMemoryError, "full"),
    ],
)
def test_the_zoos_errors_become_those_that_have_words(
    raised: Exception,
    expected: type[errors.AppError],
    detail: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(providers, "load_model", failing)
    with pytest.raises(expected, match=detail) as caught:
        ZooProvider().get("m", CPU)
    assert caught.value.__cause__ is raised


class _Descriptor:
    """A descriptor of the zoo with one quality, which counts how often it was loaded."""

    loaded = 0
    takes_mask = False

    def __init__(self, model_id: str, device: torch.device) -> None:
        self.card = type("Card", (), {"id": model_id})()
        self.nbytes = 100
        self.network = torch.nn.Identity()
        type(self).loaded += 1

    def __call__(
        self, batch: torch.Tensor, quality: str, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        assert mask is None
        if quality != "draft":
            raise zoo.UnknownQualityError(self.card.id, quality, ["draft"])
        return batch

    def again(
        self, batch: torch.Tensor, quality: str, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        return self(batch, quality, mask) + 1


@pytest.fixture
def fake_zoo(monkeypatch: pytest.MonkeyPatch) -> type[_Descriptor]:
    monkeypatch.setattr(_Descriptor, "loaded", 0)
    monkeypatch.setattr(
        providers, "load_model", lambda model_id, *, device: _Descriptor(model_id, device)
    )
    return _Descriptor


def test_models_that_take_turns_are_loaded_once(fake_zoo: type[_Descriptor]) -> None:
    provider = ZooProvider(budget=200)
    first = provider.get("a", CPU)
    provider.get("b", CPU)
    assert provider.get("a", CPU) is first
    assert fake_zoo.loaded == 2


def test_what_was_used_longest_ago_goes_first(fake_zoo: type[_Descriptor]) -> None:
    provider = ZooProvider(budget=200)
    first, second = provider.get("a", CPU), provider.get("b", CPU)
    provider.get("a", CPU)
    provider.get("c", CPU)
    assert provider.get("a", CPU) is first
    assert provider.get("b", CPU) is not second


def test_a_model_larger_than_the_budget_is_kept_alone(fake_zoo: type[_Descriptor]) -> None:
    provider = ZooProvider(budget=50)
    provider.get("a", CPU)
    large = provider.get("b", CPU)
    assert provider.get("b", CPU) is large
    provider.get("a", CPU)
    assert fake_zoo.loaded == 3


def test_a_model_that_finds_no_room_takes_that_of_the_others(
    fake_zoo: type[_Descriptor], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = ZooProvider()
    first = provider.get("a", CPU)

    def refusing_once(model_id: str, *, device: torch.device) -> _Descriptor:
        monkeypatch.setattr(providers, "load_model", lambda name, *, device: fake_zoo(name, device))
        raise torch.OutOfMemoryError("full")

    monkeypatch.setattr(providers, "load_model", refusing_once)
    provider.get("b", CPU)
    assert provider.get("a", CPU) is not first


def test_an_unknown_quality_names_those_that_exist(fake_zoo: type[_Descriptor]) -> None:
    model = ZooProvider().get("a", CPU)
    assert model(torch.zeros(1, 3, 2, 2), "draft").shape == (1, 3, 2, 2)
    with pytest.raises(errors.QualityUnknownError) as caught:
        model(torch.zeros(1, 3, 2, 2), "perfect")
    assert caught.value.detail == "draft"


def test_a_second_attempt_is_the_careful_one(fake_zoo: type[_Descriptor]) -> None:
    model = ZooProvider().get("a", CPU)
    assert float(model.again(torch.zeros(1, 3, 2, 2), "draft").mean()) == 1
    with pytest.raises(errors.QualityUnknownError):
        model.again(torch.zeros(1, 3, 2, 2), "perfect")
