"""Models that a person brings along: recognised, tried, copied, and given a card.

Parameters are copied as safetensors, so that they are read without a pickle from then on, and
their SHA-256 goes into the card. Before that the network is built and run once: what a card
says about the sizes of inputs and the cost is what that run showed. ONNX files stay as they are.
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

from unblur_models import catalog, onnx_network
from unblur_models.card import CUSTOM, ModelCard, Purpose, Quality
from unblur_models.cost import gmacs_per_megapixel, suitable_tile
from unblur_models.errors import (
    ForeignFileError,
    OnnxRuntimeMissingError,
    ParametersDifferError,
    UnsuitableNetworkError,
    WrongArchitectureError,
)
from unblur_models.foreign import read_foreign
from unblur_models.registry import architecture_of
from unblur_models.stock import write_card, write_whole

UNKNOWN_LICENCE = "unknown"

_MULTIPLES = (1, 2, 4, 8, 16, 32, 64, 128)
_LEAST_SIDE = 64  # below it some networks reflect more than there is
_LARGEST_CHANGE = 0.25  # of the mean: a network that thinks in 0 to 255 misses by far more
_WHOLE = (Quality("good", "Good", "The whole network."),)


@dataclass(frozen=True, slots=True)
class Trial:
    """What running a network once has shown."""

    size_multiple: int
    qualities: tuple[Quality, ...]
    gmacs_per_megapixel: float
    tile: int


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a file holds: the network, and the bytes that are kept of it."""

    path: Path
    architecture: str
    network: nn.Module
    data: bytes
    suffix: str
    parameters: int

    @property
    def digest(self) -> str:
        """The SHA-256 of what is kept."""
        return hashlib.sha256(self.data).hexdigest()


def add_file(
    path: Path, folder: Path, *, name: str = "", purpose: Purpose | None = None
) -> ModelCard:
    """Make the file at `path` a model of its own in `folder`; its card comes back.

    The id is custom-NAME, from the file's name unless `name` is given. The same parameters
    added again are the same model. Raises ForeignFileError, UnsafePickleError,
    UnknownArchitectureError, ParametersDifferError and WeightsUnwritableError.
    """
    brought = _read(path)
    digest = brought.digest
    present = next((each for each in catalog.available() if each.sha256 == digest), None)
    if present is not None:
        return present
    trial = _try(brought)
    model_id = _free_id(name or path.stem)
    like = _like(brought, trial.tile)
    card = replace(
        like,
        id=model_id,
        family=CUSTOM,
        variant=model_id.removeprefix(f"{CUSTOM}-"),
        name=name or path.stem,
        summary=f"{brought.architecture}, added from a file of yours.",
        purpose=purpose or like.purpose,
        weights_file=f"{model_id}{brought.suffix}",
        weights_bytes=len(brought.data),
        sha256=digest,
        source=_source(path),
        parameters=brought.parameters,
        gmacs_per_megapixel=trial.gmacs_per_megapixel,
        size_multiple=trial.size_multiple,
        tile=-(-like.tile // trial.size_multiple) * trial.size_multiple,
        qualities=trial.qualities,
    )
    return _keep(card, brought.data, folder)


def add_weights(path: Path, known: ModelCard, folder: Path) -> ModelCard:
    """Take the file at `path` as the missing weights of `known`, whose completed card comes back.

    Raises what `add_file` does, and WrongArchitectureError when it is another network.
    """
    brought = _read(path)
    if brought.architecture != known.architecture:
        raise WrongArchitectureError(known.id, known.architecture, brought.architecture)
    if known.parameters and brought.parameters != known.parameters:
        difference = f"there are {brought.parameters} parameters instead of {known.parameters}"
        raise ParametersDifferError(brought.architecture, [difference])
    _try(brought)
    card = replace(
        known,
        weights_bytes=len(brought.data),
        sha256=brought.digest,
        source=_source(path),
    )
    return _keep(card, brought.data, folder)


def _read(path: Path) -> _Brought:
    """Raises ForeignFileError and the errors of the zoo for what is no network of it."""
    if path.suffix.lower() == ".onnx":
        try:
            data = path.read_bytes()
            graph = onnx_network.OnnxNetwork(data)
        except OSError as error:
            raise ForeignFileError(path, error.strerror or str(error)) from error
        except (OnnxRuntimeMissingError, UnsuitableNetworkError) as error:
            raise ForeignFileError(path, str(error)) from error
        return _Brought(path, onnx_network.NAME, graph.eval(), data, ".onnx", 0)
    state = read_foreign(path)
    try:
        architecture = architecture_of(state)
    except UnsuitableNetworkError as error:
        raise ForeignFileError(path, str(error)) from error
    try:
        network = architecture.build(state).eval().requires_grad_(False)
    except (RuntimeError, KeyError, ValueError, IndexError) as error:
        detail = f"it is nearly a {architecture.name}, but not quite ({error})"
        raise ForeignFileError(path, " ".join(detail.split())) from error
    parameters = sum(value.numel() for value in state.values())
    data = _packed(state)
    return _Brought(path, architecture.name, network, data, ".safetensors", parameters)


def _keep(card: ModelCard, data: bytes, folder: Path) -> ModelCard:
    # The weights first: a card without weights would be a promise.
    write_whole(folder / card.weights_file, data)
    write_card(card, folder)
    catalog.refresh()
    return card


def _packed(state: dict[str, Tensor]) -> bytes:
    """The parameters as a safetensors file."""
    # Sorted and each with memory of its own: the same parameters are the same file.
    data: bytes = save({name: state[name].clone().contiguous() for name in sorted(state)})
    return data


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


def _like(brought: _Brought, tile: int) -> ModelCard:
    """A card of nobody's, with the tiles and purpose of its relatives where there are some."""
    blank = ModelCard(
        id="",
        name="",
        architecture=brought.architecture,
        purpose=Purpose.MIXED,
        weights_file="",
        licence=UNKNOWN_LICENCE,
        tile=tile,
    )
    family = _relatives(brought)
    if not family:
        return blank
    nearest = [each for each in family if each.parameters == brought.parameters] or family
    purposes = {each.purpose for each in nearest}
    return replace(
        blank,
        purpose=purposes.pop() if len(purposes) == 1 else Purpose.MIXED,
        tile=nearest[0].tile,
        halo=nearest[0].halo,
        overlap=nearest[0].overlap,
        far_halo=nearest[0].far_halo,
    )


def _relatives(brought: _Brought) -> list[ModelCard]:
    """The zoo's own models of the same network."""
    same = (each for each in catalog.cards() if each.architecture == brought.architecture)
    return [each for each in same if not each.is_custom]


def _try(brought: _Brought) -> Trial:
    """Run the network. Raises ForeignFileError when it gives no picture."""
    for multiple in _MULTIPLES:
        side = _side(multiple)
        working = tuple(_working(brought, _gradient(side)))
        if working:
            gmacs = _gmacs(brought, side, working[-1])
            tile = suitable_tile(brought.network, gmacs, 3, side=side)
            return Trial(multiple, working, gmacs, tile)
    detail = f"its {brought.architecture} makes no picture of a picture of values from 0 to 1"
    raise ForeignFileError(brought.path, detail)


def _working(brought: _Brought, picture: Tensor) -> Iterator[Quality]:
    """The qualities in which the network restores a picture of soft colours, as it has to."""
    relatives = _relatives(brought)
    for quality in relatives[0].qualities if relatives else _WHOLE:
        try:
            with torch.inference_mode():
                restored = brought.network(picture, stages=quality.stages)
        except (RuntimeError, ValueError, IndexError, AssertionError):
            continue  # another size, or fewer stages than its relatives have
        if restored.shape != picture.shape or not bool(torch.isfinite(restored).all()):
            continue
        if (restored - picture).abs().mean() < _LARGEST_CHANGE:
            yield quality


def _gmacs(brought: _Brought, side: int, quality: Quality) -> float:
    """What the finest quality costs a megapixel; 0 where it cannot be counted."""
    if brought.architecture == onnx_network.NAME:
        return 0.0
    counted = gmacs_per_megapixel(brought.network, 3, side=side, stages=quality.stages)
    return float(f"{counted:.4g}")


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
