"""What the settings ask of the engine, and how its devices are called in them."""

from __future__ import annotations

from collections.abc import Sequence

from unblur.settings import Settings
from unblur.workers.messages import DeviceFacts, EngineConduct

_GIGABYTE = 1024**3


def engine_wishes(wanted: Settings) -> tuple[str, EngineConduct]:
    """The device to compute with, and how: what the engine has to hear about."""
    conduct = EngineConduct(
        precision=wanted.precision,
        gpu_memory=wanted.gpu_memory * _GIGABYTE,
        kept_tiles=wanted.kept_tiles * _GIGABYTE,
    )
    return wanted.device, conduct


def device_names(devices: Sequence[DeviceFacts]) -> dict[str, str]:
    """What the devices that are here are called, with their memory, by their setting."""
    return {
        each.label: f"{each.name} · {each.memory / _GIGABYTE:.0f} GB ({each.platform})"
        for each in devices
    }
