"""One run: what is trained, on what, how long. Read from a TOML file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unblur_models.training.errors import ConfigError
from unblur_models.training.networks import NetworkShape, read_shape
from unblur_models.training.reading import read_config, read_toml
from unblur_models.training.synthesis.config import SynthesisConfig
from unblur_models.training.synthesis.jpeg import MULTIPLE


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Packs to train on; paths in a file are relative to where the run starts.

    `real_share` of the samples are real pairs. `held_out` of the sharp photographs are kept
    for validation. Samples that are not real come from the packs of `made` (see shelf.py) or,
    where there are none, are blurred as they are needed. `masks` are packs of cut-outs. The
    rest is as in data.crops.CropChoice.
    """

    sharp: tuple[Path, ...]
    pairs: tuple[Path, ...]
    real_share: float
    held_out: float
    candidates: int
    plain_share: float
    half_probability: float
    masks: tuple[Path, ...] = ()
    made: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the run: from `start` (share of all steps) on, batches of these patches.

    A sample is made `pieces` patches wide and high and cut: one rim for several patches.
    """

    start: float
    patch: int
    batch: int
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class LossConfig:
    """Weights of the terms; `charbonnier` is the rounding of its corner, in units of white.

    `psnr` is the weight of a dB, of each patch by itself: patches that are far off count no
    more than others, as they do in what is measured.
    """

    charbonnier: float
    frequency: float
    edge: float
    psnr: float = 0.0


@dataclass(frozen=True, slots=True)
class OptimizerConfig:
    """AdamW, warmed up linearly. `ema` is the decay a step.

    The rate stays until the last `cooling` (share of all steps), then falls along a cosine:
    with less than 1, more steps can be planned later without a break (Hägele et al.,
    NeurIPS 2024).
    """

    rate: float
    last_rate: float
    betas: tuple[float, float]
    weight_decay: float
    clip: float
    warm_up: int
    ema: float
    cooling: float = 1.0


@dataclass(frozen=True, slots=True)
class Distillation:
    """A model of the zoo whose results count as much as `weight` of the pixels' term."""

    model: str
    quality: str
    weight: float


@dataclass(frozen=True, slots=True)
class ValidationConfig:
    """Real pairs, never trained on, and made-up samples of fixed seed.

    The middle `crop` pixels of up to `pictures` pairs of each pack, evenly spread; `made`
    samples of `patch` pixels.
    """

    pairs: tuple[Path, ...]
    crop: int
    pictures: int
    made: int
    patch: int


@dataclass(frozen=True, slots=True)
class RunConfig:
    """All of a run. Minutes between checkpoints and validations are of wall time."""

    name: str
    seed: int
    steps: int
    minutes_between_checkpoints: float
    minutes_between_validations: float
    network: NetworkShape
    data: DataConfig
    phases: tuple[Phase, ...]
    loss: LossConfig
    optimizer: OptimizerConfig
    validation: ValidationConfig
    synthesis: SynthesisConfig
    threads: int | None = None
    compile: bool = False
    distillation: Distillation | None = None


def read_run(path: Path, *, with_stock: bool = True) -> RunConfig:
    """The run in a file. `synthesis` may name another file beside it. Raises ConfigError.

    `network.family` says which family it is of (see networks.py); a plain U-Net need not.
    `kinds` replaces those of the synthesis.

    Without stock, `data.made` is left out: it may not be there yet.
    """
    table: dict[str, Any] = read_toml(path)
    if isinstance(table.get("synthesis"), str):
        table["synthesis"] = read_toml(path.parent / table["synthesis"])
    if isinstance(table.get("network"), dict):
        table["network"] = read_shape(table["network"])
    if "kinds" in table and isinstance(table.get("synthesis"), dict):
        table["synthesis"]["kinds"] = table.pop("kinds")
    config = read_config(RunConfig, table)
    if not with_stock:
        config = replace(config, data=replace(config.data, made=()))
    multiple = config.network.size_multiple
    for phase in config.phases:
        if phase.patch % multiple or phase.patch % MULTIPLE:
            raise ConfigError("phases", f"{phase.patch} is no multiple of {multiple} and 16")
    if not config.phases or config.phases[0].start != 0:
        raise ConfigError("phases", "the first one starts at 0")
    return config
