"""Where the runner gets its networks from: a protocol, and the zoo behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import torch
from torch import Tensor

from unblur import errors
from unblur.document.geometry import Rect
from unblur.engine.device import Device, free_unused_memory, is_out_of_memory
from unblur.engine.tensors import people_of, picture_of
from unblur.engine.tiling import TilingFacts
from unblur_models import errors as zoo
from unblur_models.descriptor import ModelDescriptor
from unblur_models.loading import load_model

logger = logging.getLogger(__name__)

_BUDGET = 384 * 1024**2  # of weights on a CPU: the three embedded models, or a large one
_SHARE_OF_GPU = 0.25  # of its memory


class Model(Protocol):
    """A network that is loaded and ready."""

    @property
    def card(self) -> TilingFacts:
        """How it wants to be fed."""

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        """Restore (N, 3, H, W) float32 RGB in [0, 1], H and W multiples of the card's.

        A model that takes people may be given a fourth channel, see `tensors`. The picture's
        shape and dtype come back, on the same device, not clamped. Raises
        QualityUnknownError.
        """

    def again(self, batch: Tensor, quality: str) -> Tensor:
        """The same where the first answer was no picture: in the most careful way it knows."""


def takes_people(model: Model) -> bool:
    """Whether a model can be told where people are: most know nothing of that."""
    return bool(getattr(model, "takes_people", False))


def wanting(model: Model, part: Rect) -> AbstractContextManager[None]:
    """Within, only that part of a model's answers has to be right: some save work by it."""
    told: Callable[[slice, slice], AbstractContextManager[None]] | None
    told = getattr(model, "wanting", None)
    return nullcontext() if told is None else told(*part.slices)


def probed(picture: Tensor, model: Model) -> Tensor:
    """A picture (1, 3, H, W) to try a model with, and people in it where it takes them.

    Somebody has to be there: a network without anybody may leave half of itself out.
    """
    if not takes_people(model):
        return picture
    return torch.cat((picture, torch.full_like(picture[:, :1], 0.5)), 1)


class ModelProvider(Protocol):
    """Gives models by name."""

    def get(self, model_id: str, device: Device) -> Model:
        """The model on `device`. Raises ModelError when it cannot be used."""


class ZooModel:
    """A model of the zoo whose errors are those that have words."""

    def __init__(self, descriptor: ModelDescriptor) -> None:
        self._descriptor = descriptor
        self.card = descriptor.card
        self.nbytes = descriptor.nbytes
        self.network = descriptor.network
        self.takes_people = descriptor.takes_mask

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        """Restore a batch. Raises QualityUnknownError."""
        return self._asked(self._descriptor, batch, quality)

    def again(self, batch: Tensor, quality: str) -> Tensor:
        """Restore a batch once more, carefully: the network or the device may have stumbled."""
        return self._asked(self._descriptor.again, batch, quality)

    def wanting(self, rows: slice, columns: slice) -> AbstractContextManager[None]:
        """Within, only these pixels of an answer have to be right."""
        return self._descriptor.wanting(rows, columns)

    def _asked(
        self, ask: Callable[[Tensor, str, Tensor | None], Tensor], batch: Tensor, quality: str
    ) -> Tensor:
        try:
            return ask(picture_of(batch), quality, people_of(batch))
        except zoo.UnknownQualityError as error:
            raise errors.QualityUnknownError(self.card.id, ", ".join(error.known)) from error


class ZooProvider:
    """The models of the zoo, the latest used kept in memory, so that regions may take turns.

    `budget` is for the weights of a device, in bytes; what was used longest ago goes first,
    and the newest stays however large it is. None: as much as suits the device.
    """

    def __init__(self, budget: int | None = None) -> None:
        self._budget = budget
        self._models: dict[tuple[str, str], ZooModel] = {}  # the latest used last

    def get(self, model_id: str, device: Device) -> ZooModel:
        """The model on `device`, loaded when it is not in memory.

        Raises ModelError when its card, its weights or its network cannot be used, and
        DeviceMemoryError when it does not fit.
        """
        key = (model_id, device.label)
        model = self._models.pop(key, None)
        if model is None:
            model = self._loaded(model_id, device)
            logger.info("Loaded %s on %s", model_id, device.name)
        self._models[key] = model
        self._keep_to_budget(device)
        return model

    def release(self) -> None:
        """Forget all models, so that their memory is free."""
        self._models.clear()

    def _loaded(self, model_id: str, device: Device) -> ZooModel:
        try:
            return ZooModel(_load(model_id, device))
        except errors.DeviceMemoryError:
            if not self._models:
                raise
        # After the block: nothing of the failed attempt is alive any more.
        self.release()
        free_unused_memory(device)
        return ZooModel(_load(model_id, device))

    def _keep_to_budget(self, device: Device) -> None:
        budget = self._budget
        if budget is None:
            of_gpu = int(_SHARE_OF_GPU * device.memory_bytes)
            budget = of_gpu if device.is_accelerated else _BUDGET
        here = [key for key in self._models if key[1] == device.label]
        total = sum(self._models[key].nbytes for key in here)
        for key in here[:-1]:
            if total <= budget:
                break
            total -= self._models.pop(key).nbytes
            free_unused_memory(device)


def _load(model_id: str, device: Device) -> ModelDescriptor:
    try:
        return load_model(model_id, device=device.torch_device)
    except zoo.UnknownModelError as error:
        raise errors.ModelUnknownError(model_id, ", ".join(error.known)) from error
    except zoo.WeightsNeededError as error:
        raise errors.WeightsNeededError(model_id, f"they come from {error.weights_from}") from error
    except zoo.WeightsMissingFileError as error:
        raise errors.WeightsMissingError(model_id, str(error.path)) from error
    except zoo.WeightsDamagedError as error:
        raise errors.WeightsCorruptError(model_id, str(error.path)) from error
    except zoo.ZooError as error:
        raise errors.ArchitectureUnknownError(model_id, str(error)) from error
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        free_unused_memory(device)
        raise errors.DeviceMemoryError(str(error)) from error
