from __future__ import annotations

import pytest

from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey, TileIndex
from unblur.engine.cancel import CancelToken
from unblur.engine.request import RestorePass
from unblur.engine.tiling import TilingPolicy, plan_grid
from unblur.errors import Cancelled


def test_a_token_is_quiet_until_it_is_cancelled() -> None:
    token = CancelToken()
    token.raise_if_cancelled()
    assert not token.is_cancelled
    token.cancel()
    token.cancel()
    assert token.is_cancelled
    with pytest.raises(Cancelled):
        token.raise_if_cancelled()


def test_a_pass_costs_its_tiles_times_what_the_network_sees() -> None:
    policy = TilingPolicy(tile=256, halo=32, overlap=16, multiple=64, largest=320)
    photo = Size(4000, 4000)
    grid = plan_grid(Rect.of_size(photo), photo, policy, factor=4)
    each = RestorePass(LayerKey("m", "draft", grid), (TileIndex(0, 0), TileIndex(1, 0)), "r")
    assert each.network_pixels == 2 * grid.network_size.area
    assert grid.network_size.area == grid.input(TileIndex(0, 0)).size.area // 16
