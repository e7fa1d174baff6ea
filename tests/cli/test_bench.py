"""`unblur bench`: times that hold, within the time that was given for them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
import torch

from unblur.cli.bench_measuring import _Estimate
from unblur.engine import provider
from unblur.errors import WeightsMissingError
from unblur_models import catalog

Command = Callable[..., Any]
MAXIM = catalog.card("maxim-3s.gopro")


class Clock:
    """Stands still unless a model runs, so that a busy machine changes no figure."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Model:
    """Takes so many seconds a megapixel, by quality."""

    card = MAXIM

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
def quick(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(clock, draft=0.1, good=0.2, best=40.0)
    monkeypatch.setattr(provider.ZooProvider, "get", lambda *_: model)


WORDS = ("bench", "--model", "maxim-3s.gopro", "--device", "cpu")


@pytest.mark.usefixtures("quick")
def test_the_machine_and_every_quality_are_told_as_json(unblur: Command) -> None:
    outcome = unblur(*WORDS, "--json")

    assert outcome.status == 0, outcome.err
    (report,) = outcome.reports
    assert report["torch"] == torch.__version__
    assert report["threads"] == torch.get_num_threads()
    assert report["device"] == "cpu"
    assert report["devices"][-1]["kind"] == "cpu"
    assert report["devices"][-1]["name"] == report["device_name"]
    assert report["devices"][-1]["memory_mb"] > 500
    assert report["budget_seconds"] == 75
    assert [each["quality"] for each in report["models"]] == ["draft", "good", "best"]
    assert [each["rounds"] for each in report["models"]] == [20, 20, 3]
    for each, expected in zip(report["models"], (0.1, 0.2, 40.0), strict=True):
        assert each["model"] == "maxim-3s.gopro"
        assert each["tile"] == MAXIM.tile
        assert each["best_seconds_per_megapixel"] == pytest.approx(expected)
        assert each["seconds_per_megapixel"] == pytest.approx(expected)
        assert each["engine_ratio"] == 1.0
        if sys.platform == "linux":
            assert each["peak_memory_mb"] > 50


@pytest.mark.usefixtures("quick")
def test_people_read_a_table(unblur: Command) -> None:
    lines = unblur(*WORDS).out.splitlines()

    assert lines[0].startswith("Unblur ")
    assert f"PyTorch {torch.__version__}" in lines[0]
    assert lines[-4].startswith("cpu ") or lines[-4].startswith("model ")
    assert [line.split()[:3] for line in lines[-3:]] == [
        ["maxim-3s.gopro", quality, str(MAXIM.tile)] for quality in ("draft", "good", "best")
    ]


def test_what_would_take_too_long_is_left_out_and_named(
    unblur: Command, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Model(clock, draft=0.05, good=0.05, best=20.0)
    monkeypatch.setattr(provider.ZooProvider, "get", lambda *_: slow)

    outcome = unblur(*WORDS, "--seconds", "2", "--json")

    assert outcome.status == 0
    draft, good, best = outcome.reports[0]["models"]
    assert draft["rounds"] == 20
    assert "seconds_per_megapixel" in good
    assert "seconds_per_megapixel" not in best
    # Loading nothing, warming up, and one round of two runs.
    assert best["estimated_seconds"] == pytest.approx(3 * 20 * MAXIM.tile**2 / 1e6, abs=0.05)
    assert "it would take about 4 s" in best["left_out"]
    assert "left out" in outcome.err
    assert outcome.reports[0]["seconds"] < 2


def test_a_coarse_quality_that_something_disturbed_is_not_left_out_before_a_finer_one(
    unblur: Command, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Disturbed(Model):
        calls = 0

        def __call__(self, batch: torch.Tensor, quality: str) -> torch.Tensor:
            self.calls += 1
            if self.calls == 2:  # the estimate of draft, after one run to warm up
                clock.now += 3.0
            return super().__call__(batch, quality)

    model = Disturbed(clock, draft=0.1, good=0.2, best=0.4)
    monkeypatch.setattr(provider.ZooProvider, "get", lambda *_: model)

    outcome = unblur(*WORDS, "--seconds", "12", "--json")

    assert [each.get("rounds") for each in outcome.reports[0]["models"]] == [20, 20, 20]


@pytest.mark.usefixtures("quick")
def test_what_there_was_no_time_to_estimate_is_left_out_too(unblur: Command) -> None:
    outcome = unblur(*WORDS, "--seconds", "0.008", "--json")

    assert outcome.status == 0
    *_, best = outcome.reports[0]["models"]
    assert best["left_out"] == "left out: no time was left to estimate it"
    assert best["estimated_seconds"] is None


def test_a_model_that_cannot_be_loaded_is_told(
    unblur: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise WeightsMissingError("maxim-3s.gopro", "nowhere")

    monkeypatch.setattr(provider.ZooProvider, "get", missing)

    outcome = unblur(*WORDS, "--json")

    assert outcome.status == 1
    (only,) = outcome.reports[0]["models"]
    assert "The weights of “maxim-3s.gopro” are not at nowhere" in only["error"]
    assert only["error"] in outcome.err


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--model", "none"), "There is no model “none”"),
        (("--seconds", "0"), "“0” is no time in seconds"),
        (("--seconds", "soon"), "“soon” is not a number"),
        (("--device", "abacus"), "invalid choice"),
    ],
)
def test_unusable_words_are_refused(unblur: Command, more: tuple[str, ...], sentence: str) -> None:
    outcome = unblur("bench", *more)

    assert outcome.status == 2
    assert sentence in outcome.err


def test_many_short_rounds_or_few_long_ones_are_run_and_never_more_than_fit() -> None:
    short = _Estimate(MAXIM, "draft", load_seconds=1.0, run_seconds=0.001)
    long = _Estimate(MAXIM, "best", load_seconds=1.0, run_seconds=4.0)

    assert short.rounds(spare=60.0) == 20
    assert long.rounds(spare=60.0) == 3
    assert long.rounds(spare=long.seconds(2)) == 2
    assert long.rounds(spare=long.seconds(1) - 0.1) == 0
    assert long.seconds(3) == 1.0 + 7 * 4.0


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
        "from unblur.__main__ import main\n"
        "sys.exit(main(['bench', '--device', 'cpu', '--seconds', '0.01', '--json']))\n"
    )

    environment = {name: value for name, value in os.environ.items() if name != "UNBLUR_HOME"}
    command = [sys.executable, "-c", program]

    done = subprocess.run(command, check=False, capture_output=True, env=environment)

    assert done.returncode == 0, done.stderr.decode()
    assert b"left_out" in done.stdout
