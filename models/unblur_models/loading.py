"""From a model's id to a network that runs."""

from __future__ import annotations

from pathlib import Path

import torch

from unblur_models.catalog import card
from unblur_models.descriptor import ModelDescriptor
from unblur_models.errors import WrongArchitectureError
from unblur_models.registry import architecture_of
from unblur_models.weights import WEIGHTS_DIR, read_weights


def load_model(
    model_id: str, *, device: torch.device | str = "cpu", weights_dir: Path | None = None
) -> ModelDescriptor:
    """The model with this id on `device`, its weights checked against the card.

    `weights_dir` is where the weights file lies, the zoo's own folder when None. Raises
    UnknownModelError, WeightsMissingFileError, WeightsDamagedError,
    UnknownArchitectureError or WrongArchitectureError.
    """
    facts = card(model_id)
    state = read_weights((weights_dir or WEIGHTS_DIR) / facts.weights_file, facts.sha256)
    architecture = architecture_of(state)
    if architecture.name != facts.architecture:
        raise WrongArchitectureError(model_id, facts.architecture, architecture.name)
    target = torch.device(device)
    network = architecture.build(state).to(target).eval().requires_grad_(False)
    return ModelDescriptor(facts, network, target)
