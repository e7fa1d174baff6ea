"""The rows of `unblur bench`: every quality in every precision on photos of every size.

A row is a whole photo through the engine, as `unblur restore` runs it: cut into tiles, computed,
checked, blended. What a row takes is foreseen from the one before it, which is smaller.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from unblur.cli.bench_reference import Check, check, people_of, picture_of
from unblur.document.geometry import Rect, Size
from unblur.engine.bench import photo_request
from unblur.engine.blending import RestoredTiles
from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device, synchronize
from unblur.engine.findings import Findings
from unblur.engine.measure import measure_speed
from unblur.engine.memory import PeakMemory
from unblur.engine.precision import fast_precisions
from unblur.engine.provider import ZooProvider
from unblur.engine.request import InferenceRequest
from unblur.engine.runner import run
from unblur.errors import AppError
from unblur_models.catalog import ModelCard
from unblur_models.cost import gmacs_per_megapixel
from unblur_models.onnx_network import NAME as ONNX

SIZES = (
    Size(128, 128),
    Size(256, 256),
    Size(512, 512),
    Size(1024, 1024),
    Size(4000, 3000),
)
_ENOUGH_SECONDS = 2.0  # of rounds: then the median holds
_MOST_ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row is about. `gmacs` a megapixel that the network sees, 0 where not counted."""

    card: ModelCard
    quality: str
    precision: str
    size: Size
    gmacs: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """`seconds` for a photo, the median of `rounds`. Peak memory is None where nothing tells.

    `tiles_left` is on how many tiles the model failed, so that the photo stayed as it was.
    """

    subject: Subject
    seconds: float
    rounds: int
    network_pixels: int
    peak_bytes: int | None
    check: Check
    tiles_left: int

    @property
    def seconds_per_megapixel(self) -> float:
        """Of the photo."""
        return self.seconds / self.subject.size.megapixels

    @property
    def is_wrong(self) -> bool:
        """Whether the network did something else than it does."""
        return self.check.is_passed is False or self.tiles_left > 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that would take `estimate` seconds; None: its precision disagrees with fp32."""

    subject: Subject
    estimate: float | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A model, or one row of it, that cannot be timed, and why."""

    card: ModelCard
    subject: Subject | None
    error: AppError


Entry = Row | LeftOut | Failed


class Bench:
    """Times models one after the other; a row that would take longer than `budget` is left out."""

    def __init__(self, cards: Sequence[ModelCard], device: Device, budget: float) -> None:
        self._cards = cards
        self._device = device
        self._budget = budget
        self._provider = ZooProvider()
        self._findings = Findings()

    def entries(self) -> Iterator[Entry]:
        """One of every row, model by model, as they are done; one of a model that fails."""
        for card in self._cards:
            try:
                yield from self._of_model(card)
            except AppError as error:
                yield Failed(card, None, error)

    def _of_model(self, card: ModelCard) -> Iterator[Entry]:
        model = self._provider.get(card.id, self._device)
        precisions = ("fp32", *fast_precisions(self._device))
        for quality in card.qualities:
            gmacs = 0.0
            if card.architecture != ONNX:  # its operators are not PyTorch's
                channels = (3, 1) if card.takes_mask else (3,)
                gmacs = gmacs_per_megapixel(model.network, *channels, stages=quality.stages)
            for precision in precisions:
                yield from self._of_quality(card, quality.id, precision, gmacs)

    def _of_quality(
        self, card: ModelCard, quality: str, precision: str, gmacs: float
    ) -> Iterator[Entry]:
        model = self._provider.get(card.id, self._device)
        (first,) = measure_speed(model, (quality,), self._device, CancelToken())
        rate = first.seconds / first.network_pixels
        for size in SIZES:
            subject = Subject(card, quality, precision, size, gmacs)
            request = self._request(subject)
            estimate = rate * sum(each.network_pixels for each in request.passes)
            if estimate > self._budget:
                yield LeftOut(subject, estimate)
                continue
            try:
                row = self._measured(subject, request)
            except AppError as error:
                yield Failed(card, subject, error)
                continue
            yield row
            if isinstance(row, Row):
                rate = row.seconds / row.network_pixels

    def _request(self, subject: Subject) -> InferenceRequest:
        picture = picture_of(subject.size)
        return photo_request(
            subject.card,
            subject.quality,
            self._device.label,
            picture,
            Rect.of_size(subject.size),
            precision=subject.precision,
            people=people_of(subject.size) if subject.card.takes_mask else None,
        )

    def _measured(self, subject: Subject, request: InferenceRequest) -> Row | LeftOut:
        """Rounds until enough time has gone by; of the smallest size one before them counts not."""
        (only,) = request.passes
        seconds: list[float] = []
        is_first = subject.size == SIZES[0]
        if is_first and self._precision_of_a_round(request) != subject.precision:
            return LeftOut(subject, None)
        peak, left = PeakMemory(self._device), 0
        tiles = RestoredTiles(only.key)
        while sum(seconds) < _ENOUGH_SECONDS and len(seconds) < _MOST_ROUNDS:
            started, left = time.perf_counter(), 0
            for tile in run(request, self._provider, self._findings):
                if tile.precision != subject.precision:
                    return LeftOut(subject, None)
                tiles.put(tile.index, tile.pixels)
                left += tile.is_left
            synchronize(self._device)
            seconds.append(time.perf_counter() - started)
        side = min(subject.size.width, SIZES[0].width)
        pixels, _coverage = tiles.read(Rect(0, 0, side, side))
        return Row(
            subject,
            median(seconds),
            len(seconds),
            only.network_pixels,
            peak.bytes(),
            check(subject.card.id, subject.quality, pixels),
            left,
        )

    def _precision_of_a_round(self, request: InferenceRequest) -> str:
        """What is tried, and reserved, the first time: nothing of it belongs into a row."""
        return [tile.precision for tile in run(request, self._provider, self._findings)][-1]
