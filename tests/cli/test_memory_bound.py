"""What a command takes of the computer's memory: bounded by the photo, never by its file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unblur.cli.restorer import Layers
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.document.region import RegionId
from unblur.engine.tiling import TilingPolicy, plan_grid, tiles_for_mask
from unblur_models.plain_unet.layout import Hyperparameters
from unblur_models.plain_unet.network import PlainUnet

# Measured with this network: 0.34 GB without a photo. The promise is 1.2 GB + 14 bytes a pixel,
# of which a large network takes its part.
_BASE = 0.6e9
_BYTES_PER_PIXEL = 14
_PHOTO = Size(1600, 1200)


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell the peak")
def test_a_whole_photo_is_restored_within_the_memory_that_is_promised(
    tmp_path: Path, own_home: Path
) -> None:
    torch.manual_seed(0)
    network = PlainUnet(
        shape=Hyperparameters(unshuffle=2, width=4, encoder=(1,), middle=1, decoder=(2,))
    )
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.02)
    torch.save(network.state_dict(), tmp_path / "quick.pth")
    coarse = np.random.default_rng(0).integers(
        40, 216, (_PHOTO.height // 20, _PHOTO.width // 20, 3), np.uint8
    )
    photo = coarse.repeat(20, axis=0).repeat(20, axis=1)
    Image.fromarray(photo).save(tmp_path / "photo.jpg", quality=90)
    program = (
        f"import sys; sys.path[:0] = {sys.path!r}; from unblur.__main__ import main; "
        "main(['models', 'add', 'quick.pth']); "
        "sys.exit(main(['restore', 'photo.jpg', '-o', 'out.jpg', '--model', 'custom-quick', "
        "'--scale', '1', '--device', 'cpu', '--no-cache', '--json']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["tiles"] > 3
    assert report["peak_memory_mb"] * 2**20 < _BASE + _BYTES_PER_PIXEL * _PHOTO.area


def test_restored_pixels_are_forgotten_row_by_row_as_they_are_written() -> None:
    photo = Size(400, 300)
    grid = plan_grid(Rect.of_size(photo), photo, TilingPolicy(64, 8, 4, 16, 64), 1)
    layers, region = Layers(), RegionId("r")
    tiles = layers.obtain(region, LayerKey("m", "q", grid))
    for index in tiles_for_mask(grid, None, Rect.of_size(photo)):
        support = grid.support(index)
        tiles.put(index, np.full((support.height, support.width, 3), support.top, np.uint16))
    whole = tiles.copy().read(Rect.of_size(photo))[0]
    taken = []
    for top in range(0, 300, 10):
        strip = layers.read(region, Rect(0, top, 400, 10))
        assert strip is not None
        np.testing.assert_array_equal(strip[0], whole[top : top + 10])
        assert (strip[1] == 1).all()
        taken.append(tiles.nbytes)
    assert taken == sorted(taken, reverse=True)
    assert taken[-1] < 0.25 * taken[0]
