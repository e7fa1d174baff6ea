"""Pixels to the device and back: on CUDA beside the computing, elsewhere simply.

CUDA copies without holding up anything only from and to pinned memory, and only on a stream
of its own. Three rules make that safe, and each has its line below: the stream that computes
waits for the copy before it reads, and the copy for the computing before it takes; a tensor
that another stream than its own uses is recorded there, so that its memory is not given away
under the copy; and nobody looks at pinned memory before the event of its copy has come. What
crosses are the photo's own integers, a quarter of the bytes of floats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from unblur.document.buffer import PixelImage, UInt16Image, full_scale, read_only
from unblur.engine import tensors
from unblur.engine.device import Device

Arrival: TypeAlias = Callable[[], list[UInt16Image]]
"""Waits until the pixels are here, and gives them."""


class Ferry:
    """Copies that are done when the call returns."""

    is_beside = False
    """Whether copies go on while the device computes, so that it pays to begin them early."""

    def __init__(self, device: Device) -> None:
        self._device = device.torch_device

    def upload(self, crops: Sequence[PixelImage]) -> Tensor:
        """Crops (h, w, 3) of one size as (N, 3, h, w) float32 in [0, 1] on the device."""
        batches = [tensors.to_batch(crop, self._device) for crop in crops]
        return batches[0] if len(batches) == 1 else torch.cat(batches)

    def download(self, restored: Sequence[Tensor]) -> Arrival:
        """Pictures (1, 3, h, w) as read-only uint16 (h, w, 3)."""
        pixels = [tensors.to_pixels(each) for each in restored]
        return lambda: pixels


class CudaFerry(Ferry):
    """Copies on a stream of their own."""

    is_beside = True

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self._copying = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]

    def upload(self, crops: Sequence[PixelImage]) -> Tensor:
        """The same; the batch may be used at once on the current stream."""
        if crops[0].dtype == np.float32:  # clipped on the way, and rare
            return super().upload(crops)
        signed = np.int16 if crops[0].dtype == np.uint16 else np.uint8  # torch's own kinds
        staged = torch.from_numpy(np.stack(crops).view(signed)).pin_memory()
        with torch.cuda.stream(self._copying):
            sent = staged.to(self._device, non_blocking=True)
        computing = torch.cuda.current_stream(self._device)
        computing.wait_stream(self._copying)
        sent.record_stream(computing)
        levels = sent.to(torch.int32) & 0xFFFF if signed is np.int16 else sent
        values = levels.to(torch.float32) * (1.0 / full_scale(crops[0].dtype))
        return values.permute(0, 3, 1, 2).contiguous()

    def download(self, restored: Sequence[Tensor]) -> Arrival:
        """The same; what was computed on the current stream until now is what arrives."""
        levels = [_levels(each) for each in restored]
        self._copying.wait_stream(torch.cuda.current_stream(self._device))
        landed = []
        with torch.cuda.stream(self._copying):
            for each in levels:
                pinned = torch.empty(each.shape, dtype=each.dtype, pin_memory=True)
                pinned.copy_(each, non_blocking=True)
                each.record_stream(self._copying)
                landed.append(pinned)
            event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            event.record(self._copying)

        def arrival() -> list[UInt16Image]:
            event.synchronize()
            # Copied: pinned memory is scarce, and pixels are kept for long.
            return [read_only(each.numpy().view(np.uint16).copy()) for each in landed]

        return arrival


def ferry_for(device: Device) -> Ferry:
    """What carries pixels to `device` and back."""
    return CudaFerry(device) if device.kind == "cuda" else Ferry(device)


def _levels(restored: Tensor) -> Tensor:
    """(1, 3, h, w) as the bits of uint16 (h, w, 3), in the integers that torch can narrow."""
    levels = restored[0].clamp(0.0, 1.0).mul(65535.0).round().permute(1, 2, 0)
    return levels.to(torch.int32).to(torch.int16).contiguous()
