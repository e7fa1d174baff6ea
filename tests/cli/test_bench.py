"""`unblur bench`: rows that hold, that are checked, and that take no longer than they may."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from unblur.cli import bench_measuring, bench_reference
from unblur.cli.bench_reference import LEAST_AGREEMENT, Check, check, picture_of
from unblur.document.geometry import Size
from unblur.engine import precision, provider
from unblur.errors import WeightsMissingError
from unblur_models import catalog

Command = Callable[..., Any]
MAXIM = catalog.card("maxim-3s.gopro")
KEYS = {
    "model", "quality", "precision", "device", "width", "height", "seconds",
    "seconds_per_megapixel", "fps", "peak_memory_mb", "parameters", "gmacs_per_megapixel",
}  # fmt: skip


class Clock:
    """Stands still unless a model runs, so that a busy machine changes no figure."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Drawn(nn.Module):
    """A network whose cost can be counted: one product a pixel and colour, stage by stage."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 3, 1, groups=3)

    def forward(self, batch: torch.Tensor, stages: int) -> torch.Tensor:
        for _ in range(stages):
            batch = self.layer(batch)
        return batch


class Model:
    """Takes so many seconds a megapixel, by quality, and gives the picture back."""

    card = MAXIM
    network = Drawn()

    def __init__(self, clock: Clock, **seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds

    def __call__(self, batch: torch.Tensor, quality: str) -> torch.Tensor:
        self._clock.now += self._seconds[quality] * batch.shape[2] * batch.shape[3] / 1e6
        return batch

    def again(self, batch: torch.Tensor, quality: str) -> torch.Tensor:
        return self(batch, quality)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", clock)
    return clock


@pytest.fixture
def pretending(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick model on a machine without half precision, on small photos."""
    model = Model(clock, draft=1.0, good=2.0, best=400.0)
    monkeypatch.setattr(provider.ZooProvider, "get", lambda *_: model)
    monkeypatch.setattr(bench_measuring, "fast_precisions", lambda _device: ())
    monkeypatch.setattr(bench_measuring, "SIZES", (Size(128, 128), Size(512, 384)))


@pytest.fixture
def quick(pretending: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, and what it gives is what is expected of it."""
    monkeypatch.setattr(bench_measuring, "check", lambda *_: Check(45.0, 22.0))


WORDS = ("bench", "--model", "maxim-3s.gopro", "--device", "cpu")


@pytest.mark.usefixtures("quick")
def test_the_machine_and_every_row_are_told_as_json(unblur: Command) -> None:
    outcome = unblur(*WORDS, "--json")

    assert outcome.status == 0, outcome.err
    (report,) = outcome.reports
    assert report["torch"] == torch.__version__
    assert report["threads"] == torch.get_num_threads()
    assert report["device"] == "cpu"
    assert report["devices"][-1]["name"] == report["device_name"]
    assert report["devices"][-1]["memory_mb"] > 500
    assert report["budget_seconds"] == 60
    rows = report["rows"]
    assert [(each["quality"], each["width"]) for each in rows] == [
        ("draft", 128), ("draft", 512), ("good", 128), ("good", 512), ("best", 128),
    ]  # fmt: skip
    for each in rows:
        assert set(each) >= KEYS
        assert (each["model"], each["precision"], each["device"]) == (MAXIM.id, "fp32", "cpu")
        assert each["parameters"] == MAXIM.parameters
        rate = {"draft": 1.0, "good": 2.0, "best": 400.0}[each["quality"]]
        assert each["seconds"] == pytest.approx(rate * each["network_megapixels"], abs=1e-5)
        assert each["fps"] == pytest.approx(1 / each["seconds"], rel=1e-4)
        megapixels = each["width"] * each["height"] / 1e6
        assert each["seconds_per_megapixel"] == pytest.approx(each["seconds"] / megapixels, 1e-3)
        if sys.platform == "linux":
            assert each["peak_memory_mb"] > 50
    stages = {quality.id: quality.stages for quality in MAXIM.qualities}
    for each in rows:
        expected = round(3e-3 * stages[each["quality"]], 1)  # thousands of millions
        assert each["gmacs_per_megapixel"] == expected


@pytest.mark.usefixtures("quick")
def test_rows_that_take_longer_than_the_budget_are_left_out_and_named(unblur: Command) -> None:
    report = unblur(*WORDS, "--json").reports[0]
    (left,) = report["left_out"]
    assert (left["quality"], left["width"], left["height"]) == ("best", 512, 384)
    assert left["estimated_seconds"] > 60

    outcome = unblur(*WORDS, "--budget", "0.1")
    assert outcome.status == 0
    assert "Left out, more than 0.1 s (--budget):" in outcome.out
    assert "maxim-3s.gopro good fp32 512×384 (about" in outcome.out
    rows = [line for line in outcome.out.splitlines() if line.startswith("maxim")]
    assert [line.split()[1:4] for line in rows] == [
        ["draft", "fp32", "128×128"], ["good", "fp32", "128×128"],
    ]  # fmt: skip

    everything = unblur(*WORDS, "--budget", "1000", "--json").reports[0]
    assert everything["left_out"] == []
    assert len(everything["rows"]) == 6


@pytest.mark.usefixtures("quick")
def test_people_read_a_table(unblur: Command) -> None:
    lines = unblur(*WORDS).out.splitlines()

    assert lines[0].startswith("Unblur ")
    assert f"PyTorch {torch.__version__}" in lines[0]
    (title,) = [line for line in lines if line.startswith("model")]
    assert title.split()[:6] == ["model", "quality", "precision", "photo", "seconds", "fps"]
    rows = [line for line in lines if line.startswith("maxim-3s.gopro") and "check" not in line]
    assert len(rows) == 5
    assert all(row.endswith("45.0 dB") for row in rows)


@pytest.mark.usefixtures("quick")
def test_a_markdown_table_has_as_many_cells_in_every_line(unblur: Command) -> None:
    lines = unblur(*WORDS, "--markdown").out.splitlines()

    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 + 5
    assert len({line.count("|") for line in table}) == 1
    assert lines[0].startswith("Unblur ")


@pytest.mark.usefixtures("pretending")
def test_a_row_that_computed_nothing_is_called_wrong(unblur: Command) -> None:
    outcome = unblur(*WORDS, "--json")  # the model gives back what it got

    assert outcome.status == 1
    assert [each["is_as_expected"] for each in outcome.reports[0]["rows"]] == [False] * 5
    assert outcome.err.count("WRONG: ") == 5


@pytest.mark.usefixtures("quick")
def test_every_precision_is_a_row_and_one_that_disagrees_is_left_out(
    unblur: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_measuring, "fast_precisions", lambda _device: ("bf16", "fp16"))
    agreement = {torch.float16: 69.0, torch.bfloat16: 48.8}
    monkeypatch.setattr(
        precision, "_checked", lambda _m, _q, _d, name, _t: agreement[precision._DTYPES[name]]
    )

    report = unblur(*WORDS, "--json").reports[0]

    assert {each["precision"] for each in report["rows"]} == {"fp32", "fp16"}
    inexact = [each for each in report["left_out"] if each["estimated_seconds"] is None]
    assert {each["precision"] for each in inexact} == {"bf16"}


def test_a_model_that_cannot_be_loaded_is_told(
    unblur: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise WeightsMissingError("maxim-3s.gopro", "nowhere")

    monkeypatch.setattr(provider.ZooProvider, "get", missing)

    outcome = unblur(*WORDS, "--json")

    assert outcome.status == 1
    (only,) = outcome.reports[0]["failed"]
    assert "The weights of “maxim-3s.gopro” are not at nowhere" in only["error"]
    assert only["error"] in outcome.err


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--model", "none"), "There is no model “none”"),
        (("--budget", "0"), "“0” is no time in seconds"),
        (("--budget", "soon"), "“soon” is not a number"),
        (("--device", "abacus"), "invalid choice"),
        (("--json", "--markdown"), "not allowed with"),
    ],
)
def test_unusable_words_are_refused(unblur: Command, more: tuple[str, ...], sentence: str) -> None:
    outcome = unblur("bench", *more)

    assert outcome.status == 2
    assert sentence in outcome.err


def test_every_embedded_model_has_a_reference_that_is_not_the_picture_itself() -> None:
    picture = picture_of(Size(128, 128)).astype(np.uint16) * 257
    for card in catalog.cards():
        if catalog.needs_weights(card) or card.is_custom:
            continue
        for quality in card.qualities:
            found = check(card.id, quality.id, picture)
            assert found.agreement is not None, (card.id, quality.id)
            assert found.is_passed is False
            assert found.agreement < LEAST_AGREEMENT - 3


def test_the_picture_is_the_same_at_its_corner_in_every_size() -> None:
    small, large = picture_of(Size(128, 128)), picture_of(Size(400, 300))

    assert large.shape == (300, 400, 3)
    np.testing.assert_array_equal(large[:128, :128], small)
    np.testing.assert_array_equal(large[:128, 127:254], small[:, ::-1][:, :127])


def test_a_result_that_is_not_stored_is_not_judged() -> None:
    found = check("custom-mine", "good", picture_of(Size(128, 128)).astype(np.uint16))

    assert found.is_passed is None
    assert bench_reference.name_of("a", "b") == "a:b"


def test_a_machine_with_numpy_torch_and_safetensors_alone_can_be_measured() -> None:
    program = (
        "import sys\n"
        "lacking = {'PySide6', 'shiboken6', 'cv2', 'PIL', 'OpenImageIO', 'pi_heif', 'scipy',\n"
        "           'platformdirs', 'qimage2ndarray', 'skimage', 'imageio', 'tifffile'}\n"
        "class Lacking:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in lacking:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Lacking())\n"
        "from unblur.cli import bench_measuring\n"
        "from unblur.document.geometry import Size\n"
        "bench_measuring.SIZES = (Size(128, 128), Size(4000, 3000))\n"
        "bench_measuring._ENOUGH_SECONDS = 0.01\n"
        "from unblur.__main__ import main\n"
        "words = ['--model', 'srn-color.gopro', '--device', 'cpu', '--budget', '30', '--json']\n"
        "sys.exit(main(['bench', *words]))\n"
    )

    environment = {name: value for name, value in os.environ.items() if name != "UNBLUR_HOME"}
    command = [sys.executable, "-c", program]

    done = subprocess.run(command, check=False, capture_output=True, env=environment)

    assert done.returncode == 0, done.stderr.decode()
    assert b'"width": 128' in done.stdout, done.stderr.decode()
    assert b"left_out" in done.stdout
