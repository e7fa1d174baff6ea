"""What the client and the worker tell each other, besides requests and tiles."""

from __future__ import annotations

from dataclasses import dataclass, field

from unblur.engine.cancel import CancelToken
from unblur.engine.speed import SpeedKey


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What computes, once it is known."""

    device_name: str
    device_kind: str
    is_accelerated: bool
    precision: str
    torch_version: str


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Load a model before it is needed, with the quality that will likely be asked for.

    Nothing is heard of it any more once `token` is cancelled.
    """

    model_id: str
    quality: str
    device: str
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
