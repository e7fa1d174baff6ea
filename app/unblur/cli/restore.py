"""`unblur restore`: photos in, restored photos out, one after the other."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from unblur.cli.arguments import RestoreOrder
from unblur.cli.choice import REFUSALS, chosen_card
from unblur.cli.memory import peak_memory_mb
from unblur.cli.outcome import SOME_FAILED, refuse
from unblur.cli.progress import ProgressLine
from unblur.cli.targets import Target, TargetError, plan_targets
from unblur.errors import (
    AppError,
    ImageWriteDeniedError,
    ImageWriteError,
    UnexpectedEngineError,
)
from unblur.messages import message_for, printable
from unblur.notices import (
    fallback_message,
    gpu_full_message,
    invented_message,
    kept_message,
    left_message,
    unreadable_message,
)
from unblur_models import catalog

if TYPE_CHECKING:
    from unblur.cli.restoration import Report, Restoration
    from unblur.document.geometry import Rect

logger = logging.getLogger(__name__)


def run(order: RestoreOrder) -> int:
    """Restore every photo of `order`; 0 when all are done, 1 when one failed, 2 for misuse."""
    try:
        card = _card(order)
        targets = plan_targets(order.inputs, order.out)
        restoration = _prepare(order, card)
    except REFUSALS as error:
        return refuse("restore", message_for(error).as_line())
    except TargetError as error:
        return refuse("restore", str(error))
    results = [_restore(target, restoration) for target in targets]
    return 0 if all(results) else SOME_FAILED


def _card(order: RestoreOrder) -> catalog.ModelCard:
    if order.deconvolution is not None:
        return catalog.DECONVOLUTION
    return chosen_card(order.model_id, order.quality)


def _prepare(order: RestoreOrder, card: catalog.ModelCard) -> Restoration:
    # torch comes with these: only now that the words were found usable.
    from unblur.cli.conduct import conduct_of
    from unblur.cli.restoration import Restoration
    from unblur.cli.restorer import Restorer
    from unblur.cli.selection import Selector
    from unblur.engine.device import choose_device
    from unblur.engine.provider import ZooProvider

    device = choose_device(order.device)
    quality = order.quality or catalog.default_quality(card, is_accelerated=device.is_accelerated)
    if order.deconvolution is not None:
        quality = order.deconvolution.solver
    if device.instead_of:
        title, sentence = fallback_message(device.instead_of)
        print(f"{title}. {sentence}", file=sys.stderr)
    restorer = Restorer(card, quality, device, ZooProvider(), conduct_of(order))
    return Restoration(order, restorer, Selector(order))


def _restore(target: Target, restoration: Restoration) -> bool:
    """Restore one photo and say how it went; whether it went well."""
    as_json = restoration.order.as_json
    with ProgressLine(str(target.source), sys.stderr) as line:
        try:
            _make_folder(target, restoration.order)
            report = restoration.restore(target, line.tile_done)
        except AppError as error:
            _say_failure(target, error, line, as_json=as_json)
            return False
        except Exception as error:
            # A bug in one photo must not cost the others.
            logger.exception("Unexpected failure in %s", target.source)
            unexpected = UnexpectedEngineError(repr(error))
            _say_failure(target, unexpected, line, as_json=as_json)
            return False
        line.say(_said(target, report))
        if report.is_on_cpu_instead:
            title, sentence = gpu_full_message()
            line.say(f"{title}. {sentence}")
        if report.tiles_left:
            title, sentence = left_message(report.tiles_left)
            line.say(f"{title}. {sentence}")
        if report.kept:
            title, sentence = kept_message(len(report.kept))
            line.say(f"{title}. {sentence} To restore it all the same: --restore-hidden.")
        if report.lost_faces:
            line.say(invented_message(len(report.lost_faces)))
        if report.lost_text:
            line.say(unreadable_message(len(report.lost_text)))
        if as_json:
            _print_json(_facts(target, restoration, report))
    return True


def _say_failure(target: Target, error: AppError, line: ProgressLine, *, as_json: bool) -> None:
    """One line on standard error that names the file, and its twin in JSON."""
    name, sentence = printable(target.source), message_for(error).as_line()
    words = sentence if name in sentence else f"{name}: {sentence}"
    line.say(words)
    if as_json:
        _print_json({"input": str(target.source), "error": words})


def _make_folder(target: Target, order: RestoreOrder) -> None:
    """Make the folder that OUT names; that of an OUT that is a file has to be there."""
    folder = target.output.parent
    if str(target.output) == order.out or folder.is_dir():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise ImageWriteDeniedError(target.output) from error
    except OSError as error:
        raise ImageWriteError(target.output, error.strerror or str(error)) from error


def _facts(target: Target, restoration: Restoration, report: Report) -> dict[str, Any]:
    return {
        "input": str(target.source),
        "output": str(target.output),
        "model": report.model_id,
        "quality": report.quality,
        "psf": report.psf,
        "device": "cpu" if report.is_on_cpu_instead else restoration.restorer.device.kind,
        "precision": report.precision,
        "seconds": round(report.seconds, 3),
        "megapixels": round(report.megapixels, 6),
        "tiles": report.tiles,
        "tiles_left": report.tiles_left,
        "peak_memory_mb": peak_memory_mb(),
        "digital_source_type": report.source_type,
        "kept_hidden": _boxes(report.kept),
        "details_may_be_invented": _boxes(report.lost_faces),
        "text_may_be_invented": _boxes(report.lost_text),
        "regions": _boxes(report.regions),
        "scales": [str(Fraction(1, factor)) for factor in report.factors],
    }


def _boxes(rects: Iterable[Rect]) -> list[dict[str, int]]:
    return [{"x": r.x, "y": r.y, "width": r.width, "height": r.height} for r in rects]


def _said(target: Target, report: Report) -> str:
    note = ", rounded to 8 bits" if report.is_depth_lost else ""
    return f"{target.source} → {target.output} ({report.seconds:.1f} s{note})"


def _print_json(facts: dict[str, Any]) -> None:
    print(json.dumps(facts), flush=True)
