"""The ranges that blur is drawn from. Their values and sources are in configs/synthesis.toml."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.training.draws import Range


@dataclass(frozen=True, slots=True)
class Kinds:
    """How often each kind of blur is made, in proportion to one another."""

    shake: float
    object: float
    defocus: float
    mixture: float
    none: float


@dataclass(frozen=True, slots=True)
class Shake:
    """A camera that moves during the exposure."""

    focal: Range
    offset: Range
    extent: Range
    roll: Range
    roughness: Range
    drift: Range
    frames: Range
    frames_probability: float


@dataclass(frozen=True, slots=True)
class ObjectMotion:
    """Something in front that moves otherwise than what is behind it."""

    extent: Range
    background: Range
    still_probability: float
    turn: Range
    size: Range
    wobble: Range
    softness: Range


@dataclass(frozen=True, slots=True)
class Defocus:
    """A lens that is focused elsewhere."""

    radius: Range
    blades: Range
    roundness: Range
    stretch: Range
    softening: Range
    gauss_probability: float
    layers_probability: float
    near: Range


@dataclass(frozen=True, slots=True)
class Highlights:
    """What is brighter than the sensor can tell."""

    probability: float
    threshold: Range
    gain: Range


@dataclass(frozen=True, slots=True)
class CameraResponse:
    """How light is encoded."""

    srgb_probability: float
    gamma: Range
    contrast: Range


@dataclass(frozen=True, slots=True)
class Sensor:
    """Noise and the colour mosaic."""

    noise_probability: float
    shot: Range
    read_slope: float
    read_offset: float
    read_deviation: float
    red_gain: Range
    blue_gain: Range
    mosaic_probability: float


@dataclass(frozen=True, slots=True)
class Jpeg:
    """Compression."""

    probability: float
    quality: Range
    subsampling_probability: float


@dataclass(frozen=True, slots=True)
class Detection:
    """What is wrong with a mask that was found: see detection.py. Lengths are in pixels."""

    shift: Range
    smear: Range
    level: Range
    slope: Range
    missed_probability: float


@dataclass(frozen=True, slots=True)
class SynthesisConfig:
    """All of it. `margin` is in pixels, `steps` poses make one exposure."""

    margin: int
    steps: int
    kinds: Kinds
    shake: Shake
    object: ObjectMotion
    defocus: Defocus
    highlights: Highlights
    response: CameraResponse
    sensor: Sensor
    jpeg: Jpeg
    detection: Detection
