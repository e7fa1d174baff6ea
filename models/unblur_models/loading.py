"""From a model's id to a network that runs."""

from __future__ import annotations

from pathlib import Path

import torch

from unblur_models import catalog, onnx_network, spandrel_network
from unblur_models.card import ModelCard
from unblur_models.catalog import card, locate_weights, needs_weights
from unblur_models.descriptor import ModelDescriptor
from unblur_models.errors import (
    SpandrelMissingError,
    UnknownArchitectureError,
    WeightsNeededError,
    WrongArchitectureError,
)
from unblur_models.registry import Architecture, StateDict, architecture_of
from unblur_models.weights import read_checked, read_weights


def load_model(
    model_id: str, *, device: torch.device | str = "cpu", weights_dir: Path | None = None
) -> ModelDescriptor:
    """The model with this id on `device`, its weights checked against the card.

    `weights_dir` is where the weights file lies, wherever the catalogue finds it when None.
    Raises UnknownModelError, WeightsNeededError, WeightsMissingFileError,
    WeightsDamagedError, UnknownArchitectureError or WrongArchitectureError; an ONNX file may
    raise OnnxRuntimeMissingError or UnsuitableNetworkError, and computes on the CPU; one of
    spandrel's SpandrelMissingError.
    """
    facts = card(model_id)
    path = weights_dir / facts.weights_file if weights_dir else _weights_of(facts)
    if facts.architecture == onnx_network.NAME:
        graph = onnx_network.OnnxNetwork(read_checked(path, facts.sha256))
        return ModelDescriptor(facts, graph.eval(), torch.device(device))
    state = read_weights(path, facts.sha256)
    architecture = _architecture_of(state, facts)
    if architecture.name != facts.architecture:
        raise WrongArchitectureError(model_id, facts.architecture, architecture.name)
    target = torch.device(device)
    network = architecture.build(state).to(target).eval().requires_grad_(False)
    return ModelDescriptor(facts, network, target, takes_mask=architecture.takes_mask)


def _architecture_of(state: StateDict, facts: ModelCard) -> Architecture:
    try:
        return architecture_of(state)
    except UnknownArchitectureError as error:
        if facts.architecture.startswith(spandrel_network.PREFIX):
            raise SpandrelMissingError from error
        raise


def _weights_of(facts: ModelCard) -> Path:
    if needs_weights(facts):
        raise WeightsNeededError(facts.id, facts.weights_from or "nowhere that its card knows")
    # Ones that are ours have to be there: reading them tells when they are not.
    return locate_weights(facts) or catalog.WEIGHTS_DIR / facts.weights_file
