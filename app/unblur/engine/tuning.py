"""How a model runs best on a device: its precision, and the memory that it takes.

Both are tried on a small picture the first time, and remembered in the findings.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device, is_out_of_memory, synchronize
from unblur.engine.findings import FindingKey, Findings
from unblur.engine.interruption import interruptible
from unblur.engine.memory import Growth
from unblur.engine.precision import choose_precision, driver_version, in_precision
from unblur.engine.provider import Model, probed

_SIDES = (64, 192)  # pixels: one run to load what loads lazily, one that is measured


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was found. `bytes_per_pixel` is that of the network, None while nobody knows."""

    precision: str = "fp32"
    bytes_per_pixel: float | None = None


def tune(
    model: Model,
    names: tuple[str, str],
    precision: str,
    device: Device,
    findings: Findings,
    token: CancelToken,
) -> Tuning:
    """How to run the model and quality called `names` on `device`.

    `precision` is a wish, see `choose_precision`. Raises Cancelled before the next layer once
    `token` is set, and ModelError.
    """
    model_id, quality = names
    # Models of the zoo have a card that tells which weights it is about.
    weights = str(getattr(model.card, "sha256", ""))
    key = FindingKey(
        device.name, driver_version(device), torch.__version__, model_id, weights, quality, "fp32"
    )
    chosen = choose_precision(precision, model, key, device, findings, token)
    key = key._replace(precision=chosen)
    known = findings.about(key).bytes_per_pixel
    if known is None:
        known = _footprint(model, quality, chosen, device, token)
        if known is not None:
            findings.record_footprint(key, known)
    return Tuning(chosen, known)


def _footprint(
    model: Model, quality: str, precision: str, device: Device, token: CancelToken
) -> float | None:
    """Bytes that a network pixel takes; None where the system does not tell, or memory ended."""
    multiple = model.card.size_multiple
    taken: int | None = None
    side = 0
    try:
        for wanted in _SIDES:
            side = -(-wanted // multiple) * multiple
            picture = torch.full((1, 3, side, side), 0.5, device=device.torch_device)
            growth = Growth(device)
            with torch.inference_mode(), interruptible(token), in_precision(device, precision):
                model(probed(picture, model), quality)
            synchronize(device)
            taken = growth.bytes()
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            return None
        raise
    return None if taken is None else taken / side**2
