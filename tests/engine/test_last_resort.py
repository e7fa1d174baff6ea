"""When the memory of a device is used up even for the smallest piece, the CPU goes on.

The device here computes on the CPU and refuses the way a full GPU does; the real thing is in
tests/gpu.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from unblur.document.geometry import Size
from unblur.engine import runner
from unblur.engine.device import Device, choose_device
from unblur.engine.runner import run
from unblur.errors import DeviceMemoryError

Make = Callable[..., Any]


class Card(Device):
    """Borrows the CPU's memory and its arithmetic."""

    __slots__ = ()

    @property
    def is_accelerated(self) -> bool:
        return True


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    cpu = choose_device("cpu")
    borrowed = Card("cpu", "Small Card", cpu.memory_bytes)
    choices = iter((borrowed, cpu))
    monkeypatch.setattr(runner, "choose_device", lambda name: next(choices))
    monkeypatch.setattr(runner, "free_bytes", lambda device, budget: None)
    return borrowed


class _Filling:
    """A network whose device is full from the third call on, until it is on the CPU."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        self.calls = 0

    def __call__(self, batch: Tensor) -> Tensor:
        self.calls += 1
        if self.provider.devices[-1].is_accelerated and self.calls >= 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return 0.9 * batch


class _Watched:
    """Gives one model, and writes down for which devices."""

    def __init__(self, provider: Any) -> None:
        self.model = provider.model
        self.devices: list[Device] = []

    def get(self, model_id: str, device: Device) -> Any:
        self.devices.append(device)
        return self.model


@pytest.mark.allow_log("Memory ended", "is used up")
def test_the_cpu_goes_on_with_what_is_left_and_the_results_say_so(
    card: Card, provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    provider = _Watched(provider_of(lambda batch: batch))
    provider.model.network = _Filling(provider)
    photo = random_photo(Size(150, 90))
    request = request_for(photo)
    tiles = list(run(request, provider))
    assert [tile.is_on_cpu_instead for tile in tiles] == [False] * 2 + [True] * (len(tiles) - 2)
    assert [device.name for device in provider.devices] == ["Small Card", choose_device("cpu").name]
    assert sorted(tile.index for tile in tiles) == sorted(request.passes[0].indices)
    for tile in tiles:
        expected = np.rint(photo[tile.rect.slices] * np.float32(0.9 * 257))
        np.testing.assert_allclose(tile.pixels, expected, atol=1)


@pytest.mark.allow_log("is used up")
def test_a_model_that_finds_no_room_on_the_device_is_loaded_on_the_cpu(
    card: Card, provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    class Refusing(_Watched):
        def get(self, model_id: str, device: Device) -> Any:
            if device.is_accelerated:
                raise DeviceMemoryError("CUDA out of memory.")
            return super().get(model_id, device)

    provider = Refusing(provider_of(lambda batch: batch))
    tiles = list(run(request_for(random_photo(Size(20, 20))), provider))
    assert [tile.is_on_cpu_instead for tile in tiles] == [True]


@pytest.mark.allow_log("Memory ended", "is used up")
def test_where_the_cpu_has_no_room_either_there_is_an_error(
    card: Card, provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    def full(batch: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("out of memory")

    with pytest.raises(DeviceMemoryError):
        list(run(request_for(random_photo(Size(20, 20))), provider_of(full)))
