from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from unblur.document.geometry import Point, Rect, Size
from unblur.engine.runner import run
from unblur.errors import Cancelled, DeviceMemoryError, DeviceUnavailableError

Make = Callable[..., Any]
SIDES = (1, 2, 3, 5, 8, 13, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 70)


def _identity(batch: Tensor) -> Tensor:
    return batch.clone()


def _smoothed(batch: Tensor) -> Tensor:
    """Sees 2 pixels around each, far less than the halo."""
    return functional.avg_pool2d(functional.pad(batch, (2, 2, 2, 2), "reflect"), 5, stride=1)


@pytest.mark.parametrize("factor", [1, 2, 4])
@pytest.mark.parametrize("tile", [16, 32, 48])
def test_an_identity_network_gives_the_source_for_every_size(
    tile: int, factor: int, provider_of: Make, request_for: Make, collected: Make,
    random_photo: Make, as_uint16: Make,
) -> None:  # fmt: skip
    provider = provider_of(_identity, tile=tile)
    for number, width in enumerate(SIDES):
        height = SIDES[number * 7 % len(SIDES)]
        photo = random_photo(Size(width, height), seed=number)
        request = request_for(photo, factor=factor, tile=tile)
        pixels, coverage = collected(request, provider).read(Rect(0, 0, width, height))
        np.testing.assert_array_equal(pixels, as_uint16(photo))
        assert (coverage == 1).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 500), Size(500, 1), Size(130, 70)])
def test_an_identity_network_gives_the_source_at_every_depth(
    size: Size, dtype: type, provider_of: Make, request_for: Make, collected: Make,
    random_photo: Make, as_uint16: Make,
) -> None:  # fmt: skip
    photo = random_photo(size, dtype)
    restored = collected(request_for(photo), provider_of(_identity))
    np.testing.assert_array_equal(restored.read(Rect.of_size(size))[0], as_uint16(photo))


def test_a_network_that_sees_less_than_the_halo_does_not_notice_tiles(
    provider_of: Make, request_for: Make, collected: Make, random_photo: Make
) -> None:
    photo = random_photo(Size(150, 90))
    restored = collected(request_for(photo), provider_of(_smoothed))
    batch = torch.from_numpy(photo.astype(np.float32).transpose(2, 0, 1)[np.newaxis] / 255)
    expected = _smoothed(batch)[0].permute(1, 2, 0).numpy() * 65535
    np.testing.assert_allclose(restored.read(Rect(0, 0, 150, 90))[0], expected, atol=1)


def test_a_network_that_needs_the_whole_photo_leaves_no_seam(
    provider_of: Make, request_for: Make, collected: Make
) -> None:
    facts = {"tile": 256, "halo": 32, "overlap": 16, "size_multiple": 64}
    width, height = 900, 300
    ramp = np.linspace(0.2, 0.8, width) * 0.9 + np.linspace(0, 0.1, height)[:, np.newaxis]
    photo = np.repeat(ramp[..., np.newaxis], 3, axis=2).astype(np.float32)

    def with_global_mean(batch: Tensor) -> Tensor:
        return batch + 0.15 * (batch.mean(dim=(1, 2, 3), keepdim=True) - 0.5)

    request = request_for(photo, **facts)
    restored = collected(request, provider_of(with_global_mean, **facts))
    levels = restored.read(Rect(0, 0, width, height))[0] / 257
    change = levels - photo * 255
    disagreement = np.ptp(change)
    assert disagreement > 10  # the tiles do disagree
    assert np.abs(np.diff(change, axis=0)).max() <= 1
    assert np.abs(np.diff(change, axis=1)).max() <= 1


def test_a_change_at_a_smaller_scale_is_added_to_the_full_sized_source(
    provider_of: Make, request_for: Make, collected: Make, random_photo: Make, as_uint16: Make
) -> None:
    photo = random_photo(Size(130, 90)) // 2
    restored = collected(request_for(photo, factor=4), provider_of(lambda batch: batch + 0.125))
    expected = as_uint16(photo) + 0.125 * 65535
    np.testing.assert_allclose(restored.read(Rect(0, 0, 130, 90))[0], expected, atol=1)


def test_what_is_shown_depends_neither_on_the_order_nor_on_other_regions(
    provider_of: Make, request_for: Make, collected: Make, random_photo: Make
) -> None:
    request = request_for(random_photo(Size(150, 90)))
    (only,) = request.passes
    reversed_request = replace(
        request, passes=(replace(only, indices=tuple(reversed(only.indices))),)
    )
    whole = Rect(0, 0, 150, 90)
    first = collected(request, provider_of(_smoothed)).read(whole)[0]
    second = collected(reversed_request, provider_of(_smoothed)).read(whole)[0]
    np.testing.assert_array_equal(first, second)


def test_a_region_computes_its_rectangle_and_halo_alone(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    provider = provider_of(_identity)
    photo = np.broadcast_to(np.uint8(7), (30_000, 30_000, 3))  # 2.7 GB if anyone copies it
    tiles = list(run(request_for(photo, Rect(15_000, 15_000, 32, 32)), provider))
    assert provider.model.seen == [Size(48, 48)]
    assert [tile.rect for tile in tiles] == [Rect(14_996, 14_996, 40, 40)]


def test_results_say_how_far_the_request_is(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    request = request_for(random_photo(Size(90, 40)))
    (only,) = request.passes
    request = replace(request, passes=(replace(only, indices=only.indices[:1]), only))
    tiles = list(run(request, provider_of(_identity)))
    total = 1 + len(only.indices)
    assert [tile.done for tile in tiles] == list(range(1, total + 1))
    assert {tile.total for tile in tiles} == {total}
    assert all(tile.seconds > 0 and tile.request_id == 1 for tile in tiles)
    assert not any(tile.pixels.flags.writeable for tile in tiles)


def test_what_the_person_looks_at_now_comes_next_and_nothing_comes_twice(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    request = request_for(random_photo(Size(300, 300)))
    (only,) = request.passes
    grid = only.key.grid
    work = run(request, provider_of(_identity))
    tiles = [next(work), next(work)]
    request.focus.point = Point(290, 10)
    tiles += list(work)
    assert [tile.index for tile in tiles[:2]] == list(only.indices[:2])
    corner = grid.core(tiles[2].index)
    assert corner.left <= 290 < corner.right
    assert corner.top <= 10 < corner.bottom
    assert sorted(tile.index for tile in tiles) == sorted(only.indices)


def test_cancelling_stops_before_the_next_tile(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    provider, request = provider_of(_identity), request_for(random_photo(Size(200, 200)))
    work = run(request, provider)
    for _ in range(3):
        next(work)
    request.token.cancel()
    with pytest.raises(Cancelled):
        next(work)
    assert len(provider.model.seen) == 3


def test_cancelling_stops_inside_a_tile_before_the_next_layer(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    request = request_for(random_photo(Size(20, 20)))
    ran: list[int] = []

    class Layer(torch.nn.Module):
        def forward(self, batch: Tensor) -> Tensor:
            ran.append(len(ran))
            if len(ran) == 2:
                request.token.cancel()
            return batch

    network = torch.nn.Sequential(*(Layer() for _ in range(5)))
    with pytest.raises(Cancelled):
        next(run(request, provider_of(network)))
    assert ran == [0, 1]
    network(torch.zeros(1))  # nothing is left behind that looks at the token
    assert len(ran) == 7


def test_a_request_that_was_cancelled_before_it_began_computes_nothing(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    provider, request = provider_of(_identity), request_for(random_photo(Size(20, 20)))
    request.token.cancel()
    with pytest.raises(Cancelled):
        next(run(request, provider))
    assert provider.model.seen == []


def test_a_device_that_is_not_there_ends_the_request(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    request = replace(request_for(random_photo(Size(20, 20))), device="toaster")
    with pytest.raises(DeviceUnavailableError):
        next(run(request, provider_of(_identity)))


class _Small:
    """A network on a device that holds inputs of `room` pixels at most, and is full once."""

    def __init__(self, room: int, after: int = 0, error: type[Exception] | str = "") -> None:
        self.room = room
        self.after = after
        self.error = error
        self.calls = 0
        self.refused: list[int] = []

    def __call__(self, batch: Tensor) -> Tensor:
        self.calls += 1
        side = max(batch.shape[2:])
        if self.calls > self.after and side > self.room:
            self.refused.append(side)
            if isinstance(self.error, str):
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            raise self.error("no room")
        return _smoothed(batch)


@pytest.mark.allow_log("Memory ended")
@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("error", ["", torch.OutOfMemoryError, MemoryError])
def test_running_out_of_memory_halves_once_and_finishes(
    error: type[Exception] | str, factor: int, provider_of: Make, request_for: Make,
    collected: Make, random_photo: Make,
) -> None:  # fmt: skip
    facts = {"tile": 64, "halo": 8, "overlap": 4, "size_multiple": 16}
    photo = random_photo(Size(300, 200))
    request = request_for(photo, factor=factor, **facts)
    roomy = collected(request, provider_of(_smoothed, **facts)).read(Rect(0, 0, 300, 200))[0]
    network = _Small(room=48, after=2, error=error)
    tight = collected(request, provider_of(network, **facts)).read(Rect(0, 0, 300, 200))[0]
    assert len(network.refused) == 1  # the third tile's; the two before it are not done again
    np.testing.assert_allclose(tight, roomy, atol=1)


@pytest.mark.allow_log("Memory ended")
def test_it_is_halved_again_until_it_fits(
    provider_of: Make, request_for: Make, collected: Make, random_photo: Make
) -> None:
    facts = {"tile": 128, "halo": 8, "overlap": 4, "size_multiple": 16}
    request = request_for(random_photo(Size(300, 100)), **facts)
    roomy = collected(request, provider_of(_smoothed, **facts)).read(Rect(0, 0, 300, 100))[0]
    network = _Small(room=32)
    tight = collected(request, provider_of(network, **facts)).read(Rect(0, 0, 300, 100))[0]
    assert network.refused == sorted(network.refused, reverse=True)
    assert all(2 * later <= earlier for earlier, later in zip(
        network.refused, network.refused[1:], strict=False))  # fmt: skip
    np.testing.assert_allclose(tight, roomy, atol=1)


@pytest.mark.allow_log("Memory ended")
def test_what_did_not_fit_once_is_not_tried_again_in_the_next_pass(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    request = request_for(random_photo(Size(100, 100)), tile=64)
    network = _Small(room=48)
    list(run(replace(request, passes=request.passes * 3), provider_of(network, tile=64)))
    assert len(network.refused) == 1


@pytest.mark.allow_log("Memory ended")
def test_when_even_the_smallest_piece_does_not_fit_there_is_an_error(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    request = request_for(random_photo(Size(100, 100)))
    with pytest.raises(DeviceMemoryError):
        list(run(request, provider_of(_Small(room=8))))


@pytest.mark.allow_log("Memory ended")
def test_a_tile_in_pieces_can_be_cancelled_between_them(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    request = request_for(random_photo(Size(256, 256)), tile=256)
    network = _Small(room=48)

    def cancelled_at_the_second_piece(batch: Tensor) -> Tensor:
        restored = network(batch)
        request.token.cancel()
        return restored

    provider = provider_of(cancelled_at_the_second_piece, tile=256)
    with pytest.raises(Cancelled):
        list(run(request, provider))
    assert network.calls == len(network.refused) + 1


def test_other_failures_of_the_network_are_not_hidden(
    provider_of: Make, request_for: Make, random_photo: Make
) -> None:
    def broken(batch: Tensor) -> Tensor:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="do not match"):
        list(run(request_for(random_photo(Size(20, 20))), provider_of(broken)))


@pytest.mark.allow_log("not finite")
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_not_finite_are_asked_for_once_more(
    value: float, provider_of: Make, request_for: Make, collected: Make, random_photo: Make,
    as_uint16: Make,
) -> None:  # fmt: skip
    def hiccup(batch: Tensor) -> Tensor:
        return torch.full_like(batch, value) if len(provider.model.seen) == 1 else batch.clone()

    provider = provider_of(hiccup)
    photo = random_photo(Size(20, 20))
    restored = collected(request_for(photo), provider)
    np.testing.assert_array_equal(restored.read(Rect(0, 0, 20, 20))[0], as_uint16(photo))
    assert len(provider.model.seen) == 2


@pytest.mark.allow_log("not finite")
def test_a_part_that_stays_no_picture_is_left_as_it_was_and_the_rest_goes_on(
    provider_of: Make, request_for: Make, random_photo: Make, as_uint16: Make
) -> None:
    def breaking(batch: Tensor) -> Tensor:
        return batch / 0 if len(provider.model.seen) in (3, 4) else 0.9 * batch

    provider = provider_of(breaking)
    photo = random_photo(Size(200, 40))
    request = request_for(photo)
    tiles = list(run(request, provider))
    assert [tile.is_left for tile in tiles] == [False, False, True, *[False] * (len(tiles) - 3)]
    left = tiles[2]
    np.testing.assert_array_equal(left.pixels, as_uint16(photo)[left.rect.slices])
    assert not np.array_equal(tiles[3].pixels, as_uint16(photo)[tiles[3].rect.slices])
