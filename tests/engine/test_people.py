"""A network that is told where people are: tiles, cache and last resorts, with random weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from unblur.document.buffer import PixelImage, quantized, to_float
from unblur.document.found_masks import found_mask, levels_of
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.document.shapes import FoundMask
from unblur.engine import tensors
from unblur.engine.blending import RestoredTiles
from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device, choose_device
from unblur.engine.findings import Findings
from unblur.engine.network import Network
from unblur.engine.provider import ZooModel
from unblur.engine.request import InferenceRequest, RestorePass, TileResult
from unblur.engine.runner import run
from unblur.engine.tile_cache import TileCache
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur_models import catalog
from unblur_models.card import HUMAN_AWARE, ModelCard, Purpose
from unblur_models.descriptor import ModelDescriptor
from unblur_models.human.layout import Hyperparameters
from unblur_models.human.network import HumanAware
from unblur_models.registry import ARCHITECTURES

SIZE = Size(130, 92)
SHAPE = Hyperparameters(2, 4, encoder=(1, 1), middle=1, branches=(1, 1), fusion=(1, 1))
CARD = ModelCard(
    id="human",
    name="Human",
    architecture=HUMAN_AWARE,
    purpose=Purpose.MOTION,
    weights_file="human.safetensors",
    licence="MIT",
    sha256="0" * 64,
    size_multiple=8,
    tile=48,
    halo=16,
    overlap=4,
)
GOOD = CARD.qualities[0].id


@pytest.fixture(scope="module")
def network() -> HumanAware:
    torch.manual_seed(3)
    network = HumanAware(shape=SHAPE).eval()
    with torch.no_grad():  # its answer shall be another one, but a picture
        network.human.tail.weight.normal_(std=0.004)
    return network


@pytest.fixture
def model(network: HumanAware) -> ZooModel:
    descriptor = ModelDescriptor(CARD, network, torch.device("cpu"), takes_mask=True)
    return ZooModel(descriptor)


@pytest.fixture
def pixels() -> PixelImage:
    random = np.random.default_rng(1)
    return random.integers(60, 190, (SIZE.height, SIZE.width, 3), np.uint8)


@pytest.fixture
def people() -> FoundMask:
    mask = np.zeros((SIZE.height, SIZE.width), np.float32)
    mask[10:40, 20:50] = 1.0
    mask[10:40, 50:55] = 0.4
    return found_mask(mask)


class Provider:
    def __init__(self, model: ZooModel) -> None:
        self.model = model

    def get(self, _model_id: str, _device: Device) -> ZooModel:
        return self.model


Restore = Callable[..., tuple[np.ndarray, list[TileResult]]]


@pytest.fixture
def restore(model: ZooModel) -> Restore:
    def restore(
        pixels: PixelImage,
        people: FoundMask | None,
        *,
        factor: int = 1,
        cache: TileCache | None = None,
        findings: Findings | None = None,
    ) -> tuple[np.ndarray, list[TileResult]]:
        size = Size(pixels.shape[1], pixels.shape[0])
        whole = Rect.of_size(size)
        grid = plan_grid(whole, size, policy_for(CARD), factor)
        key = LayerKey(CARD.id, GOOD, grid, None, people)
        indices = tuple(tiles_for_mask(grid, None, whole))
        request = InferenceRequest(1, pixels, (RestorePass(key, indices, "r"),), device="cpu")
        tiles = list(run(request, Provider(model), findings, cache))
        layer = RestoredTiles(key)
        for tile in tiles:
            layer.put(tile.index, tile.pixels)
        restored, coverage = layer.read(whole)
        assert float(coverage.min()) == pytest.approx(1.0)
        return restored.astype(int), tiles

    return restore


def expected(
    network: HumanAware, pixels: PixelImage, people: FoundMask | None, tile: TileResult
) -> np.ndarray:
    """What the network makes of a tile's input, over the tile's support."""
    seen = tile.key.grid.input(tile.index)
    mask = np.zeros((*pixels.shape[:2], 1), np.uint8)
    if people is not None:
        mask[people.rect.slices] = levels_of(people)[..., np.newaxis]
    cpu = torch.device("cpu")
    picture, told = (tensors.to_batch(tensors.crop(each, seen), cpu) for each in (pixels, mask))
    with torch.inference_mode():
        answer = network(picture, told if people is not None else None)
    restored = tensors.to_pixels(answer).astype(int)
    return restored[tile.rect.relative_to(seen).slices]


def test_every_tile_is_told_its_part_of_the_mask(
    network: HumanAware, restore: Restore, pixels: PixelImage, people: FoundMask
) -> None:
    with_people, tiles = restore(pixels, people)
    without, of_nobody = restore(pixels, None)
    assert len(tiles) > 1
    for told, found in ((people, tiles), (None, of_nobody)):
        for tile in found:
            difference = tile.pixels.astype(int) - expected(network, pixels, told, tile)
            assert np.abs(difference).max() <= 1
    assert np.abs(with_people - without).mean() > 0.001 * 65535


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_a_mask_means_the_same_at_every_depth(
    dtype: type, restore: Restore, pixels: PixelImage, people: FoundMask
) -> None:
    eight, _ = restore(pixels, people)
    deep, _ = restore(quantized(to_float(pixels), dtype), people)
    assert np.abs(deep - eight).max() <= 2


def test_the_mask_shrinks_with_the_photo(
    restore: Restore, pixels: PixelImage, people: FoundMask
) -> None:
    with_people, _ = restore(pixels, people, factor=2)
    without, _ = restore(pixels, None, factor=2)
    assert np.abs(with_people - without).mean() > 30


def test_the_cache_tells_one_mask_from_another(
    restore: Restore, pixels: PixelImage, people: FoundMask, tmp_path: Path
) -> None:
    cache = TileCache(tmp_path / "tiles", 10**8)
    first, tiles = restore(pixels, people, cache=cache)
    other, others = restore(pixels, None, cache=cache)
    again, known = restore(pixels, people, cache=cache)
    assert not any(tile.is_cached for tile in (*tiles, *others))
    assert all(tile.is_cached for tile in known)
    np.testing.assert_array_equal(again, first)
    assert np.abs(other - first).max() > 500


def test_pieces_take_their_part_of_the_mask(model: ZooModel, people: FoundMask) -> None:
    torch.manual_seed(1)
    batch = torch.rand(1, 4, 96, 96)
    batch[:, 3:] = 0.0
    batch[:, 3:, :, 48:] = 1.0
    device, token = choose_device("cpu"), CancelToken()
    large = policy_for(CARD)
    keep = Rect(0, 0, 96, 96)
    in_one = Network(model, GOOD, replace(large, largest=96), device, token)(batch, [keep])
    pieces = Network(model, GOOD, replace(large, largest=64, tile=64), device, token)
    in_pieces = pieces(batch, [keep])
    assert in_pieces.restored.shape == (1, 3, 96, 96)
    inner = (slice(None), slice(None), slice(16, 80), slice(16, 80))
    difference = (in_pieces.restored - in_one.restored)[inner].abs()
    assert float(difference.mean()) < 0.002
    nobody = Network(model, GOOD, replace(large, largest=96), device, token)
    plain = nobody(batch[:, :3], [keep])
    assert float((plain.restored - in_one.restored)[inner].abs().mean()) > 0.001


@pytest.mark.allow_log("What the model gave")
def test_where_it_gives_no_picture_the_photo_stays(
    network: HumanAware, restore: Restore, pixels: PixelImage, people: FoundMask
) -> None:
    tail = network.human.tail.weight
    kept = tail.detach().clone()
    try:
        with torch.no_grad():
            tail.fill_(torch.nan)
        restored, tiles = restore(pixels, people)
    finally:
        with torch.no_grad():
            tail.copy_(kept)
    assert all(tile.is_left for tile in tiles)
    np.testing.assert_array_equal(restored, pixels.astype(int) * 257)


def test_it_is_tried_out_with_somebody_there(
    model: ZooModel, restore: Restore, pixels: PixelImage, people: FoundMask, tmp_path: Path
) -> None:
    seen: list[bool] = []
    inner = model.network
    hook = inner.register_forward_pre_hook(lambda _n, given: seen.append(len(given) == 2))
    try:
        restore(pixels, people, findings=Findings(tmp_path / "findings.json"))
    finally:
        hook.remove()
    assert seen
    assert all(seen)


def test_cards_and_networks_agree_on_who_takes_a_mask() -> None:
    named = {each.name for each in ARCHITECTURES if each.takes_mask}
    assert named == {HUMAN_AWARE}
    assert CARD.takes_mask
    assert not catalog.card(catalog.DEFAULT_MODEL_ID).takes_mask
