from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from unblur_models.training.config import RunConfig
from unblur_models.training.data.pack import blurred_of, open_pack, write_pack
from unblur_models.training.errors import ConfigError
from unblur_models.training.samples import RunData
from unblur_models.training.shelf import stock

CPU = torch.device("cpu")


def test_samples_in_stock_are_those_that_were_blurred_beforehand(
    tmp_path: Path, run_config: RunConfig
) -> None:
    source = RunData(run_config, CPU).training
    write_pack(tmp_path / "made", stock(source, 48, 0, 5))
    data = dataclasses.replace(run_config.data, made=(tmp_path / "made",), real_share=0.0)
    config = dataclasses.replace(run_config, data=data)
    blurred, sharp = RunData(config, CPU).training(torch.arange(6), 48)
    pack = open_pack(tmp_path / "made")
    stocked = [set(map(bytes, blurred_of(pack, each).reshape(-1, 3))) for each in pack.pictures]
    for picture in (blurred * 255).round().to(torch.uint8):
        colours = set(map(bytes, picture.permute(1, 2, 0).reshape(-1, 3).numpy()))
        assert colours in stocked
    assert not torch.equal(blurred, sharp)


def test_a_stock_of_other_photographs_is_refused(tmp_path: Path, run_config: RunConfig) -> None:
    source = RunData(run_config, CPU).training
    write_pack(tmp_path / "made", stock(source, 48, 0, 2))
    data = dataclasses.replace(run_config.data, made=(tmp_path / "made",), held_out=0.6)
    with pytest.raises(ConfigError, match="photographs"):
        RunData(dataclasses.replace(run_config, data=data), CPU)
