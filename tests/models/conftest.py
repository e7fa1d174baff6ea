"""A tiny MAXIM under the published names, and the yardstick network."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor, nn

from unblur_models.catalog import DEFAULT_MODEL_ID
from unblur_models.cost import gmacs_per_megapixel
from unblur_models.descriptor import ModelDescriptor
from unblur_models.loading import load_model

Checkpoint = dict[str, npt.NDArray[np.float32]]

TINY_SIDES = (4, 4, 2)
TINY_WIDTHS = (8, 16, 32)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def cost() -> Callable[..., tuple[int, float]]:
    """(network, channels of each input) to (parameters, billions of products a megapixel)."""

    def counted(network: nn.Module, *channels: int) -> tuple[int, float]:
        parameters = sum(each.numel() for each in network.parameters())
        return parameters, gmacs_per_megapixel(network, *channels)

    return counted


@pytest.fixture(scope="session")
def learnt() -> Callable[[nn.Module], dict[str, Tensor]]:
    """Parameters for a network: random, but as large as training leaves them."""

    def parameters(network: nn.Module) -> dict[str, Tensor]:
        random = torch.Generator().manual_seed(11)
        state = {}
        for name, value in network.state_dict().items():
            values = torch.randn(value.shape, generator=random)
            if "norm" in name or value.ndim not in (1, 4):
                state[name] = 0.3 * values + (0.0 if name.endswith("bias") else 1.0)
            else:
                state[name] = 0.5 * values / max(value[0].numel(), 2) ** 0.5
        return state

    return parameters


@pytest.fixture(scope="session")
def plain_maxim() -> Callable[[dict[str, Tensor], Tensor, int], Tensor]:
    """The network layer by layer as in the paper."""
    function: Callable[[dict[str, Tensor], Tensor, int], Tensor] = _module(
        "plain_maxim"
    ).plain_maxim
    return function


@pytest.fixture(scope="session")
def plain_srn() -> ModuleType:
    """SRN-DeblurNet as TensorFlow runs it, and tiny checkpoints of it."""
    return _module("plain_srn")


def _module(name: str) -> ModuleType:
    """A module beside this one."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def maxim() -> ModelDescriptor:
    """The default model with its real weights, loaded once."""
    return load_model(DEFAULT_MODEL_ID)


@pytest.fixture
def tiny_checkpoint() -> Checkpoint:
    """A two-stage MAXIM with random parameters, named and laid out as flax does."""
    return _Flax().checkpoint()


class _Flax:
    """Writes down the modules of MAXIM in the words of the published code."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(7)
        self._arrays: Checkpoint = {}

    def checkpoint(self) -> Checkpoint:
        scales = 0
        for stage in range(2):
            self._stage(f"stage_{stage}", is_first=stage == 0)
            for sources in ((0, 1, 2), (2, 1, 0)):
                for target in (2, 1, 0):
                    for source in sources:
                        inputs, outputs = TINY_WIDTHS[source], TINY_WIDTHS[target]
                        self._conv(f"UpSampleRatio_{scales}/Conv_0", inputs, outputs)
                        scales += 1
        return self._arrays

    def _stage(self, stage: str, *, is_first: bool) -> None:
        for i, (width, side) in enumerate(zip(TINY_WIDTHS, TINY_SIDES, strict=True)):
            below = TINY_WIDTHS[min(i + 1, 2)]
            encoder = f"{stage}_encoder_block_{i}"
            self._conv(f"{stage}_input_conv_{i}", 3, width, 3)
            self._conv(f"{encoder}/Conv_0", TINY_WIDTHS[max(i - 1, 0)] + width, width)
            self._conv(f"{encoder}/Conv_1", width, width, 4)
            self._group(encoder, width, side)
            if not is_first:
                self._crossing(f"{stage}_input_fuse_sam_{i}", width, width, side)
                self._crossing(f"{encoder}/cross_gating_block", width, width, side)
            self._crossing(f"{stage}_cross_gating_block_{i}", 3 * width, width, side)
            self._up(f"{stage}_cross_gating_block_{i}/ConvTranspose_0", below, width)
            decoder = f"{stage}_decoder_block_{i}"
            self._up(f"{decoder}/ConvTranspose_0", below, width)
            self._conv(f"{decoder}/UNetEncoderBlock_0/Conv_0", 4 * width, width)
            self._group(f"{decoder}/UNetEncoderBlock_0", width, side)
            if is_first:
                attention = f"{stage}_supervised_attention_module_{i}"
                self._conv(f"{attention}/Conv_0", width, width, 3)
                self._conv(f"{attention}/Conv_1", width, 3, 3)
                self._conv(f"{attention}/Conv_2", 3, width, 3)
        if not is_first:
            self._conv(f"{stage}_output_conv_0", TINY_WIDTHS[0], 3, 3)
        self._bottleneck(f"{stage}_global_block_0", TINY_WIDTHS[2], TINY_SIDES[2])

    def _group(self, name: str, width: int, side: int) -> None:
        self._gmlp(f"{name}/SplitHeadMultiAxisGmlpLayer_0", width, side)
        self._norm(f"{name}/channel_attention_block_10/LayerNorm", width)
        self._conv(f"{name}/channel_attention_block_10/conv1", width, width, 3)
        self._conv(f"{name}/channel_attention_block_10/conv2", width, width, 3)
        self._squeeze(f"{name}/channel_attention_block_10/channel_attention", width)

    def _bottleneck(self, name: str, width: int, side: int) -> None:
        self._conv(f"{name}/input_proj", width, width)
        self._gmlp(f"{name}/SplitHeadMultiAxisGmlpLayer_0", width, side)
        self._norm(f"{name}/channel_attention_block_1_0/LayerNorm", width)
        self._dense(f"{name}/channel_attention_block_1_0/channel_mixing/Dense_0", width, width)
        self._dense(f"{name}/channel_attention_block_1_0/channel_mixing/Dense_1", width, width)
        self._squeeze(f"{name}/channel_attention_block_1_0/channel_attention", width)

    def _gmlp(self, name: str, width: int, side: int) -> None:
        self._norm(f"{name}/LayerNorm_in", width)
        self._dense(f"{name}/in_project", width, 2 * width)
        self._dense(f"{name}/out_project", 2 * width, width)
        for axis in ("Grid", "Block"):
            branch = f"{name}/{axis}GmlpLayer"
            self._norm(f"{branch}/LayerNorm", width)
            self._dense(f"{branch}/in_project", width, 2 * width)
            self._norm(f"{branch}/{axis}GatingUnit/intermediate_layernorm", width)
            self._dense(f"{branch}/{axis}GatingUnit/Dense_0", side**2, side**2)
            self._dense(f"{branch}/out_project", width, width)

    def _crossing(self, name: str, inputs: int, width: int, side: int) -> None:
        self._conv(f"{name}/Conv_0", inputs, width)
        self._conv(f"{name}/Conv_1", width, width)
        for signal in ("x", "y"):
            gate = f"{name}/SplitHeadMultiAxisGating_{signal}"
            self._norm(f"{name}/LayerNorm_{signal}", width)
            self._dense(f"{name}/in_project_{signal}", width, width)
            self._dense(f"{name}/out_project_{signal}", width, width)
            self._norm(f"{gate}/LayerNorm_in", width)
            self._dense(f"{gate}/in_project", width, 2 * width)
            self._dense(f"{gate}/Dense_0", side**2, side**2)
            self._dense(f"{gate}/Dense_1", side**2, side**2)
            self._dense(f"{gate}/out_project", 2 * width, width)

    def _squeeze(self, name: str, width: int) -> None:
        self._conv(f"{name}/Conv_0", width, width // 4)
        self._conv(f"{name}/Conv_1", width // 4, width)

    def _conv(self, name: str, inputs: int, outputs: int, side: int = 1) -> None:
        self._put(f"{name}/kernel", side, side, inputs, outputs)
        self._put(f"{name}/bias", outputs)

    def _up(self, name: str, inputs: int, outputs: int) -> None:
        self._put(f"{name}/kernel", 2, 2, outputs, inputs)
        self._put(f"{name}/bias", outputs)

    def _dense(self, name: str, inputs: int, outputs: int) -> None:
        self._put(f"{name}/kernel", inputs, outputs)
        self._put(f"{name}/bias", outputs)

    def _norm(self, name: str, width: int) -> None:
        self._put(f"{name}/scale", width)
        self._put(f"{name}/bias", width)

    def _put(self, name: str, *shape: int) -> None:
        spread = 0.5 / np.sqrt(max(1, np.prod(shape[:-1]))) if len(shape) > 1 else 0.3
        values = self._random.normal(0, spread, shape)
        if name.endswith("/scale"):
            values += 1
        self._arrays[name] = values.astype(np.float32)
