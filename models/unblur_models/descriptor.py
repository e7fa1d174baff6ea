"""A loaded model: the card and the network that it describes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from torch import Tensor, nn

from unblur_models.catalog import ModelCard
from unblur_models.padding import padded
from unblur_models.pixels import FloatArray, Pixels, to_batch, to_pixels


class ModelDescriptor:
    """A network ready to run on its device, in evaluation mode.

    `takes_mask` tells whether it can be told where a person is. Not thread-safe: use it on
    the thread that loaded it.
    """

    def __init__(
        self,
        card: ModelCard,
        network: nn.Module,
        device: torch.device,
        *,
        takes_mask: bool = False,
    ) -> None:
        self.card = card
        self.network = network
        self.device = device
        self.takes_mask = takes_mask
        self.dtype = torch.float32

    @property
    def nbytes(self) -> int:
        """Memory of the weights, on the model's device."""
        held = (*self.network.parameters(), *self.network.buffers())
        return sum(each.nbytes for each in held)

    def __call__(self, batch: Tensor, quality: str, mask: Tensor | None = None) -> Tensor:
        """Restored pictures, same shape, float32, not clamped, on the model's device.

        `batch` is (N, 3, H, W), float32, RGB in [0, 1] as encoded in the file; H and W are
        multiples of `card.size_multiple`. `mask`, for a network that takes one, is
        (N, 1, H, W), float32 in [0, 1]: how much of each pixel is a person; without it nobody
        is there. Raises UnknownQualityError, and ValueError for another shape, or for a mask
        that the network does not take. Runs in inference mode.
        """
        stages = self.card.quality(quality).stages
        self._require_pictures(batch, mask)
        multiple = self.card.size_multiple
        if batch.shape[2] % multiple or batch.shape[3] % multiple:
            raise ValueError(f"{tuple(batch.shape[2:])} are not multiples of {multiple}")
        inputs = [each for each in (batch, mask) if each is not None]
        with torch.inference_mode():
            restored: Tensor = self.network(
                *(each.to(self.device, self.dtype, non_blocking=True) for each in inputs),
                stages=stages,
            )
        return restored

    def restore(self, pixels: Pixels, quality: str, mask: FloatArray | None = None) -> Pixels:
        """A photo of any size from one pixel, in one piece and at its depth.

        `pixels` is (H, W, 3), RGB: uint8, uint16, or float32 in [0, 1]. `mask`, for a network
        that takes one, is (H, W) in [0, 1]. Where the network has to see beyond the borders
        they are reflected. Memory grows with the size (the card's `tile` is a good one): cut
        larger photos into overlapping tiles. Raises UnknownQualityError, and ValueError for
        another shape or type.
        """
        if pixels.ndim != 3:
            raise ValueError(f"pixels are (H, W, 3), not {pixels.shape}")
        batch = to_batch(pixels)
        people = None if mask is None else to_batch(mask.astype(np.float32)[..., np.newaxis])
        self._require_pictures(batch, people)
        multiple = self.card.size_multiple
        restored = self(
            padded(batch, multiple), quality, None if people is None else padded(people, multiple)
        )
        height, width = pixels.shape[:2]
        return to_pixels(restored[:, :, :height, :width], pixels)

    def again(self, batch: Tensor, quality: str, mask: Tensor | None = None) -> Tensor:
        """The same in the most careful way that the network has, for where it gave no picture.

        A network has such a way when it has a method `carefully`, which gives a context.
        """
        with getattr(self.network, "carefully", nullcontext)():
            return self(batch, quality, mask)

    def wanting(self, rows: slice, columns: slice) -> AbstractContextManager[None]:
        """Within, only these pixels of what is restored have to be right.

        A network saves work by it when it has a method `wanting`, which gives a context.
        """
        told: Callable[[slice, slice], AbstractContextManager[None]] | None
        told = getattr(self.network, "wanting", None)
        return nullcontext() if told is None else told(rows, columns)

    def _require_pictures(self, batch: Tensor, mask: Tensor | None) -> None:
        """Raises ValueError for what is no batch of pictures, or a mask that does not fit."""
        if batch.ndim != 4 or batch.shape[1] != 3 or 0 in batch.shape:
            raise ValueError(f"a batch is (N, 3, H, W), not {tuple(batch.shape)}")
        if mask is not None and not self.takes_mask:
            raise ValueError(f"{self.card.id} takes no mask")
        if mask is not None and mask.shape != (len(batch), 1, *batch.shape[2:]):
            raise ValueError(f"a mask {tuple(mask.shape)} does not fit {tuple(batch.shape)}")
