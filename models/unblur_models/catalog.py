"""The model cards: what there is to choose from, without importing torch.

A card is a TOML file beside the network of its family. It holds the facts of one model;
everything that a program may ask before it loads the weights is here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from unblur_models.errors import UnknownModelError, UnknownQualityError

DEFAULT_MODEL_ID = "maxim-3s.gopro"

_ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Quality:
    """One step between quick and good. `stages` of the network run for it."""

    id: str
    label: str
    summary: str
    stages: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """PSNR in dB, RGB at 8 bits, of one quality on one picture; `blurred` is the input's."""

    picture: str
    quality: str
    blurred: float
    psnr: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The facts of a model.

    Lengths are in pixels of what the network sees: sides of its input are multiples of
    `size_multiple`; it works best on squares of `tile`, of which a rim of `halo` is thrown
    away or, in its inner part, blended with the neighbour over `overlap`.
    """

    id: str
    name: str
    summary: str
    purpose: str
    architecture: str
    weights_file: str
    sha256: str
    licence: str
    licence_file: str
    credit: str
    source: str
    training_data: str
    parameters: int
    size_multiple: int
    tile: int
    halo: int
    overlap: int
    qualities: tuple[Quality, ...]
    measured: tuple[Measurement, ...]

    def quality(self, quality_id: str) -> Quality:
        """The quality with this id. Raises UnknownQualityError."""
        for quality in self.qualities:
            if quality.id == quality_id:
                return quality
        raise UnknownQualityError(self.id, quality_id, [each.id for each in self.qualities])


@cache
def cards() -> tuple[ModelCard, ...]:
    """All cards, the default model's first."""
    found = [_read(path) for path in sorted(_ROOT.glob("*/*.toml"))]
    return tuple(sorted(found, key=lambda each: (each.id != DEFAULT_MODEL_ID, each.id)))


def card(model_id: str) -> ModelCard:
    """The card with this id. Raises UnknownModelError."""
    for each in cards():
        if each.id == model_id:
            return each
    raise UnknownModelError(model_id, [each.id for each in cards()])


def default_quality(card: ModelCard, *, is_accelerated: bool) -> str:
    """The best quality on an accelerator, the quickest on a CPU."""
    return card.qualities[-1 if is_accelerated else 0].id


def _read(path: Path) -> ModelCard:
    facts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    qualities = tuple(Quality(**each) for each in facts.pop("qualities"))
    measured = tuple(Measurement(**each) for each in facts.pop("measured"))
    return ModelCard(**facts, qualities=qualities, measured=measured)
