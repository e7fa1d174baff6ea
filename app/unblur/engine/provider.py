"""Where the runner gets its networks from: a protocol, and the zoo behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from unblur import errors
from unblur.engine.device import Device, free_unused_memory
from unblur.engine.tiling import TilingFacts
from unblur_models import errors as zoo
from unblur_models.descriptor import ModelDescriptor
from unblur_models.loading import load_model

logger = logging.getLogger(__name__)


class Model(Protocol):
    """A network that is loaded and ready."""

    @property
    def card(self) -> TilingFacts:
        """How it wants to be fed."""

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        """Restore (N, 3, H, W) float32 RGB in [0, 1], H and W multiples of the card's.

        The same shape and dtype come back, on the same device, not clamped. Raises
        QualityUnknownError.
        """

    def again(self, batch: Tensor, quality: str) -> Tensor:
        """The same where the first answer was no picture: in the most careful way it knows."""


class ModelProvider(Protocol):
    """Gives models by name."""

    def get(self, model_id: str, device: Device) -> Model:
        """The model on `device`. Raises ModelError when it cannot be used."""


class ZooModel:
    """A model of the zoo whose errors are those that have words."""

    def __init__(self, descriptor: ModelDescriptor) -> None:
        self._descriptor = descriptor
        self.card = descriptor.card

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        """Restore a batch. Raises QualityUnknownError."""
        return self._asked(self._descriptor, batch, quality)

    def again(self, batch: Tensor, quality: str) -> Tensor:
        """Restore a batch once more, carefully: the network or the device may have stumbled."""
        return self._asked(self._descriptor.again, batch, quality)

    def _asked(self, ask: Callable[[Tensor, str], Tensor], batch: Tensor, quality: str) -> Tensor:
        try:
            return ask(batch, quality)
        except zoo.UnknownQualityError as error:
            raise errors.QualityUnknownError(self.card.id, ", ".join(error.known)) from error


class ZooProvider:
    """The models of the zoo. One is kept in memory: the one that was asked for last."""

    def __init__(self) -> None:
        self._key: tuple[str, str] | None = None
        self._model: ZooModel | None = None

    def get(self, model_id: str, device: Device) -> ZooModel:
        """The model on `device`, loaded when it is not the one in memory.

        Raises ModelError when its card, its weights or its network cannot be used, and
        DeviceMemoryError when it does not fit.
        """
        key = (model_id, device.kind)
        if self._model is None or self._key != key:
            self.release()
            self._model = ZooModel(_load(model_id, device))
            self._key = key
            logger.info("Loaded %s on %s", model_id, device.name)
        return self._model

    def release(self) -> None:
        """Forget the model, so that its memory is free."""
        self._model = None
        self._key = None


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
    except torch.OutOfMemoryError as error:
        free_unused_memory(device)
        raise errors.DeviceMemoryError(str(error)) from error
