from __future__ import annotations

import pytest
import torch
from torch import nn

from unblur_models.cost import gmacs_per_megapixel, suitable_tile


class _Staged(nn.Module):
    """Two convolutions of which the second is the second stage."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 3, 1)

    def forward(self, x: torch.Tensor, stages: int = 2) -> torch.Tensor:
        first: torch.Tensor = self.first(x)
        return self.second(first) if stages > 1 else first


def test_multiplications_are_counted_by_stages_and_the_network_stays_where_it_is() -> None:
    network = _Staged()
    first, second = 3 * 8 * 9 / 1e3, 8 * 3 / 1e3
    assert gmacs_per_megapixel(network, 3, side=64) == pytest.approx(first + second)
    assert gmacs_per_megapixel(network, 3, side=64, stages=1) == pytest.approx(first)
    assert {each.device.type for each in network.parameters()} == {"cpu"}


@pytest.mark.parametrize(
    ("channels", "gmacs", "tile"),
    [(8, 0.0, 512), (8, 8.0, 1024), (8, 100.0, 1024), (8, 101.0, 512), (17, 8.0, 512)],
)
def test_quick_networks_get_large_tiles_unless_they_are_wide_or_nobody_counted(
    channels: int, gmacs: float, tile: int
) -> None:
    network = nn.Sequential(nn.Conv2d(3, channels, 3, padding=1), nn.Conv2d(channels, 3, 1))
    assert suitable_tile(network, gmacs, 3) == tile
