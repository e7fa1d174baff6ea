from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from unblur_models.card import read_card
from unblur_models.plain_unet.layout import Hyperparameters
from unblur_models.registry import architecture_of
from unblur_models.training.checkpoint import read_checkpoint
from unblur_models.training.config import RunConfig, read_run
from unblur_models.training.errors import ConfigError
from unblur_models.training.export import export
from unblur_models.training.journal import Journal
from unblur_models.training.learner import Learner
from unblur_models.training.networks import NetworkShape, read_shape, takes_mask
from unblur_models.training.run import CHECKPOINT, SNAPSHOT, Run
from unblur_models.training.samples import RunData
from unblur_models.training.validation import psnr

CPU = torch.device("cpu")
CONFIGS = Path(__file__).parents[2] / "models/unblur_models/training/configs"
PLAIN = {"unshuffle": 4, "width": 24, "encoder": [1], "middle": 1, "decoder": [1]}
SMALL: dict[str, dict[str, Any]] = {
    "plain U-Net": {"family": "plain-unet", **PLAIN},
    "deblurring autoencoder": {"family": "unet", "width": 16, "levels": 2},
    "compact network": {"family": "compact", "width": 16, "near": [2], "far": [2, 1]},
    "human-aware network": {
        "family": "human",
        "unshuffle": 4,
        "width": 24,
        "encoder": [1],
        "middle": 1,
        "branches": [1],
        "fusion": [1],
    },
}


def with_network(config: RunConfig, shape: NetworkShape, **changes: Any) -> RunConfig:
    options = dataclasses.replace(config.optimizer, rate=4e-3, warm_up=10, clip=1.0)
    return dataclasses.replace(config, network=shape, optimizer=options, **changes)


def gain_by_heart(config: RunConfig, steps: int) -> float:
    """How many dB a network gains on four blurred patches when it is shown nothing else."""
    source = RunData(config, CPU).training
    indices = source.of_kind("object", 0, 12)
    samples = source(indices, 32)
    blurs = torch.tensor([psnr(*pair) for pair in zip(*samples[:2], strict=True)])
    worst = blurs.argsort()[:4]
    blurred, sharp, *masks = (each[worst] for each in samples)
    learner = Learner(dataclasses.replace(config, steps=steps), CPU, "a test")
    for _ in range(steps):
        learner.step(blurred, sharp, *masks)
    with torch.inference_mode():
        restored = learner.network.eval()(blurred, *masks)
    rows = zip(restored, blurred, sharp, strict=True)
    return sum(psnr(after, clear) - psnr(before, clear) for after, before, clear in rows) / 4


def test_the_network_for_live_preview_learns_four_patches_by_heart(run_config: RunConfig) -> None:
    shape = read_run(CONFIGS / "instant-cpu.toml", with_stock=False).network
    assert gain_by_heart(with_network(run_config, shape), 50) > 6


@pytest.mark.parametrize("architecture", SMALL)
def test_a_small_network_of_each_family_begins_to_learn_four_patches(
    architecture: str, run_config: RunConfig
) -> None:
    config = with_network(run_config, read_shape(SMALL[architecture]))
    assert gain_by_heart(config, 100) > 1


@pytest.mark.parametrize("architecture", SMALL)
def test_each_family_trains_stops_goes_on_and_ships(
    architecture: str, run_config: RunConfig, tmp_path: Path
) -> None:
    config = with_network(run_config, read_shape(SMALL[architecture]))
    data = RunData(config, CPU)

    def run_to(step: int, folder: Path) -> Learner:
        learner = Learner(config, CPU, "a test")
        if (folder / CHECKPOINT).exists():
            learner.resume(read_checkpoint(folder / CHECKPOINT))
        journal = Journal(folder, stream=io.StringIO(), seconds_between=0)
        run = Run(config, learner, data, folder, journal)
        run.train(stop=lambda: learner.progress.step >= step)
        if step == config.steps:
            run.validate()
        return learner

    whole = run_to(6, tmp_path / "whole")
    run_to(3, tmp_path / "parts")
    again = run_to(6, tmp_path / "parts")
    weights = again.checkpoint().weights
    for name, value in whole.checkpoint().weights.items():
        assert torch.equal(value, weights[name]), name
    export(tmp_path / "parts" / SNAPSHOT, tmp_path / "model", is_half=False)
    state = load_file(tmp_path / "model.safetensors")
    card = read_card(tmp_path / "model.toml")
    assert card.architecture == architecture_of(state).name == architecture
    assert card.size_multiple == config.network.size_multiple
    assert card.weights_bytes == (tmp_path / "model.safetensors").stat().st_size
    assert card.gmacs_per_megapixel > 0
    pictures = torch.rand(1, 3, 32, 32)
    shipped = architecture_of(state).build(state)
    assert torch.equal(shipped(pictures), again.averaged()(pictures))


def test_averaging_goes_on_behind_the_averaged_network(run_config: RunConfig) -> None:
    learner = Learner(with_network(run_config, read_shape(SMALL["compact network"])), CPU, "a test")
    averaged = learner.averaged()
    before = {name: value.clone() for name, value in averaged.state_dict().items()}
    blurred, sharp = RunData(run_config, CPU).training(torch.arange(2), 32)
    learner.step(blurred, sharp)
    assert all(torch.equal(before[name], value) for name, value in averaged.state_dict().items())


def test_a_table_without_a_family_is_a_plain_unet() -> None:
    shape = read_shape(PLAIN)
    assert shape == Hyperparameters(4, 24, (1,), 1, (1,)) == read_shape(SMALL["plain U-Net"])
    assert not takes_mask(shape)
    assert takes_mask(read_shape(SMALL["human-aware network"]))


def test_a_family_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(ConfigError, match="'transformer' is none of plain-unet, unet"):
        read_shape({"family": "transformer"})
    with pytest.raises(ConfigError, match="unknown: middle"):
        read_shape({**SMALL["deblurring autoencoder"], "middle": 1})


def test_a_run_may_have_its_own_kinds_of_blur() -> None:
    shared = read_run(CONFIGS / "fast-gpu.toml").synthesis
    own = read_run(CONFIGS / "human-gpu.toml").synthesis
    assert own.kinds.object > shared.kinds.object
    assert dataclasses.replace(own, kinds=shared.kinds) == shared
