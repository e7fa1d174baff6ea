"""Trains a network: `python -m unblur_models.training --config FILE`."""

from __future__ import annotations

import argparse
import dataclasses
import platform
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import torch

from unblur_models.training.board import board_in
from unblur_models.training.checkpoint import read_checkpoint, read_snapshot
from unblur_models.training.config import RunConfig, read_run
from unblur_models.training.errors import CheckpointError, TrainingError
from unblur_models.training.journal import Journal
from unblur_models.training.learner import Learner
from unblur_models.training.run import CHECKPOINT, Run
from unblur_models.training.samples import RunData


def main(arguments: Sequence[str] | None = None) -> int:
    """One stretch of training. SIGINT and SIGTERM end it with a checkpoint."""
    options = _parser().parse_args(arguments)
    try:
        _train(options)
    except TrainingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _train(options: argparse.Namespace) -> None:
    config = read_run(options.config)
    if options.steps is not None:
        config = dataclasses.replace(config, steps=options.steps)
    folder = options.out or Path(".scratch/training") / config.name
    device = torch.device(options.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    hardware = _set_up(config, device)
    learner = Learner(config, device, hardware)
    _continue(learner, folder, options)
    data = RunData(config, device)
    journal = Journal(folder, seconds_between=options.every, board=board_in(folder))
    run = Run(config, learner, data, folder, journal)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    if options.validate_first:
        run.validate()
    run.train(minutes=options.minutes, stop=stopped.is_set)
    if not stopped.is_set():
        run.validate()
    if options.keep is not None:
        run.keep(options.keep)


def _continue(learner: Learner, folder: Path, options: argparse.Namespace) -> None:
    """From the run's own checkpoint, else from a snapshot, else from nothing."""
    path = folder / CHECKPOINT
    if path.exists():
        if not options.resume:
            raise CheckpointError(path, "exists: give --resume to go on, or another --out")
        learner.resume(read_checkpoint(path))
    elif options.snapshot is not None:
        learner.start_from(*read_snapshot(options.snapshot))


def _set_up(config: RunConfig, device: torch.device) -> str:
    """Sets threads and precision; returns the name of the hardware."""
    if device.type != "cuda":
        if config.threads is not None:
            torch.set_num_threads(config.threads)
        return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    return torch.cuda.get_device_name(device)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training")
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the run")
    parser.add_argument("--out", type=Path, help="folder for checkpoint, log and pictures")
    parser.add_argument("--resume", action="store_true", help="go on from the folder's checkpoint")
    parser.add_argument(
        "--from", dest="snapshot", type=Path, help="start from the weights of a snapshot"
    )
    parser.add_argument(
        "--keep", type=Path, help="copy snapshot, log and last pictures here at the end"
    )
    parser.add_argument("--minutes", type=float, help="stop after so many, with a checkpoint")
    parser.add_argument("--steps", type=int, help="length of the schedule, instead of the file's")
    parser.add_argument("--device", help="cpu or cuda; by default cuda where there is one")
    parser.add_argument("--every", type=float, default=30.0, help="seconds between lines")
    parser.add_argument(
        "--validate-first", action="store_true", help="measure before the first step too"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
