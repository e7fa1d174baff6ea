"""From a run to a model: `python -m unblur_models.training.export SNAPSHOT OUT`.

Writes OUT.safetensors, folded, and OUT.toml, a draft of its card filled from the run.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save

from unblur_models.card import Measurement, ModelCard, Purpose, card_text
from unblur_models.cost import gmacs_per_megapixel, suitable_tile
from unblur_models.registry import architecture_of
from unblur_models.training.checkpoint import Progress, read_snapshot
from unblur_models.training.journal import last_scores
from unblur_models.training.networks import finished, shape_of
from unblur_models.training.validation import Score

_HEAD = "# A draft: complete what is empty, and look at the pictures before it ships.\n"


def export(snapshot: Path, out: Path, *, log: Path | None = None, is_half: bool = True) -> None:
    """Writes the weights and the draft. `log` is the run's folder, by default the snapshot's.

    Raises CheckpointError.
    """
    progress, average = read_snapshot(snapshot)
    dtype = torch.float16 if is_half else torch.float32
    network = finished(average)
    state = {name: value.to(dtype).contiguous() for name, value in network.state_dict().items()}
    data = save(state)
    out.parent.mkdir(parents=True, exist_ok=True)
    weights = out.with_suffix(".safetensors")
    weights.write_bytes(data)
    architecture = architecture_of(state)
    channels = (3, 1) if architecture.takes_mask else (3,)
    gmacs = round(gmacs_per_megapixel(network, *channels), 1)
    card = ModelCard(
        id=progress.name,
        name="",
        architecture=architecture.name,
        purpose=Purpose.MIXED,
        weights_file=weights.name,
        weights_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        licence="Apache-2.0",
        credit="The Unblur authors",
        source=_source(progress),
        parameters=sum(value.numel() for value in state.values()),
        gmacs_per_megapixel=gmacs,
        tile=suitable_tile(network, gmacs, *channels),
        size_multiple=shape_of(network).size_multiple,
        measured=tuple(_measured(each) for each in last_scores(log or snapshot.parent)),
    )
    out.with_suffix(".toml").write_text(_HEAD + card_text(card), encoding="utf-8")


def _source(progress: Progress) -> str:
    hours = progress.seconds / 3600
    return (
        f"Trained from nothing; {progress.step} of {progress.steps} steps, "
        f"{progress.samples} samples in all, {hours:.1f} hours on {' and '.join(progress.hardware)}"
    )


def _measured(score: Score) -> Measurement:
    return Measurement(
        picture=f"{score.group}, {score.pictures} pictures, worst {score.worst:+.2f} dB",
        quality="good",
        blurred=round(score.blurred, 2),
        psnr=round(score.psnr, 2),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Exports one snapshot."""
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training.export")
    parser.add_argument("snapshot", type=Path, help="the run's folder named snapshot")
    parser.add_argument("out", type=Path, help="the files to write, without a suffix")
    parser.add_argument("--log", type=Path, help="the run's folder, where its log is")
    parser.add_argument("--full", action="store_true", help="float32 instead of float16")
    options = parser.parse_args(arguments)
    export(options.snapshot, options.out, log=options.log, is_half=not options.full)
    return 0


if __name__ == "__main__":
    sys.exit(main())
