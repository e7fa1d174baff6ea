"""What happens at which step."""

from __future__ import annotations

import math
from collections.abc import Sequence

from unblur_models.training.config import OptimizerConfig, Phase


def learning_rate(config: OptimizerConfig, step: int, steps: int, started: int) -> float:
    """`rate`, warmed up from step `started` on, and at last a cosine down to `last_rate`."""
    cooled = (min(step / steps, 1.0) - (1 - config.cooling)) / config.cooling
    cosine = (1 + math.cos(math.pi * max(cooled, 0.0))) / 2
    rate = config.last_rate + (config.rate - config.last_rate) * cosine
    return rate * min(1.0, (step - started + 1) / max(config.warm_up, 1))


def phase_at(phases: Sequence[Phase], step: int, steps: int) -> Phase:
    """The last phase that has started."""
    return next(each for each in reversed(phases) if step >= each.start * steps)


def ema_decay(config: OptimizerConfig, step: int) -> float:
    """Short at first, so that the first weights are soon forgotten."""
    return min(config.ema, (1 + step) / (10 + step))
