"""Half precision where the device computes it faster, and only where it was seen to agree.

Mixed as PyTorch's autocast mixes it: convolutions and matrix products in half precision,
norms and sums in single. Measured with real autocast on 128 × 128 of a GoPro picture, against
fp32: fp16 agrees to 69 dB (all stages of MAXIM, and SRN), bf16 to 54.5 dB (MAXIM) and 48.8 dB
(SRN, which is why a check decides and not a list). So fp16 comes first; what it cannot hold is
found by the check, or by the guards of the tile that overflows, which is then done in fp32.
"""

from __future__ import annotations

import logging
import math
import platform
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor
from torch.nn import functional

from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device, is_out_of_memory
from unblur.engine.findings import FindingKey, Findings
from unblur.engine.interruption import interruptible
from unblur.engine.provider import Model, probed

logger = logging.getLogger(__name__)

AGREEMENT = 50.0  # dB; below, half precision is not used
_IDENTICAL = 99.0  # dB; no more than that is told apart
_DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16}
_CPU_SIDE = 128  # pixels of the checked tile; a whole one would take a CPU seconds
_SPOTS = (4, 16, 64)  # pixels: sizes of what is on the picture that is checked with
_MOTION = 9  # pixels of blur
_OLDEST_FOR_FP16 = (7, 0)  # NVIDIA's first with matrix units


def fast_precisions(device: Device) -> tuple[str, ...]:
    """Those below fp32 that the device computes in hardware, the most exact first."""
    if device.kind == "cuda":
        # AMD's are of this kind as well, and answer for themselves.
        is_new = bool(torch.cuda.get_device_capability(device.index) >= _OLDEST_FOR_FP16)
        has_bf16 = bool(torch.cuda.is_bf16_supported(including_emulation=False))
        return ("fp16",) * is_new + ("bf16",) * has_bf16
    if device.kind in ("mps", "xpu"):
        return ("fp16", "bf16")
    has = torch.cpu.get_capabilities()
    fp16 = bool(has.get("avx512_fp16") or has.get("amx_fp16"))
    bf16 = bool(has.get("avx512_bf16") or has.get("amx_bf16"))
    return ("fp16",) * fp16 + ("bf16",) * bf16


def in_precision(device: Device, precision: str) -> AbstractContextManager[object]:
    """Within, networks compute in `precision`: “fp32”, “bf16” or “fp16”."""
    if precision == "fp32":
        return nullcontext()
    return torch.autocast(device.kind, dtype=_DTYPES[precision])


def choose_precision(
    wish: str, model: Model, key: FindingKey, device: Device, findings: Findings, token: CancelToken
) -> str:
    """The precision to restore in: `wish` where it agrees with fp32, which is the other answer.

    What was not tried yet is tried on one tile, and remembered in `findings`. `key` names the
    device, the model and its quality; its own precision does not matter. Raises Cancelled
    before the next layer once `token` is set, and ModelError.
    """
    wanted = fast_precisions(device) if wish == "auto" else (wish,)
    for precision in wanted:
        if precision == "fp32":
            break
        own = key._replace(precision=precision)
        agreement = findings.about(own).agreement
        if agreement is None:
            agreement = _checked(model, key.quality, device, precision, token)
            if agreement is None:
                continue  # no memory for a check now: perhaps another day
            findings.record_agreement(own, agreement)
            logger.info("%s of %s agrees to %.1f dB", precision, key.model_id, agreement)
        if agreement > AGREEMENT:
            return precision
    return "fp32"


def driver_version(device: Device) -> str:
    """What a result may depend on besides the device and torch; empty where nothing tells."""
    if device.kind == "cuda":
        libraries = f"{torch.version.cuda or torch.version.hip}"
        cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
        return f"{libraries}, cuDNN {cudnn}, {_cuda_driver()}"
    if device.kind == "xpu":
        return str(getattr(torch.xpu.get_device_properties(device.index), "driver_version", ""))
    return platform.mac_ver()[0] if device.kind == "mps" else ""


def _cuda_driver() -> str:
    # There is no public name for it.
    version = getattr(torch._C, "_cuda_getDriverVersion", None)  # noqa: SLF001
    return f"driver {version()}" if version is not None else ""


def _checked(
    model: Model, quality: str, device: Device, precision: str, token: CancelToken
) -> float | None:
    """Agreement with fp32 in dB, 0 when it cannot be computed, None when memory ended."""
    multiple = model.card.size_multiple
    side = model.card.tile if device.is_accelerated else min(model.card.tile, _CPU_SIDE)
    blurred = _blurred_picture(-(-side // multiple) * multiple).to(device.torch_device)
    picture = probed(blurred, model)
    try:
        with torch.inference_mode(), interruptible(token):
            exact = model(picture, quality)
            with in_precision(device, precision):
                reduced = model(picture, quality)
            return agreement_of(exact, reduced)
    except RuntimeError as error:
        if is_out_of_memory(error):
            return None
        # Some operator does not know this precision; that is an answer as well.
        logger.info("%s does not run in %s: %s", quality, precision, error)
        return 0.0


def agreement_of(exact: Tensor, reduced: Tensor) -> float:
    """PSNR in dB of `reduced` against `exact`, both clipped to [0, 1]; 0 where not finite."""
    if not bool(torch.isfinite(reduced).all()):
        return 0.0
    error = float((exact.float().clamp(0, 1) - reduced.float().clamp(0, 1)).square().mean())
    if not math.isfinite(error):
        return 0.0
    return min(_IDENTICAL, -10 * math.log10(error)) if error > 0 else _IDENTICAL


def _blurred_picture(side: int) -> Tensor:
    """(1, 3, side, side): soft spots of all sizes in motion, the same on every machine."""
    generator = torch.Generator().manual_seed(0)
    picture = torch.zeros(1, 3, side, side)
    for spot in _SPOTS:
        places = torch.rand(1, 3, -(-side // spot), -(-side // spot), generator=generator)
        picture += functional.interpolate(places, scale_factor=spot)[:, :, :side, :side]
    motion = torch.full((3, 1, 1, _MOTION), 1 / _MOTION)
    sides = (_MOTION // 2, _MOTION // 2, 0, 0)
    moved = functional.conv2d(functional.pad(picture, sides, "replicate"), motion, groups=3)
    return moved / len(_SPOTS)
