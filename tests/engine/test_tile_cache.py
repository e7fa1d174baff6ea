from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from unblur.document.geometry import Rect, Size
from unblur.engine.runner import run
from unblur.engine.tile_cache import TileCache, TileQuestion, tile_key

Make = Callable[..., Any]
QUESTION = TileQuestion("ab" * 32, "best", "fp32", 1, Rect(8, 8, 32, 32))
SEEN = np.arange(48 * 48 * 3, dtype=np.uint8).reshape(48, 48, 3)
MEBIBYTE = 1 << 20


def _tile(seed: int = 0, side: int = 32) -> NDArray[np.uint16]:
    return np.random.default_rng(seed).integers(0, 65536, (side, side, 3), np.uint16)


def test_a_tile_comes_back_as_it_was_also_in_the_next_run(tmp_path: Path) -> None:
    TileCache(tmp_path, MEBIBYTE).keep("ab12", _tile())
    found = TileCache(tmp_path, MEBIBYTE).find("ab12")
    assert found is not None
    assert not found.flags.writeable
    np.testing.assert_array_equal(found, _tile())
    assert TileCache(tmp_path, MEBIBYTE).find("ab13") is None


def test_what_the_network_sees_and_how_it_is_asked_name_a_tile() -> None:
    key = tile_key(SEEN, QUESTION)
    assert key == tile_key(SEEN.copy(), QUESTION)
    other = SEEN.copy()
    other[5, 5, 1] ^= 1
    differing = [
        tile_key(other, QUESTION),
        tile_key(SEEN.astype(np.uint16), QUESTION),
        tile_key(SEEN.reshape(24, 96, 3), QUESTION),
        tile_key(SEEN, QUESTION._replace(weights="cd" * 32)),
        tile_key(SEEN, QUESTION._replace(quality="draft")),
        tile_key(SEEN, QUESTION._replace(precision="bf16")),
        tile_key(SEEN, QUESTION._replace(factor=2)),
        tile_key(SEEN, QUESTION._replace(keep=Rect(9, 8, 32, 32))),
    ]
    assert len({key, *differing}) == 1 + len(differing)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: b"X" + content[1:],
        lambda content: content[:8] + b"\xff" * 8 + content[16:],
        lambda content: content + b"more",
    ],
)
def test_a_damaged_tile_is_not_believed_and_goes(
    damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    cache = TileCache(tmp_path, MEBIBYTE)
    cache.keep("ab12", _tile())
    (path,) = tmp_path.glob("*/*")
    path.write_bytes(damage(path.read_bytes()))
    assert cache.find("ab12") is None
    assert not path.exists()
    cache.keep("ab12", _tile(1))
    np.testing.assert_array_equal(cache.find("ab12"), _tile(1))


def test_it_keeps_to_its_budget_and_to_what_was_used_last(tmp_path: Path) -> None:
    size = 32 * 32 * 6
    cache = TileCache(tmp_path, 10 * size)
    for number in range(9):
        cache.keep(f"{number:04}", _tile(number))
    for age, path in enumerate(sorted(tmp_path.glob("*/*"), reverse=True)):
        os.utime(path, (1000 - age, 1000 - age))  # 0000 is the oldest
    assert cache.find("0000") is not None  # and now the youngest
    for number in range(9, 12):
        cache.keep(f"{number:04}", _tile(number))
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 10 * size
    assert cache.find("0000") is not None
    assert cache.find("0001") is None
    assert cache.find("0011") is not None


def test_a_run_counts_what_an_earlier_one_left(tmp_path: Path) -> None:
    size = 32 * 32 * 6
    for number in range(12):
        TileCache(tmp_path, 5 * size).keep(f"{number:04}", _tile(number))
    (tmp_path / "00" / "left.part").touch()
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 5 * size


@pytest.mark.allow_log("not kept")
def test_without_a_disk_everything_is_computed_again(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = TileCache(tmp_path / "file" / "tiles", MEBIBYTE)
    cache.keep("ab12", _tile())
    cache.keep("ab13", _tile())
    assert cache.find("ab12") is None


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    cache = TileCache(tmp_path / "tiles", MEBIBYTE)
    cache.keep("ab12", _tile())
    (path,) = (tmp_path / "tiles").glob("*/*.tile")
    assert path.stat().st_mode & 0o077 == 0


def test_it_can_be_emptied(tmp_path: Path) -> None:
    cache = TileCache(tmp_path, MEBIBYTE)
    cache.keep("ab12", _tile())
    cache.clear()
    assert not list(tmp_path.glob("*/*"))


@dataclass(frozen=True)
class KnownCard:
    """A card that says which weights it is about."""

    tile: int = 32
    halo: int = 8
    overlap: int = 4
    size_multiple: int = 16
    far_halo: int = 0
    sha256: str = "ab" * 32


def _known(provider: Any) -> Any:
    provider.model.card = KnownCard()
    return provider


def test_the_engine_computes_no_tile_twice(
    provider_of: Make, request_for: Make, random_photo: Make, tmp_path: Path
) -> None:
    request = request_for(random_photo(Size(150, 90)))
    provider = _known(provider_of(lambda batch: 0.9 * batch))
    first = list(run(request, provider, cache=TileCache(tmp_path, MEBIBYTE)))
    computed = len(provider.model.seen)
    assert computed == len(first)
    again = list(run(request, provider, cache=TileCache(tmp_path, MEBIBYTE)))
    assert len(provider.model.seen) == computed
    assert [tile.is_cached for tile in again] == [True] * len(first)
    assert [tile.done for tile in again] == [tile.done for tile in first]
    for one, other in zip(first, again, strict=True):
        assert (one.index, one.rect) == (other.index, other.rect)
        np.testing.assert_array_equal(one.pixels, other.pixels)


def test_what_is_there_comes_first_and_the_rest_is_computed(
    provider_of: Make, request_for: Make, random_photo: Make, tmp_path: Path
) -> None:
    request = request_for(random_photo(Size(150, 90)))
    (only,) = request.passes
    provider = _known(provider_of(lambda batch: 0.9 * batch))
    cache = TileCache(tmp_path, MEBIBYTE)
    part = replace(request, passes=(replace(only, indices=only.indices[-2:]),))
    list(run(part, provider, cache=cache))
    tiles = list(run(request, provider, cache=cache))
    assert [tile.is_cached for tile in tiles] == [True, True] + [False] * (len(tiles) - 2)
    assert sorted(tile.index for tile in tiles) == sorted(only.indices)


def test_a_photo_that_differs_in_one_place_shares_the_tiles_elsewhere(
    provider_of: Make, request_for: Make, random_photo: Make, tmp_path: Path
) -> None:
    photo = random_photo(Size(200, 40))
    provider = _known(provider_of(lambda batch: 0.9 * batch))
    cache = TileCache(tmp_path, MEBIBYTE)
    list(run(request_for(photo), provider, cache=cache))
    edited = photo.copy()
    edited[3, 3] ^= 255
    edited.setflags(write=False)
    tiles = list(run(request_for(edited), provider, cache=cache))
    assert {tile.is_cached for tile in tiles} == {True, False}
    computed = [tile for tile in tiles if not tile.is_cached]
    assert len(computed) == 1
    assert computed[0].rect.left == 0


@pytest.mark.allow_log("What the model gave")
def test_what_a_network_failed_on_is_not_kept(
    provider_of: Make, request_for: Make, random_photo: Make, tmp_path: Path
) -> None:
    provider = _known(provider_of(lambda batch: batch * torch.nan))
    list(run(request_for(random_photo(Size(20, 20))), provider, cache=TileCache(tmp_path, 1 << 20)))
    assert not list(tmp_path.glob("*/*"))


def test_weights_that_nobody_can_name_are_not_known_again(
    provider_of: Make, request_for: Make, random_photo: Make, tmp_path: Path
) -> None:
    request = request_for(random_photo(Size(20, 20)))
    list(run(request, provider_of(lambda batch: batch), cache=TileCache(tmp_path, 1 << 20)))
    assert not list(tmp_path.glob("*/*"))
