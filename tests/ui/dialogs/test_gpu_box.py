from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests import mirrors
from tests.gpu_setup.conftest import NVIDIA, VERSION, shop, trials
from tests.package_index import Shop

from unblur.gpu_setup import store as stores
from unblur.gpu_setup.hardware import Machine
from unblur.gpu_setup.included import IncludedTorch
from unblur.gpu_setup.kept import Verdict
from unblur.gpu_setup.store import GpuStore
from unblur.settings import Settings
from unblur.ui.dialogs.gpu_box import GpuBox
from unblur.ui.dialogs.settings_dialog import SettingsDialog
from unblur.ui.gpu import GpuSetup
from unblur.workers.model_jobs import ModelJobs

__all__ = ["shop", "trials"]


@pytest.fixture
def gpu(qtbot: QtBot, own_home: Path) -> Iterator[GpuSetup]:
    gpu = GpuSetup(lambda: False, ModelJobs())
    yield gpu
    gpu.shutdown()
    gpu.deleteLater()


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> Shop:
    """A computer with a card that the program's own torch does not compute with."""
    own = IncludedTorch("2.13.0+cpu", frozenset())
    monkeypatch.setattr(stores, "included_torch", lambda other_than: own)
    monkeypatch.setattr(stores, "Machine", lambda: NVIDIA)
    monkeypatch.setenv("UNBLUR_TORCH_INDEX", shop.address)
    return shop


def opened(qtbot: QtBot, gpu: GpuSetup) -> GpuBox:
    dialog = SettingsDialog(Settings(), gpu=gpu)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: gpu.status is not None)
    return dialog.gpu


def test_without_a_card_there_is_a_reason_and_no_button(
    qtbot: QtBot, gpu: GpuSetup, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = Machine("Linux", "x86_64", tmp_path, lambda _: None)
    monkeypatch.setattr(stores, "Machine", lambda: bare)

    box = opened(qtbot, gpu)

    assert "no graphics card was found" in box.words.text()
    assert not box.set_up_button.isVisible()
    assert not box.remove_button.isVisible()


def test_a_card_is_set_up_and_removed_at_a_button(
    qtbot: QtBot, gpu: GpuSetup, card: Shop, trials: list[str]
) -> None:
    box = opened(qtbot, gpu)
    assert box.set_up_button.text() == "Set up"

    with qtbot.waitSignal(gpu.ended):
        box.set_up_button.click()
        assert not box.set_up_button.isEnabled()
        assert box.progress.isVisible()
    qtbot.waitUntil(lambda: VERSION in box.words.text())
    assert "from the next start on" in box.words.text()
    assert not box.progress.isVisible()
    assert box.set_up_button.text() == "Check again"

    box.remove_button.click()
    qtbot.waitUntil(lambda: not box.remove_button.isVisible())
    assert "it needs a PyTorch of its own" in box.words.text()


def test_a_set_up_can_be_stopped_and_resumed(
    qtbot: QtBot, gpu: GpuSetup, card: Shop, trials: list[str]
) -> None:
    file = f"torch-{VERSION}-py3-none-any.whl"
    card.behaviours[file] = mirrors.silent_after(100)
    box = opened(qtbot, gpu)
    box.set_up_button.click()
    qtbot.waitUntil(lambda: gpu.fetched is not None and gpu.fetched[0] == 100)

    box.progress.stop_button.click()
    qtbot.waitUntil(lambda: box.set_up_button.text() == "Resume")
    assert box.set_up_button.isEnabled()
    del card.behaviours[file]
    before = len(card.asked)

    with qtbot.waitSignal(gpu.ended):
        box.set_up_button.click()
    assert (file, "bytes=100-") in card.asked[before:]


def test_what_goes_wrong_is_said_where_it_was_asked_for(
    qtbot: QtBot, gpu: GpuSetup, card: Shop
) -> None:
    card.hashes[f"torch-{VERSION}-py3-none-any.whl"] = "0" * 64
    box = opened(qtbot, gpu)

    with qtbot.waitSignal(gpu.failed):
        box.set_up_button.click()

    qtbot.waitUntil(lambda: "wrong SHA-256" in box.words.text())
    assert box.set_up_button.isEnabled()


def test_a_build_that_does_not_work_is_said_with_what_to_do(
    qtbot: QtBot, gpu: GpuSetup, card: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = Verdict("key", works=False, reason="the driver is too old")

    def tried(self: GpuStore, *_: object) -> Verdict:
        self.shelf.keep_verdict(bad)
        return bad

    monkeypatch.setattr(GpuStore, "try_again", tried)
    box = opened(qtbot, gpu)

    with qtbot.waitSignal(gpu.ended):
        box.set_up_button.click()

    qtbot.waitUntil(lambda: "not used: the driver is too old" in box.words.text())
    assert "Update the card's driver" in box.words.text()


def test_offline_the_button_cannot_be_pressed(
    qtbot: QtBot, gpu: GpuSetup, card: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNBLUR_OFFLINE", "1")

    box = opened(qtbot, gpu)

    assert not box.set_up_button.isEnabled()
    assert "stays offline" in box.words.text()
