"""The cards and weights of the networks that find faces, people, objects and text.

They run outside the zoo (through OpenCV), so here are only facts and checked bytes: no torch,
no OpenCV. A card is a TOML file beside its weights.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache

from unblur_models.catalog import WEIGHTS_DIR
from unblur_models.errors import (
    UnknownModelError,
    WeightsDamagedError,
    WeightsMissingFileError,
)

_FOLDER = WEIGHTS_DIR / "detectors"


@dataclass(frozen=True, slots=True)
class DetectorCard:
    """The facts of one network. `input` says what it is given and what comes back."""

    id: str
    name: str
    purpose: str
    file: str
    sha256: str
    licence: str
    licence_file: str
    credit: str
    source: str
    input: str


@cache
def cards() -> tuple[DetectorCard, ...]:
    """All cards, by id."""
    paths = sorted(_FOLDER.glob("*.toml"))
    return tuple(DetectorCard(**tomllib.loads(path.read_text("utf-8"))) for path in paths)


def card(detector_id: str) -> DetectorCard:
    """The card with this id. Raises UnknownModelError."""
    for each in cards():
        if each.id == detector_id:
            return each
    raise UnknownModelError(detector_id, [each.id for each in cards()])


def is_at_hand(detector_id: str) -> bool:
    """Whether the weights of this network are there; they are not read."""
    return (_FOLDER / card(detector_id).file).is_file()


def licence_text(card: DetectorCard) -> str:
    """The licence under which its weights come."""
    return (_FOLDER / card.licence_file).read_text("utf-8")


def read_bytes(card: DetectorCard) -> bytes:
    """The weights, exactly as the card names them.

    Raises WeightsMissingFileError, or WeightsDamagedError when a single bit differs.
    """
    path = _FOLDER / card.file
    try:
        # Read once: what was hashed is what is used.
        data = path.read_bytes()
    except OSError as error:
        raise WeightsMissingFileError(path) from error
    actual = hashlib.sha256(data).hexdigest()
    if actual != card.sha256:
        raise WeightsDamagedError(path, card.sha256, actual)
    return data
