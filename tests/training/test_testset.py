from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unblur_models.training import testset
from unblur_models.training.config import RunConfig
from unblur_models.training.errors import ConfigError
from unblur_models.training.samples import SampleSource
from unblur_models.training.synthesis.pipeline import KINDS
from unblur_models.training.testset import held_out_source, samples


@pytest.fixture
def source(run_config: RunConfig) -> SampleSource:
    return held_out_source(run_config)


@pytest.mark.parametrize("kind", KINDS)
def test_a_set_is_of_the_kind_that_was_asked_for(source: SampleSource, kind: str) -> None:
    made = list(samples(source, kind, 64, first=0, count=2))

    assert len({each.name for each in made}) == 2
    for each in made:
        assert each.name.startswith(f"{kind}-")
        assert each.blurred.shape == each.sharp.shape == (64, 64, 3)
        assert each.blurred.dtype == each.sharp.dtype == np.uint8


def test_motion_takes_detail_away(source: SampleSource) -> None:
    made = list(samples(source, "shake", 64, first=0, count=6))

    def detail(pixels: np.ndarray) -> float:
        return float(np.abs(np.diff(pixels.astype(float), axis=0)).mean())

    blurred = sum(detail(each.blurred) for each in made)
    assert blurred < 0.9 * sum(detail(each.sharp) for each in made)


def test_a_sample_is_the_same_in_whatever_set_it_is(source: SampleSource) -> None:
    every = {each.name: each for each in samples(source, None, 48, first=0, count=9)}
    kind = next(iter(every)).split("-")[0]
    (alone,) = samples(source, kind, 48, first=0, count=1)

    assert np.array_equal(alone.sharp, every[alone.name].sharp)
    # Batches are as large as their kinds allow, so sums may round otherwise.
    assert np.abs(alone.blurred.astype(int) - every[alone.name].blurred).max() <= 1


def test_a_set_needs_photographs_that_are_held_out(run_config: RunConfig) -> None:
    data = dataclasses.replace(run_config.data, held_out=0.0)

    with pytest.raises(ConfigError, match="held out"):
        held_out_source(dataclasses.replace(run_config, data=data))


def test_the_files_are_what_evaluate_reads(
    run_config: RunConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from unblur.__main__ import main

    monkeypatch.setattr(testset, "read_run", lambda *_, **__: run_config)
    out = tmp_path / "set"

    for kind, count in (("shake", "2"), ("none", "1")):
        words = ["run.toml", str(out), "--kind", kind, "--count", count, "--side", "48"]
        assert testset.main(words) == 0
    said = capsys.readouterr().out.splitlines()
    folders = ("--blurred", str(out / "blurred"), "--sharp", str(out / "sharp"))

    assert said == [f"{out}: 2 of shake; 48 × 48 pixels", f"{out}: 1 of none; 48 × 48 pixels"]
    names = sorted(path.name for path in (out / "blurred").iterdir())
    assert [name.split("-")[0] for name in names] == ["none", "shake", "shake"]
    assert names == sorted(path.name for path in (out / "sharp").iterdir())
    with Image.open(out / "sharp" / names[0]) as picture:
        assert (picture.mode, picture.size) == ("RGB", (48, 48))
    assert main(["evaluate", *folders, "--model", "unsharp"]) == 0


def test_a_configuration_that_is_missing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert testset.main([str(tmp_path / "none.toml"), str(tmp_path / "set")]) == 1
    assert "none.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("--side", "40"), ("--side", "0"), ("--count", "0"), ("--kind", "fog")]
)
def test_unusable_words_are_refused(words: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        testset.main(["run.toml", str(tmp_path / "set"), *words])
