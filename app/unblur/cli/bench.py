"""`unblur bench`: how fast the models are on this machine.

Needs numpy, torch and safetensors only, so that a bare GPU machine can be measured.
"""

from __future__ import annotations

import json
import platform
import sys
from typing import TYPE_CHECKING, Any, TextIO

from unblur import __version__
from unblur.cli.bench_arguments import BenchOrder
from unblur.cli.choice import REFUSALS, chosen_card
from unblur.cli.outcome import SOME_FAILED, refuse
from unblur.messages import message_for
from unblur_models import catalog

if TYPE_CHECKING:
    from unblur.cli.bench_measuring import Entry, Timed
    from unblur.engine.device import Device

_MEBIBYTE = 1024 * 1024


def run(order: BenchOrder) -> int:
    """Time the models of `order`; 0 when that went well, 1 when one failed, 2 for misuse."""
    try:
        cards = [chosen_card(each, None) for each in order.model_ids] or catalog.available()
        # torch comes with these: only now that the words were found usable.
        from unblur.engine.device import choose_device

        device = choose_device(order.device)
    except REFUSALS as error:
        return refuse("bench", message_for(error).as_line())
    from unblur.cli.bench_measuring import Bench, Failed

    # Whoever asks for JSON reads the table as progress.
    table = sys.stderr if order.as_json else sys.stdout
    machine = _machine()
    _say_machine(machine, device, table)
    bench = Bench(cards, device, order.seconds)
    entries = []
    for entry in bench.entries():
        entries.append(entry)
        print(_line(entry), file=table, flush=True)
    if order.as_json:
        facts = {
            **machine,
            "device": device.kind,
            "device_name": device.name,
            "budget_seconds": order.seconds,
            "seconds": round(bench.elapsed, 1),
            "models": [_facts(entry) for entry in entries],
        }
        print(json.dumps(facts), flush=True)
    return SOME_FAILED if any(isinstance(entry, Failed) for entry in entries) else 0


def _machine() -> dict[str, Any]:
    """What the times depend on."""
    import torch

    from unblur.engine.device import available_devices

    return {
        "unblur": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "threads": torch.get_num_threads(),
        "devices": [
            {"kind": each.kind, "name": each.name, "memory_mb": each.memory_bytes // _MEBIBYTE}
            for each in available_devices()
        ],
    }


def _say_machine(machine: dict[str, Any], chosen: Device, table: TextIO) -> None:
    print(
        f"Unblur {machine['unblur']}, PyTorch {machine['torch']}, Python {machine['python']}, "
        f"{machine['system']}",
        file=table,
    )
    for each in machine["devices"]:
        mark = "  (used)" if each["kind"] == chosen.kind else ""
        print(f"{each['kind']:5} {each['name']}, {each['memory_mb']} MB{mark}", file=table)
    print(_HEAD, file=table, flush=True)


_HEAD = (
    f"{'':31}      seconds per megapixel\n"
    f"{'model':22} {'quality':8} tile   median     best processor  memory  engine  rounds"
)


def _line(entry: Entry) -> str:
    from unblur.cli.bench_measuring import Failed, LeftOut

    name = f"{entry.card.id:22} {entry.quality or '':8}"
    if isinstance(entry, Failed):
        return f"{name} {message_for(entry.error).as_line()}"
    if isinstance(entry, LeftOut):
        return f"{name} {_why(entry.estimate)}"
    laps = entry.laps
    memory = "" if entry.peak_bytes is None else f"{entry.peak_bytes // _MEBIBYTE} MB"
    return (
        f"{name} {entry.card.tile:4} {laps.median_seconds:8.3f} {laps.least_seconds:8.3f}"
        f"  {laps.processor_seconds:8.3f} {memory:>7}  {laps.engine_ratio:6.3f}"
        f"  {len(laps.network):6}"
    )


def _why(estimate: float | None) -> str:
    if estimate is None:
        return "left out: no time was left to estimate it"
    return f"left out: it would take about {estimate:.0f} s of the time that --seconds gives"


def _facts(entry: Entry) -> dict[str, Any]:
    from unblur.cli.bench_measuring import Failed, LeftOut

    facts = {"model": entry.card.id, "quality": entry.quality}
    if isinstance(entry, Failed):
        return {**facts, "error": message_for(entry.error).as_line()}
    if isinstance(entry, LeftOut):
        estimate = None if entry.estimate is None else round(entry.estimate, 1)
        return {**facts, "left_out": _why(entry.estimate), "estimated_seconds": estimate}
    return {**facts, **_times(entry)}


def _times(entry: Timed) -> dict[str, Any]:
    laps, peak = entry.laps, entry.peak_bytes
    processor = laps.engine_processor_ratio
    return {
        "tile": entry.card.tile,
        "rounds": len(laps.network),
        "seconds_per_megapixel": round(laps.median_seconds, 6),
        "best_seconds_per_megapixel": round(laps.least_seconds, 6),
        "processor_seconds_per_megapixel": round(laps.processor_seconds, 6),
        "peak_memory_mb": None if peak is None else round(peak / _MEBIBYTE, 1),
        "engine_ratio": round(laps.engine_ratio, 4),
        "engine_processor_ratio": None if processor is None else round(processor, 4),
    }
