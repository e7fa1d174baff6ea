"""Models that a person brings along: recognised, tried, copied, and given a card.

The file is copied as safetensors, so that it is read without a pickle from then on, and its
SHA-256 goes into the card. Before that the network is built and run once: what a card says
about the sizes of inputs and the cost is what that run showed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from unblur_models import catalog
from unblur_models.card import CUSTOM, ModelCard, Purpose, Quality
from unblur_models.errors import (
    ForeignFileError,
    ParametersDifferError,
    WrongArchitectureError,
)
from unblur_models.foreign import read_foreign
from unblur_models.registry import Architecture, architecture_of
from unblur_models.stock import write_card, write_whole

UNKNOWN_LICENCE = "unknown"

_MULTIPLES = (1, 2, 4, 8, 16, 32, 64, 128)
_LEAST_SIDE = 64  # below it some networks reflect more than there is
_WHOLE = (Quality("good", "Good", "The whole network."),)


@dataclass(frozen=True, slots=True)
class Trial:
    """What running a network once has shown."""

    size_multiple: int
    qualities: tuple[Quality, ...]
    gmacs_per_megapixel: float


def add_file(
    path: Path, folder: Path, *, name: str = "", purpose: Purpose | None = None
) -> ModelCard:
    """Make the file at `path` a model of its own in `folder`; its card comes back.

    The id is custom-NAME, from the file's name unless `name` is given. The same parameters
    added again are the same model. Raises ForeignFileError, UnsafePickleError,
    UnknownArchitectureError, ParametersDifferError and WeightsUnwritableError.
    """
    state = read_foreign(path)
    architecture, data, digest = architecture_of(state), *_packed(state)
    present = _with_digest(digest)
    if present is not None:
        return present
    trial = _try(path, architecture, state)
    model_id = _free_id(name or path.stem)
    like = _like(architecture, _count(state))
    tile = -(-like.tile // trial.size_multiple) * trial.size_multiple
    card = replace(
        like,
        id=model_id,
        family=CUSTOM,
        variant=model_id.removeprefix(f"{CUSTOM}-"),
        name=name or path.stem,
        summary=f"{architecture.name}, added from a file of yours.",
        purpose=purpose or like.purpose,
        weights_file=f"{model_id}.safetensors",
        weights_bytes=len(data),
        sha256=digest,
        source=_source(path),
        parameters=_count(state),
        gmacs_per_megapixel=trial.gmacs_per_megapixel,
        size_multiple=trial.size_multiple,
        tile=tile,
        qualities=trial.qualities,
    )
    return _keep(card, data, folder)


def add_weights(path: Path, known: ModelCard, folder: Path) -> ModelCard:
    """Take the file at `path` as the missing weights of `known`, whose completed card comes back.

    Raises what `add_file` does, and WrongArchitectureError when it is another network.
    """
    state = read_foreign(path)
    architecture = architecture_of(state)
    if architecture.name != known.architecture:
        raise WrongArchitectureError(known.id, known.architecture, architecture.name)
    count = _count(state)
    if known.parameters and count != known.parameters:
        difference = f"there are {count} parameters instead of {known.parameters}"
        raise ParametersDifferError(architecture.name, [difference])
    _try(path, architecture, state)
    data, digest = _packed(state)
    card = replace(known, weights_bytes=len(data), sha256=digest, source=_source(path))
    return _keep(card, data, folder)


def _keep(card: ModelCard, data: bytes, folder: Path) -> ModelCard:
    # The weights first: a card without weights would be a promise.
    write_whole(folder / card.weights_file, data)
    write_card(card, folder)
    catalog.refresh()
    return card


def _packed(state: dict[str, Tensor]) -> tuple[bytes, str]:
    """The parameters as a safetensors file, and its SHA-256."""
    # Sorted and each with memory of its own: the same parameters are the same file.
    data = save({name: state[name].clone().contiguous() for name in sorted(state)})
    return data, hashlib.sha256(data).hexdigest()


def _with_digest(digest: str) -> ModelCard | None:
    return next((each for each in catalog.available() if each.sha256 == digest), None)


def _count(state: dict[str, Tensor]) -> int:
    return sum(value.numel() for value in state.values())


def _source(path: Path) -> str:
    return f"added from {path.name} on {datetime.now(UTC).astimezone():%Y-%m-%d}"


def _free_id(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "model"
    wanted = f"{CUSTOM}-{slug}"
    number, free = 2, wanted
    # An id of this run is not used again: the window keeps pixels by it.
    while catalog.was_known(free):
        number, free = number + 1, f"{wanted}-{number}"
    return free


def _like(architecture: Architecture, parameters: int) -> ModelCard:
    """A card of nobody's, with the tiles and purpose of its relatives where there are some."""
    blank = ModelCard(
        id="",
        name="",
        architecture=architecture.name,
        purpose=Purpose.MIXED,
        weights_file="",
        licence=UNKNOWN_LICENCE,
    )
    family = [each for each in catalog.cards() if each.architecture == architecture.name]
    if not family:
        return blank
    same = [each for each in family if each.parameters == parameters]
    purposes = {each.purpose for each in same}
    nearest = (same or family)[0]
    return replace(
        blank,
        purpose=purposes.pop() if len(purposes) == 1 else Purpose.MIXED,
        tile=nearest.tile,
        halo=nearest.halo,
        overlap=nearest.overlap,
    )


def _try(path: Path, architecture: Architecture, state: dict[str, Tensor]) -> Trial:
    """Build the network and run it. Raises ForeignFileError when it gives no picture."""
    try:
        network = architecture.build(state).eval().requires_grad_(False)
    except (RuntimeError, KeyError, ValueError, IndexError) as error:
        detail = f"it is nearly a {architecture.name}, but not quite ({error})"
        raise ForeignFileError(path, " ".join(detail.split())) from error
    for multiple in _MULTIPLES:
        side = _side(multiple)
        picture = _gradient(side)
        working = list(_working(network, architecture, picture))
        if working:
            gmacs = _gmacs(network, picture, working[-1])
            return Trial(multiple, tuple(working), gmacs)
    raise ForeignFileError(path, f"its {architecture.name} gives no picture")


def _working(network: nn.Module, architecture: Architecture, picture: Tensor) -> Iterator[Quality]:
    for quality in _qualities_of(architecture):
        try:
            with torch.inference_mode():
                restored = network(picture, stages=quality.stages)
        except (RuntimeError, ValueError, IndexError, AssertionError):
            continue  # another size, or fewer stages than its relatives have
        if restored.shape == picture.shape and bool(torch.isfinite(restored).all()):
            yield quality


def _qualities_of(architecture: Architecture) -> tuple[Quality, ...]:
    relatives = (each for each in catalog.cards() if each.architecture == architecture.name)
    return next((each.qualities for each in relatives), _WHOLE)


def _gmacs(network: nn.Module, picture: Tensor, quality: Quality) -> float:
    """Multiplications for a megapixel, in thousands of millions."""
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(picture, stages=quality.stages)
    pixels = picture.shape[2] * picture.shape[3]
    operations: int = counter.get_total_flops()
    return float(f"{operations / 2 / pixels * 1e6 / 1e9:.4g}")


def _side(multiple: int) -> int:
    """The least odd multiple that is large enough: it is a multiple of nothing coarser."""
    times = -(-_LEAST_SIDE // multiple)
    return multiple * (times + 1 - times % 2)


def _gradient(side: int) -> Tensor:
    """A picture of soft colours, (1, 3, side, side)."""
    ramp = torch.linspace(0.2, 0.8, side)
    planes = [
        ramp.expand(side, side),
        ramp[:, None].expand(side, side),
        ramp.flip(0).expand(side, side),
    ]
    return torch.stack(planes)[None].contiguous()
