"""`unblur setup-gpu`: PyTorch for the graphics card, fetched, described and removed."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict

from unblur import offline
from unblur.cli.outcome import SOME_FAILED
from unblur.cli.progress import ProgressLine
from unblur.cli.setup_gpu_arguments import SetupGpuOrder
from unblur.errors import GpuUnusableError
from unblur.gpu_setup import trial
from unblur.gpu_setup.store import GpuStatus, GpuStore, open_gpu_store
from unblur.gpu_setup.words import sentences
from unblur.messages import message_for


def run(order: SetupGpuOrder) -> int:
    """Do what `order` says; 0: done, 1: the build does not work here. Raises AppError."""
    if order.trial is not None:
        return trial.answer(order.trial[0], order.backend, order.trial[1])
    store = open_gpu_store(offline.is_set)
    if order.removes:
        store.remove()
        print("PyTorch for the graphics card is removed; Unblur computes with the processor.")
        return 0
    if order.tells_status:
        _tell(store.status(), as_json=order.as_json)
        return 0
    return _set_up(store, order)


def _set_up(store: GpuStore, order: SetupGpuOrder) -> int:
    began = time.monotonic()
    with ProgressLine("PyTorch", sys.stderr) as line:
        verdict = store.set_up(
            order.backend,
            lambda done, total: line.bytes_done(done, total, time.monotonic() - began),
        )
    if not verdict.works:
        print(message_for(GpuUnusableError(verdict.reason)).as_line(), file=sys.stderr)
        return SOME_FAILED
    print(f"PyTorch computes with {verdict.device}. Unblur uses it from the next start on.")
    return 0


def _tell(status: GpuStatus, *, as_json: bool) -> None:
    if not as_json:
        print("\n".join(sentences(status)))
        return
    facts = {
        "backend": status.backend,
        "card": status.card,
        "why_none": status.why_none,
        "included": status.included.version,
        "is_included": status.is_included,
        "kept": asdict(status.kept) if status.kept else None,
        "unfit": status.unfit,
        "works": status.verdict.works if status.verdict else None,
        "reason": status.verdict.reason if status.verdict else "",
        "device": status.verdict.device if status.verdict else "",
        "bytes_of_unfinished": status.kept_bytes,
    }
    print(json.dumps(facts, indent=2, ensure_ascii=False))
