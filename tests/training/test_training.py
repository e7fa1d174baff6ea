from __future__ import annotations

import dataclasses
import io
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from unblur_models.plain_unet.network import PlainUnet
from unblur_models.training.batches import Batches
from unblur_models.training.checkpoint import read_checkpoint, read_snapshot, write_checkpoint
from unblur_models.training.config import LossConfig, Phase, RunConfig, read_run
from unblur_models.training.errors import CheckpointError, ConfigError, DivergedError
from unblur_models.training.export import export
from unblur_models.training.journal import Journal, last_scores
from unblur_models.training.learner import Learner
from unblur_models.training.losses import loss
from unblur_models.training.prefetch import Prefetch
from unblur_models.training.reading import read_config
from unblur_models.training.run import CHECKPOINT, SNAPSHOT, Run
from unblur_models.training.samples import RunData
from unblur_models.training.schedule import learning_rate, phase_at

CPU = torch.device("cpu")
CONFIGS = Path(__file__).parents[2] / "models/unblur_models/training/configs"


def run_of(config: RunConfig, folder: Path, data: RunData | None = None) -> tuple[Run, Learner]:
    learner = Learner(config, CPU, "a test")
    if (folder / CHECKPOINT).exists():
        learner.resume(read_checkpoint(folder / CHECKPOINT))
    journal = Journal(folder, stream=io.StringIO(), seconds_between=0)
    return Run(config, learner, data or RunData(config, CPU), folder, journal), learner


def stop_after(steps: int) -> object:
    left = iter(range(steps - 1))
    return lambda: next(left, None) is None


def test_a_run_that_was_stopped_goes_on_to_the_same_bits(
    run_config: RunConfig, tmp_path: Path
) -> None:
    whole, learner = run_of(run_config, tmp_path / "whole")
    whole.train()
    for _ in range(3):
        part, _ = run_of(run_config, tmp_path / "parts")
        part.train(stop=stop_after(2))
    again = read_checkpoint(tmp_path / "parts" / CHECKPOINT)
    assert again.progress.step == learner.progress.step == 6
    assert again.progress.samples == learner.progress.samples
    ours = learner.checkpoint()
    for kind in ("weights", "average", "first", "second"):
        mine, theirs = getattr(ours, kind), getattr(again, kind)
        assert mine.keys() == theirs.keys()
        assert mine
        for name, value in mine.items():
            assert torch.equal(value, theirs[name]), (kind, name)


def test_training_learns_four_patches_by_heart(run_config: RunConfig) -> None:
    options = dataclasses.replace(run_config.optimizer, rate=4e-3, warm_up=5, clip=10.0)
    config = dataclasses.replace(run_config, steps=150, optimizer=options)
    learner = Learner(config, CPU, "a test")
    blurred, sharp = RunData(config, CPU).training(torch.arange(4), 32)
    losses = [learner.step(blurred, sharp).item() for _ in range(150)]
    assert losses[-1] < 0.4 * losses[0]


def test_a_checkpoint_that_is_damaged_is_refused(tmp_path: Path, run_config: RunConfig) -> None:
    path = tmp_path / CHECKPOINT
    write_checkpoint(path, Learner(run_config, CPU, "a test").checkpoint())
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(CheckpointError):
        read_checkpoint(path)


def test_a_loss_that_is_no_number_never_reaches_the_checkpoint(
    run_config: RunConfig, tmp_path: Path
) -> None:
    run, learner = run_of(run_config, tmp_path / "run")
    with torch.no_grad():
        next(learner.network.parameters()).fill_(float("nan"))
    with pytest.raises(DivergedError):
        run.train()
    assert not (tmp_path / "run" / CHECKPOINT).exists()


def test_another_stretch_starts_from_a_snapshot_and_warms_up_again(
    run_config: RunConfig, tmp_path: Path
) -> None:
    run, first = run_of(run_config, tmp_path / "run")
    run.train(stop=stop_after(4))
    progress, average = read_snapshot(tmp_path / "run" / SNAPSHOT)
    second = Learner(run_config, CPU, "another machine")
    second.start_from(progress, average)
    assert (second.progress.step, second.progress.started, second.progress.updates) == (4, 4, 0)
    assert second.progress.hardware == ("a test", "another machine")
    pictures = torch.rand(1, 3, 32, 32)
    assert torch.equal(first.averaged()(pictures), second.averaged()(pictures))
    longer = Learner(dataclasses.replace(run_config, steps=9), CPU, "a test")
    longer.start_from(progress, average)
    assert longer.progress.step == 0
    assert longer.progress.samples == progress.samples


def test_the_exported_network_restores_what_the_averaged_one_does(
    run_config: RunConfig, tmp_path: Path
) -> None:
    run, learner = run_of(run_config, tmp_path / "run")
    run.train()
    run.validate()
    export(tmp_path / "run" / SNAPSHOT, tmp_path / "model", is_half=False)
    state = load_file(tmp_path / "model.safetensors")
    assert not any(name.endswith(".scale") for name in state)
    pictures = torch.rand(1, 3, 32, 32)
    network = PlainUnet.from_state_dict(state)
    assert torch.equal(network(pictures), learner.averaged()(pictures))
    card = tomllib.loads((tmp_path / "model.toml").read_text())
    assert card["parameters"] == sum(value.numel() for value in state.values())
    assert "6 of 6 steps" in card["source"]
    assert len(card["measured"]) == len(last_scores(tmp_path / "run"))
    assert list((tmp_path / "run" / "samples").glob("*.png"))


def test_patches_do_not_depend_on_where_their_batch_begins(run_config: RunConfig) -> None:
    data = RunData(run_config, CPU)
    phase = Phase(0.0, 16, 4, pieces=2)
    batches = Batches(data.training)
    first = torch.cat([batches(start, phase)[0] for start in (60, 64)])
    assert torch.equal(Batches(data.training)(62, phase)[0], first[2:6])


def test_batches_made_ahead_are_the_same_and_errors_arrive(run_config: RunConfig) -> None:
    data = RunData(run_config, CPU)
    starts = iter((0, 3))

    def make() -> tuple[torch.Tensor, torch.Tensor]:
        start = next(starts, None)
        if start is None:
            raise ConfigError("here", "no more")
        return data.training(torch.arange(start, start + 3), 32)

    with Prefetch(make, CPU) as prefetch:
        assert torch.equal(prefetch()[0], data.training(torch.arange(3), 32)[0])
        prefetch()
        with pytest.raises(ConfigError):
            prefetch()


def test_the_rate_warms_up_from_where_the_optimizer_began(run_config: RunConfig) -> None:
    options = dataclasses.replace(run_config.optimizer, warm_up=10)
    assert learning_rate(options, 0, 100, 0) == pytest.approx(1e-4)
    assert learning_rate(options, 40, 100, 40) == pytest.approx(
        learning_rate(options, 40, 100, 0) / 10
    )
    assert learning_rate(options, 100, 100, 0) == pytest.approx(options.last_rate)


def test_phases_follow_each_other(run_config: RunConfig) -> None:
    patches = [phase_at(run_config.phases, step, 6).patch for step in range(6)]
    assert patches == [32, 32, 32, 16, 16, 16]


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*-*.toml")), ids=lambda path: path.stem)
def test_every_configuration_that_ships_is_valid(path: Path) -> None:
    config = read_run(path)
    assert all(each.patch % config.network.size_multiple == 0 for each in config.phases)


def test_an_unknown_name_in_a_configuration_is_an_error() -> None:
    with pytest.raises(ConfigError, match="unknown: speed"):
        read_config(Phase, {"start": 0.0, "patch": 16, "batch": 2, "speed": 1})
    with pytest.raises(ConfigError, match="another kind"):
        read_config(Phase, {"start": 0.0, "patch": "big", "batch": 2})


def test_training_needs_nothing_that_a_bare_machine_lacks() -> None:
    program = (
        "import sys, unblur_models.training.__main__, unblur_models.training.export\n"
        "import unblur_models.training.journey\n"
        "found = {'PIL', 'cv2', 'PySide6', 'unblur'} & set(sys.modules)\n"
        "sys.exit(', '.join(found) or 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(CONFIGS.parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, env=environment, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_rate_stays_until_it_cools(run_config: RunConfig) -> None:
    options = dataclasses.replace(run_config.optimizer, warm_up=1, cooling=0.25)
    rates = [learning_rate(options, step, 100, 0) for step in (0, 50, 75, 88, 100)]
    assert rates[:3] == [options.rate] * 3
    assert options.last_rate < rates[3] < options.rate
    assert rates[4] == pytest.approx(options.last_rate)


def test_a_run_with_more_steps_goes_on_where_it_was(run_config: RunConfig) -> None:
    learner = Learner(run_config, CPU, "a test")
    learner.step(*RunData(run_config, CPU).training(torch.arange(4), 32))
    longer = Learner(dataclasses.replace(run_config, steps=600), CPU, "a test")
    longer.resume(learner.checkpoint())
    assert (longer.progress.step, longer.progress.steps) == (1, 600)


def test_the_psnr_term_weighs_every_patch_alike() -> None:
    config = LossConfig(charbonnier=1e-3, frequency=0, edge=0, psnr=1.0)
    sharp = torch.zeros(2, 3, 16, 16)
    restored = torch.stack((torch.full((3, 16, 16), 0.1), torch.full((3, 16, 16), 0.3)))
    restored.requires_grad_()
    loss(restored, sharp, config).backward()
    pulls = [
        each.norm().item() * mean for each, mean in zip(restored.grad, (0.1, 0.3), strict=True)
    ]
    # The gradient of 10·log10 of a mean square falls with the error itself.
    pixels = [0.1 * 0.5 / 768**0.5, 0.3 * 0.5 / 768**0.5]
    alone = [pull - pixel for pull, pixel in zip(pulls, pixels, strict=True)]
    assert alone[0] == pytest.approx(alone[1], rel=0.02)
