"""What the client and the worker tell each other, besides requests and tiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from unblur.engine.cancel import CancelToken
from unblur.engine.speed import SpeedKey


class DeviceFacts(NamedTuple):
    """A device that is here. `label` is what to choose it by; `memory` is in bytes."""

    label: str
    platform: str
    name: str
    memory: int


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What computes, once it is known.

    `instead_of` names a GPU that is there and does not work, and why; `devices` are all that
    are here.
    """

    device_name: str
    device_kind: str
    is_accelerated: bool
    precision: str
    torch_version: str
    instead_of: str = ""
    devices: tuple[DeviceFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineConduct:
    """How to compute: a precision of `findings.PRECISIONS`, and two amounts in bytes.

    `gpu_memory` is what may be taken of a GPU, 0 for all that is free; `kept_tiles` is how
    much restored tiles may take on disk, 0 to keep none.
    """

    precision: str = "fp32"
    gpu_memory: int = 0
    kept_tiles: int = 0


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Load a model before it is needed, with the quality that will likely be asked for.

    Nothing is heard of it any more once `token` is cancelled.
    """

    model_id: str
    quality: str
    device: str
    conduct: EngineConduct = EngineConduct()
    token: CancelToken = field(default_factory=CancelToken, repr=False)


@dataclass(frozen=True, slots=True)
class SpeedTest:
    """Time these qualities of a model, until `token` is cancelled."""

    model_id: str
    qualities: tuple[str, ...]
    device: str
    token: CancelToken = field(default_factory=CancelToken, repr=False)


@dataclass(frozen=True, slots=True)
class SpeedSample:
    """One figure of a speed test."""

    key: SpeedKey
    network_pixels: int
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class EngineQuestion:
    """Something to find out with torch. `key` tells the answer from others."""

    key: object
    ask: Callable[[], object] = field(repr=False)
