from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from unblur.document.geometry import Rect, Size
from unblur.engine.bench import Lap, Laps, benchmark_request, measure_laps, tile_request
from unblur.engine.device import available_devices, choose_device
from unblur.engine.memory import PeakMemory
from unblur.engine.provider import ZooProvider
from unblur.engine.runner import run
from unblur_models import catalog


@pytest.mark.parametrize("card", catalog.cards(), ids=lambda card: card.id)
def test_one_tile_of_the_cards_size_is_measured(card: catalog.ModelCard) -> None:
    request = tile_request(card, card.qualities[0].id, "cpu")

    (only,) = request.passes
    assert only.key.grid.network_size == Size(card.tile, card.tile)
    assert len(only.indices) == 1
    assert only.key.grid.input(only.indices[0]) == Rect(0, 0, card.tile, card.tile)


def test_rates_are_of_the_pixels_that_the_network_sees() -> None:
    network = (Lap(0.4, 0.7), Lap(0.2, 0.3), Lap(0.3, 0.9))
    laps = Laps(500_000, network, (Lap(0.5, 0.5), Lap(0.22, 0.4), Lap(0.6, 0.6)))

    assert laps.median_seconds == pytest.approx(0.6)
    assert laps.least_seconds == pytest.approx(0.4)
    assert laps.processor_seconds == pytest.approx(0.6)
    assert laps.engine_ratio == pytest.approx(1.1)
    assert laps.engine_processor_ratio == pytest.approx(4 / 3)


def test_a_clock_that_is_too_coarse_tells_no_ratio() -> None:
    laps = Laps(1, (Lap(0.1, 0.0),), (Lap(0.1, 0.0),))

    assert laps.engine_processor_ratio is None


def test_network_and_engine_see_the_same_tiles_turn_by_turn(
    provider_of: Callable[..., Any],
) -> None:
    provider = provider_of(lambda batch: batch)
    facts = catalog.card(catalog.DEFAULT_MODEL_ID)
    request = benchmark_request(facts, "draft", "cpu", Size(700, 400), Rect(50, 60, 500, 300), 2)

    laps = measure_laps(request, provider, rounds=2)

    (only,) = request.passes
    tiles = len(only.indices)
    assert len(laps.network) == len(laps.engine) == 2
    assert laps.network_pixels == tiles * only.key.grid.network_size.area
    # Inputs above the fake network's own size are cut into pieces by the engine alone.
    assert provider.model.seen[: 2 * tiles] == [only.key.grid.network_size] * (2 * tiles)
    assert all(lap.wall > 0 for lap in (*laps.network, *laps.engine))


def test_a_network_that_works_is_not_asked_twice() -> None:
    provider, card = ZooProvider(), catalog.card(catalog.DEFAULT_MODEL_ID)

    tiles = list(run(tile_request(card, card.qualities[0].id, "cpu"), provider))

    assert [tile.is_left for tile in tiles] == [False]


def test_the_devices_end_with_the_cpu() -> None:
    devices = available_devices()

    assert devices[-1] == choose_device("cpu")
    assert len({each.kind for each in devices}) == len(devices)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process forget its peak")
def test_the_peak_of_a_stretch_of_work_is_its_own() -> None:
    device = choose_device("cpu")
    before = PeakMemory(device).bytes()
    peak = PeakMemory(device)
    np.ones(16_000_000)  # 128 MB, let go of at once
    after = peak.bytes()
    later = PeakMemory(device).bytes()

    assert before is not None
    assert after is not None
    assert later is not None
    assert after - before > 100_000_000
    assert after - later > 100_000_000


@pytest.mark.gpu
def test_the_peak_on_a_gpu_counts_tensors() -> None:
    import torch

    device = choose_device("auto")
    if device.kind == "mps":
        assert PeakMemory(device).bytes() is None
        return
    peak = PeakMemory(device)
    before = peak.bytes()
    torch.ones(25_000_000, device=device.torch_device)

    assert before is not None
    assert (peak.bytes() or 0) - before >= 100_000_000
