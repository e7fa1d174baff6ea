"""The card of one model, and how it is read from and written to a TOML file.

`docs/models.md` explains every field to someone who writes a card.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import MISSING, asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from unblur_models.errors import CardError, UnknownQualityError

CUSTOM = "custom"
"""The family of models that a person brought along; their ids are `custom-NAME`."""

HUMAN_AWARE = "human-aware network"
"""The architecture that is told where people are."""


class Purpose(StrEnum):
    """What a model is for."""

    MOTION = "motion"
    DEFOCUS = "defocus"
    MIXED = "mixed"
    FACES = "faces"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class Quality:
    """One step between quick and good. `stages` of the network run for it."""

    id: str
    label: str
    summary: str
    stages: int = 1


@dataclass(frozen=True, slots=True)
class Measurement:
    """What we measured: PSNR in dB, RGB at 8 bits, of one quality on one picture.

    `blurred` is the input's PSNR, `when` the day (2026-11-22), empty where it was not kept.
    """

    picture: str
    quality: str
    blurred: float
    psnr: float
    when: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What the authors or their successors report: PSNR in dB and SSIM on a test set.

    `ssim` is 0 where it was not reported; `where` names the table.
    """

    dataset: str
    psnr: float
    ssim: float = 0.0
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """The facts of a model.

    Lengths are in pixels of what the network sees: sides of its input are multiples of
    `size_multiple`; it works best on squares of `tile`, of which a rim of `halo` is thrown
    away or, in its inner part, blended with the neighbour over `overlap`. `far_halo` is how
    much further a network looks that sees a small copy of its input first: where tiles have
    neighbours they are shown that, and what they need not compute in full costs little.

    `id` is FAMILY-VARIANT.DATASET. `architecture` is the registry's name of the network.
    `gmacs_per_megapixel` counts the multiplications of the finest quality on a megapixel that
    the network sees, 0 where nobody counted. `weights_bytes` and `sha256` are empty (0, "")
    while the file that we would offer is not known; `weights_from` says where a person gets
    weights that are not ours to give; `mirrors` are addresses to fetch the file from.
    """

    id: str
    name: str
    architecture: str
    purpose: Purpose
    weights_file: str
    licence: str
    family: str = ""
    variant: str = ""
    summary: str = ""
    sha256: str = ""
    weights_bytes: int = 0
    weights_from: str = ""
    mirrors: tuple[str, ...] = ()
    commercial: bool = False
    licence_file: str = ""
    credit: str = ""
    paper: str = ""
    source: str = ""
    training_data: str = ""
    parameters: int = 0
    gmacs_per_megapixel: float = 0.0
    size_multiple: int = 1
    tile: int = 256
    halo: int = 32
    overlap: int = 16
    far_halo: int = 0
    qualities: tuple[Quality, ...] = (Quality("good", "Good", "The whole network."),)
    measured: tuple[Measurement, ...] = ()
    published: tuple[Publication, ...] = ()

    @property
    def is_custom(self) -> bool:
        """Whether a person brought it along."""
        return self.family == CUSTOM

    @property
    def takes_mask(self) -> bool:
        """Whether the network can be told where people are."""
        return self.architecture == HUMAN_AWARE

    def quality(self, quality_id: str) -> Quality:
        """The quality with this id. Raises UnknownQualityError."""
        for quality in self.qualities:
            if quality.id == quality_id:
                return quality
        raise UnknownQualityError(self.id, quality_id, [each.id for each in self.qualities])


_TABLES: dict[str, type[Quality | Measurement | Publication]] = {
    "qualities": Quality,
    "measured": Measurement,
    "published": Publication,
}
_NUMBERS = (int, float)


def read_card(path: Path) -> ModelCard:
    """The card in a TOML file. Raises CardError when it is none, with the reason."""
    try:
        facts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        card = _card(facts)
    except (OSError, ValueError, TypeError) as error:
        raise CardError(path, str(error)) from error
    reason = _why_unusable(card)
    if reason:
        raise CardError(path, reason)
    return card


def card_text(card: ModelCard) -> str:
    """The card as TOML, from which `read_card` makes an equal one."""
    facts = asdict(card)
    tables = {name: facts.pop(name) for name in _TABLES}
    lines = [f"{name} = {_value(value)}" for name, value in facts.items()]
    for name, rows in tables.items():
        for row in rows:
            lines += ["", f"[[{name}]]"]
            lines += [f"{key} = {_value(value)}" for key, value in row.items()]
    return "\n".join(lines) + "\n"


def _card(facts: dict[str, Any]) -> ModelCard:
    """Raises ValueError or TypeError for facts that no card has, or that one lacks."""
    values: dict[str, Any] = dict(facts)
    for name, kind in _TABLES.items():
        if name in values:
            values[name] = tuple(kind(**row) for row in values[name])
    if "mirrors" in values:
        values["mirrors"] = tuple(values["mirrors"])
    if "purpose" in values:
        values["purpose"] = Purpose(values["purpose"])
    for field in fields(ModelCard):
        default = field.default
        if field.name in values and default is not MISSING:
            _check_kind(field.name, values[field.name], default)
    family, _, rest = str(values.get("id", "")).partition(".")[0].partition("-")
    values.setdefault("family", family)
    values.setdefault("variant", rest)
    return ModelCard(**values)


def _check_kind(name: str, value: object, default: object) -> None:
    kinds = _NUMBERS if isinstance(default, float) else type(default)
    is_truth_value = isinstance(value, bool) and not isinstance(default, bool)
    if not isinstance(value, kinds) or is_truth_value:
        raise TypeError(f"{name} is {value!r}, not {type(default).__name__}")


def _why_unusable(card: ModelCard) -> str:
    """What is wrong with the values; empty when nothing is."""
    checks = {
        "no id": bool(card.id) and card.id.isprintable() and " " not in card.id,
        "no quality": bool(card.qualities),
        # A card may come from anywhere: it shall name no file outside the weights' folders.
        "weights_file is no plain file name": Path(card.weights_file).name == card.weights_file
        and card.weights_file.endswith((".safetensors", ".onnx"))
        and "\\" not in card.weights_file,
        "sha256 is no SHA-256": not card.sha256 or _is_digest(card.sha256),
        "tile is no multiple of size_multiple": card.size_multiple >= 1
        and card.tile > 0
        and card.tile % card.size_multiple == 0,
        "overlap and halo do not fit the tile": 0 <= card.overlap <= card.halo < card.tile // 2
        and card.overlap % 2 == 0,
        "far_halo is negative": card.far_halo >= 0,
    }
    return "; ".join(reason for reason, is_fine in checks.items() if not is_fine)


def _is_digest(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _value(value: object) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(_value(each) for each in value)}]"
    # JSON's strings are TOML's, but for the character DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
