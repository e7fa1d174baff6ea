"""What is done with weights in a person's folder, without importing torch."""

from __future__ import annotations

import os
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from unblur_models import catalog
from unblur_models.card import ModelCard, card_text
from unblur_models.catalog import WeightsState
from unblur_models.digest import sha256_of
from unblur_models.errors import WeightsMissingFileError, WeightsUnwritableError

if TYPE_CHECKING:  # ssl takes its time, and a window lists models before it fetches any
    from unblur_models.fetching import CancelFetch, Patience, Progress


class Verdict(StrEnum):
    """What looking at every bit of a weights file found."""

    GOOD = "good"
    DAMAGED = "damaged"
    MISSING = "missing"


def is_fetchable(card: ModelCard) -> bool:
    """Whether the card says all that fetching needs: where from, how long, which SHA-256."""
    return bool(card.mirrors and card.weights_bytes and card.sha256)


def fetch_weights(
    card: ModelCard,
    folder: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    cancel: CancelFetch | None = None,
    patience: Patience | None = None,
) -> Path:
    """The card's weights in `folder`. Raises what `fetching.fetch` does."""
    from unblur_models.fetching import WantedFile, fetch

    mirrors = card.mirrors if is_fetchable(card) else ()
    wanted = WantedFile(card.weights_file, card.weights_bytes, card.sha256, mirrors)
    return fetch(wanted, folder, progress=progress, cancel=cancel, patience=patience)


def fetched_share(card: ModelCard, folder: Path) -> float:
    """How much of the weights an earlier fetch left in `folder`, from 0 to below 1."""
    try:
        size = (folder / f"{card.weights_file}.part").stat().st_size
    except OSError:
        return 0.0
    return min(size / card.weights_bytes, 0.999) if card.weights_bytes else 0.0


def verify(card: ModelCard) -> Verdict:
    """Compare the weights file with its SHA-256. Raises WeightsMissingFileError: unreadable."""
    path = catalog.locate_weights(card)
    if path is None:
        return Verdict.MISSING
    try:
        return Verdict.GOOD if sha256_of(path) == card.sha256 else Verdict.DAMAGED
    except OSError as error:
        raise WeightsMissingFileError(path) from error


def is_removable(card: ModelCard) -> bool:
    """Whether the weights are a person's to remove."""
    return catalog.weights_state(card) is WeightsState.FETCHED


def remove(card: ModelCard, folder: Path) -> None:
    """Remove what `folder` holds of the model: weights, a begun fetch, and a card of its own.

    A card that tells where weights can be fetched stays. Raises WeightsUnwritableError.
    """
    names = [card.weights_file, f"{card.weights_file}.part"]
    if not card.mirrors:
        names.append(f"{card.id}.toml")
    for name in names:
        path = folder / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise WeightsUnwritableError(path, error) from error
    catalog.refresh()


def write_card(card: ModelCard, folder: Path) -> Path:
    """Put the card into `folder`, in one step. Raises WeightsUnwritableError."""
    path = folder / f"{card.id}.toml"
    write_whole(path, card_text(card).encode())
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Make or replace a file in one step, with its folder. Raises WeightsUnwritableError."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise WeightsUnwritableError(path, error) from error
