"""Every checkpoint that MAXIM's authors published has one of two sets of shapes, and both load.

The variants are those of Tu et al., CVPR 2022: 32 features, three levels, two groups, two
bottleneck blocks. The table "Results and Pre-trained models" in the README of
google-research/maxim (commit 06e5ae5) names the tasks, MAXIM-3S with 22.2 million parameters for
deblurring and denoising, and MAXIM-2S with 14.1 million for the others.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from unblur_models.maxim.layout import Hyperparameters, parameter_shapes
from unblur_models.registry import architecture_of

STAGES = {
    "deblurring GoPro": 3,  # HIDE is a test set of the same weights
    "deblurring RealBlur-J": 3,
    "deblurring RealBlur-R": 3,
    "deblurring REDS": 3,
    "denoising SIDD": 3,
    "deraining Rain13k": 2,
    "deraining Raindrop": 2,
    "dehazing SOTS indoor": 2,
    "dehazing SOTS outdoor": 2,
    "enhancement LOL": 2,
    "enhancement FiveK": 2,
}
MILLIONS = {2: 14.1, 3: 22.2}


def published(stages: int) -> Hyperparameters:
    return Hyperparameters(
        stages=stages, features=32, groups=2, bottlenecks=2, reduction=4, sides=(16, 16, 8)
    )


def random_state(hyper: Hyperparameters) -> dict[str, Tensor]:
    """Small, so that activations stay of the size that trained ones have."""
    generator = torch.Generator().manual_seed(5)
    return {
        name: torch.randn(shape, generator=generator) * 0.02
        for name, shape in parameter_shapes(hyper).items()
    }


@pytest.mark.parametrize("stages", sorted(set(STAGES.values())))
def test_checkpoints_of_the_published_shapes_load_and_restore(stages: int) -> None:
    hyper = published(stages)
    state = random_state(hyper)
    shapes = {name: tuple(each.shape) for name, each in state.items()}
    assert Hyperparameters.of(shapes) == hyper
    assert hyper.size_multiple == 64
    architecture = architecture_of(state)
    assert architecture.name == "MAXIM"
    network = architecture.build(state).eval()
    with torch.inference_mode():
        restored = network(torch.rand(1, 3, 64, 64), stages=stages)
    assert restored.shape == (1, 3, 64, 64)
    assert bool(torch.isfinite(restored).all())


@pytest.mark.parametrize("task", STAGES)
def test_every_published_task_has_as_many_parameters_as_its_authors_count(task: str) -> None:
    stages = STAGES[task]
    count = sum(math.prod(shape) for shape in parameter_shapes(published(stages)).values())
    assert count / 1e6 == pytest.approx(MILLIONS[stages], abs=0.1)
