"""A loaded model: the card and the network that it describes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from unblur_models.catalog import ModelCard


class ModelDescriptor:
    """A network ready to run on its device, in evaluation mode.

    Not thread-safe: use it on the thread that loaded it.
    """

    def __init__(self, card: ModelCard, network: nn.Module, device: torch.device) -> None:
        self.card = card
        self.network = network
        self.device = device
        self.dtype = torch.float32

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        """Restored pictures, same shape, float32, not clamped, on the model's device.

        `batch` is (N, 3, H, W), float32, RGB in [0, 1] as encoded in the file; H and W are
        multiples of `card.size_multiple`. Raises UnknownQualityError, and ValueError for
        another shape. Runs in inference mode.
        """
        stages = self.card.quality(quality).stages
        multiple = self.card.size_multiple
        if batch.ndim != 4 or batch.shape[1] != 3:
            raise ValueError(f"a batch is (N, 3, H, W), not {tuple(batch.shape)}")
        if batch.shape[2] % multiple or batch.shape[3] % multiple or 0 in batch.shape:
            raise ValueError(f"{tuple(batch.shape[2:])} are not multiples of {multiple}")
        with torch.inference_mode():
            restored: Tensor = self.network(
                batch.to(self.device, self.dtype, non_blocking=True), stages=stages
            )
        return restored
