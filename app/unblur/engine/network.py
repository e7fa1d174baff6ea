"""A model at work on inputs, however much memory there is, and whatever it makes of them.

Where memory ends, fewer inputs go at once; then an input is done in pieces of half the size,
and so are those after it. Where an answer is no picture of the input, it is asked for again:
in single precision, then in the most careful way that the model has. What fails even then is
left as it was, and the answer says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from unblur.document.geometry import Rect, Size
from unblur.engine import tensors
from unblur.engine.blending import window
from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device, free_unused_memory, is_out_of_memory
from unblur.engine.guards import fault_of
from unblur.engine.interruption import interruptible
from unblur.engine.precision import in_precision
from unblur.engine.provider import Model, takes_people, wanting
from unblur.engine.tiling import TilingPolicy, in_full, plan_grid
from unblur.errors import DeviceMemoryError

logger = logging.getLogger(__name__)

FaultOf = Callable[[Tensor, Tensor], str | None]


class Answer(NamedTuple):
    """Restored (N, 3, H, W) float32, and which of the N inputs were left, wholly or in part."""

    restored: Tensor
    left: tuple[bool, ...]


def nothing() -> None:
    """What there is to do meanwhile, usually."""


class Network:
    """One model at one quality. `policy` is how large an input may be, `at_once` how many."""

    def __init__(
        self,
        model: Model,
        quality: str,
        policy: TilingPolicy,
        device: Device,
        token: CancelToken,
        *,
        precision: str = "fp32",
        at_once: int = 1,
        fault_of: FaultOf = fault_of,
    ) -> None:
        self._model = model
        self._quality = quality
        self._token = token
        self._fault_of = fault_of
        self.policy = policy
        self.device = device
        self.precision = precision
        self.at_once = at_once

    @property
    def weights(self) -> str:
        """SHA-256 of the model's weights; empty where its card does not tell."""
        return str(getattr(self._model.card, "sha256", ""))

    @property
    def takes_people(self) -> bool:
        """Whether its inputs may have a fourth channel, which says where people are."""
        return takes_people(self._model)

    @property
    def quality(self) -> str:
        """The quality that it is asked for."""
        return self._quality

    def __call__(
        self, batch: Tensor, keeps: Sequence[Rect], meanwhile: Callable[[], None] = nothing
    ) -> Answer:
        """Restore (N, C, H, W); of every input only what lies in its `keeps` is sure to be.

        `meanwhile` is called when the device has its work and we would wait. Raises Cancelled
        before the next layer, ModelError, and DeviceMemoryError when even the smallest piece
        does not fit.
        """
        part = in_full(_size(batch), keeps, self.policy)
        longest = max(part.size)
        while True:
            is_whole = longest <= self.policy.largest
            try:
                if is_whole:
                    return self._forward(batch, part, meanwhile)
                if len(batch) == 1:
                    return self._in_pieces(batch, keeps[0])
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self._ask_for_less(len(batch), longest)
            # After the block: the traceback keeps the tensors of the failed attempt alive.
            free_unused_memory(self.device)
            if len(batch) > 1:
                middle = len(batch) // 2
                first = self(batch[:middle], keeps[:middle])
                return _joined((first, self(batch[middle:], keeps[middle:])))

    def _ask_for_less(self, count: int, longest: int) -> None:
        if count > 1:
            self.at_once = count // 2
            logger.warning("Memory ended at %s inputs, going on with %s", count, self.at_once)
        else:
            self.policy = halved(self.policy, min(self.policy.largest, longest))

    def _in_pieces(self, batch: Tensor, keep: Rect) -> Answer:
        """The same of one input from blended pieces, each with its halo."""
        grid = plan_grid(keep, _size(batch), self.policy, factor=1)
        restored = torch.zeros_like(tensors.picture_of(batch))
        is_left = False
        for index in grid.tiles_touching(keep):
            self._token.raise_if_cancelled()
            seen, support = grid.input(index), grid.support(index)
            cut, kept = tensors.crop_batch(batch, seen), support.relative_to(seen)
            part = in_full(seen.size, [kept], self.policy)
            piece = self._forward(cut, part, nothing)
            weights = torch.from_numpy(window(grid, index)).to(batch.device)
            restored[:, :, *support.slices] += piece.restored[:, :, *kept.slices] * weights
            is_left |= any(piece.left)
        return Answer(restored, (is_left,))

    def _forward(self, batch: Tensor, part: Rect, meanwhile: Callable[[], None]) -> Answer:
        """What the model makes of it; an input itself where that is no picture every time.

        `part` is what has to be right.
        """
        restored = self._asked(self._model, batch, part, self.precision)
        meanwhile()
        # One look at all of them: each look waits for the device.
        if self._fault_of(tensors.picture_of(batch), restored) is None:
            return Answer(restored, (False,) * len(batch))
        answers = (
            self._settled(batch[at : at + 1], restored[at : at + 1], part)
            for at in range(len(batch))
        )
        return _joined(tuple(answers))

    def _settled(self, source: Tensor, restored: Tensor, part: Rect) -> Answer:
        """One input and its first answer: that, a better one, or the input's picture."""
        picture = tensors.picture_of(source)
        ways = [(self._model.again, "fp32")]
        if self.precision != "fp32":
            ways.insert(0, (self._model.__call__, "fp32"))
        for ask, precision in ways:
            fault = self._fault_of(picture, restored)
            if fault is None:
                return Answer(restored, (False,))
            logger.warning("What the model gave is %s", fault)
            restored = self._asked(ask, source, part, precision)
        fault = self._fault_of(picture, restored)
        if fault is None:
            return Answer(restored, (False,))
        logger.warning("What the model gave is %s, so the photo stays as it is there", fault)
        return Answer(picture, (True,))

    def _asked(
        self, ask: Callable[[Tensor, str], Tensor], batch: Tensor, part: Rect, precision: str
    ) -> Tensor:
        in_part = wanting(self._model, part)
        with interruptible(self._token), in_precision(self.device, precision), in_part:
            return ask(batch, self._quality).float()


def halved(policy: TilingPolicy, failed: int) -> TilingPolicy:
    """The policy with inputs of at most half of `failed`. Raises DeviceMemoryError."""
    smallest = policy.sizes[0]
    if failed <= smallest:
        raise DeviceMemoryError(f"{smallest} pixels square")
    multiple = policy.multiple
    largest = max(failed // 2 // multiple * multiple, smallest)
    logger.warning("Memory ended at an input of %s pixels, going on with %s", failed, largest)
    return replace(policy, tile=largest, largest=largest)


def _size(batch: Tensor) -> Size:
    return Size(batch.shape[3], batch.shape[2])


def _joined(answers: Sequence[Answer]) -> Answer:
    if len(answers) == 1:
        return answers[0]
    left = tuple(each for answer in answers for each in answer.left)
    return Answer(torch.cat([answer.restored for answer in answers]), left)
