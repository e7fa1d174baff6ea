"""Distillation: a larger network of the zoo shows how blur that it knows is undone."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from unblur_models.loading import load_model
from unblur_models.training.config import Distillation
from unblur_models.training.errors import ConfigError


class Teacher:
    """A model of the zoo that is asked, never trained (Hinton et al., 2015).

    Its word counts only for patches that it brings nearer to the sharp picture: networks
    that learnt on one camera make some other blur worse. Raises what `load_model` raises.
    """

    def __init__(
        self, settings: Distillation, device: torch.device, *, weights_dir: Path | None = None
    ) -> None:
        self._model = load_model(settings.model, device=device, weights_dir=weights_dir)
        self._quality = settings.quality
        self._weight = settings.weight

    def __call__(self, restored: Tensor, blurred: Tensor, sharp: Tensor) -> Tensor:
        """What to add to the loss of a batch (N, 3, H, W): one number, no less than 0.

        Of each patch the part whose sides the teacher can take is asked about: padding would
        show it blur that does not exist. Raises ConfigError where nothing is left.
        """
        multiple = self._model.card.size_multiple
        height, width = (side - side % multiple for side in blurred.shape[2:])
        if 0 in (height, width):
            raise ConfigError("distillation", f"patches are smaller than {multiple}")
        restored, blurred, sharp = (
            each[:, :, :height, :width] for each in (restored, blurred, sharp)
        )
        with torch.no_grad():
            answer = self._model(blurred, self._quality).clamp(0, 1).to(blurred.dtype)
            is_nearer = _distance(answer, sharp) < _distance(blurred, sharp)
        errors = (restored.float() - answer).abs().mean((1, 2, 3))
        return self._weight * (errors * is_nearer).mean()


def _distance(picture: Tensor, sharp: Tensor) -> Tensor:
    return (picture - sharp).square().mean((1, 2, 3))
