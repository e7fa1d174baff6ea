from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
import torch

from unblur_models.human.layout import Hyperparameters
from unblur_models.training.checkpoint import read_checkpoint
from unblur_models.training.config import RunConfig
from unblur_models.training.journal import Journal
from unblur_models.training.learner import Learner
from unblur_models.training.run import CHECKPOINT, Run
from unblur_models.training.samples import RunData

pytestmark = pytest.mark.gpu

HUMAN = Hyperparameters(4, 8, encoder=(1,), middle=1, branches=(1,), fusion=(1,))


@pytest.fixture
def device() -> torch.device:
    found = torch.accelerator.current_accelerator()
    assert found is not None
    return found


def test_an_accelerator_makes_the_samples_that_a_cpu_makes(
    run_config: RunConfig, device: torch.device
) -> None:
    indices = torch.arange(48)
    ours = RunData(run_config, torch.device("cpu")).training(indices, 64)
    theirs = RunData(run_config, device).training(indices, 64)
    for mine, other in zip(ours, theirs, strict=True):
        # Rounding may move a value across an 8-bit step, and JPEG across one of its own.
        assert (mine - other.cpu()).abs().mean((1, 2, 3)).max() < 2e-3


def test_an_accelerator_makes_the_masks_that_a_cpu_makes_and_learns_with_them(
    run_config: RunConfig, device: torch.device
) -> None:
    config = dataclasses.replace(run_config, network=HUMAN)
    ours = RunData(config, torch.device("cpu")).training(torch.arange(24), 64)
    theirs = RunData(config, device).training(torch.arange(24), 64)
    assert ours[2].any()
    assert (ours[2] - theirs[2].cpu()).abs().mean() < 1e-3
    assert torch.isfinite(Learner(config, device, "a test").step(*theirs))


@pytest.mark.parametrize("compiles", [False, True])
def test_a_run_trains_stops_goes_on_and_validates_there(
    run_config: RunConfig, device: torch.device, tmp_path: Path, *, compiles: bool
) -> None:
    config = dataclasses.replace(run_config, compile=compiles)
    for steps in (3, 6):
        learner = Learner(config, device, "a test")
        if (tmp_path / CHECKPOINT).exists():
            learner.resume(read_checkpoint(tmp_path / CHECKPOINT))
        journal = Journal(tmp_path, stream=io.StringIO(), seconds_between=0)
        run = Run(config, learner, RunData(config, device), tmp_path, journal)
        run.train(stop=lambda own=learner, until=steps: own.progress.step >= until)
        run.validate()
        assert learner.progress.step == steps
        assert torch.isfinite(learner.step(*RunData(config, device).training(torch.arange(2), 32)))
