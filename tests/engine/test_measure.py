from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from unblur.engine.cancel import CancelToken
from unblur.engine.device import choose_device
from unblur.engine.measure import measure_speed, warm_up
from unblur.errors import Cancelled

CPU = choose_device("cpu")
Make = Callable[..., Any]


def test_every_quality_is_timed_on_the_same_pixels(provider_of: Make) -> None:
    model = provider_of(torch.clone, size_multiple=48, tile=96).model
    found = list(measure_speed(model, ("draft", "best"), CPU, CancelToken()))
    assert [each.quality for each in found] == ["draft", "best"]
    assert {each.network_pixels for each in found} == {144 * 144}
    assert all(each.seconds > 0 for each in found)
    assert len(model.seen) == 3  # the first run is not timed


def test_measuring_stops_between_qualities(provider_of: Make) -> None:
    token, model = CancelToken(), provider_of(torch.clone).model
    work = measure_speed(model, ("draft", "good", "best"), CPU, token)
    next(work)
    token.cancel()
    with pytest.raises(Cancelled):
        next(work)
    assert len(model.seen) == 2


def test_warming_up_runs_the_smallest_input(provider_of: Make) -> None:
    model = provider_of(torch.clone).model
    warm_up(model, "draft", CPU, CancelToken())
    assert [tuple(size) for size in model.seen] == [(16, 16)]


def test_warming_up_for_a_window_that_is_closed_runs_nothing(provider_of: Make) -> None:
    token, model = CancelToken(), provider_of(torch.clone).model
    token.cancel()
    with pytest.raises(Cancelled):
        warm_up(model, "draft", CPU, token)
    assert model.seen == []
