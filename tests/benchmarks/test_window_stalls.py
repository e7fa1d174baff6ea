"""The measure of standing still sees a window that is held up, and one that is not."""

from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot
from tests.benchmarks.window_stalls import Heart, stall_of

from unblur.errors import UnexpectedEngineError


def test_a_loop_that_is_held_up_is_seen(qtbot: QtBot) -> None:
    heart = Heart()
    time.sleep(0.2)  # the event loop is this thread's
    heart.stop()
    heart.deleteLater()
    assert heart.longest >= 0.2


def test_work_beside_the_loop_is_waited_for_while_it_beats(qtbot: QtBot) -> None:
    stall = stall_of(lambda: time.sleep(0.3))
    assert stall.seconds >= 0.3
    assert stall.beats > 5


@pytest.mark.allow_log("Unexpected failure while looking")
def test_work_that_fails_is_no_measurement(qtbot: QtBot) -> None:
    with pytest.raises(UnexpectedEngineError):
        stall_of(lambda: 1 / 0)
