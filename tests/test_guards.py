"""The guards of conftest.py, each with a test that must not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

_CASES = """
import logging
import pytest

def test_a_warning_in_the_log():
    logging.getLogger("unblur").warning("half a photo")

@pytest.mark.allow_log("half a photo")
def test_a_warning_that_the_marker_allows():
    logging.getLogger("unblur").warning("half a photo")

def test_a_warning_that_the_fixture_allows(allow_log):
    allow_log.append("half a photo")
    logging.getLogger("unblur").error("half a photo")

def test_a_window_left_open(qapp):
    from PySide6.QtWidgets import QWidget
    global left_open
    left_open = QWidget()
    left_open.show()

def test_a_window_that_is_closed(qtbot):
    from PySide6.QtWidgets import QWidget
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()

def test_a_thread_left_running(qapp):
    from PySide6.QtCore import QThread
    global thread
    thread = QThread()
    thread.setObjectName("stray")
    thread.start()

def test_a_thread_that_is_over(qapp):
    from PySide6.QtCore import QThread
    thread.quit()
    assert thread.wait(2000)
"""


def test_each_guard_stops_what_it_is_for_and_nothing_else(pytester: pytest.Pytester) -> None:
    guards = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    pytester.makeconftest(guards.replace("_THREAD_WAIT_MS = 2000", "_THREAD_WAIT_MS = 50"))
    pytester.makepyfile(_CASES)

    outcome = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", "-W", "ignore")

    outcome.assert_outcomes(passed=7, errors=3)
    said = outcome.stdout.str()
    assert "unexpected in the log:\nWARNING unblur: half a photo" in said
    assert "top-level widgets left open: QWidget('')" in said
    assert "QThread still running: stray" in said
