"""Distillation, with teachers that always say the same."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from unblur_models.training import teacher as module
from unblur_models.training.config import Distillation, RunConfig
from unblur_models.training.errors import ConfigError
from unblur_models.training.learner import Learner
from unblur_models.training.teacher import Teacher

CPU = torch.device("cpu")
ASKED = Distillation("maxim-3s.gopro", "draft", 0.5)


class FakeModel:
    """Answers patch k of a batch with the level `answers[k]`."""

    def __init__(self, *answers: float) -> None:
        self.card = SimpleNamespace(size_multiple=64)
        self.answers = answers
        self.sizes: list[tuple[int, ...]] = []

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        self.sizes.append(tuple(batch.shape))
        return torch.tensor(self.answers)[:, None, None, None].expand_as(batch)


def taught_by(model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_model", lambda *_, **__: model)


def levels(*values: float, side: int = 64) -> Tensor:
    return torch.tensor(values)[:, None, None, None].expand(-1, 3, side, side).contiguous()


def test_a_teacher_counts_only_where_it_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    taught_by(FakeModel(0.45, 0.9), monkeypatch)  # nearer to the sharp picture, and further away
    value = Teacher(ASKED, CPU)(levels(0.35, 0.35), levels(0.3, 0.3), levels(0.5, 0.5))
    # Half the batch counts, by 0.1, with a weight of a half.
    assert value.item() == pytest.approx(0.5 * 0.1 / 2)


def test_a_teacher_is_asked_about_sides_that_it_can_take(monkeypatch: pytest.MonkeyPatch) -> None:
    model = FakeModel(0.4)
    taught_by(model, monkeypatch)
    teacher = Teacher(ASKED, CPU)
    teacher(levels(0.3, side=144), levels(0.3, side=144), levels(0.5, side=144))
    assert model.sizes == [(1, 3, 128, 128)]
    with pytest.raises(ConfigError, match="64"):
        teacher(levels(0.3, side=48), levels(0.3, side=48), levels(0.5, side=48))


def test_a_run_learns_from_its_teacher(
    run_config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    blurred, sharp = levels(0.3, 0.3), levels(0.5, 0.5)
    alone = Learner(run_config, CPU, "a test").step(blurred, sharp)
    taught_by(FakeModel(0.4, 0.4), monkeypatch)
    config = dataclasses.replace(run_config, distillation=ASKED)
    taught = Learner(config, CPU, "a test").step(blurred, sharp)
    # A young network gives back what it is given: 0.1 from the teacher's answer.
    assert taught.item() - alone.item() == pytest.approx(0.5 * 0.1, rel=1e-3)
