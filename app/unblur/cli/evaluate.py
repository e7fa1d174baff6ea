"""`unblur evaluate`: how near models come to the sharp pictures, and how long they take."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from unblur.cli.choice import REFUSALS, chosen_card
from unblur.cli.evaluate_arguments import Contender, EvaluateOrder
from unblur.cli.evaluate_baselines import BASELINES
from unblur.cli.evaluate_method import Method
from unblur.cli.evaluate_pairs import Pair, PairingError, find_pairs
from unblur.cli.evaluate_scores import (
    Fidelity,
    PictureTable,
    Score,
    Summary,
    side_by_side,
    summary_of,
)
from unblur.cli.outcome import SOME_FAILED, refuse
from unblur.cli.progress import ProgressLine
from unblur.document.buffer import UInt8Image
from unblur.document.photo import Photo
from unblur.errors import (
    AppError,
    ImageIncomparableError,
    UnexpectedEngineError,
)
from unblur.imaging.codec import decode
from unblur.imaging.quality import SSIM_WINDOW, eight_bits, psnr, ssim
from unblur.messages import message_for, printable
from unblur_models import catalog

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was measured of one method. `failures` are (picture, sentence)."""

    method: Method
    scores: tuple[Score, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()
    error: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether nothing failed."""
        return not self.failures and not self.error

    @property
    def title(self) -> str:
        """The method with its quality."""
        return " ".join(filter(None, (self.method.id, self.method.quality)))


def run(order: EvaluateOrder) -> int:
    """Measure every contender; 0 when all is measured, 1 when something was not, 2 for misuse."""
    try:
        pairing = find_pairs(Path(order.blurred), Path(order.sharp))
        methods = _methods(order)
    except REFUSALS as error:
        return refuse("evaluate", message_for(error).as_line())
    except PairingError as error:
        return refuse("evaluate", str(error))
    if pairing.unpaired:
        print(pairing.complaint, file=sys.stderr)
    # Whoever asks for JSON reads the table as progress.
    evaluation = Evaluation(
        pairing.pairs[: order.limit], sys.stderr if order.as_json else sys.stdout
    )
    found: list[Findings] = []
    for method in methods:
        found.append(evaluation.of(method))
        if order.as_json:
            unpaired = [str(path) for path in pairing.unpaired]
            print(json.dumps({**_facts(found[-1], order), "unpaired": unpaired}), flush=True)
    evaluation.compare(found)
    is_complete = not pairing.unpaired and all(each.is_complete for each in found)
    return 0 if is_complete else SOME_FAILED


def _methods(order: EvaluateOrder) -> list[Method]:
    """Raises ModelUnknownError, QualityUnknownError or DeviceUnavailableError."""
    # All names first: torch comes with the models, and a refusal does not wait for it.
    found = {
        each: chosen_card(each.id, each.quality)
        for each in order.contenders
        if each.id not in BASELINES
    }
    models = _models(found, order) if found else {}
    return [
        models[each] if each in models else BASELINES[each.id or ""](order.device)
        for each in order.contenders
    ]


def _models(
    found: Mapping[Contender, catalog.ModelCard], order: EvaluateOrder
) -> dict[Contender, Method]:
    from unblur.cli.evaluate_model import ModelMethod
    from unblur.cli.restorer import Restorer
    from unblur.engine.device import choose_device
    from unblur.engine.provider import ZooProvider

    device, provider = choose_device(order.device), ZooProvider()
    methods: dict[Contender, Method] = {}
    for each, card in found.items():
        fitting = catalog.default_quality(card, is_accelerated=device.is_accelerated)
        restorer = Restorer(card, each.quality or fitting, device, provider)
        methods[each] = ModelMethod(restorer, order.scale, order.is_whole)
    return methods


@dataclass
class Evaluation:
    """The same pairs for every method; `table` is where its lines go."""

    pairs: Sequence[Pair]
    table: TextIO
    _blurred: dict[str, Fidelity] = field(default_factory=dict)

    def of(self, method: Method) -> Findings:
        """Measure all pairs; what fails is said and does not cost the others."""
        device = method.device.name if method.device else "no network"
        print(f"{Findings(method).title}, {device}", file=self.table, flush=True)
        try:
            method.prepare()
        except AppError as error:
            sentence = message_for(error).as_line()
            print(sentence, file=sys.stderr, flush=True)
            return Findings(method, error=sentence)
        lines = PictureTable([pair.name for pair in self.pairs])
        print(lines.head, file=self.table)
        scores: list[Score] = []
        failures: list[tuple[str, str]] = []
        for pair in self.pairs:
            outcome = self._attempt(method, pair)
            if isinstance(outcome, Score):
                scores.append(outcome)
                print(lines.line(outcome), file=self.table, flush=True)
            else:
                failures.append((pair.name, outcome))
        summary = summary_of(scores)
        if summary is not None:
            print(lines.foot(summary), file=self.table, flush=True)
        return Findings(method, tuple(scores), tuple(failures))

    def compare(self, found: Sequence[Findings]) -> None:
        """A last table, when there is something to compare."""
        summaries = [(each.title, summary_of(each.scores)) for each in found]
        measured: list[tuple[str, Summary]] = [
            (title, summary) for title, summary in summaries if summary is not None
        ]
        if len(measured) > 1:
            print("\n".join(("", *side_by_side(measured))), file=self.table, flush=True)

    def _attempt(self, method: Method, pair: Pair) -> Score | str:
        """The score of a pair, or the sentence that says why there is none."""
        with ProgressLine(pair.name, sys.stderr, last="measuring") as line:
            try:
                return self._score(method, pair, line)
            except AppError as error:
                sentence = message_for(error).as_line()
            except Exception as error:
                # A bug in one picture must not cost the others.
                logger.exception("Unexpected failure in %s", pair.blurred)
                sentence = message_for(UnexpectedEngineError(repr(error))).as_line()
            name = printable(pair.blurred)
            is_named = any(printable(path) in sentence for path in (pair.blurred, pair.sharp))
            words = sentence if is_named else f"{name}: {sentence}"
            line.say(words)
            return words

    def _score(self, method: Method, pair: Pair, line: ProgressLine) -> Score:
        photo, sharp = _read(pair)
        restored = method.restore(photo, sharp, line.tile_done)
        if pair.name not in self._blurred:
            self._blurred[pair.name] = _fidelity(eight_bits(photo.pixels), sharp)
        return Score(
            name=pair.name,
            blurred=self._blurred[pair.name],
            restored=_fidelity(restored.pixels, sharp),
            seconds=restored.seconds,
            megapixels=photo.size.megapixels,
            setting=restored.setting,
            tiles_left=restored.tiles_left,
        )


def _read(pair: Pair) -> tuple[Photo, UInt8Image]:
    """Both pictures of a pair, the sharp one at 8 bits. Raises ImageError."""
    photo, sharp = decode(pair.blurred), decode(pair.sharp)
    if photo.size != sharp.size:
        own = f"it has {photo.size.width} × {photo.size.height} pixels"
        raise ImageIncomparableError(
            pair.blurred, f"{own}, the sharp one {sharp.size.width} × {sharp.size.height}"
        )
    if min(photo.size) < SSIM_WINDOW:
        raise ImageIncomparableError(pair.blurred, f"it is narrower than {SSIM_WINDOW} pixels")
    return photo, eight_bits(sharp.pixels)


def _fidelity(picture: UInt8Image, sharp: UInt8Image) -> Fidelity:
    return Fidelity(psnr(picture, sharp), ssim(picture, sharp))


def _facts(found: Findings, order: EvaluateOrder) -> dict[str, Any]:
    """One method as JSON."""
    method, summary = found.method, summary_of(found.scores)
    facts: dict[str, Any] = {
        "model": method.id,
        "quality": method.quality,
        "device": method.device.kind if method.device else None,
        "device_name": method.device.name if method.device else None,
        "scale": str(order.scale),
        "whole": order.is_whole,
        "pictures": [score.as_json() for score in found.scores],
        "summary": summary.as_json() if summary else None,
        "failures": [{"name": name, "error": sentence} for name, sentence in found.failures],
    }
    return {**facts, "error": found.error} if found.error else facts
