"""The command line in this process, with a network that is quick and easy to recognise."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.disks import read_only_folder, tiny_disk

from unblur.__main__ import main

__all__ = ["read_only_folder", "tiny_disk"]

LIGHTER = 0.125  # what the fake network adds


@dataclass(frozen=True)
class Outcome:
    """What a command left on the terminal."""

    status: int
    out: str
    err: str

    @property
    def reports(self) -> list[dict[str, Any]]:
        """The JSON objects, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Outcome]


@pytest.fixture
def unblur(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `unblur WORDS…`; refusals of argparse come back as a status, too."""

    def run(*words: object) -> Outcome:
        try:
            status = main([str(word) for word in words])
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Outcome(status, said.out, said.err)

    return run


@pytest.fixture
def lighter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of the real network one that makes every pixel lighter."""
    _pretend(monkeypatch, lambda batch: batch + LIGHTER)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of the real network one that gives no numbers."""
    _pretend(monkeypatch, lambda batch: batch * float("nan"))


def _pretend(monkeypatch: pytest.MonkeyPatch, network: Callable[[Any], Any]) -> None:
    from unblur.engine import provider
    from unblur_models import catalog

    class Model:
        card = catalog.card(catalog.DEFAULT_MODEL_ID)

        def __call__(self, batch: Any, quality: str) -> Any:
            return network(batch)

        again = __call__

    class Provider:
        def get(self, model_id: str, device: object) -> Model:
            return Model()

    monkeypatch.setattr(provider, "ZooProvider", Provider)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A PNG of 90 × 60 whose pixels are all different, none lighter than a half."""
    path = tmp_path / "photo.png"
    Image.fromarray(pixels_of(90, 60)).save(path)
    return path


def pixels_of(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """An asymmetric picture, (height, width, 3)."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack((x % 128, y % 128, (x + 2 * y) % 128), axis=2).astype(np.uint8)
