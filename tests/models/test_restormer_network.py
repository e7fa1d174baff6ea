from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from unblur_models.catalog import card
from unblur_models.errors import ParametersDifferError
from unblur_models.restormer.blocks import ChannelAttention, ChannelScale
from unblur_models.restormer.layout import Hyperparameters
from unblur_models.restormer.network import Restormer

Learnt = Callable[[nn.Module], dict[str, Tensor]]

TINY = Hyperparameters(
    dim=8,
    blocks=(1, 1, 1, 1),
    refinement=1,
    heads=(1, 2, 2, 4),
    hidden=(21, 42, 85, 170),
    has_bias=False,
    norm_shifts=True,
)


def test_the_published_network_has_the_published_size(
    cost: Callable[..., tuple[int, float]],
) -> None:
    hidden = tuple(int(width * 2.66) for width in (48, 96, 192, 384))
    shape = Hyperparameters(48, (4, 6, 6, 8), 4, (1, 2, 4, 8), hidden, False, True)
    with torch.device("meta"):
        network = Restormer(shape=shape)
    parameters, a_megapixel = cost(network, 3)
    assert parameters / 1e6 == pytest.approx(26.13, abs=0.005)
    facts = card("restormer-base.gopro")
    assert (facts.parameters, facts.size_multiple) == (parameters, shape.size_multiple)
    assert facts.gmacs_per_megapixel == pytest.approx(a_megapixel, rel=1e-3)
    # The paper counts 140 for the convolutions; the likeness of channels comes on top.
    assert 140 < a_megapixel * 256**2 / 1e6 < 150


def test_a_missing_tensor_is_named(learnt: Learnt) -> None:
    state = learnt(Restormer(shape=TINY))
    del state["latent.0.attn.qkv.weight"]
    with pytest.raises(ParametersDifferError, match=r"latent\.0\.attn\.qkv\.weight is missing"):
        Restormer.from_state_dict(state)


def test_a_missing_level_is_named(learnt: Learnt) -> None:
    state = learnt(Restormer(shape=TINY))
    short = {name: each for name, each in state.items() if not name.startswith("latent.")}
    with pytest.raises(ParametersDifferError, match=r"latent\.0\.attn\.temperature is missing"):
        Restormer.from_state_dict(short)


def test_heads_that_do_not_fit_are_named(learnt: Learnt) -> None:
    state = learnt(Restormer(shape=TINY))
    state["decoder_level2.0.attn.temperature"] = torch.ones(3, 1, 1)
    expected = r"heads=\(1, 2, 2, 4\).*level2\.0\.attn\.temperature is \(3, 1, 1\), expected \(2,"
    with pytest.raises(ParametersDifferError, match=expected):
        Restormer.from_state_dict(state)


def test_a_network_for_dual_pixels_is_refused_with_the_reason(learnt: Learnt) -> None:
    state = {**learnt(Restormer(shape=TINY)), "patch_embed.proj.weight": torch.zeros(8, 6, 3, 3)}
    with pytest.raises(ParametersDifferError, match=r"sees 6 channels .*dual-pixel"):
        Restormer.from_state_dict(state)


def test_channels_attend_as_the_paper_says(learnt: Learnt) -> None:
    attention = ChannelAttention(8, heads=2, has_bias=True)
    attention.load_state_dict(learnt(attention))
    features = torch.rand(2, 8, 5, 7, generator=torch.Generator().manual_seed(2))
    queries, keys, values = (
        each.reshape(2, 2, 4, 35)
        for each in attention.qkv_dwconv(attention.qkv(features)).chunk(3, 1)
    )
    queries, keys = (nn.functional.normalize(each, dim=-1) for each in (queries, keys))
    likeness = (queries @ keys.transpose(2, 3) * attention.temperature).softmax(-1)
    expected = attention.project_out((likeness @ values).reshape(2, 8, 5, 7))
    torch.testing.assert_close(attention(features), expected, rtol=1e-5, atol=1e-6)


def test_channels_that_are_zero_everywhere_are_alike_to_none(learnt: Learnt) -> None:
    attention = ChannelAttention(8, heads=2, has_bias=False)
    attention.load_state_dict(learnt(attention))
    assert torch.equal(attention(torch.zeros(1, 8, 4, 4)), torch.zeros(1, 8, 4, 4))


def test_the_norm_without_shifts_keeps_the_mean() -> None:
    features = torch.rand(1, 6, 2, 3, generator=torch.Generator().manual_seed(2)) + 2
    normed = ChannelScale(6)(features)
    assert torch.allclose(normed.std(1, correction=0), torch.ones(1, 2, 3), atol=1e-3)
    assert torch.allclose(normed / normed[:, :1], features / features[:, :1])
