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

from unblur_models.registry import architecture_of
from unblur_models.training.checkpoint import Progress, read_snapshot
from unblur_models.training.journal import last_scores
from unblur_models.training.networks import finished, shape_of
from unblur_models.training.validation import Score


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
    out.with_suffix(".safetensors").write_bytes(data)
    card = _card(
        progress,
        architecture=architecture_of(state).name,
        file=out.with_suffix(".safetensors").name,
        sha256=hashlib.sha256(data).hexdigest(),
        parameters=sum(value.numel() for value in state.values()),
        multiple=shape_of(network).size_multiple,
    )
    measured = "".join(_measured(each) for each in last_scores(log or snapshot.parent))
    out.with_suffix(".toml").write_text(card + measured, encoding="utf-8")


def _card(
    progress: Progress,
    *,
    architecture: str,
    file: str,
    sha256: str,
    parameters: int,
    multiple: int,
) -> str:
    hours = progress.seconds / 3600
    trained = (
        f"{progress.step} of {progress.steps} steps, {progress.samples} samples in all, "
        f"{hours:.1f} hours on {' and '.join(progress.hardware)}"
    )
    return f'''# A draft: complete what is empty, and look at the pictures before it ships.
id = "{progress.name}"
name = ""
summary = ""
purpose = "deblurring"
architecture = "{architecture}"
weights_file = "{file}"
sha256 = "{sha256}"
licence = "Apache-2.0"
licence_file = ""
credit = "The Unblur authors"
source = "Trained from nothing; {trained}"
training_data = ""
parameters = {parameters}
size_multiple = {multiple}
tile = 256
halo = 32
overlap = 16

[[qualities]]
id = "good"
label = "Good"
summary = ""
stages = 1
'''


def _measured(score: Score) -> str:
    return f'''
[[measured]]
picture = "{score.group}, {score.pictures} pictures, worst {score.worst:+.2f} dB"
quality = "good"
blurred = {score.blurred:.2f}
psnr = {score.psnr:.2f}
'''


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
