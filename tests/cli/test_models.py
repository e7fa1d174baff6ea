from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from tests import mirrors
from tests.mirrors import serving

from unblur_models.card import ModelCard, Purpose, card_text
from unblur_models.plain_unet.layout import Hyperparameters
from unblur_models.plain_unet.network import PlainUnet

Command = Callable[..., Any]

DEFAULT = "maxim-3s.gopro"
TINY = "plain-tiny.street"


def parameters() -> dict[str, torch.Tensor]:
    torch.manual_seed(4)
    shape = Hyperparameters(unshuffle=2, width=4, encoder=(1,), middle=1, decoder=(1,))
    state = PlainUnet(shape=shape).state_dict()
    return {name: torch.randn(each.shape) * 0.01 for name, each in state.items()}


WEIGHTS = save(parameters())
CARD = ModelCard(
    id=TINY,
    name="Plain",
    architecture="plain U-Net",
    purpose=Purpose.MOTION,
    weights_file="plain-tiny-street.safetensors",
    weights_bytes=len(WEIGHTS),
    sha256=hashlib.sha256(WEIGHTS).hexdigest(),
    licence="MIT",
    family="plain",
    variant="tiny",
    weights_from="its authors' page",
    commercial=True,
    parameters=sum(each.numel() for each in parameters().values()),
    size_multiple=4,
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Callable[..., Path]:
    """A folder with the card of a model, whose weights are where `mirrors` say."""

    def make(*addresses: str, **facts: Any) -> Path:
        folder = tmp_path / "catalogue"
        folder.mkdir(exist_ok=True)
        card = replace(CARD, mirrors=addresses, **facts)
        (folder / "plain.toml").write_text(card_text(card))
        return folder

    return make


def test_the_models_are_listed_with_purpose_cost_and_licence(unblur: Command) -> None:
    outcome = unblur("models")

    assert outcome.status == 0
    assert f"{DEFAULT} (default)" in outcome.out
    assert "motion · 22.2 million parameters · 2,216 GMAC/MP · licence" in outcome.out
    assert "licence Apache-2.0, may be used commercially" in outcome.out
    assert unblur("models", "list").out == outcome.out


@pytest.mark.parametrize("words", [("--json",), ("list", "--json"), ("--json", "list")])
def test_the_list_is_one_json_array(unblur: Command, words: tuple[str, ...]) -> None:
    models = {each["id"]: each for each in json.loads(unblur("models", *words).out)}

    assert {
        "family": "maxim",
        "variant": "3s",
        "purpose": "motion",
        "parameters": 22207605,
        "gmacs_per_megapixel": 2216.0,
        "weights": "embedded",
        "licence": "Apache-2.0",
        "commercial": True,
        "qualities": ["draft", "good", "best"],
    }.items() <= models[DEFAULT].items()


def test_one_model_is_shown_with_all_that_is_known_of_it(unblur: Command) -> None:
    outcome = unblur("models", "show", DEFAULT)

    assert "23.58 → 33.10 dB (2026-11-22)" in outcome.out
    assert "published on GoPro: 32.86 dB, SSIM 0.961" in outcome.out
    shown = json.loads(unblur("models", "show", DEFAULT, "--json").out)
    assert shown["weights"] == "embedded"
    assert shown["tile"] == 256


@pytest.mark.parametrize("action", ["show", "fetch", "verify", "remove"])
def test_a_model_that_does_not_exist_is_misuse(unblur: Command, action: str) -> None:
    outcome = unblur("models", action, "photo-magic")

    assert outcome.status == 2
    assert "There is no model “photo-magic”" in outcome.err
    assert DEFAULT in outcome.err


def test_a_model_without_weights_is_listed_as_missing_and_cannot_restore(
    unblur: Command, catalogue: Callable[..., Path], photo: Path, own_home: Path
) -> None:
    folder = catalogue()
    listed = json.loads(unblur("models", "--catalogue", folder, "list", "--json").out)
    assert {each["id"]: each["weights"] for each in listed}[TINY] == "missing"
    assert (
        "weights needed: they come from its authors' page"
        in unblur("models", "--catalogue", folder).out
    )

    own = own_home / "data" / "models"
    own.mkdir(parents=True)
    (own / "plain.toml").write_bytes((folder / "plain.toml").read_bytes())
    outcome = unblur("restore", photo, "-o", photo.with_name("out.png"), "--model", TINY)
    assert outcome.status == 2
    assert f"The weights of “{TINY}” are not here yet: they come" in outcome.err


def test_weights_are_fetched_verified_used_and_removed(
    unblur: Command, catalogue: Callable[..., Path], own_home: Path
) -> None:
    with serving(WEIGHTS, mirrors.breaking_off_after(3000)) as mirror:
        folder = catalogue(mirror.address())
        outcome = unblur("models", "--catalogue", folder, "fetch", TINY, "--accept-licence")
    assert outcome.status == 0, outcome.err
    assert (own_home / "data/models" / CARD.weights_file).read_bytes() == WEIGHTS

    listed = json.loads(unblur("models", "--catalogue", folder, "list", "--json").out)
    assert {each["id"]: each["weights"] for each in listed}[TINY] == "fetched"
    verified = unblur("models", "--catalogue", folder, "verify")
    assert verified.status == 0
    assert f"{TINY}: good" in verified.out
    assert f"{DEFAULT}: good" in verified.out

    assert unblur("models", "--catalogue", folder, "remove", TINY).status == 0
    assert list((own_home / "data/models").iterdir()) == []


def test_a_licence_is_accepted_once_before_the_first_fetch(
    unblur: Command, catalogue: Callable[..., Path]
) -> None:
    with serving(WEIGHTS, mirrors.honest) as mirror:
        command = ("models", "--catalogue", catalogue(mirror.address()), "fetch", TINY)
        refused = unblur(*command)
        assert mirror.asked == []
        assert unblur(*command, "--accept-licence").status == 0
        unblur("models", "--catalogue", catalogue(mirror.address()), "remove", TINY)
        assert unblur(*command).status == 0
    assert refused.status == 1
    assert "under this licence, which you have not accepted yet: MIT." in refused.err


@pytest.mark.parametrize("by", ["variable", "setting"])
def test_offline_nothing_is_asked(
    unblur: Command,
    catalogue: Callable[..., Path],
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    by: str,
) -> None:
    if by == "variable":
        monkeypatch.setenv("UNBLUR_OFFLINE", "1")
    else:
        (own_home / "config").mkdir(parents=True)
        (own_home / "config/settings.json").write_text('{"offline": true}')
    with serving(WEIGHTS, mirrors.honest) as mirror:
        outcome = unblur(
            "models", "--catalogue", catalogue(mirror.address()), "fetch", TINY, "--accept-licence"
        )
    assert outcome.status == 1
    assert "Unblur is set to stay offline" in outcome.err
    assert mirror.asked == []


def test_a_model_that_nobody_offers_says_where_its_weights_come_from(
    unblur: Command, catalogue: Callable[..., Path]
) -> None:
    outcome = unblur("models", "--catalogue", catalogue(), "fetch", TINY, "--accept-licence")
    assert outcome.status == 1
    assert "they come from its authors' page." in outcome.err
    assert "Nobody offers" in unblur("models", "fetch", DEFAULT, "--accept-licence").err


def test_garbage_from_a_mirror_is_told_with_its_name(
    unblur: Command, catalogue: Callable[..., Path]
) -> None:
    with serving(WEIGHTS, lambda visit: visit.give(bytes(len(WEIGHTS)))) as mirror:
        outcome = unblur(
            "models", "--catalogue", catalogue(mirror.address()), "fetch", TINY, "--accept-licence"
        )
    assert outcome.status == 1
    assert "127.0.0.1: what came is not the file (wrong SHA-256)" in outcome.err


def test_damaged_weights_are_found(
    unblur: Command, catalogue: Callable[..., Path], own_home: Path
) -> None:
    (own_home / "data/models").mkdir(parents=True)
    (own_home / "data/models" / CARD.weights_file).write_bytes(WEIGHTS[:-1] + b"\0")
    outcome = unblur("models", "--catalogue", catalogue(), "verify", TINY)
    assert (outcome.status, outcome.out) == (1, f"{TINY}: damaged\n")


def test_a_file_becomes_a_model_that_restores(unblur: Command, tmp_path: Path, photo: Path) -> None:
    torch.save({"params": parameters()}, tmp_path / "mine.pth")
    added = unblur("models", "add", tmp_path / "mine.pth", "--purpose", "defocus")
    assert added.status == 0, added.err
    assert added.out.startswith("custom-mine\n  mine: plain U-Net, added from a file of yours.")
    assert "not for commercial use" in added.out
    assert "custom-mine" in unblur("models").out

    out = tmp_path / "restored.png"
    outcome = unblur("restore", photo, "-o", out, "--model", "custom-mine", "--json")
    assert outcome.status == 0, outcome.err
    assert outcome.reports[0]["model"] == "custom-mine"
    assert out.exists()

    assert unblur("models", "remove", "custom-mine").status == 0
    assert "custom-mine" not in unblur("models").out


def test_a_file_can_be_the_missing_weights_of_a_known_model(
    unblur: Command, catalogue: Callable[..., Path], tmp_path: Path
) -> None:
    torch.save({"params": parameters()}, tmp_path / "downloaded.pth")
    known = ("models", "--catalogue", catalogue(sha256="", weights_bytes=0))
    assert unblur(*known, "add", tmp_path / "downloaded.pth", "--as", TINY).status == 0
    assert f"{TINY}: good" in unblur(*known, "verify").out
    refused = unblur(*known, "add", tmp_path / "downloaded.pth", "--as", DEFAULT)
    assert refused.status == 1
    assert f"“{DEFAULT}” is a part of Unblur" in refused.err


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"architecture": "NAFNet"}, "it is plain U-Net, not NAFNet"),
        ({"parameters": 5}, "parameters instead of 5"),
    ],
)
def test_weights_of_another_model_are_told_apart(
    unblur: Command,
    catalogue: Callable[..., Path],
    tmp_path: Path,
    facts: dict[str, Any],
    reason: str,
) -> None:
    torch.save(parameters(), tmp_path / "other.pth")
    outcome = unblur(
        "models", "--catalogue", catalogue(**facts), "add", tmp_path / "other.pth", "--as", TINY
    )
    assert outcome.status == 1
    assert "does not hold the weights of this model" in outcome.err
    assert reason in outcome.err


def test_a_network_that_is_nearly_known_is_told_what_differs(
    unblur: Command, tmp_path: Path
) -> None:
    state = {"intro.weight": torch.ones(8, 6, 3, 3), "ending.weight": torch.ones(3, 8, 3, 3)}
    state["middle_blks.0.sca.1.weight"] = torch.ones(8, 8, 1, 1)
    torch.save(state, tmp_path / "dual.pth")
    outcome = unblur("models", "add", tmp_path / "dual.pth")
    assert outcome.status == 1
    assert "fits no network that Unblur knows" in outcome.err
    assert "6 channels" in outcome.err


class Harmful:
    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.system, ("exit 1",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no model at all", "holds no model that can be read: it is neither"),
        ({"strange": torch.ones(2)}, "fits no network that Unblur knows (it has strange)"),
        ({"params": parameters(), "more": Harmful()}, "wants posix.system"),
        (None, "No such file"),
    ],
)
@pytest.mark.skipif("sys.platform == 'win32'", reason="os.system has another name there")
def test_a_file_that_is_no_model_gets_a_sentence(
    unblur: Command, tmp_path: Path, content: Any, said: str
) -> None:
    path = tmp_path / "file.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    outcome = unblur("models", "add", path)
    assert outcome.status == 1
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_what_is_embedded_is_not_removed(unblur: Command) -> None:
    outcome = unblur("models", "remove", DEFAULT)
    assert outcome.status == 1
    assert "is a part of Unblur" in outcome.err
    assert unblur("models", "verify", DEFAULT).out == f"{DEFAULT}: good\n"


def test_without_a_home_restoring_still_knows_the_embedded_models(
    unblur: Command, photo: Path, lighter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no home")

    monkeypatch.delenv("UNBLUR_HOME")
    monkeypatch.setattr("platformdirs.user_data_path", fail)
    assert unblur("restore", photo, "-o", photo.with_name("out.png")).status == 0
    assert "Set UNBLUR_HOME" in unblur("models").err
