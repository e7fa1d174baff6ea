"""Many requests, each superseding the one before: nothing of them stays, and none goes on."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine.device import Device
from unblur.engine.request import RestorePass
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur.workers.inference import InferenceClient

REQUESTS = 200
SIDE = 512  # pixels: 768 KB a photo
_GROWTH = 8_000_000  # bytes; the photos of the requests alone would be 150 MB


@dataclass(frozen=True)
class Card:
    tile: int = 128
    halo: int = 8
    overlap: int = 4
    size_multiple: int = 16
    far_halo: int = 0


class Counted(nn.Module):
    """A layer that counts how often it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.ran = 0
        self.layer = nn.Conv2d(3, 3, 3, padding=1)
        nn.init.dirac_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)

    def forward(self, batch: Tensor) -> Tensor:
        self.ran += 1
        restored: Tensor = self.layer(batch)
        return restored


@dataclass
class Model:
    card: Card = field(default_factory=Card)
    network: nn.Sequential = field(
        default_factory=lambda: nn.Sequential(*(Counted() for _ in "1234"))
    )

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        restored: Tensor = self.network(batch)
        return restored

    again = __call__

    @property
    def layers_run(self) -> int:
        return sum(layer.ran for layer in self.network if isinstance(layer, Counted))


@dataclass
class Provider:
    model: Model

    def get(self, model_id: str, device: Device) -> Model:
        return self.model


@pytest.fixture
def model() -> Model:
    torch.manual_seed(0)
    return Model()


@pytest.fixture
def client(qtbot: QtBot, model: Model) -> Iterator[InferenceClient]:
    client = InferenceClient(make_provider=lambda: Provider(model))
    yield client
    client.shutdown()


def _passes() -> tuple[RestorePass, ...]:
    size = Size(SIDE, SIDE)
    grid = plan_grid(Rect.of_size(size), size, policy_for(Card()), factor=1)
    indices = tuple(tiles_for_mask(grid, None, Rect.of_size(size)))
    return (RestorePass(LayerKey("m", "q", grid), indices, "region"),)


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


def supersede(qtbot: QtBot, client: InferenceClient, count: int) -> int:
    """Submit `count` requests on photos of their own; how many photos are still alive after."""
    photos: list[weakref.ref[object]] = []
    for number in range(count):
        photo = np.full((SIDE, SIDE, 3), number % 200, np.uint8)
        photo.setflags(write=False)
        photos.append(weakref.ref(photo))
        client.submit(_passes(), photo)
        if number % 3 == 0:  # some get as far as a tile or two
            qtbot.wait(1)
        del photo
    with qtbot.waitSignal(client.finished):
        client.submit((), np.zeros((1, 1, 3), np.uint8))
    return sum(photo() is not None for photo in photos)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_requests_that_supersede_each_other_leave_nothing_behind(
    qtbot: QtBot, client: InferenceClient
) -> None:
    supersede(qtbot, client, REQUESTS)  # the heap grows to what it needs once for all
    before = _resident()
    assert supersede(qtbot, client, REQUESTS) <= 1
    assert _resident() - before < _GROWTH


def test_after_a_cancel_no_further_layer_of_the_tile_is_run(
    qtbot: QtBot, client: InferenceClient, model: Model
) -> None:
    photo = np.zeros((SIDE, SIDE, 3), np.uint8)
    ran_when_cancelled: list[int] = []

    def cancel(_layer: nn.Module, _inputs: object) -> None:
        client.cancel()
        ran_when_cancelled.append(model.layers_run)

    hook = model.network[1].register_forward_pre_hook(cancel)
    client.submit(_passes(), photo)
    qtbot.waitUntil(lambda: bool(ran_when_cancelled))
    with qtbot.waitSignal(client.finished):
        client.submit((), photo)
    hook.remove()
    # The layer that had begun, and the one inside it.
    assert model.layers_run - ran_when_cancelled[0] <= 1
