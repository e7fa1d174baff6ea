"""Which qualities of which models are timed within a budget, and the timing itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from unblur.engine.bench import Laps, measure_laps, tile_request
from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device
from unblur.engine.measure import measure_speed
from unblur.engine.memory import PeakMemory
from unblur.engine.provider import ZooProvider
from unblur.errors import AppError, Cancelled
from unblur_models.catalog import ModelCard

_USUAL_ROUNDS = 3
_MOST_ROUNDS = 20
_ROUNDS_SECONDS = 5.0  # for more rounds than the usual
_ESTIMATING_SHARE = 0.3  # of the budget; what is not estimated by then is left out


@dataclass(frozen=True, slots=True)
class Timed:
    """One quality of a model. `peak_bytes` is None where the system does not tell."""

    card: ModelCard
    quality: str
    laps: Laps
    peak_bytes: int | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A quality that does not fit into the budget. `estimate` in seconds, None when unknown."""

    card: ModelCard
    quality: str
    estimate: float | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A model, or one quality of it, that cannot be timed, and why."""

    card: ModelCard
    quality: str | None
    error: AppError


Entry = Timed | LeftOut | Failed


@dataclass(frozen=True, slots=True)
class _Estimate:
    """What a quality takes: to load its model, and to run it once on a tile."""

    card: ModelCard
    quality: str
    load_seconds: float
    run_seconds: float

    def seconds(self, rounds: int) -> float:
        """Loading, warming up and `rounds`, each of them bare and in the engine."""
        return self.load_seconds + self.run_seconds * (1 + 2 * rounds)

    def rounds(self, spare: float) -> int:
        """How many to run in `spare` seconds: more where one is short and tells little."""
        wanted = max(_USUAL_ROUNDS, int(_ROUNDS_SECONDS / (2 * self.run_seconds)))
        possible = int((spare - self.seconds(0)) / (2 * self.run_seconds))
        return max(0, min(wanted, possible, _MOST_ROUNDS))


class _Deadline(CancelToken):
    """Stops work inside a network, before its next layer, when `is_over` says so."""

    __slots__ = ("_is_over",)

    def __init__(self, is_over: Callable[[], bool]) -> None:
        super().__init__()
        self._is_over = is_over

    def raise_if_cancelled(self) -> None:
        """Raise Cancelled when the time is over."""
        if self._is_over():
            raise Cancelled


class Bench:
    """Times models one after the other, the quickest qualities first in line for the budget."""

    def __init__(self, cards: Sequence[ModelCard], device: Device, budget: float) -> None:
        self._cards = cards
        self._device = device
        self._budget = budget
        self._provider = ZooProvider()
        self._started = time.perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self._started

    def entries(self) -> Iterator[Entry]:
        """One of every quality, model by model, as they are done; one of a model that fails."""
        found = [each for card in self._cards for each in self._estimated(card)]
        chosen = self._affordable([each for each in found if isinstance(each, _Estimate)])
        for each in found:
            if not isinstance(each, _Estimate):
                yield each
                continue
            rounds = 0
            if each in chosen:
                chosen.remove(each)
                promised = sum(later.seconds(1) for later in chosen)
                rounds = each.rounds(self._budget - self.elapsed - promised)
            if rounds:
                yield self._timed(each, rounds)
            else:
                yield LeftOut(each.card, each.quality, each.seconds(1))

    def _estimated(self, card: ModelCard) -> list[_Estimate | LeftOut | Failed]:
        """What each quality of a model takes, from a small tile, as far as there is time."""
        names = tuple(quality.id for quality in card.qualities)
        runs: dict[str, float] = {}
        load = 0.0
        if not self._is_late():
            started = time.perf_counter()
            try:
                model = self._provider.get(card.id, self._device)
                load = time.perf_counter() - started
                for each in measure_speed(model, names, self._device, _Deadline(self._is_late)):
                    runs[each.quality] = each.seconds / each.network_pixels * card.tile**2
            except Cancelled:
                pass  # what is estimated by now is all there will be
            except AppError as error:
                return [Failed(card, None, error)]
        # A coarser quality takes no longer than a finer one: if it did, something else ran.
        for quick, fine in reversed(list(pairwise(runs))):
            runs[quick] = min(runs[quick], runs[fine])
        return [
            _Estimate(card, name, load, runs[name]) if name in runs else LeftOut(card, name, None)
            for name in names
        ]

    def _is_late(self) -> bool:
        """Whether the time for estimating is over."""
        return self.elapsed > _ESTIMATING_SHARE * self._budget

    def _affordable(self, estimates: Sequence[_Estimate]) -> list[_Estimate]:
        """As many as the rest of the budget holds with one round each, the quickest first."""
        chosen, total = [], self.elapsed
        for each in sorted(estimates, key=lambda each: each.seconds(1)):
            total += each.seconds(1)
            if total <= self._budget:
                chosen.append(each)
        return chosen

    def _timed(self, estimate: _Estimate, rounds: int) -> Timed | Failed:
        card, quality = estimate.card, estimate.quality
        try:
            self._provider.get(card.id, self._device)
            request = tile_request(card, quality, self._device.kind)
            peak = PeakMemory(self._device)
            laps = measure_laps(request, self._provider, rounds)
            return Timed(card, quality, laps, peak.bytes())
        except AppError as error:
            return Failed(card, quality, error)
