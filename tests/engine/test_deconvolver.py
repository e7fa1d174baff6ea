"""Deconvolution in the engine: tiled, stopped, at a work scale, and a PSF from a photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unblur.document.buffer import PixelImage
from unblur.document.deconvolution import (
    Blur,
    Deconvolution,
    DiscBlur,
    GaussianBlur,
    MotionBlur,
    PsfOrigin,
    picture_of,
)
from unblur.document.geometry import Rect, Size
from unblur.document.grid import TileIndex
from unblur.document.region import ModelChoice, Scale
from unblur.engine.blending import RestoredTiles
from unblur.engine.choices import key_of, policy_of, solver_facts, wanted_scale
from unblur.engine.deconvolver import Deconvolver
from unblur.engine.device import Device
from unblur.engine.provider import Model
from unblur.engine.psf_estimation import estimate_blur
from unblur.engine.psf_weights import weights_of
from unblur.engine.request import CancelToken, InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import TilingPolicy, plan_grid, policy_for, tiles_for_mask
from unblur.errors import Cancelled, QualityUnknownError
from unblur_models.deconvolution.deconvolve import Method, Settings, deconvolve
from unblur_models.deconvolution.psf import Psf, similarity
from unblur_models.deconvolution.shapes import motion_psf

SHARP = Path(__file__).parents[1] / "data" / "pairs" / "gopro-00-sharp.png"
MOTION = MotionBlur(9.0, 30.0)


class NoModels:
    """A solver needs no provider."""

    def get(self, model_id: str, device: Device) -> Model:
        raise AssertionError(model_id)


def blurred(blur: Blur) -> tuple[PixelImage, PixelImage]:
    """A picture and the same with this blur, 8 bits; both read-only."""
    sharp = np.asarray(Image.open(SHARP).convert("RGB"))
    weights = weights_of(blur)
    reach = max(weights.shape) // 2
    padded = np.pad(sharp.astype(np.float64), ((reach, reach), (reach, reach), (0, 0)), "reflect")
    total = np.zeros(sharp.shape)
    for (row, column), weight in np.ndenumerate(weights):
        top = reach - (row - weights.shape[0] // 2)
        left = reach - (column - weights.shape[1] // 2)
        total += weight * padded[top : top + sharp.shape[0], left : left + sharp.shape[1]]
    pixels = np.rint(total).astype(np.uint8)
    pixels.setflags(write=False)
    return sharp, pixels


def request(
    pixels: PixelImage, choice: ModelChoice, policy: TilingPolicy | None = None, factor: int = 1
) -> InferenceRequest:
    size = Size(pixels.shape[1], pixels.shape[0])
    bounds = Rect.of_size(size)
    grid = plan_grid(bounds, size, policy or policy_of(choice, factor), factor)
    indices = tuple(tiles_for_mask(grid, None, bounds))
    passes = (RestorePass(key_of(choice, grid), indices, "region"),)
    return InferenceRequest(1, pixels, passes, device="cpu")


def solved(asked: InferenceRequest) -> PixelImage:
    layer = RestoredTiles(asked.passes[0].key)
    for tile in run(asked, NoModels()):
        assert not tile.is_left
        layer.put(tile.index, tile.pixels)
    size = asked.passes[0].key.grid.photo
    pixels, coverage = layer.read(Rect.of_size(size))
    assert coverage.min() == 1
    return pixels


def psnr(first: PixelImage, second: PixelImage) -> float:
    """Without a rim of 12 pixels, which reflection blurred otherwise than light does."""
    error = (first.astype(float) - second.astype(float))[12:-12, 12:-12]
    return float(10 * np.log10(255**2 / np.mean(error**2)))


def choice(blur: Blur = MOTION, method: Method = Method.WIENER) -> ModelChoice:
    return ModelChoice("deconvolution", method.value, Scale.AUTO, Deconvolution(blur, 0.01))


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("blur", [MOTION, DiscBlur(3.0), GaussianBlur(1.5)], ids=str)
def test_every_solver_undoes_every_kind_of_blur_through_the_engine(
    method: Method, blur: Blur
) -> None:
    sharp, pixels = blurred(blur)
    result = solved(request(pixels, choice(blur, method)))
    assert psnr(result / 257.0, sharp) > psnr(pixels, sharp) + 2.5


def test_tiles_of_the_engine_show_no_seam() -> None:
    _, pixels = blurred(MOTION)
    facts = solver_facts(Deconvolution(MOTION), 1)
    small = policy_for(facts._replace(tile=facts.overlap + 40))
    whole = request(pixels, choice())
    tiled = request(pixels, choice(), small)
    assert len(whole.passes[0].indices) == 1 < len(tiled.passes[0].indices)
    difference = (solved(whole) / 257.0 - solved(tiled) / 257.0)[24:-24, 24:-24]
    # What would be seen is a line: a step between two neighbouring rows or columns.
    assert np.abs(np.diff(difference, axis=0)).mean(axis=(1, 2)).max() < 0.5
    assert np.abs(np.diff(difference, axis=1)).mean(axis=(0, 2)).max() < 0.5


def test_the_engine_gives_what_the_library_gives() -> None:
    _, pixels = blurred(MOTION)
    picture = torch.from_numpy(pixels.transpose(2, 0, 1) / np.float32(255))
    settings = Settings(Method.WIENER, noise=0.01)
    direct = deconvolve(picture, motion_psf(9, 30), settings).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(solved(request(pixels, choice())) / 65535, direct, atol=1e-3)


def test_at_half_the_size_the_psf_is_half_as_wide() -> None:
    sharp, pixels = blurred(MotionBlur(16.0, 30.0))
    result = solved(request(pixels, choice(MotionBlur(16.0, 30.0)), factor=2))
    assert psnr(result / 257.0, sharp) > psnr(pixels, sharp) + 1.5
    assert solver_facts(Deconvolution(DiscBlur(30.0)), 2).halo < (
        solver_facts(Deconvolution(DiscBlur(30.0)), 1).halo
    )


def test_a_solver_stops_between_two_rounds() -> None:
    class Impatient(CancelToken):
        """Is asked a few times before it says stop."""

        asked = 0

        @property
        def is_cancelled(self) -> bool:
            Impatient.asked += 1
            return Impatient.asked > 3

    solver = Deconvolver(Deconvolution(MOTION), 1, Impatient())
    with pytest.raises(Cancelled):
        solver(torch.rand(1, 3, 40, 50), Method.HYPER_LAPLACIAN.value)
    assert Impatient.asked == 4


def test_a_cancelled_request_gives_no_further_tile() -> None:
    _, pixels = blurred(MOTION)
    facts = solver_facts(Deconvolution(MOTION), 1)
    asked = request(pixels, choice(), policy_for(facts._replace(tile=facts.overlap + 40)))
    tiles = run(asked, NoModels())
    next(tiles)
    asked.token.cancel()
    with pytest.raises(Cancelled):
        next(tiles)


def test_a_solver_that_there_is_not_is_refused() -> None:
    solver = Deconvolver(Deconvolution(MOTION), 1, CancelToken())
    with pytest.raises(QualityUnknownError, match="wiener"):
        solver(torch.rand(1, 3, 8, 8), "draft")


def test_a_glance_is_quick_and_still_sharper_than_the_photo() -> None:
    sharp, pixels = blurred(MOTION)
    glance = replace(choice(), quality="glance")
    assert psnr(solved(request(pixels, glance)) / 257.0, sharp) > psnr(pixels, sharp) + 2


@pytest.mark.parametrize("size", [Size(1, 1), Size(2, 31), Size(90, 3)], ids=str)
def test_photos_of_any_size_are_solved(size: Size, random_photo: Callable[..., PixelImage]) -> None:
    pixels = random_photo(size)
    assert solved(request(pixels, choice(DiscBlur(4.0)))).shape == pixels.shape


def test_automatic_work_scale_is_full_size_for_a_solver() -> None:
    assert wanted_scale(choice()) is Scale.FULL
    assert wanted_scale(replace(choice(), scale=Scale.HALF)) is Scale.HALF
    assert wanted_scale(ModelChoice("maxim-3s.gopro", "draft")) is Scale.AUTO


def test_the_context_is_twice_as_wide_as_any_psf() -> None:
    picture = picture_of(np.ones((31, 45)), PsfOrigin.DRAWN)
    for blur in (MotionBlur(60, 10), DiscBlur(20), GaussianBlur(5), picture):
        recipe = Deconvolution(blur)
        facts = solver_facts(recipe, 1)
        assert facts.halo - facts.overlap // 2 >= 2 * recipe.reach
        assert policy_of(choice(blur), 1).halo == facts.halo


def test_pixels_of_one_psf_are_not_taken_for_those_of_another() -> None:
    _, pixels = blurred(MOTION)
    first, second = (
        request(pixels, choice(MotionBlur(9.0, angle))).passes[0].key for angle in (30.0, 31.0)
    )
    assert first.grid == second.grid
    assert first != second
    assert TileIndex(0, 0) in request(pixels, choice()).passes[0].indices


def test_the_blur_of_a_part_is_found_from_the_photo() -> None:
    _, pixels = blurred(MOTION)
    found = estimate_blur(pixels, Rect(10, 10, 5000, 5000))
    assert found.origin is PsfOrigin.ESTIMATED
    assert found.confidence is not None
    psf = Psf.normalised(torch.from_numpy(weights_of(found)))
    assert similarity(psf, motion_psf(9, 30)) > 0.75


def test_an_estimate_stops_when_it_is_told_to() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        estimate_blur(blurred(MOTION)[1], Rect(0, 0, 256, 256), token.raise_if_cancelled)


def test_of_nothing_to_see_the_estimate_is_a_point() -> None:
    flat = np.full((64, 80, 3), 128, np.uint8)
    found = estimate_blur(flat, Rect(0, 0, 80, 64))
    assert (found.width, found.height, found.confidence) == (1, 1, 0.0)
