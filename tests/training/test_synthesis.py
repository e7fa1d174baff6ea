from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from unblur_models.training.draws import Draws
from unblur_models.training.light import Response, from_srgb, to_srgb
from unblur_models.training.synthesis.aperture import drawn_apertures, seen_through
from unblur_models.training.synthesis.camera import CameraPath, looking
from unblur_models.training.synthesis.config import Kinds, SynthesisConfig
from unblur_models.training.synthesis.jpeg import compressed
from unblur_models.training.synthesis.motion import exposed, exposed_layers, middle
from unblur_models.training.synthesis.paths import by_length, camera_path
from unblur_models.training.synthesis.pipeline import KINDS, Synthesis
from unblur_models.training.synthesis.sensor import demosaiced
from unblur_models.training.synthesis.trajectory import as_frames, smooth_paths


def crops(draws: Draws, name: str, side: int) -> Tensor:
    """Smooth colourful squares, a function of the sample alone."""
    knots = draws.uniform(f"{name} knots", count=3 * 81).reshape(-1, 3, 9, 9)
    size = (side, side)
    return torch.nn.functional.interpolate(knots, size=size, mode="bilinear", align_corners=True)


def still(count: int) -> CameraPath:
    return looking(
        torch.zeros(count, 5, 2),
        torch.zeros(count, 5),
        torch.full((count,), 900.0),
        torch.tensor([[400.0, -300.0]]).expand(count, 2),
    )


def only(config: SynthesisConfig, kind: str) -> SynthesisConfig:
    """Blur of one kind, seen without noise, mosaic, highlights and compression."""
    return dataclasses.replace(
        config,
        kinds=Kinds(**{name: float(name == kind) for name in KINDS}),
        highlights=dataclasses.replace(config.highlights, probability=0.0),
        sensor=dataclasses.replace(config.sensor, noise_probability=0.0, mosaic_probability=0.0),
        jpeg=dataclasses.replace(config.jpeg, probability=0.0),
    )


def test_a_sample_is_the_same_in_every_batch(synthesis_config: SynthesisConfig) -> None:
    synthesis = Synthesis(synthesis_config)
    together = synthesis(Draws(1, torch.arange(12)), crops, 32)
    for first in (0, 5, 11):
        alone = synthesis(Draws(1, torch.tensor([first])), crops, 32)
        for ours, theirs in zip(alone, together, strict=True):
            # Rounding may move a value across an 8-bit step, and JPEG across one of its own.
            assert (ours[0] - theirs[first]).abs().mean() < 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_pictures_in_range(kind: str, synthesis_config: SynthesisConfig) -> None:
    kinds = Kinds(**{name: float(name == kind) for name in KINDS})
    config = dataclasses.replace(synthesis_config, kinds=kinds)
    for picture in Synthesis(config)(Draws(2, torch.arange(6)), crops, 48):
        assert picture.shape == (6, 3, 48, 48)
        assert bool(torch.isfinite(picture).all())
        assert 0 <= picture.min() <= picture.max() <= 1


def test_no_blur_leaves_the_picture_as_it_is(synthesis_config: SynthesisConfig) -> None:
    synthesis = Synthesis(only(synthesis_config, "none"))
    blurred, sharp = synthesis(Draws(3, torch.arange(8)), crops, 32)
    assert (blurred - sharp).abs().max() <= 0.5 / 255 + 1e-4


@pytest.mark.parametrize("kind", ["shake", "object", "defocus", "mixture"])
def test_blur_keeps_the_light_and_takes_the_detail(
    kind: str, synthesis_config: SynthesisConfig
) -> None:
    linear = dataclasses.replace(
        synthesis_config.response, srgb_probability=0.0, gamma=(1.0, 1.0), contrast=(1.0, 1.0)
    )
    config = dataclasses.replace(only(synthesis_config, kind), response=linear)
    blurred, sharp = Synthesis(config)(Draws(4, torch.arange(24)), crops, 64)
    assert (blurred.mean((1, 2, 3)) - sharp.mean((1, 2, 3))).abs().mean() < 0.01
    steps = [each.diff(dim=3).abs().mean() for each in (blurred, sharp)]
    assert steps[0] < steps[1]


def test_a_camera_that_does_not_move_sees_the_middle_unchanged() -> None:
    picture = torch.rand(2, 3, 40, 40)
    seen = exposed(picture, still(2), 24)
    assert (seen - middle(picture, 24)).abs().max() < 1e-4


def test_a_camera_that_moves_along_a_row_averages_the_row() -> None:
    dot = torch.zeros(1, 3, 65, 65)
    dot[:, :, 32, 32] = 1
    path = torch.zeros(1, 5, 2)
    path[0, :, 0] = torch.arange(-2.0, 3.0)
    focal = torch.full((1,), 1e5)
    seen = exposed(dot, looking(path, torch.zeros(1, 5), focal, torch.zeros(1, 2)), 33)
    assert seen[0, 0].sum().item() == pytest.approx(1, abs=1e-3)
    assert torch.allclose(seen[0, 0, 16, 14:19], torch.full((5,), 0.2), atol=0.01)


def test_roll_blurs_more_far_from_the_centre() -> None:
    stripes = (torch.arange(96) % 8 < 4).float().expand(1, 3, 96, 96)
    turned = torch.linspace(-0.02, 0.02, 9)[None]
    focal = torch.full((1,), 1000.0)
    contrast = []
    for distance in (0.0, 300.0):
        path = looking(torch.zeros(1, 9, 2), turned, focal, torch.tensor([[0.0, distance]]))
        contrast.append(exposed(stripes, path, 16).std().item())
    assert contrast[1] < 0.3 * contrast[0]


def test_what_is_in_front_hides_what_is_behind() -> None:
    back, mask = torch.ones(1, 3, 40, 40), torch.zeros(1, 1, 40, 40)
    mask[..., 10:30, 10:30] = 1
    front = torch.cat((torch.zeros(1, 3, 40, 40), mask), 1)
    seen, presence = exposed_layers(back, front, (still(1), still(1)), 32)
    assert torch.allclose(presence, middle(mask, 32), atol=1e-4)
    assert torch.allclose(seen, 1 - middle(mask, 32).expand(1, 3, 32, 32), atol=1e-4)


def test_apertures_have_sum_one_and_keep_their_centre(synthesis_config: SynthesisConfig) -> None:
    ranges = synthesis_config.defocus
    lens = drawn_apertures(Draws(0, torch.arange(64)), "far", ranges, ranges.radius)
    kernels = lens.kernels(33)
    assert torch.allclose(kernels.sum((1, 2)), torch.ones(64), atol=1e-5)
    axis = torch.arange(33.0) - 16
    assert (kernels.sum(1) @ axis).abs().max() < 0.4
    dots = torch.zeros(64, 1, 64, 64)
    dots[:, :, 32, 32] = 1
    assert torch.allclose(seen_through(dots, lens).sum((1, 2, 3)), torch.ones(64), atol=1e-4)


def test_paths_have_the_length_and_the_mean_that_they_should() -> None:
    draws = Draws(0, torch.arange(50))
    path = smooth_paths(draws, "p", 24, roughness=torch.full((50, 1), 1.5), drift=torch.ones(50, 1))
    assert path.mean(1).abs().max() < 1e-5
    box = (path.amax(1) - path.amin(1)).norm(dim=1)
    assert torch.allclose(box, torch.ones(50), atol=1e-5)


def test_a_video_of_few_frames_shows_few_places() -> None:
    path = torch.arange(24.0).reshape(1, 24, 1).repeat(2, 1, 2)
    frames = as_frames(path, torch.tensor([6, 24]))
    assert frames[0, :, 0].unique().numel() == 6
    assert torch.equal(frames[1], path[1])


def test_short_blur_takes_fewer_poses(synthesis_config: SynthesisConfig) -> None:
    path = camera_path(Draws(0, torch.arange(40)), synthesis_config.shake, 24)
    groups = by_length(path)
    assert sorted(torch.cat([rows for rows, _ in groups]).tolist()) == list(range(40))
    assert [paths[0].steps for _, paths in groups] == [8, 24]


def test_response_and_its_inverse_are_each_other() -> None:
    values = torch.linspace(0, 1, 256).expand(1, 3, 1, 256)
    assert torch.allclose(to_srgb(from_srgb(values)), values, atol=1e-5)
    for gamma in (0.0, 2.2):
        response = Response(torch.full((1, 1, 1, 1), gamma), torch.full((1, 1, 1, 1), 1.1))
        assert torch.allclose(response.encoded(response.decoded(values)), values, atol=1e-3)


def test_jpeg_changes_little_at_high_quality_and_more_at_low() -> None:
    picture = crops(Draws(0, torch.arange(2)), "p", 64)
    is_half = torch.zeros(2, dtype=torch.bool)
    error = [
        (compressed(picture, torch.full((2,), quality), is_half) - picture).abs().mean().item()
        for quality in (100.0, 60.0, 10.0)
    ]
    assert error[0] < 0.003
    assert error[0] < error[1] < error[2] < 0.05


def test_a_mosaic_keeps_flat_colours() -> None:
    flat = torch.tensor([0.2, 0.5, 0.7])[None, :, None, None].expand(1, 3, 16, 16)
    assert torch.allclose(demosaiced(flat), flat, atol=1e-6)
