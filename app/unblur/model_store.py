"""The person's models: what there is, fetching, checking, adding and removing.

The window and the command line do it with this one class. It knows neither Qt nor torch;
only `add` imports torch, when it is called, since it builds and runs the network once.
"""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from unblur import errors, offline, paths, settings
from unblur.errors import AppError, Cancelled, HomeMissingError
from unblur_models import catalog, stock
from unblur_models import errors as zoo
from unblur_models.card import ModelCard, Purpose
from unblur_models.catalog import WeightsState
from unblur_models.stock import Verdict

if TYPE_CHECKING:  # it is imported when something is fetched
    from unblur_models.fetching import CancelFetch, Patience, Progress

logger = logging.getLogger(__name__)

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One model as a person sees it."""

    card: ModelCard
    state: WeightsState
    is_fetchable: bool
    fetched_share: float
    is_accepted: bool


class ModelStore:
    """Models in `folder`. Every method may be called on any thread.

    `accepted_file` keeps which licences were accepted; `is_offline` says whether the person
    wants no connections.
    """

    def __init__(
        self, folder: Path, accepted_file: Path, is_offline: Callable[[], bool] = lambda: False
    ) -> None:
        self.folder = folder
        self._accepted_file = accepted_file
        self._wants_offline = is_offline

    @property
    def is_offline(self) -> bool:
        """Whether the setting, or UNBLUR_OFFLINE, forbids connections."""
        return offline.is_demanded() or self._wants_offline()

    def refresh(self) -> None:
        """See what came and went in the folder."""
        catalog.refresh()

    def entries(self) -> tuple[Entry, ...]:
        """All models, the default first and those without weights last."""
        entries = (self._entry(card) for card in catalog.cards())
        return tuple(sorted(entries, key=lambda entry: entry.state is WeightsState.MISSING))

    def entry(self, model_id: str) -> Entry:
        """One model. Raises ModelUnknownError."""
        return self._entry(_card(model_id))

    def accept(self, model_id: str) -> None:
        """The person has read and accepted the licence of this model. Raises SettingsError."""
        accepted = {**self._accepted(), model_id: _card(model_id).licence}
        try:
            content = json.dumps(accepted, indent=2).encode()
            settings.write_atomically(self._accepted_file, content)
        except OSError as error:
            reason = error.strerror or str(error)
            raise errors.SettingsError(self._accepted_file, reason) from error

    def fetch(
        self,
        model_id: str,
        progress: Progress = lambda _done, _total: None,
        cancel: CancelFetch | None = None,
        patience: Patience | None = None,
    ) -> Path:
        """Fetch the weights of a model. What came before a failure or a stop is kept.

        Raises ModelUnknownError, ModelNotOfferedError, ModelOfflineError,
        LicenceNotAcceptedError, ModelFetchError, ModelFileError and Cancelled.
        """
        entry = self.entry(model_id)
        if not entry.is_fetchable:
            raise errors.ModelNotOfferedError(model_id, how_to_get(entry.card))
        if self.is_offline:
            raise errors.ModelOfflineError(model_id)
        if not entry.is_accepted:
            raise errors.LicenceNotAcceptedError(model_id, entry.card.licence)
        with _told(model_id):
            path = stock.fetch_weights(
                entry.card, self.folder, progress=progress, cancel=cancel, patience=patience
            )
        logger.info("Fetched the weights of %s", model_id)
        catalog.refresh()
        return path

    def verify(self, model_id: str) -> Verdict:
        """Read every bit of the weights. Raises ModelUnknownError or WeightsMissingError."""
        card = _card(model_id)
        with _told(model_id):
            return stock.verify(card)

    def add(
        self, path: Path, *, name: str = "", purpose: Purpose | None = None, known_as: str = ""
    ) -> ModelCard:
        """Make a file a model of its own, or the missing weights of `known_as`. Imports torch.

        Raises ModelFileError, ModelUnknownError and ModelEmbeddedError.
        """
        known = _card(known_as) if known_as else None
        if known is not None and catalog.weights_state(known) is WeightsState.EMBEDDED:
            raise errors.ModelEmbeddedError(known_as)
        from unblur_models import custom

        with _told(known_as, path):
            if known is not None:
                card = custom.add_weights(path, known, self.folder)
            else:
                card = custom.add_file(path, self.folder, name=name, purpose=purpose)
        logger.info("Added %s", card.id)
        return card

    def remove(self, model_id: str) -> None:
        """Remove the weights of a fetched model, or all of one that was added.

        Raises ModelUnknownError, ModelEmbeddedError, ModelNotInstalledError, ModelFileError.
        """
        entry = self.entry(model_id)
        if entry.state is WeightsState.EMBEDDED:
            raise errors.ModelEmbeddedError(model_id)
        if entry.state is WeightsState.MISSING and not entry.fetched_share:
            raise errors.ModelNotInstalledError(model_id)
        with _told(model_id):
            stock.remove(entry.card, self.folder)
        logger.info("Removed %s", model_id)

    def _entry(self, card: ModelCard) -> Entry:
        return Entry(
            card,
            catalog.weights_state(card),
            stock.is_fetchable(card),
            stock.fetched_share(card, self.folder),
            self._accepted().get(card.id) == card.licence,
        )

    def _accepted(self) -> dict[str, str]:
        try:
            content = settings.parsed(self._accepted_file.read_bytes())
        except (OSError, ValueError):
            return {}  # then it is asked once more
        return content if isinstance(content, dict) else {}


def open_store(
    is_offline: Callable[[], bool] = lambda: False, catalogue: Path | None = None
) -> ModelStore:
    """The store of the person who runs the program; from now on the catalogue looks into it.

    Cards in the folder `catalogue` are known, too. Raises HomeMissingError.
    """
    store = ModelStore(paths.models_dir(), paths.config_dir() / "licences.json", is_offline)
    catalog.look_in(store.folder, *([catalogue] if catalogue else []))
    return store


def look_for_models() -> None:
    """Let the catalogue know the person's models, for a program that only runs them."""
    try:
        catalog.look_in(paths.models_dir())
    except HomeMissingError:
        logger.info("There is no home folder, so only the embedded models are known")


def commercial_words(card: ModelCard) -> str:
    """Whether the licence of the weights allows commercial use, as a phrase."""
    return "may be used commercially" if card.commercial else "not for commercial use"


def how_to_get(card: ModelCard) -> str:
    """A phrase that says where the weights are to be had: “they …”, without a full stop."""
    if stock.is_fetchable(card):
        return f"they can be fetched (unblur models fetch {card.id})"
    if card.weights_from:
        return f"they come from {card.weights_from}"
    return "their file is gone" if card.is_custom else "their card does not say where they are"


def _card(model_id: str) -> ModelCard:
    try:
        return catalog.card(model_id)
    except zoo.UnknownModelError as error:
        raise errors.ModelUnknownError(model_id, ", ".join(error.known)) from error


@contextmanager
def _told(model_id: str, path: Path | None = None) -> Iterator[None]:
    """Turn what the zoo raises into errors that have words."""
    try:
        yield
    except zoo.FetchCancelled as stop:
        raise Cancelled from stop
    except zoo.ZooError as error:
        raise _error_of(error, model_id, path or Path()) from error


def _error_of(error: zoo.ZooError, model_id: str, path: Path) -> AppError:
    match error:
        case zoo.WeightsUnwritableError():
            return _unwritable(error)
        case zoo.FetchFailedError():
            return errors.ModelFetchError(model_id, "; ".join(error.failures))
        case zoo.NoMirrorError():
            return errors.ModelNotOfferedError(model_id, how_to_get(_card(model_id)))
        case zoo.WeightsMissingFileError():
            return errors.WeightsMissingError(model_id, str(error.path))
        case zoo.ForeignFileError():
            return errors.ModelFileUnreadableError(error.path, error.detail)
        case zoo.UnsafePickleError():
            return errors.ModelFileUnsafeError(error.path, ", ".join(error.wanted))
        case zoo.UnknownArchitectureError():
            names = f"it has {', '.join(error.names)}"
            return errors.ModelFileUnknownError(path, names)
        case zoo.WrongArchitectureError():
            detail = f"it is {error.actual}, not {error.expected}"
            return errors.ModelFileMismatchError(path, detail)
    kind = errors.ModelFileMismatchError if model_id else errors.ModelFileUnknownError
    return kind(path, str(error))


def _unwritable(error: zoo.WeightsUnwritableError) -> AppError:
    if error.reason.errno in _NO_ROOM:
        return errors.ModelDiskFullError(error.path)
    if error.reason.errno in _DENIED:
        return errors.ModelWriteDeniedError(error.path)
    return errors.ModelWriteError(error.path, error.reason.strerror or str(error.reason))
