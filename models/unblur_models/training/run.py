"""One stretch of a run: trains, validates now and then, and never loses more than minutes."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from unblur_models.training.batches import Batches
from unblur_models.training.checkpoint import write_checkpoint, write_snapshot
from unblur_models.training.config import RunConfig
from unblur_models.training.errors import DivergedError
from unblur_models.training.journal import Journal
from unblur_models.training.learner import Learner
from unblur_models.training.png import write_png
from unblur_models.training.prefetch import Batch, Prefetch
from unblur_models.training.samples import RunData
from unblur_models.training.schedule import learning_rate, phase_at
from unblur_models.training.sheet import sheet
from unblur_models.training.validation import scores, shown, validate

CHECKPOINT = "checkpoint.safetensors"
SNAPSHOT = "snapshot"


class Run:
    """Trains `learner` into a folder: checkpoint, snapshot, log and sample pictures."""

    def __init__(
        self,
        config: RunConfig,
        learner: Learner,
        data: RunData,
        folder: Path,
        journal: Journal,
    ) -> None:
        self._config = config
        self._learner = learner
        self._data = data
        self._folder = folder
        self._journal = journal
        self._device = next(learner.network.parameters()).device

    def train(
        self, *, minutes: float | None = None, stop: Callable[[], bool] | None = None
    ) -> None:
        """To the last step, for so many minutes, or until `stop` says so; ends in a checkpoint.

        Raises DivergedError when the loss is no number; the last checkpoint is from before.
        """
        began = marked = saved = validated = time.monotonic()
        with self._batches() as next_batch:
            while self._learner.progress.step < self._config.steps:
                value = self._learner.step(*next_batch())
                now = time.monotonic()
                self._learner.spent(now - marked)
                marked = now
                if self._journal.is_due:
                    self._tell(value)
                is_over = minutes is not None and now - began >= 60 * minutes
                if is_over or (stop is not None and stop()):
                    break
                if now - saved >= 60 * self._config.minutes_between_checkpoints:
                    self.save(value)
                    saved = time.monotonic()
                if now - validated >= 60 * self._config.minutes_between_validations:
                    self.validate()
                    marked = validated = time.monotonic()
        self.save()

    def save(self, value: Tensor | None = None) -> None:
        """Writes the checkpoint and the snapshot, unless the loss is no number."""
        if value is not None and not bool(torch.isfinite(value)):
            raise DivergedError(self._learner.progress.step)
        checkpoint = self._learner.checkpoint()
        write_checkpoint(self._folder / CHECKPOINT, checkpoint)
        write_snapshot(self._folder / SNAPSHOT, checkpoint.progress, checkpoint.average)

    def validate(self) -> None:
        """Measures the averaged network, and leaves pictures of what it does."""
        restored = validate(self._learner.averaged(), self._data, self._config)
        progress = self._learner.progress
        self._journal.validated(progress, scores(restored))
        name = f"step-{progress.step:07d}.png"
        pixels = sheet(shown(restored))
        write_png(self._folder / "samples" / name, pixels)
        self._journal.pictured(pixels, progress.step)

    def keep(self, folder: Path) -> None:
        """Copies what a later stretch on another machine needs, and no more: few, small files."""
        folder.mkdir(parents=True, exist_ok=True)
        pictures = sorted((self._folder / "samples").glob("*.png"))[-1:]
        snapshot = sorted((self._folder / SNAPSHOT).iterdir())
        for path in (*snapshot, self._folder / "log.jsonl", *pictures):
            shutil.copyfile(path, folder / path.name)

    def _tell(self, value: Tensor) -> None:
        loss = float(value)
        progress = self._learner.progress
        if loss != loss:
            raise DivergedError(progress.step)
        options = self._config.optimizer
        rate = learning_rate(options, progress.step, progress.steps, progress.started)
        self._journal.trained(progress, loss, rate)

    @contextlib.contextmanager
    def _batches(self) -> Iterator[Callable[[], Batch]]:
        make = self._maker()
        if self._device.type == "cpu":
            yield make
        else:
            with Prefetch(make, self._device) as prefetch:
                yield prefetch

    def _maker(self) -> Callable[[], Batch]:
        """Batches from where the run is; runs ahead of the learner, so it counts by itself."""
        progress, config = self._learner.progress, self._config
        step, sample = progress.step, progress.samples
        batches = Batches(self._data.training)

        def make() -> Batch:
            nonlocal step, sample
            phase = phase_at(config.phases, step, config.steps)
            with torch.no_grad():
                batch = batches(sample, phase)
            step, sample = step + 1, sample + phase.batch
            return batch

        return make
