"""The catalogue: which models there are and where their weights lie, without importing torch.

Cards are TOML files beside the network of their family. A program may name more folders with
`look_in`: there it finds cards and weights that a person fetched or brought along. What restores
without weights is no part of the list, but is found by its id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from unblur_models.card import Measurement, ModelCard, Publication, Purpose, Quality, read_card
from unblur_models.deconvolution.card import DECONVOLUTION
from unblur_models.errors import CardError, UnknownModelError

__all__ = [
    "DECONVOLUTION",
    "DEFAULT_MODEL_ID",
    "WEIGHTS_DIR",
    "Measurement",
    "ModelCard",
    "Publication",
    "Purpose",
    "Quality",
    "WeightsState",
    "available",
    "card",
    "cards",
    "default_quality",
    "is_built_in",
    "locate_weights",
    "look_in",
    "needs_weights",
    "refresh",
    "usable",
    "was_known",
    "weights_state",
]

logger = logging.getLogger(__name__)

DEFAULT_MODEL_ID = "maxim-3s.gopro"

_ROOT = Path(__file__).resolve().parent
WEIGHTS_DIR = _ROOT / "weights"


class WeightsState(StrEnum):
    """Where a model's weights are: in the zoo, in a person's folder, or nowhere."""

    EMBEDDED = "embedded"
    FETCHED = "fetched"
    MISSING = "missing"


@dataclass(frozen=True)
class _Found:
    """What was there when the folders were last read; replaced as a whole, so any thread may."""

    folders: tuple[Path, ...] = ()
    cards: tuple[ModelCard, ...] = ()


_found: _Found | None = None
# An edit may name a model that is removed while the program runs: its card stays readable.
_once_known: dict[str, ModelCard] = {}


def cards() -> tuple[ModelCard, ...]:
    """All cards, the default model's first, whether or not their weights are there."""
    return _current().cards


def available() -> tuple[ModelCard, ...]:
    """The cards of models that can be run: their weights are there."""
    return tuple(each for each in cards() if weights_state(each) is not WeightsState.MISSING)


def usable() -> tuple[ModelCard, ...]:
    """All that a region can be restored with: the models that can be run, and deconvolution."""
    return (*available(), DECONVOLUTION)


def card(model_id: str) -> ModelCard:
    """The card with this id, also of a model that was just removed. Raises UnknownModelError."""
    for each in (*cards(), DECONVOLUTION):
        if each.id == model_id:
            return each
    if model_id in _once_known:
        return _once_known[model_id]
    raise UnknownModelError(model_id, [each.id for each in cards()])


def default_quality(card: ModelCard, *, is_accelerated: bool) -> str:
    """The best quality on an accelerator, the quickest on a CPU."""
    return card.qualities[-1 if is_accelerated else 0].id


def look_in(*folders: Path) -> None:
    """From now on, also find cards and weights in these folders, and in no others.

    A folder that does not exist is an empty one.
    """
    _once_known.clear()
    _read_all(folders)


def refresh() -> None:
    """Read the folders again: a model came or went."""
    _read_all(_current().folders)


def is_built_in(model_id: str) -> bool:
    """Whether the zoo itself has a card with this id."""
    return any(each.id == model_id for each in _built_in())


def was_known(model_id: str) -> bool:
    """Whether a model with this id is, or was at some time since the program began."""
    return model_id in _once_known


def locate_weights(card: ModelCard) -> Path | None:
    """The card's weights file, the zoo's own first; None when it is nowhere.

    A card that does not say what its file has to be (SHA-256) has none.
    """
    if not card.sha256:
        return None
    for folder in (WEIGHTS_DIR, *_current().folders):
        path = folder / card.weights_file
        if path.is_file():
            return path
    return None


def weights_state(card: ModelCard) -> WeightsState:
    """Where the card's weights are."""
    path = locate_weights(card)
    if path is None:
        return WeightsState.MISSING
    is_ours = path.parent == WEIGHTS_DIR
    return WeightsState.EMBEDDED if is_ours else WeightsState.FETCHED


def needs_weights(card: ModelCard) -> bool:
    """Whether a person has to get the weights first: they are not ours, and not here yet."""
    is_ours = not card.weights_from and not card.mirrors and is_built_in(card.id)
    return not is_ours and weights_state(card) is WeightsState.MISSING


def _current() -> _Found:
    return _found or _read_all(())


@cache
def _built_in() -> tuple[ModelCard, ...]:
    return tuple(_cards_of(sorted(_ROOT.glob("*/*.toml"))))


def _read_all(folders: tuple[Path, ...]) -> _Found:
    global _found  # noqa: PLW0603 - the search path of the process, like sys.path
    by_id = {each.id: each for each in _built_in()}
    for folder in reversed(folders):
        for each in _cards_of(sorted(folder.glob("*.toml"))):
            # What we ship stays what it is; a card of ours without weights may be completed.
            own = by_id.get(each.id)
            if own is None or not (WEIGHTS_DIR / own.weights_file).is_file():
                by_id[each.id] = each
    _once_known.update(by_id)
    ordered = sorted(by_id.values(), key=lambda each: (each.id != DEFAULT_MODEL_ID, each.id))
    _found = _Found(folders, tuple(ordered))
    return _found


def _cards_of(paths: Iterable[Path]) -> Iterator[ModelCard]:
    for path in paths:
        try:
            yield read_card(path)
        except CardError as error:
            # One broken card shall not cost the others.
            logger.warning("%s", error)
