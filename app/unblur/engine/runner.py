"""The engine: tiles in, restored pixels out, one by one.

`run` is a generator, and every yield is both a result and a place to stop. A tile whose
input does not fit into memory is done in pieces of half the size, and so are those after it;
what is finished stays finished.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from unblur.document.buffer import UInt16Image
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey, TileGrid, TileIndex
from unblur.engine import tensors
from unblur.engine.blending import window
from unblur.engine.cancel import CancelToken
from unblur.engine.deconvolver import Deconvolver
from unblur.engine.device import Device, choose_device, free_unused_memory, is_out_of_memory
from unblur.engine.focus import nearest_first
from unblur.engine.guards import fault_of, fault_of_solver
from unblur.engine.interruption import interruptible
from unblur.engine.provider import Model, ModelProvider
from unblur.engine.request import InferenceRequest, TileResult
from unblur.engine.tiling import TilingPolicy, plan_grid, policy_for
from unblur.errors import DeviceMemoryError

logger = logging.getLogger(__name__)


def run(request: InferenceRequest, provider: ModelProvider) -> Iterator[TileResult]:
    """Restore the tiles of `request`, pass by pass, nearest to where the person looks first.

    A tile's pixels depend on the photo and its layer's key alone, not on the order.

    Where a network gives no picture, not even at a second try, the photo is left as it is and
    the result says so. Raises Cancelled before the next layer once the token is set,
    DeviceUnavailableError, ModelError, and DeviceMemoryError if even the smallest piece of a
    tile does not fit.
    """
    request.token.raise_if_cancelled()
    device = choose_device(request.device)
    total, done = request.tile_count, 0
    fitting: dict[tuple[str, TilingPolicy], TilingPolicy] = {}  # inputs that memory had room for
    for each in request.passes:
        model = _model(each.key, provider, device, request.token)
        wanted = policy_for(model.card)
        policy = fitting.get((each.key.model_id, wanted), wanted)
        network = _Network(model, each.key.quality, policy, device, request.token)
        for index in nearest_first(each.key.grid, each.indices, request.focus):
            request.token.raise_if_cancelled()
            started, left = time.perf_counter(), network.left
            pixels = _restore_tile(request, each.key.grid, index, network)
            fitting[each.key.model_id, wanted] = network.policy
            done += 1
            yield TileResult(
                request_id=request.id,
                key=each.key,
                region_id=each.region_id,
                index=index,
                rect=each.key.grid.support(index),
                pixels=pixels,
                done=done,
                total=total,
                seconds=time.perf_counter() - started,
                is_left=network.left > left,
            )


def _model(key: LayerKey, provider: ModelProvider, device: Device, token: CancelToken) -> Model:
    """What gives the pixels of a layer: a solver, or a network. Raises ModelError."""
    if key.deconvolution is not None:
        return Deconvolver(key.deconvolution, key.grid.factor, token)
    return provider.get(key.model_id, device)


def _restore_tile(
    request: InferenceRequest, grid: TileGrid, index: TileIndex, network: _Network
) -> UInt16Image:
    """The pixels of one tile's support."""
    try:
        return _restore(request, grid, index, network)
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):  # beside the network: a crop, an enlarged change
            raise DeviceMemoryError(str(error)) from error
        raise


def _restore(
    request: InferenceRequest, grid: TileGrid, index: TileIndex, network: _Network
) -> UInt16Image:
    seen = grid.input(index)
    keep = grid.support(index).relative_to(seen)
    with torch.inference_mode():
        source = tensors.to_batch(tensors.crop(request.pixels, seen), network.device.torch_device)
        if grid.factor == 1:
            return tensors.to_pixels(network(source, keep)[:, :, *keep.slices])
        small = tensors.shrunk(source, grid.factor)
        needed = tensors.change_under(keep, grid.factor, grid.network_size)
        change = network(small, needed) - small
        return tensors.to_pixels(tensors.with_change(source, change, keep, grid.factor))


class _Network:
    """One model at one quality, however much memory there is."""

    def __init__(
        self, model: Model, quality: str, policy: TilingPolicy, device: Device, token: CancelToken
    ) -> None:
        self._model = model
        self._quality = quality
        self._token = token
        self.policy = policy
        self.device = device
        self.left = 0  # inputs that came back as they were
        # A PSF that a person chose may spread a lamp's light anew: that is no network's fault.
        self._fault_of = fault_of_solver if isinstance(model, Deconvolver) else fault_of

    def __call__(self, batch: Tensor, keep: Rect) -> Tensor:
        """Restored (1, 3, H, W); only what lies in `keep` is sure to be.

        Once memory was not enough, everything larger than what fitted is done in pieces.
        """
        longest = max(batch.shape[2:])
        while True:
            try:
                if longest <= self.policy.largest:
                    return self._forward(batch)
                return self._in_pieces(batch, keep)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self.policy = _halved(self.policy, min(self.policy.largest, longest))
            # After the block: the traceback keeps the tensors of the failed attempt alive.
            free_unused_memory(self.device)

    def _in_pieces(self, batch: Tensor, keep: Rect) -> Tensor:
        """The same from blended pieces, each with its halo, as large as memory allows."""
        height, width = batch.shape[2:]
        grid = plan_grid(keep, Size(width, height), self.policy, factor=1)
        restored = torch.zeros_like(batch)
        for index in grid.tiles_touching(keep):
            self._token.raise_if_cancelled()
            seen, support = grid.input(index), grid.support(index)
            piece = self._forward(tensors.crop_batch(batch, seen))
            weights = torch.from_numpy(window(grid, index)).to(batch.device)
            kept = support.relative_to(seen).slices
            restored[:, :, *support.slices] += piece[:, :, *kept] * weights
        return restored

    def _forward(self, batch: Tensor) -> Tensor:
        """What the model makes of it; the batch itself where that is no picture, even twice."""
        for ask in (self._model, self._model.again):
            with interruptible(self._token):
                restored = ask(batch, self._quality)
            fault = self._fault_of(batch, restored)
            if fault is None:
                return restored
            logger.warning("What the model gave is %s", fault)
        self.left += 1
        return batch


def _halved(policy: TilingPolicy, failed: int) -> TilingPolicy:
    """The policy with inputs of at most half of `failed`. Raises DeviceMemoryError."""
    smallest = policy.sizes[0]
    if failed <= smallest:
        raise DeviceMemoryError(f"{smallest} pixels square")
    multiple = policy.multiple
    largest = max(failed // 2 // multiple * multiple, smallest)
    logger.warning("Memory ended at an input of %s pixels, going on with %s", failed, largest)
    return replace(policy, tile=largest, largest=largest)
