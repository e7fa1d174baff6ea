"""What holds for every family of networks, whatever their hyper-parameters.

Their parameters alone make them again; parameters that contradict one another are named; and
photos of any size go through them, by the zoo's own call and by the engine.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load, save
from tests.models.families import NETWORKS, SHAPES, Learnt, State, state_of
from torch import Tensor, nn

from unblur.document.geometry import Rect
from unblur.document.grid import LayerKey
from unblur.engine.blending import RestoredTiles
from unblur.engine.device import Device
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur_models.card import ModelCard, Purpose, Quality
from unblur_models.compact import layout as compact
from unblur_models.compact.network import Compact
from unblur_models.descriptor import ModelDescriptor
from unblur_models.errors import ParametersDifferError, UnknownArchitectureError
from unblur_models.human.network import HumanAware
from unblur_models.loading import load_model
from unblur_models.registry import ARCHITECTURES, architecture_of

Pixels = NDArray[np.uint8]

EACH = [pytest.param(name, shape, id=str(shape)) for name in SHAPES for shape in SHAPES[name]]
SMALL = [(1, 1), (1, 7), (37, 3), (31, 33)]  # width, height
UNKNOWN = "no family of the zoo"
LOOKED_AT = 16  # parameters of a network that are changed, one by one
EMBEDDED = ["maxim-3s.gopro", "srn-color.gopro"]


def card_of(architecture: str, multiple: int, stages: int = 1) -> ModelCard:
    return ModelCard(
        id="tiny",
        name="",
        architecture=architecture,
        purpose=Purpose.MOTION,
        weights_file="",
        licence="",
        size_multiple=multiple,
        tile=96 // multiple * multiple,
        halo=8,
        overlap=4,
        qualities=(Quality("good", "", "", stages),),
    )


def read_from(network: nn.Module) -> Any:
    return getattr(network, "shape", None) or network.hyper


def photo(width: int, height: int) -> Pixels:
    """Soft colours and a little noise."""
    down, right = np.mgrid[:height, :width]
    waves = np.stack([np.sin(right / 9), np.sin(down / 7), np.sin((right + down) / 11)], 2)
    grain = np.random.default_rng(4).normal(0, 6, (height, width, 3))
    return np.rint(128 + 60 * waves + grain).clip(0, 255).astype(np.uint8)


def test_no_family_is_forgotten() -> None:
    assert [each.name for each in ARCHITECTURES if each.name not in SHAPES] == []
    assert len(SHAPES) == len(ARCHITECTURES)


@pytest.mark.parametrize(("name", "shape"), EACH)
def test_the_parameters_alone_make_the_same_network_again(
    name: str, shape: Any, learnt: Learnt
) -> None:
    state = state_of(name, shape, learnt)
    stored = load(save(state))
    architecture = architecture_of(stored)
    assert architecture.name == name
    again = architecture.build(stored).eval()
    found = asdict(read_from(again))
    differing = {key: (v, found[key]) for key, v in asdict(shape).items() if found[key] != v}
    assert not differing, "(written, read) by hyper-parameter"
    if name in NETWORKS:
        network = NETWORKS[name](shape).eval()
        network.load_state_dict(state)
        picture = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(3))
        with torch.inference_mode():
            expected = network(picture)
            torch.testing.assert_close(again(picture), expected, rtol=1e-4, atol=1e-5)
        assert (expected - picture).abs().max() > 1e-3, "the network should do something"


@pytest.mark.parametrize(("name", "shape"), [(name, SHAPES[name][0]) for name in SHAPES])
def test_every_parameter_that_is_missing_is_named(name: str, shape: Any, learnt: Learnt) -> None:
    state = state_of(name, shape, learnt)
    marks = []
    for parameter in looked_at(state):
        said = complaint({key: value for key, value in state.items() if key != parameter})
        if said == UNKNOWN:
            marks.append(parameter)
        else:
            assert f"{parameter} is missing" in said
    assert len(marks) <= 4, "a family is known by few names, so that the others can be missed"


@pytest.mark.parametrize(("name", "shape"), [(name, SHAPES[name][0]) for name in SHAPES])
def test_every_parameter_that_contradicts_the_others_is_named(
    name: str, shape: Any, learnt: Learnt
) -> None:
    """Or the hyper-parameter is that is read from it, beside those that it does not fit."""
    state = state_of(name, shape, learnt)
    unchanged = str(read_from(architecture_of(state).build(state)))
    for parameter in looked_at(state):
        for axis in range(state[parameter].ndim):
            dimensions = list(state[parameter].shape)
            dimensions[axis] += 1
            said = complaint({**state, parameter: torch.zeros(dimensions)})
            assert parameter in said or ("Hyperparameters" in said and unchanged not in said), (
                f"{parameter} of {dimensions}: {said}"
            )


@pytest.mark.parametrize(("name", "shape"), [(name, SHAPES[name][0]) for name in SHAPES])
def test_parameters_without_dimensions_or_values_are_no_crash(
    name: str, shape: Any, learnt: Learnt
) -> None:
    state = state_of(name, shape, learnt)
    for parameter in looked_at(state):
        for strange in (torch.tensor(0.5), torch.zeros(0)):
            assert parameter in complaint({**state, parameter: strange})


def looked_at(state: State) -> list[str]:
    """All parameters, or of very many some that are spread over the network."""
    names = list(state)
    return names[:: max(1, len(names) // LOOKED_AT)]


def complaint(state: State) -> str:
    """What is said of parameters that do not fit; nothing where they do."""
    try:
        architecture_of(state).build(state)
    except ParametersDifferError as error:
        return "; ".join((str(error), *error.differences))
    except UnknownArchitectureError:
        return UNKNOWN
    return ""


@dataclass(frozen=True)
class OneModel:
    """A provider of one model."""

    model: ModelDescriptor

    def get(self, model_id: str, device: Device) -> ModelDescriptor:
        return self.model


def by_the_engine(model: ModelDescriptor, pixels: Pixels, quality: str) -> NDArray[np.uint16]:
    whole = Rect(0, 0, pixels.shape[1], pixels.shape[0])
    grid = plan_grid(whole, whole.size, policy_for(model.card), 1)
    key = LayerKey(model.card.id, quality, grid)
    layer = RestoredTiles(key)
    each = RestorePass(key, tuple(tiles_for_mask(grid, None, whole)), "region")
    assert (len(each.indices) > 1) is (whole.width > model.card.tile)
    for tile in run(InferenceRequest(1, pixels, (each,), device="cpu"), OneModel(model)):
        layer.put(tile.index, tile.pixels)
    return layer.read(whole)[0]


class Tamed(nn.Module):
    """A network with random parameters that changes a picture little, as one that has learnt.

    The engine keeps the photo where a network gives no picture, which random ones rarely do.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Tensor, *mask: Tensor, stages: int) -> Tensor:
        change: Tensor = self.network(batch, *mask, stages=stages) - batch
        return batch + 0.05 * change.tanh()


@pytest.fixture(params=SHAPES)
def model(request: pytest.FixtureRequest, learnt: Learnt) -> ModelDescriptor:
    """A small network of the family, behind a card."""
    name, shape = request.param, SHAPES[request.param][0]
    state = state_of(name, shape, learnt)
    architecture = architecture_of(state)
    card = card_of(name, shape.size_multiple, getattr(shape, "stages", 1))
    network = Tamed(architecture.build(state)).eval().requires_grad_(False)
    return ModelDescriptor(card, network, torch.device("cpu"), takes_mask=architecture.takes_mask)


@pytest.mark.parametrize("size", [*SMALL, (300, 37)], ids=str)
def test_a_photo_of_any_size_is_restored(model: ModelDescriptor, size: tuple[int, int]) -> None:
    require_restored(model, photo(*size), "good")


@pytest.mark.parametrize("model_id", EMBEDDED)
@pytest.mark.parametrize("size", [*SMALL, (1100, 37)], ids=str)
def test_an_embedded_model_restores_a_photo_of_any_size(
    model_id: str, size: tuple[int, int], embedded: dict[str, ModelDescriptor]
) -> None:
    """A soft one, in which there is little to restore: what is far from it would be a fault."""
    model, pixels = embedded[model_id], soft_photo(*size)
    quality = model.card.qualities[0].id
    for restored in (
        model.restore(pixels, quality) / 255,
        by_the_engine(model, pixels, quality) / 65535,
    ):
        assert restored.shape == pixels.shape
        assert np.abs(restored - pixels / 255).mean() < 0.04


def soft_photo(width: int, height: int) -> Pixels:
    """Three colours that change slowly."""
    down, right = np.mgrid[:height, :width]
    waves = np.stack([np.sin(right / 90), np.sin(down / 70), np.sin((right + down) / 110)], 2)
    return np.rint(128 + 50 * waves).astype(np.uint8)


def require_restored(model: ModelDescriptor, pixels: Pixels, quality: str) -> None:
    restored = model.restore(pixels, quality)
    assert restored.shape == pixels.shape
    assert restored.dtype == np.uint8
    assert (restored != pixels).any(), "the network should do something"
    tiled = by_the_engine(model, pixels, quality)
    assert tiled.shape == pixels.shape
    assert (tiled.astype(int) // 257 != pixels).any()


@pytest.fixture(scope="module")
def embedded() -> dict[str, ModelDescriptor]:
    return {each: load_model(each) for each in EMBEDDED}


def test_a_photo_keeps_its_depth(model: ModelDescriptor) -> None:
    bytes_ = photo(40, 24)
    floats = bytes_.astype(np.float32) / 255
    words = bytes_.astype(np.uint16) * 257
    exact = model.restore(floats, "good")
    assert exact.dtype == np.float32
    assert exact.min() >= 0
    assert exact.max() <= 1
    for pixels, white in ((bytes_, 255), (words, 65535)):
        restored = model.restore(pixels, "good")
        assert restored.dtype == pixels.dtype
        assert np.abs(restored / white - exact).max() <= 0.51 / white + 1e-5


def test_a_photo_in_several_sizes_is_the_same_where_nothing_is_reflected() -> None:
    """Padding adds below and on the right: what is far from there does not change."""
    torch.manual_seed(1)
    network = Compact(shape=compact.Hyperparameters(width=4, near=(1,), far=(1,)))
    nn.init.normal_(network.compact.tail.weight)
    model = ModelDescriptor(card_of("compact network", 32), network.eval(), torch.device("cpu"))
    pixels = photo(96, 96)
    cuts = [model.restore(pixels[:side, :side], "good") for side in (64, 65, 80, 96)]
    for smaller, larger in pairwise(cuts):
        assert np.array_equal(smaller[:40, :40], larger[:40, :40])


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((4, 4), np.uint8), r"\(H, W, 3\)"),
        (np.zeros((4, 4, 4), np.uint8), r"\(N, 3, H, W\)"),
        (np.zeros((0, 4, 3), np.uint8), r"\(N, 3, H, W\)"),
        (np.zeros((4, 4, 3), np.float64), "not float64"),
    ],
)
def test_what_is_no_photo_is_refused(pixels: Any, message: str) -> None:
    model = ModelDescriptor(card_of("", 8), nn.Identity(), torch.device("cpu"))
    with pytest.raises(ValueError, match=message):
        model.restore(pixels, "good")


def test_a_person_is_marked_in_the_photos_own_size(learnt: Learnt) -> None:
    shape = SHAPES["human-aware network"][0]
    network = HumanAware(shape=shape)
    network.load_state_dict(learnt(network))
    card = card_of("human-aware network", shape.size_multiple)
    model = ModelDescriptor(card, network.eval(), torch.device("cpu"), takes_mask=True)
    pixels = photo(37, 21)
    everywhere = np.ones((21, 37), np.float32)
    nobody = model.restore(pixels, "good")
    assert np.array_equal(model.restore(pixels, "good", 0 * everywhere), nobody)
    assert not np.array_equal(model.restore(pixels, "good", everywhere), nobody)
    with pytest.raises(ValueError, match="does not fit"):
        model.restore(pixels, "good", everywhere[:5])
    with pytest.raises(ValueError, match="takes no mask"):
        ModelDescriptor(card, nn.Identity(), model.device).restore(pixels, "good", everywhere)
