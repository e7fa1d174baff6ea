from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unblur_models.training.data.crops import CropChoice, CropSource, load
from unblur_models.training.data.folders import pairs_in
from unblur_models.training.data.leaks import check_no_leak, split
from unblur_models.training.data.pack import (
    Source,
    blurred_of,
    open_pack,
    sharp_of,
    write_pack,
)
from unblur_models.training.draws import Draws
from unblur_models.training.errors import LeakError, PackError
from unblur_models.training.journey import main as journey
from unblur_models.training.packing import main as pack

Picture = Callable[..., np.ndarray]

CPU = torch.device("cpu")


def test_a_pack_gives_back_its_pictures(
    tmp_path: Path,
    picture: Picture,
) -> None:
    sharp, blurred = picture(1), picture(2)
    write_pack(tmp_path / "p", [Source("a", "s", picture(3)), Source("b", "t", sharp, blurred)])
    opened = open_pack(tmp_path / "p")
    assert np.array_equal(sharp_of(opened, opened.pictures[0]), picture(3))
    assert np.array_equal(sharp_of(opened, opened.pictures[1]), sharp)
    assert np.array_equal(blurred_of(opened, opened.pictures[1]), blurred)
    with pytest.raises(PackError):
        blurred_of(opened, opened.pictures[0])


def test_a_pack_that_was_cut_short_is_refused(
    tmp_path: Path,
    picture: Picture,
) -> None:
    write_pack(tmp_path / "p", [Source("a", "a", picture(1))])
    np.save(tmp_path / "p.npy", np.load(tmp_path / "p.npy")[:-5])
    with pytest.raises(PackError, match="cut short"):
        open_pack(tmp_path / "p")


def test_crops_are_places_of_the_picture_turned_and_mirrored(
    tmp_path: Path,
    picture: Picture,
) -> None:
    pixels = picture(5, 60, 66)
    write_pack(tmp_path / "p", [Source("a", "a", pixels)])
    source = CropSource([load(open_pack(tmp_path / "p"), CPU)], CropChoice(2, 0.25, 0.0))
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (48, 48, 3))[:, :, 0]
    for crop in source(Draws(0, torch.arange(6)), "x", 48):
        found = (crop * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
        turns = [np.rot90(side, k) for side in (found, found[::-1]) for k in range(4)]
        assert any((windows[:, :, 0, 0] == turn[0, 0]).all(-1).any() for turn in turns)
        assert any((windows == turn).all((2, 3, 4)).any() for turn in turns)


def test_shrunk_crops_are_means_of_four_pixels(
    tmp_path: Path,
    picture: Picture,
) -> None:
    write_pack(tmp_path / "p", [Source("a", "a", np.tile(picture(6)[:2, :2], (60, 60, 1)))])
    source = CropSource([load(open_pack(tmp_path / "p"), CPU)], CropChoice(1, 1.0, 1.0))
    crop = source(Draws(0, torch.arange(1)), "x", 48)[0]
    # A picture of period two has the same mean in every square of four, wherever it begins.
    assert (crop - crop[:, :1, :1]).abs().max() < 1e-6


def test_both_sides_of_a_pair_come_from_the_same_place(
    tmp_path: Path,
    picture: Picture,
) -> None:
    sources = [Source(f"{i}", "s", picture(i) // 2, picture(i) // 2 + 100) for i in range(3)]
    write_pack(tmp_path / "p", sources)
    loaded = load(open_pack(tmp_path / "p"), CPU)
    pairs = CropSource([loaded, loaded], CropChoice(3, 0.25, 0.5))
    blurred, sharp = pairs.pairs(Draws(0, torch.arange(8)), "pair", 48)
    assert torch.allclose(blurred - sharp, torch.full_like(sharp, 100 / 255), atol=1e-6)


def test_crates_bring_pictures_whole_and_within_their_limit(
    tmp_path: Path, picture: Picture
) -> None:
    sources = [Source(f"{i}", f"{i}", picture(i)) for i in range(5)]
    sources += [Source("pair", "pair", picture(7), picture(8)), Source("s", "s", picture(9, 40))]
    write_pack(tmp_path / "p", sources)
    fold = ["fold", str(tmp_path / "p"), str(tmp_path / "c"), "--smallest", "100"]
    assert journey([*fold, "--megabytes", "0.2"]) == 0
    crates = sorted(tmp_path.glob("c-*.npz"))
    assert len(crates) > 1
    assert all(each.stat().st_size <= 200_000 for each in crates)
    assert journey(["unfold", *map(str, crates), str(tmp_path / "q")]) == 0
    opened = open_pack(tmp_path / "q")
    assert [each.name for each in opened.pictures] == ["0", "1", "2", "3", "4", "pair"]
    for number, each in enumerate(opened.pictures[:5]):
        assert np.array_equal(sharp_of(opened, each), picture(number))
    assert np.array_equal(blurred_of(opened, opened.pictures[5]), picture(8))


def test_a_copy_on_the_other_side_is_found_although_it_was_renamed_and_spoilt(
    tmp_path: Path,
    picture: Picture,
) -> None:
    original = picture(9, 300, 400)
    copy = original[::2, ::2].astype(np.int64) + np.random.default_rng(0).integers(-3, 4, 1)
    spoilt = np.clip(copy, 0, 255).astype(np.uint8)
    write_pack(tmp_path / "t", [Source(f"{i}", f"{i}", picture(i, 300, 400)) for i in range(9)])
    write_pack(tmp_path / "v", [Source("new", "new", picture(50)), Source("c", "c", spoilt)])
    write_pack(tmp_path / "m", [Source("m", "m", np.ascontiguousarray(original[:, ::-1]))])
    training, validation = open_pack(tmp_path / "t"), open_pack(tmp_path / "v")
    check_no_leak(training.pictures, validation.pictures)
    write_pack(tmp_path / "t2", [Source("x", "x", original)])
    for name in ("t2", "m"):
        with pytest.raises(LeakError) as caught:
            check_no_leak(open_pack(tmp_path / name).pictures, validation.pictures)
        assert [theirs for _, theirs in caught.value.pairs] == ["c"]


def test_a_shared_sequence_is_a_leak_whatever_its_frames_look_like(
    tmp_path: Path,
    picture: Picture,
) -> None:
    write_pack(tmp_path / "t", [Source("q/1", "q", picture(1))])
    write_pack(tmp_path / "v", [Source("q/2", "q", picture(2))])
    with pytest.raises(LeakError):
        check_no_leak(open_pack(tmp_path / "t").pictures, open_pack(tmp_path / "v").pictures)


def test_a_split_holds_out_whole_sequences_and_drops_their_copies(
    tmp_path: Path,
    picture: Picture,
) -> None:
    sources = [Source(f"{i}", f"{i}", picture(i % 30)) for i in range(60)]
    write_pack(tmp_path / "p", sources)
    kept, held = split(open_pack(tmp_path / "p").pictures, 0.3)
    assert kept
    assert held
    assert len(kept) + len(held) < 60
    check_no_leak(kept, held)


@pytest.mark.parametrize(
    ("blurred", "sharp", "sequence"),
    [
        ("GOPR01/blur/1.png", "GOPR01/sharp/1.png", "GOPR01"),
        ("train_blur/000/1.png", "train_sharp/000/1.png", "000"),
        ("scene7/blur/blur_1.png", "scene7/gt/gt_1.png", "scene7"),
    ],
    ids=["GoPro", "REDS", "RealBlur"],
)
def test_pairs_are_found_in_the_folders_of_data_sets(
    tmp_path: Path, picture: Picture, blurred: str, sharp: str, sequence: str
) -> None:
    for name in (blurred, sharp):
        path = tmp_path / "set" / name
        path.parent.mkdir(parents=True)
        Image.fromarray(picture(1)).save(path)
    pairs = pairs_in(tmp_path / "set")
    assert [pair.sequence for pair in pairs] == [f"set/{sequence}"]
    assert pack(["pairs", str(tmp_path / "set"), str(tmp_path / "out")]) == 0
    assert open_pack(tmp_path / "out").pictures[0].has_blurred
