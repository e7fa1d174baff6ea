"""Our networks against those of spandrel, which are the authors' own, with the same parameters.

spandrel is no dependency: it asks for torchvision, which would bring another torch. To run
these tests, bring it without what it asks for:

    pip install --no-deps --target FOLDER spandrel spandrel_extra_arches einops
    PYTHONPATH=FOLDER pytest tests/models/test_reference_networks.py

The little of torchvision that spandrel imports belongs to networks that are not compared, so
names without contents stand in for it. Restormer is in spandrel_extra_arches, whose networks
have licences for research alone: it is compared with, and nothing of it is used.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from unblur_models.catalog import look_in
from unblur_models.custom import add_file
from unblur_models.fftformer import layout as fftformer
from unblur_models.fftformer.network import FftFormer
from unblur_models.loading import load_model
from unblur_models.nafnet import layout as nafnet
from unblur_models.nafnet.network import NafNet
from unblur_models.restormer import layout as restormer
from unblur_models.restormer.network import Restormer

Learnt = Callable[[nn.Module], dict[str, Tensor]]
Reference = Callable[[dict[str, Tensor]], nn.Module]

NEEDED = ("spandrel", "spandrel_extra_arches", "einops")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"no {', '.join(MISSING)} to compare with; see the top of the file"
)

HIDDEN = (127, 255, 510, 1021)
NETWORKS: dict[str, Callable[[], Any]] = {
    "NAFNet": lambda: NafNet(shape=nafnet.Hyperparameters(16, (1, 2, 1), 2, (1, 2, 1))),
    "NAFNet as published": lambda: NafNet(
        shape=nafnet.Hyperparameters(32, (1, 1, 1, 28), 1, (1, 1, 1, 1))
    ),
    "Restormer": lambda: Restormer(
        shape=restormer.Hyperparameters(48, (1, 2, 1, 1), 1, (1, 2, 4, 8), HIDDEN, False, True)
    ),
    "Restormer with biases and plain norms": lambda: Restormer(
        shape=restormer.Hyperparameters(48, (1, 1, 1, 1), 1, (1, 2, 4, 8), HIDDEN, True, False)
    ),
    "FFTformer": lambda: FftFormer(
        shape=fftformer.Hyperparameters(16, (1, 2, 1), 1, (48, 96, 192), (85, 170), 8, False)
    ),
}


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    """Builds spandrel's network for some parameters, which must fit it to the last name."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other people's code
        for name, module in _torchvision().items():
            patch.setitem(sys.modules, name, module)
        spandrel = importlib.import_module("spandrel")
        importlib.import_module("spandrel_extra_arches").install(ignore_duplicates=True)

        def build(state: dict[str, Tensor]) -> nn.Module:
            network: nn.Module = spandrel.ModelLoader().load_from_state_dict(state).model
            return network

        yield build


def _torchvision() -> dict[str, ModuleType]:
    names = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional")
    modules = {name: ModuleType(name) for name in names}
    for name in ("InterpolationMode", "normalize", "rotate"):
        setattr(modules[names[-1]], name, None)
    return modules


@pytest.mark.parametrize("name", NETWORKS)
def test_the_published_code_gives_the_same_picture(
    name: str, learnt: Learnt, reference: Reference
) -> None:
    network = NETWORKS[name]()
    state = learnt(network)
    picture = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(9))
    ours = type(network).from_state_dict(state).eval()
    with torch.inference_mode():
        expected, found = reference(state).eval()(picture), ours(picture)
    assert (found - picture).abs().max() > 0.05, "the networks should do something"
    assert (found - expected).abs().max() < 1e-5


def test_a_network_that_only_spandrel_knows_becomes_a_model(
    reference: Reference, tmp_path: Path
) -> None:
    from spandrel.architectures.DnCNN import DnCNN

    torch.manual_seed(4)
    network = DnCNN(in_nc=3, out_nc=3, nc=8, nb=17, act_mode="R")
    torch.save(network.state_dict(), tmp_path / "denoiser.pth")
    look_in(tmp_path / "models")
    try:
        added = add_file(tmp_path / "denoiser.pth", tmp_path / "models")
        picture = torch.rand(1, 3, 64, 96)
        with torch.inference_mode():
            expected = reference(network.state_dict()).eval()(picture).clamp(0, 1)
        restored = load_model(added.id)(picture, added.qualities[0].id)
    finally:
        look_in()
    assert added.architecture == "spandrel DnCNN"
    assert (restored - expected).abs().max() < 1e-5
