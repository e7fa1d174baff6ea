from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from unblur_models.catalog import card
from unblur_models.errors import ParametersDifferError
from unblur_models.fftformer.blocks import FilteringNetwork
from unblur_models.fftformer.layout import Hyperparameters
from unblur_models.fftformer.network import FftFormer
from unblur_models.fftformer.spectrum import Spectrum

Learnt = Callable[[nn.Module], dict[str, Tensor]]

TINY = Hyperparameters(
    dim=4,
    blocks=(1, 1, 1),
    refinement=1,
    hidden=(12, 24, 48),
    fused=(21, 42),
    side=8,
    has_bias=False,
)


def randoms(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(5))


def test_the_published_network_has_the_published_size(
    cost: Callable[..., tuple[int, float]],
) -> None:
    shape = Hyperparameters(48, (6, 6, 12), 4, (144, 288, 576), (255, 510), 8, False)
    with torch.device("meta"):
        network = FftFormer(shape=shape)
    parameters, a_megapixel = cost(network, 3)
    assert parameters / 1e6 == pytest.approx(16.6, abs=0.05)
    facts = card("fftformer-base.gopro")
    assert (facts.parameters, facts.size_multiple) == (parameters, shape.size_multiple)
    assert facts.gmacs_per_megapixel == pytest.approx(a_megapixel, rel=1e-3)
    # The paper counts 131.45 for the layers and nothing for the transforms.
    assert 131 < a_megapixel * 256**2 / 1e6 < 200


def test_a_missing_tensor_is_named(learnt: Learnt) -> None:
    state = learnt(FftFormer(shape=TINY))
    del state["fuse2.conv.bias"]
    with pytest.raises(ParametersDifferError, match=r"fuse2\.conv\.bias is missing"):
        FftFormer.from_state_dict(state)


def test_a_filter_of_another_patch_is_named(learnt: Learnt) -> None:
    state = learnt(FftFormer(shape=TINY))
    state["refinement.0.ffn.fft"] = torch.ones(24, 1, 1, 4, 3)
    with pytest.raises(ParametersDifferError, match=r"side=8.*refinement\.0\.ffn\.fft is \(24, 1"):
        FftFormer.from_state_dict(state)


@pytest.mark.parametrize("side", [2, 3, 4, 7, 8])
def test_the_basis_is_orthonormal(side: int) -> None:
    basis = Spectrum(side).basis
    torch.testing.assert_close(basis @ basis.T, torch.eye(side**2), rtol=0, atol=1e-6)


@pytest.mark.parametrize("side", [4, 5, 8])
def test_weights_filter_as_those_of_a_complex_spectrum_do(side: int) -> None:
    spectrum = Spectrum(side)
    patches = randoms(3, side, side, 2)
    published = randoms(2, 1, 1, side, side // 2 + 1)
    complex_weights = published[:, 0, 0].permute(1, 2, 0)
    expected = torch.fft.irfft2(
        torch.fft.rfft2(patches, dim=(1, 2)) * complex_weights, s=(side, side), dim=(1, 2)
    )
    spectra = spectrum.spectra(patches.flatten(1, 2)) * spectrum.weights(published)
    torch.testing.assert_close(spectrum.inverse(spectra), expected.flatten(1, 2))


@pytest.mark.parametrize("side", [4, 5, 8])
def test_products_of_spectra_are_circular_convolutions(side: int) -> None:
    first, second = randoms(2, 3, side, side, 2)
    expected = torch.zeros_like(first)
    for row in range(side):
        for column in range(side):
            shifted = second.roll((row, column), (1, 2))
            expected += first[:, row, column, None, None] * shifted
    found = Spectrum(side).convolved(first.flatten(1, 2), second.flatten(1, 2))
    torch.testing.assert_close(found, expected.flatten(1, 2), rtol=1e-5, atol=1e-5)


def test_patches_become_the_picture_again() -> None:
    spectrum, picture = Spectrum(4), randoms(2, 3, 8, 12)
    patches = spectrum.patches(picture)
    assert patches.shape == (12, 16, 3)
    assert torch.equal(patches[1, :4], picture[0, :, 0, 4:8].T)
    assert torch.equal(spectrum.pictures(patches, 8, 12), picture)


def test_filtering_before_the_first_layer_is_filtering_after_it(learnt: Learnt) -> None:
    network = FilteringNetwork(4, 6, Spectrum(8), has_bias=True)
    network.load_state_dict(learnt(network))
    features = randoms(1, 4, 16, 8)
    patches = network.project_in(features).view(1, 12, 2, 8, 1, 8).transpose(3, 4)
    spectra = torch.fft.rfft2(patches) * network.fft[None, :, 0, 0][:, :, None, None]
    filtered = torch.fft.irfft2(spectra, s=(8, 8)).transpose(3, 4).reshape(1, 12, 16, 8)
    gate, passing = network.dwconv(filtered).chunk(2, 1)
    expected = network.project_out(nn.functional.gelu(gate) * passing)
    torch.testing.assert_close(network(features), expected, rtol=1e-5, atol=1e-5)
