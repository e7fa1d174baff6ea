"""`unblur evaluate`: pairs in, the numbers of papers out, and a clear word where there are none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from unblur.cli.evaluate_pairs import Pair, PairingError, find_pairs

Command = Callable[..., Any]
CROPS = Path(__file__).parents[1] / "data" / "pairs"
LIGHTER = 32  # levels of 255 that the fake network adds


def pixels(width: int = 60, height: int = 40, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 190, (height, width, 3), np.uint8)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two pictures of which the fake network restores one exactly and one half the way."""
    blurred, sharp = tmp_path / "blurred", tmp_path / "sharp"
    blurred.mkdir()
    sharp.mkdir()
    for name, lighter in (("one", LIGHTER), ("two", LIGHTER // 2)):
        photo = pixels(seed=len(name) + lighter)
        Image.fromarray(photo).save(blurred / f"{name}.png")
        Image.fromarray(photo + np.uint8(lighter)).save(sharp / f"{name}.png")
    return blurred, sharp


def words(folders: tuple[Path, Path], *more: object) -> tuple[object, ...]:
    return ("evaluate", "--blurred", folders[0], "--sharp", folders[1], *more)


@pytest.mark.usefixtures("lighter")
def test_every_picture_and_their_means_are_told_as_json(
    unblur: Command, folders: tuple[Path, Path]
) -> None:
    outcome = unblur(*words(folders, "--quality", "draft", "--device", "cpu", "--json"))

    assert outcome.status == 0, outcome.err
    (report,) = outcome.reports
    assert report["model"] == "maxim-3s.gopro"
    assert (report["quality"], report["device"]) == ("draft", "cpu")
    assert (report["failures"], report["unpaired"]) == ([], [])
    one, two = report["pictures"]
    assert [one["name"], two["name"]] == ["one", "two"]
    assert one["psnr_blurred"] == pytest.approx(20 * np.log10(255 / LIGHTER), abs=1e-3)
    assert (one["psnr"], one["ssim"]) == (100.0, 1.0)
    # As much too light after as it was too dark before.
    assert two["psnr"] == two["psnr_blurred"]
    assert two["psnr"] == pytest.approx(20 * np.log10(255 / (LIGHTER / 2)), abs=1e-3)
    assert 0 < two["ssim"] < 1
    assert one["megapixels"] == 0.0024
    assert one["seconds_per_megapixel"] == pytest.approx(one["seconds"] / 0.0024, rel=0.05)
    summary = report["summary"]
    assert summary["pictures"] == 2
    for key in ("psnr", "ssim", "psnr_blurred", "ssim_blurred"):
        assert summary[key] == pytest.approx((one[key] + two[key]) / 2, abs=1e-4)
    assert summary["gain"] == pytest.approx(summary["psnr"] - summary["psnr_blurred"], abs=1e-3)
    assert summary["worst_gain"] == 0.0
    total = one["seconds"] + two["seconds"]
    assert summary["seconds_per_megapixel"] == pytest.approx(total / 0.0048, rel=0.05)


@pytest.mark.usefixtures("lighter")
def test_people_read_a_table_and_machines_nothing_else_than_json(
    unblur: Command, folders: tuple[Path, Path]
) -> None:
    table = unblur(*words(folders, "--quality", "draft"))
    as_json = unblur(*words(folders, "--json"))

    title, head, one, two, mean = table.out.splitlines()
    assert title.startswith("maxim-3s.gopro draft, ")
    assert head.split() == ["picture", "blurred", "PSNR", "gain", "blurred", "SSIM", "s/MP"]
    assert one.split()[:4] == ["one", "18.03", "100.00", "+81.97"]
    assert two.split()[:4] == ["two", "24.05", "24.05", "+0.00"]
    assert mean.endswith("worst gain +0.00 dB")
    assert len(as_json.out.splitlines()) == 1
    assert "one" in as_json.err


@pytest.mark.usefixtures("lighter")
def test_several_models_are_set_side_by_side(unblur: Command, folders: tuple[Path, Path]) -> None:
    contenders = ("--model", "unsharp", "--model", "maxim-3s.gopro:good", "--quality", "draft")

    outcome = unblur(*words(folders, *contenders))
    as_json = unblur(*words(folders, *contenders, "--json"))

    assert outcome.status == 0, outcome.err
    head, first, second = outcome.out.splitlines()[-3:]
    assert head.split()[:2] == ["model", "PSNR"]
    assert first.startswith("unsharp ")
    assert second.startswith("maxim-3s.gopro good ")
    assert second.split()[2] == "62.02"
    models = [(report["model"], report["quality"]) for report in as_json.reports]
    assert models == [("unsharp", None), ("maxim-3s.gopro", "good")]


def test_the_network_gets_the_numbers_that_scikit_image_gives_to_restored_files(
    unblur: Command, tmp_path: Path
) -> None:
    blurred, sharp = tmp_path / "blurred", tmp_path / "sharp"
    for folder, side in ((blurred, "blur"), (sharp, "sharp")):
        folder.mkdir()
        (folder / "street.png").write_bytes((CROPS / f"gopro-00-{side}.png").read_bytes())

    evaluated = unblur(*words((blurred, sharp), "--quality", "draft", "--device", "cpu", "--json"))
    out = tmp_path / "restored.png"
    choices = ("--quality", "draft", "--device", "cpu", "--scale", "1")
    unblur("restore", blurred / "street.png", "-o", out, *choices)

    (picture,) = evaluated.reports[0]["pictures"]
    restored, truth = read(out), read(sharp / "street.png")
    expected = peak_signal_noise_ratio(truth, restored, data_range=255)
    similarity = structural_similarity(
        truth,
        restored,
        data_range=255,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert picture["psnr"] == pytest.approx(expected, abs=1e-3)
    assert picture["ssim"] == pytest.approx(similarity, abs=1e-5)
    assert picture["psnr"] > picture["psnr_blurred"] + 8


def read(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def test_unsharp_masking_shows_what_its_best_setting_can_do(
    unblur: Command, tmp_path: Path
) -> None:
    blurred, sharp = tmp_path / "blurred", tmp_path / "sharp"
    blurred.mkdir()
    sharp.mkdir()
    with Image.open(CROPS / "gopro-00-sharp.png") as photo:
        photo.save(sharp / "soft.png")
        photo.filter(ImageFilter.GaussianBlur(1.0)).save(blurred / "soft.png")

    outcome = unblur(*words((blurred, sharp), "--model", "unsharp", "--json"))

    (report,) = outcome.reports
    (picture,) = report["pictures"]
    assert (report["quality"], report["device"]) == (None, None)
    assert picture["psnr"] > picture["psnr_blurred"] + 2
    sigma, amount = (float(part.split()[-1]) for part in picture["setting"].split(","))
    assert 0.5 < sigma < 4
    assert 0.5 <= amount <= 2


def test_blind_deconvolution_is_a_baseline_too(
    unblur: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from unblur.cli import evaluate_deconvolution
    from unblur_models.deconvolution.estimation import Estimate
    from unblur_models.deconvolution.psf import Psf

    asked: list[tuple[int, ...]] = []

    def estimated(picture: torch.Tensor) -> Estimate:
        """Estimating takes a while, and has tests of its own."""
        asked.append(tuple(picture.shape))
        return Estimate(Psf(torch.full((1, 9), 1 / 9)), 0.75, slice(0, 96), slice(0, 96))

    monkeypatch.setattr(evaluate_deconvolution, "estimate_psf", estimated)
    folders = tmp_path / "blurred", tmp_path / "sharp"
    for folder in folders:
        folder.mkdir()
    truth = read(CROPS / "gopro-00-sharp.png")[:96, :104].astype(float)
    moved = sum(truth[:, i : i + 96] for i in range(9)) / 9
    Image.fromarray(np.rint(moved).astype(np.uint8)).save(folders[0] / "moved.png")
    Image.fromarray(truth[:, 4:100].astype(np.uint8)).save(folders[1] / "moved.png")

    outcome = unblur(*words(folders, "--model", "deconvolution", "--device", "cpu", "--json"))

    assert outcome.status == 0, outcome.err
    (report,) = outcome.reports
    (picture,) = report["pictures"]
    assert asked == [(3, 96, 96)]
    assert (report["quality"], report["device"]) == (None, "cpu")
    assert picture["setting"] == "PSF 9 × 1, confidence 0.75"
    assert picture["psnr"] > picture["psnr_blurred"] + 4


@pytest.mark.usefixtures("lighter")
def test_pictures_without_a_partner_are_told_and_the_others_measured(
    unblur: Command, folders: tuple[Path, Path]
) -> None:
    for number in range(5):
        (folders[0] / f"lone {number}.png").touch()
    (folders[1] / "list.txt").touch()

    outcome = unblur(*words(folders, "--json"))

    assert outcome.status == 1
    assert "No picture of the same name" in outcome.err
    assert f"“{folders[0] / 'lone 2.png'}” and 2 more." in outcome.err
    (report,) = outcome.reports
    assert report["summary"]["pictures"] == 2
    assert len(report["unpaired"]) == 5


@pytest.mark.usefixtures("lighter")
def test_what_cannot_be_compared_is_told_and_the_others_measured(
    unblur: Command, folders: tuple[Path, Path]
) -> None:
    blurred, sharp = folders
    Image.fromarray(pixels(60, 40)).save(blurred / "narrow.png")
    Image.fromarray(pixels(40, 60)).save(sharp / "narrow.png")
    for folder in folders:
        Image.fromarray(pixels(60, 10)).save(folder / "tiny.png")
    (blurred / "empty.png").touch()
    Image.fromarray(pixels()).save(sharp / "empty.png")
    Image.fromarray(pixels()).save(blurred / "text.png")
    (sharp / "text.png").write_text("no picture", encoding="utf-8")

    outcome = unblur(*words(folders, "--json"))

    assert outcome.status == 1
    (report,) = outcome.reports
    sentences = {each["name"]: each["error"] for each in report["failures"]}
    assert "it has 60 × 40 pixels, the sharp one 40 × 60" in sentences["narrow"]
    assert "narrower than 11 pixels" in sentences["tiny"]
    assert "0 bytes" in sentences["empty"]
    assert str(blurred / "empty.png") in sentences["empty"]
    assert str(sharp / "text.png") in sentences["text"]
    assert [each["name"] for each in report["pictures"]] == ["one", "two"]
    for sentence in sentences.values():
        assert sentence in outcome.err.splitlines()


@pytest.mark.usefixtures("broken")
@pytest.mark.allow_log("What the model gave is not finite")
def test_tiles_that_a_model_fails_on_are_counted_as_they_were(
    unblur: Command, folders: tuple[Path, Path]
) -> None:
    table = unblur(*words(folders))
    (report,) = unblur(*words(folders, "--json")).reports

    assert table.out.splitlines()[2].endswith("1 tile left as it was")
    for picture in report["pictures"]:
        assert picture["tiles_left"] == 1
        assert picture["psnr"] == picture["psnr_blurred"]


@pytest.mark.usefixtures("lighter")
def test_where_nothing_can_be_measured_there_is_no_summary(
    unblur: Command, folders: tuple[Path, Path]
) -> None:
    for path in folders[0].iterdir():
        path.write_bytes(b"")

    outcome = unblur(*words(folders, "--json"))

    assert outcome.status == 1
    assert outcome.reports[0]["summary"] is None


def test_folders_that_hold_no_pairs_are_refused(unblur: Command, tmp_path: Path) -> None:
    empty, file, pictures = tmp_path / "empty", tmp_path / "file.png", tmp_path / "pictures"
    empty.mkdir()
    file.touch()
    pictures.mkdir()
    (pictures / "a.png").touch()
    others = tmp_path / "others"
    others.mkdir()
    (others / "b.png").touch()
    doubled = tmp_path / "doubled"
    doubled.mkdir()
    (doubled / "a.png").touch()
    (doubled / "a.jpg").touch()
    refusals = {
        empty: "has no pictures",
        file: "is a file, not a folder",
        tmp_path / "nowhere": "does not exist",
        others: "have no pictures of the same name",
        doubled: "share a name",
    }
    for folder, sentence in refusals.items():
        outcome = unblur(*words((pictures, folder)))
        assert outcome.status == 2
        assert outcome.err.startswith("unblur evaluate: error: ")
        assert sentence in outcome.err
        assert str(folder) in outcome.err


def test_the_ending_of_a_name_does_not_matter(tmp_path: Path) -> None:
    blurred, sharp = tmp_path / "b", tmp_path / "s"
    blurred.mkdir()
    sharp.mkdir()
    (blurred / "x.y.JPG").touch()
    (sharp / "x.y.png").touch()

    assert find_pairs(blurred, sharp).pairs == (
        Pair("x.y", blurred / "x.y.JPG", sharp / "x.y.png"),
    )


def test_a_folder_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)

    with pytest.raises(PairingError, match="cannot be read"):
        find_pairs(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--model", "none"), "There is no model “none”"),
        (("--model", "unsharp", "--model", "none"), "There is no model “none”"),
        (("--model", "maxim-3s.gopro:superb"), "“superb” is none of draft, good, best"),
        (("--limit", "0"), "“0” is not a whole number above zero"),
        (("--limit", "many"), "“many” is not a whole number above zero"),
        (("--whole", "--scale", "1/2"), "not allowed with"),
    ],
)
def test_unusable_words_are_refused(
    unblur: Command, folders: tuple[Path, Path], more: tuple[str, ...], sentence: str
) -> None:
    outcome = unblur(*words(folders, *more))

    assert outcome.status == 2
    assert sentence in outcome.err
    assert outcome.out == ""


@pytest.mark.usefixtures("lighter")
def test_the_first_pairs_alone_are_measured_when_so_many_are_asked_for(
    unblur: Command, folders: tuple[Path, Path]
) -> None:
    outcome = unblur(*words(folders, "--limit", "1", "--json"))

    assert outcome.status == 0
    assert [each["name"] for each in outcome.reports[0]["pictures"]] == ["one"]


def test_in_one_piece_the_network_sees_the_whole_photo_at_once(
    unblur: Command, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from unblur.engine import provider
    from unblur_models import catalog

    seen: list[tuple[int, ...]] = []

    class Model:
        card = catalog.card(catalog.DEFAULT_MODEL_ID)

        def __call__(self, batch: Any, quality: str) -> Any:
            seen.append(tuple(batch.shape))
            return batch + LIGHTER / 255

    monkeypatch.setattr(provider.ZooProvider, "get", lambda *_: Model())
    for folder, lighter in zip(folders, (0, LIGHTER), strict=True):
        Image.fromarray(pixels(700, 150) + np.uint8(lighter)).save(folder / "large.png")

    outcome = unblur(*words(folders, "--whole", "--limit", "1", "--json"))

    assert outcome.status == 0, outcome.err
    assert outcome.reports[0]["pictures"][0]["psnr"] == 100.0
    assert outcome.reports[0]["whole"] is True
    assert seen[1:] == [(1, 3, 192, 704)]  # the first call warms up


def test_a_photo_that_does_not_fit_in_one_piece_is_told(
    unblur: Command, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from unblur.engine import provider
    from unblur_models import catalog

    class Model:
        card = catalog.card(catalog.DEFAULT_MODEL_ID)

        def __call__(self, batch: Any, quality: str) -> Any:
            if batch.shape[2] * batch.shape[3] > 64 * 64 or batch.max() > 0:
                raise torch.OutOfMemoryError("no memory")
            return batch

    monkeypatch.setattr(provider.ZooProvider, "get", lambda *_: Model())

    outcome = unblur(*words(folders, "--whole"))

    assert outcome.status == 1
    assert "does not fit into memory in one piece. Restore it in tiles" in outcome.err


def test_a_model_without_weights_does_not_cost_the_other_contenders(
    unblur: Command, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from unblur.engine import provider
    from unblur.errors import WeightsMissingError

    def missing(*_: object) -> None:
        raise WeightsMissingError("maxim-3s.gopro", "nowhere")

    monkeypatch.setattr(provider.ZooProvider, "get", missing)

    outcome = unblur(*words(folders, "--model", "maxim-3s.gopro", "--model", "unsharp", "--json"))

    assert outcome.status == 1
    network, unsharp = outcome.reports
    assert "The weights of “maxim-3s.gopro” are not at nowhere" in network["error"]
    assert network["summary"] is None
    assert unsharp["summary"]["pictures"] == 2


@pytest.mark.usefixtures("lighter")
def test_sixteen_bits_are_measured_at_eight(unblur: Command, tmp_path: Path) -> None:
    from unblur.imaging.opencv import cv2

    folders = tmp_path / "blurred", tmp_path / "sharp"
    for folder, lighter in zip(folders, (0, LIGHTER), strict=True):
        folder.mkdir()
        deep = (pixels() + np.uint8(lighter)).astype(np.uint16) * 257
        (folder / "deep.png").write_bytes(cv2.imencode(".png", deep)[1].tobytes())

    (report,) = unblur(*words(folders, "--json")).reports

    assert report["pictures"][0]["psnr"] == 100.0


def test_refusals_need_no_torch(tmp_path: Path) -> None:
    for folder in ("b", "s"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one.png").touch()
    program = (
        "import sys\n"
        "from unblur.__main__ import main\n"
        f"words = ['evaluate', '--blurred', {str(tmp_path / 'b')!r}, '--sharp', "
        f"{str(tmp_path / 's')!r}, '--model']\n"
        "assert main([*words, 'none']) == 2\n"
        "assert main([*words, 'unsharp']) == 1\n"
        "assert 'torch' not in sys.modules and 'PySide6' not in sys.modules\n"
    )

    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()


def test_the_json_is_strict(unblur: Command, folders: tuple[Path, Path]) -> None:
    """Equal pictures have no infinite PSNR: JSON has no word for it."""
    (folders[1] / "one.png").write_bytes((folders[0] / "one.png").read_bytes())

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

    outcome = unblur(*words(folders, "--model", "unsharp", "--limit", "1", "--json"))

    report = json.loads(outcome.out, parse_constant=refuse)
    assert report["pictures"][0]["psnr_blurred"] == 100.0
    assert report["summary"]["worst_gain"] < 0
