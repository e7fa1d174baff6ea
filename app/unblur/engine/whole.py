"""A photo through a network in one piece: how results are published, and what tiles stand up to.

It needs memory for the whole photo at once, so only measuring uses it; see `runner` for tiles.
"""

from __future__ import annotations

import torch

from unblur.document.buffer import PixelImage, UInt16Image
from unblur.document.geometry import Rect
from unblur.document.shapes import FoundMask
from unblur.engine import tensors
from unblur.engine.device import Device, free_unused_memory, is_out_of_memory
from unblur.engine.layer_inputs import with_people
from unblur.engine.provider import Model, takes_people
from unblur.errors import NonFiniteOutputError, WholePhotoMemoryError


def restore_whole(
    pixels: PixelImage,
    model: Model,
    quality: str,
    device: Device,
    size_multiple: int,
    people: FoundMask | None = None,
) -> UInt16Image:
    """All of `pixels` (H, W, 3) restored at once, read-only.

    They are padded to multiples of `size_multiple` by reflection, on the right and at the
    bottom. A model that takes people is told of `people`; None: nobody is there. Raises
    WholePhotoMemoryError, NonFiniteOutputError or ModelError.
    """
    height, width = pixels.shape[:2]
    told = people if takes_people(model) else None
    padded = Rect(0, 0, *(-(-side // size_multiple) * size_multiple for side in (width, height)))
    try:
        with torch.inference_mode():
            inputs = pixels if told is None else with_people(pixels, told)
            batch = tensors.to_batch(tensors.crop(inputs, padded), device.torch_device)
            restored = model(batch, quality)[:, :, :height, :width]
            if not bool(torch.isfinite(restored).all()):
                raise NonFiniteOutputError
            return tensors.to_pixels(restored)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        memory = str(error)
    # After the block: the traceback keeps the tensors of the failed attempt alive.
    free_unused_memory(device)
    raise WholePhotoMemoryError(memory)
