"""Cut-outs of photographs, and masks of what moves by itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from unblur_models.human.layout import Hyperparameters
from unblur_models.training.config import RunConfig
from unblur_models.training.data import cutting
from unblur_models.training.data.cutting import SalientThing, cut_outs, is_clear, snapped
from unblur_models.training.data.leaks import split
from unblur_models.training.data.pack import Source, blurred_of, open_pack, sharp_of, write_pack
from unblur_models.training.draws import Draws
from unblur_models.training.errors import ConfigError, PackError
from unblur_models.training.packing import main as pack
from unblur_models.training.samples import RunData
from unblur_models.training.synthesis.config import Detection, Kinds, SynthesisConfig
from unblur_models.training.synthesis.detection import detected
from unblur_models.training.synthesis.pipeline import KINDS, Synthesis

CPU = torch.device("cpu")
HUMAN = Hyperparameters(4, 8, encoder=(1,), middle=1, branches=(1,), fusion=(1,))
FAULTLESS = Detection(
    shift=(0.0, 0.0),
    smear=(0.01, 0.02),
    level=(0.5, 0.5),
    slope=(1.0, 1.0),
    missed_probability=0.0,
)


def disc(height: int, width: int, radius: float) -> np.ndarray:
    """(height, width) bool, in the middle."""
    y, x = np.mgrid[:height, :width]
    return np.hypot(y - (height - 1) / 2, x - (width - 1) / 2) <= radius


def photograph(name: str, radius: float = 40, colour: tuple[int, int, int] = (200, 0, 0)) -> Source:
    """A disc of one colour on green, with some texture."""
    texture = np.random.default_rng(len(name)).integers(0, 40, (160, 200, 1))
    pixels = np.where(disc(160, 200, radius)[:, :, None], colour, (0, 160, 0)) + texture
    return Source(name, name, pixels.astype(np.uint8))


def find(pixels: np.ndarray) -> np.ndarray:
    """The thing that is not green, on a coarse grid and with soft edges, as a network does."""
    thing = Image.fromarray((pixels[:, :, 0] > 100).astype(np.uint8) * 255)
    coarse = thing.resize((40, 40), Image.Resampling.BOX)
    return np.asarray(coarse.resize((320, 320), Image.Resampling.BILINEAR), np.float32) / 255


def clean(config: SynthesisConfig, kind: str) -> SynthesisConfig:
    """Blur of one kind in linear light, without what a camera adds; masks without faults."""
    return dataclasses.replace(
        config,
        kinds=Kinds(**{name: float(name == kind) for name in KINDS}),
        highlights=dataclasses.replace(config.highlights, probability=0.0),
        response=dataclasses.replace(
            config.response, srgb_probability=0.0, gamma=(1.0, 1.0), contrast=(1.0, 1.0)
        ),
        sensor=dataclasses.replace(config.sensor, noise_probability=0.0, mosaic_probability=0.0),
        jpeg=dataclasses.replace(config.jpeg, probability=0.0),
        detection=FAULTLESS,
    )


@pytest.mark.parametrize(
    ("radius", "softness", "clear"),
    [(100, 0.0, True), (20, 0.0, False), (160, 0.0, False), (100, 0.6, False)],
    ids=["clear", "tiny", "nearly everything", "unsure"],
)
def test_only_clear_things_are_cut_out(radius: float, softness: float, *, clear: bool) -> None:
    mask = disc(320, 320, radius) * (1 - softness) + softness / 2
    assert is_clear(mask.astype(np.float32)) == clear


def test_the_outline_lands_on_the_edge_that_is_seen() -> None:
    source = photograph("p")
    truth = disc(160, 200, 40)
    coarse = np.asarray(Image.fromarray(find(source.sharp)).resize((200, 160)))
    mask = snapped(find(source.sharp), source.sharp)
    assert mask.shape == truth.shape
    assert np.abs(mask - truth).mean() < 0.5 * np.abs(coarse - truth).mean()
    assert mask[disc(160, 200, 37)].min() > 0.95
    assert mask[~disc(160, 200, 43)].max() < 0.05


def test_a_cut_out_is_a_photograph_and_its_mask_at_one_place(tmp_path: Path) -> None:
    sources = [photograph("a"), photograph("too-small", radius=12), photograph("bb", radius=70)]
    assert write_pack(tmp_path / "p", cut_outs(sources, find, 90)) == 2
    opened = open_pack(tmp_path / "p")
    assert [each.sequence for each in opened.pictures] == ["a", "bb"]
    for each in opened.pictures:
        pixels, mask = blurred_of(opened, each), sharp_of(opened, each)
        assert pixels.shape[:2] < (160, 200)
        assert np.array_equal(mask[:, :, 0], mask[:, :, 2])
        is_thing = pixels[:, :, 0] > 100
        assert mask[is_thing].mean() > 235
        assert mask[~is_thing].mean() < 20
    # What is detailed is the outline: the middle of the large thing is not, although textured.
    detail = opened.pictures[1].detail
    assert detail.shape == (5, 6)
    assert detail[2, 2:4].max() == 0
    assert detail.max() > 50


@pytest.mark.parametrize("smallest", [90, 120, 140, 160])
def test_a_cut_out_is_as_large_as_it_must_be(smallest: int) -> None:
    """The thing is 101 pixels wide and high, a photograph 160×200."""
    (cut,) = cut_outs([photograph("p", radius=50)], find, smallest)
    for length, whole in zip(cut.sharp.shape[:2], (160, 200), strict=True):
        assert min(smallest, whole) <= length <= whole
        assert length == smallest or 125 < length < 140
    assert cut.sharp[:, :, 0].sum() == pytest.approx(255 * disc(160, 200, 50).sum(), rel=0.02)


def test_the_command_cuts_out_what_the_model_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def salient(model: Path) -> Callable[[np.ndarray], np.ndarray]:
        asked.append(model)
        return find

    monkeypatch.setattr(cutting, "SalientThing", salient)
    (tmp_path / "photos").mkdir()
    for name in ("one", "two"):
        Image.fromarray(photograph(name).sharp).save(tmp_path / "photos" / f"{name}.png")
    arguments = [str(tmp_path / "photos"), str(tmp_path / "out"), "--smallest", "100"]
    assert pack(["masks", *arguments, "--model", "a.onnx"]) == 0
    assert asked == [Path("a.onnx")]
    names = [each.sequence for each in open_pack(tmp_path / "out").pictures]
    assert names == ["photos/one.png", "photos/two.png"]
    with pytest.raises(SystemExit):
        pack(["masks", *arguments])


def test_a_model_that_is_none_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.onnx").write_bytes(b"no network")
    with pytest.raises(PackError, match=r"m\.onnx"):
        SalientThing(tmp_path / "m.onnx")
    capfd.readouterr()  # what OpenCV says about it


def test_the_mask_is_the_share_of_the_exposure_that_the_thing_was_there(
    synthesis_config: SynthesisConfig,
) -> None:
    """White in front of black, in linear light: what is seen is the mask itself."""
    for kind in ("object", "defocus", "mixture"):
        synthesis = Synthesis(
            clean(synthesis_config, kind), cut_outs=_white_discs, gives_masks=True
        )
        blurred, sharp, mask = synthesis(Draws(5, torch.arange(10)), _black, 64)
        assert mask.shape == (10, 1, 64, 64)
        assert (blurred[:, :1] - mask).abs().max() < 0.01
        if kind == "object":
            assert (sharp[:, :1] - mask).abs().amax((1, 2, 3)).min() > 0.1


@pytest.mark.parametrize("kind", ["shake", "none"])
def test_where_nothing_moves_by_itself_the_mask_is_zero(
    kind: str, synthesis_config: SynthesisConfig
) -> None:
    synthesis = Synthesis(clean(synthesis_config, kind), cut_outs=_white_discs, gives_masks=True)
    assert not synthesis(Draws(5, torch.arange(6)), _black, 32)[2].any()


def test_a_mask_is_asked_for_or_left_out(synthesis_config: SynthesisConfig) -> None:
    config = clean(synthesis_config, "object")
    draws = Draws(5, torch.arange(4))
    plain = Synthesis(config)(draws, _black, 32)
    masked = Synthesis(config, gives_masks=True)(draws, _black, 32)
    assert len(plain) == 2
    assert all(torch.equal(one, other) for one, other in zip(plain, masked, strict=False))


def test_found_masks_have_faults_that_belong_to_the_sample() -> None:
    masks = torch.zeros(40, 1, 48, 48)
    masks[:, :, 14:34, 14:34] = 1
    faults = dataclasses.replace(FAULTLESS, missed_probability=0.3)
    draws = Draws(1, torch.arange(40))
    found = detected(masks, draws, faults)
    missed = ~found.flatten(1).any(1)
    assert 4 <= int(missed.sum()) <= 20
    assert torch.allclose(found[~missed], masks[~missed], atol=1e-6)
    shifted = dataclasses.replace(FAULTLESS, shift=(-6.0, 6.0), smear=(1.0, 3.0))
    found = detected(masks, draws, shifted)
    assert (found - masks).abs().amax((1, 2, 3)).mean() > 0.5
    assert torch.allclose(found.sum((1, 2, 3)), masks.sum((1, 2, 3)), rtol=1e-3)
    alone = detected(masks[7:8], draws.taken(torch.tensor([7])), shifted)
    assert torch.allclose(alone, found[7:8], atol=1e-6)
    for level, grows in ((0.3, True), (0.7, False)):
        cut = dataclasses.replace(FAULTLESS, smear=(3.0, 3.1), level=(level,) * 2, slope=(3, 3))
        areas = detected(masks, draws, cut).sum((1, 2, 3))
        assert bool((areas > 400).all()) == grows


@pytest.fixture
def human_config(run_config: RunConfig, tmp_path: Path) -> RunConfig:
    """A run of a network that takes masks, with cut-outs: purple of photographs held out."""
    held = split(open_pack(tmp_path / "sharp").pictures, run_config.data.held_out)[1]
    names = {each.sequence for each in held}
    sources = [
        photograph(f"s{i}", colour=(200, 0, 200) if f"s{i}" in names else (200, 0, 0))
        for i in range(8)
    ]
    write_pack(tmp_path / "cutouts", cut_outs(sources, find, 90))
    data = dataclasses.replace(run_config.data, masks=(tmp_path / "cutouts",))
    synthesis = clean(run_config.synthesis, "object")
    return dataclasses.replace(run_config, network=HUMAN, data=data, synthesis=synthesis)


def test_cut_outs_keep_their_colours_and_never_come_from_the_other_side(
    human_config: RunConfig,
) -> None:
    data = RunData(human_config, CPU)
    for source, own, other in ((data.training, 0, 2), (data.made, 2, 0)):
        _, sharp, mask = source.made(torch.arange(24), 32)
        # Pictures of the run are of other colours: pure red, or purple, is a thing in front.
        is_red = (sharp[:, 0] > 0.7) & (sharp[:, 1] < 0.25) & (sharp[:, 2] < 0.25)
        is_purple = (sharp[:, 0] > 0.7) & (sharp[:, 1] < 0.25) & (sharp[:, 2] > 0.7)
        counts = (is_red.float().mean().item(), is_purple.float().mean().item())
        assert max(counts) == counts[own // 2] > 0.05
        assert counts[other // 2] < 0.01
        is_thing = (is_red, is_purple)[own // 2]
        assert mask[:, 0][is_thing].mean() > 2 * mask[:, 0][~is_thing].mean()


def test_real_pairs_have_nobody_marked(human_config: RunConfig) -> None:
    source = RunData(human_config, CPU).training
    indices = torch.arange(30)
    masks = source(indices, 32)[2]
    is_real = torch.tensor([kind == "real" for kind in source.kinds(indices)])
    assert is_real.any()
    assert not masks[is_real].any()
    assert masks[~is_real].any()


def test_a_stock_is_refused_for_a_network_that_takes_masks(
    human_config: RunConfig, tmp_path: Path
) -> None:
    name = f"{RunData(human_config, CPU).training.made_of}/0"
    pixels = photograph("p").sharp
    write_pack(tmp_path / "made", [Source(name, name, pixels, pixels)])
    data = dataclasses.replace(human_config.data, made=(tmp_path / "made",))
    with pytest.raises(ConfigError, match="has no masks"):
        RunData(dataclasses.replace(human_config, data=data), CPU)


def _black(draws: Draws, name: str, side: int) -> Tensor:
    return torch.zeros(len(draws), 3, side, side)


def _white_discs(draws: Draws, name: str, side: int) -> tuple[Tensor, Tensor]:
    mask = torch.from_numpy(disc(side, side, side / 5).astype(np.float32))
    return torch.ones(len(draws), 3, side, side), mask.expand(len(draws), 1, side, side)
