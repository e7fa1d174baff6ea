"""`unblur bench`: how fast the models are on this machine.

Needs numpy, torch and safetensors only, so that a bare GPU machine can be measured.
"""

from __future__ import annotations

import json
import platform
import sys
from typing import TYPE_CHECKING, Any

from unblur import __version__
from unblur.cli.bench_arguments import BenchOrder
from unblur.cli.choice import REFUSALS, chosen_card
from unblur.cli.outcome import SOME_FAILED, refuse
from unblur.messages import message_for
from unblur_models import catalog

if TYPE_CHECKING:
    from unblur.engine.device import Device

_MEBIBYTE = 1024 * 1024


def run(order: BenchOrder) -> int:
    """Time the models of `order`; 0 when that went well, 1 when a row failed, 2 for misuse."""
    try:
        cards = [chosen_card(each, None) for each in order.model_ids] or catalog.available()
        # torch comes with these: only now that the words were found usable.
        from unblur.engine.device import choose_device

        device = choose_device(order.device)
    except REFUSALS as error:
        return refuse("bench", message_for(error).as_line())
    from unblur.cli import bench_tables as tables
    from unblur.cli.bench_measuring import Bench

    machine = _machine(device)
    # Whoever asks for JSON reads the table as progress.
    table = sys.stderr if order.form == "json" else sys.stdout
    table_of = tables.markdown if order.form == "markdown" else tables.text
    print(table_of.head(_said_of(machine)), file=table, flush=True)
    entries = []
    for entry in Bench(cards, device, order.budget).entries():
        entries.append(entry)
        if tables.is_in_table(entry):
            print(table_of.line(entry), file=table, flush=True)
    print(table_of.foot(entries, order.budget), file=table, flush=True)
    if order.form == "json":
        facts = {**machine, "budget_seconds": order.budget, **tables.facts(entries, device)}
        print(json.dumps(facts), flush=True)
    return SOME_FAILED if any(tables.is_failure(entry) for entry in entries) else 0


def _machine(chosen: Device) -> dict[str, Any]:
    """What the times depend on."""
    import torch

    from unblur.engine.device import available_devices

    return {
        "unblur": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "threads": torch.get_num_threads(),
        "device": chosen.label,
        "device_name": chosen.name,
        "devices": [
            {"kind": each.kind, "name": each.name, "memory_mb": each.memory_bytes // _MEBIBYTE}
            for each in available_devices()
        ],
    }


def _said_of(machine: dict[str, Any]) -> list[str]:
    """The same in lines for a person."""
    versions = "Unblur {unblur}, PyTorch {torch}, Python {python}, {system}"
    lines = [versions.format_map(machine)]
    for each in machine["devices"]:
        mark = "  (used)" if each["name"] == machine["device_name"] else ""
        lines.append(f"{each['kind']:5} {each['name']}, {each['memory_mb']} MB{mark}")
    return lines
