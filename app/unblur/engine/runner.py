"""The engine: tiles in, restored pixels out, one by one.

`run` is a generator, and every yield is both a result and a place to stop. What is finished
stays finished, whatever becomes of the rest: where the memory of a GPU ends even for the
smallest piece, the CPU goes on with the tiles that are left.

On CUDA three things go on at once: the next inputs are cut out and uploaded and the last
results downloaded while the device computes. The first tile goes alone, so that something is
on the screen after the time of one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import torch
from torch import Tensor

from unblur.document.buffer import UInt16Image
from unblur.document.grid import LayerKey, TileIndex
from unblur.engine import tensors
from unblur.engine.deconvolver import Deconvolver
from unblur.engine.device import Device, choose_device, free_unused_memory, is_out_of_memory
from unblur.engine.ferry import Arrival, Ferry, ferry_for
from unblur.engine.findings import Findings
from unblur.engine.fitting import fit
from unblur.engine.focus import nearest_first
from unblur.engine.guards import fault_of, fault_of_solver
from unblur.engine.known_tiles import KnownTiles
from unblur.engine.layer_inputs import LayerInputs
from unblur.engine.network import Network, nothing
from unblur.engine.provider import Model, ModelProvider
from unblur.engine.request import InferenceRequest, RestorePass, TileResult
from unblur.engine.room import free_bytes, keep_to_budget
from unblur.engine.tile_cache import TileCache
from unblur.engine.tiling import TilingPolicy, policy_for
from unblur.engine.tuning import Tuning, tune
from unblur.errors import DeviceMemoryError

logger = logging.getLogger(__name__)


def run(
    request: InferenceRequest,
    provider: ModelProvider,
    findings: Findings | None = None,
    cache: TileCache | None = None,
) -> Iterator[TileResult]:
    """Restore the tiles of `request`, pass by pass, nearest to where the person looks first.

    A tile's pixels depend on the photo and its layer's key alone, not on the order, but for
    what half precision and memory that ends leave to rounding. With `findings` a model that
    is new to them is tried out first: whether it agrees in half precision, and what memory it
    takes; without, it runs in fp32, one tile at a time. What `cache` knows comes first, and
    is not computed again; a GPU computes quicker than disks remember, so it is not asked there.

    Where a network gives no picture, not even at its last try, the photo is left as it is and
    the result says so. Raises Cancelled before the next layer once the token is set,
    DeviceUnavailableError, ModelError, and DeviceMemoryError if even on the CPU the smallest
    piece of a tile does not fit.
    """
    request.token.raise_if_cancelled()
    works = _Works(request, provider, findings, cache, choose_device(request.device))
    done = 0
    for each in request.passes:
        for tile in works.tiles(each):
            done += 1
            yield TileResult(
                request_id=request.id,
                key=each.key,
                region_id=each.region_id,
                index=tile.index,
                rect=each.key.grid.support(tile.index),
                pixels=tile.pixels,
                done=done,
                total=request.tile_count,
                seconds=tile.seconds,
                is_left=tile.is_left,
                precision=tile.precision,
                is_on_cpu_instead=works.is_on_cpu_instead,
                is_cached=tile.is_cached,
            )


@dataclass(frozen=True, slots=True)
class _Tile:
    """What became of a tile."""

    index: TileIndex
    pixels: UInt16Image
    is_left: bool
    precision: str
    seconds: float
    is_cached: bool = False


class _Group:
    """Tiles that go through the network at once."""

    def __init__(self, inputs: LayerInputs, indices: list[TileIndex]) -> None:
        self.indices = indices
        self.grid = inputs.grid
        self._inputs = inputs
        self._sent: Tensor | None = None

    def send(self, ferry: Ferry) -> Tensor:
        """The inputs (N, C, H, W) on the device, sent there unless they are."""
        if self._sent is None:
            self._sent = ferry.upload([self._inputs.of(index) for index in self.indices])
        return self._sent

    def take_back(self) -> None:
        """Forget what was sent: it was to another device, or is in the way."""
        self._sent = None


class _Works:
    """The device of a request, and what is set up there."""

    def __init__(
        self,
        request: InferenceRequest,
        provider: ModelProvider,
        findings: Findings | None,
        cache: TileCache | None,
        device: Device,
    ) -> None:
        self._request = request
        self._provider = provider
        self._findings = findings
        self._cache = cache
        # By model and policy: the inputs that memory had room for.
        self._fitting: dict[tuple[str, TilingPolicy], TilingPolicy] = {}
        self.is_on_cpu_instead = False
        self._use(device)

    def tiles(self, each: RestorePass) -> Iterator[_Tile]:
        """The tiles of a pass, as they are done; first those that were restored before."""
        network = self._network(each.key)
        pixels = self._request.pixels
        inputs = LayerInputs(pixels, each.key, is_told=network.takes_people)
        known = KnownTiles(self._cache, inputs, each.key, network)
        missing = []
        for index in each.indices:
            self._request.token.raise_if_cancelled()
            started = time.perf_counter()
            found = known.find(index)
            if found is None:
                missing.append(index)
                continue
            seconds = time.perf_counter() - started
            yield _Tile(index, found, False, network.precision, seconds, is_cached=True)
        for tile in self._new_tiles(each.key, inputs, missing, network):
            if not tile.is_left:
                known.keep(tile.index, tile.pixels)
            yield tile

    def _new_tiles(
        self, key: LayerKey, inputs: LayerInputs, indices: list[TileIndex], network: Network
    ) -> Iterator[_Tile]:
        """Tiles that nobody knows yet, nearest to where the person looks first."""
        token = self._request.token
        waiting = nearest_first(key.grid, indices, self._request.focus)
        group = _next(inputs, waiting, 1)
        held: Iterator[_Tile] = iter(())
        while group.indices:
            token.raise_if_cancelled()
            started = time.perf_counter()
            following: list[_Group] = []
            look_ahead = partial(self._look_ahead, following, inputs, waiting, network.at_once)
            try:
                arrival, left = self._computed(group, network, look_ahead)
            except DeviceMemoryError:
                if not self._device.is_accelerated:
                    raise
                network = self._go_on_with_cpu(key, [group, *following])
                arrival, left = self._computed(group, network, nothing)
            self._fitting[key.model_id, self._wanted] = network.policy
            seconds = (time.perf_counter() - started) / len(group.indices)
            arriving = _arriving(group, arrival, left, network.precision, seconds)
            yield from held
            held = iter(())
            if self._ferry.is_beside and following and len(group.indices) > 1:
                held = arriving
            else:
                yield from arriving
            group = following[0] if following else _next(inputs, waiting, network.at_once)
        yield from held

    def _use(self, device: Device) -> None:
        self._device = device
        self._ferry = ferry_for(device)
        if device.is_accelerated and self._request.gpu_memory:
            keep_to_budget(device, self._request.gpu_memory)

    def _network(self, key: LayerKey) -> Network:
        try:
            return self._set_up(key)
        except DeviceMemoryError:
            if not self._device.is_accelerated:
                raise
        return self._go_on_with_cpu(key, [])

    def _set_up(self, key: LayerKey) -> Network:
        model = _model(key, self._provider, self._device, self._request)
        self._wanted = policy_for(model.card)
        policy = self._fitting.get((key.model_id, self._wanted), self._wanted)
        tuning = Tuning()
        # A solver has nothing to be tuned, and a PSF spreads a lamp's light anew: no fault.
        is_solver = isinstance(model, Deconvolver)
        if self._findings is not None and not is_solver:
            names, wish = (key.model_id, key.quality), self._request.precision
            token = self._request.token
            tuning = tune(model, names, wish, self._device, self._findings, token)
        room = free_bytes(self._device, self._request.gpu_memory)
        fitted = fit(
            policy,
            key.grid.network_size,
            tuning.bytes_per_pixel,
            room,
            is_accelerated=self._device.is_accelerated,
        )
        return Network(
            model,
            key.quality,
            fitted.policy,
            self._device,
            self._request.token,
            precision=tuning.precision,
            at_once=fitted.at_once,
            fault_of=fault_of_solver if is_solver else fault_of,
        )

    def _go_on_with_cpu(self, key: LayerKey, groups: list[_Group]) -> Network:
        """The last resort when the memory of a GPU is used up."""
        logger.warning("The memory of %s is used up, going on with the CPU", self._device.name)
        for group in groups:
            group.take_back()
        free_unused_memory(self._device)
        self._fitting.clear()
        self.is_on_cpu_instead = True
        self._use(choose_device("cpu"))
        return self._set_up(key)

    def _look_ahead(
        self,
        following: list[_Group],
        inputs: LayerInputs,
        waiting: Iterator[TileIndex],
        count: int,
    ) -> None:
        """Upload what comes next while the device is busy; where there is no room, later."""
        if following or not self._ferry.is_beside:
            return
        following.append(_next(inputs, waiting, count))
        try:
            if following[0].indices:
                following[0].send(self._ferry)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            following[0].take_back()

    def _computed(
        self, group: _Group, network: Network, meanwhile: Callable[[], None]
    ) -> tuple[Arrival, tuple[bool, ...]]:
        """The pixels of the tiles' supports, on their way here, and which tiles were left."""
        try:
            with torch.inference_mode():
                restored, left = _restored(group, network, self._ferry, meanwhile)
                return self._ferry.download(restored), left
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error):  # beside the network: a crop, an enlarged change
                raise DeviceMemoryError(str(error)) from error
            raise


def _next(inputs: LayerInputs, waiting: Iterator[TileIndex], count: int) -> _Group:
    return _Group(inputs, list(islice(waiting, count)))


def _restored(
    group: _Group, network: Network, ferry: Ferry, meanwhile: Callable[[], None]
) -> tuple[list[Tensor], tuple[bool, ...]]:
    """Every tile's support (1, 3, h, w), and which tiles were left."""
    grid = group.grid
    source = group.send(ferry)
    keeps = [grid.support(index).relative_to(grid.input(index)) for index in group.indices]
    if grid.factor == 1:
        answer = network(source, keeps, meanwhile)
        parts = zip(torch.split(answer.restored, 1), keeps, strict=True)
        return [part[:, :, *keep.slices] for part, keep in parts], answer.left
    small = tensors.shrunk(source, grid.factor)
    needed = [tensors.change_under(keep, grid.factor, grid.input_size) for keep in keeps]
    answer = network(small, needed, meanwhile)
    changes = torch.split(answer.restored - tensors.picture_of(small), 1)
    restored = [
        tensors.with_change(full, change, keep, grid.factor)
        for full, change, keep in zip(
            torch.split(tensors.picture_of(source), 1), changes, keeps, strict=True
        )
    ]
    return restored, answer.left


def _arriving(
    group: _Group, arrival: Arrival, left: tuple[bool, ...], precision: str, seconds: float
) -> Iterator[_Tile]:
    for index, pixels, is_left in zip(group.indices, arrival(), left, strict=True):
        yield _Tile(index, pixels, is_left, precision, seconds)


def _model(
    key: LayerKey, provider: ModelProvider, device: Device, request: InferenceRequest
) -> Model:
    """What gives the pixels of a layer: a solver, or a network. Raises ModelError."""
    if key.deconvolution is not None:
        return Deconvolver(key.deconvolution, key.grid.factor, request.token)
    return provider.get(key.model_id, device)
