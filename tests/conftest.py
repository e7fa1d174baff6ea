"""Guards for every test: no unexpected word in the log, no thread or window left behind.

Qt and torch are looked at only when a test has imported them, so that pure tests stay quick.
"""

from __future__ import annotations

import functools
import gc
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Before anything imports Qt: no test opens a window on the display of a person at work.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Read by torch when it is imported: the same number on every machine, so that sums round alike.
# One, as several processes share the machine: threads that wait for one another would be idle.
os.environ.setdefault("OMP_NUM_THREADS", "1")

_THREAD_WAIT_MS = 10_000
# Several times what the slowest wait needs, as another process of tests has its share too.
_PATIENCE_MS = 30_000


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers of the guards."""
    config.addinivalue_line("markers", "allow_log(*parts): log lines with these words may appear")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot do, with the reason."""
    if item.get_closest_marker("gpu") is not None:
        reason = _why_no_accelerator()
        if reason is not None:
            pytest.skip(reason)
    if item.get_closest_marker("gui") is not None:
        missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
        if missing:
            pytest.skip(f"needs {' and '.join(missing)}")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings, state, models and recovery files of the test, away from those of the person."""
    home = tmp_path / "unblur-home"
    monkeypatch.setenv("UNBLUR_HOME", str(home))
    monkeypatch.delenv("UNBLUR_OFFLINE", raising=False)
    yield home
    catalog = sys.modules.get("unblur_models.catalog")
    if catalog is not None:
        catalog.look_in()


@pytest.fixture(autouse=True)
def garbage_on_this_thread() -> Iterator[None]:
    """As the program does (see unblur.ui.garbage): no other thread destroys a test's widgets."""
    gc.disable()
    yield
    counts, thresholds = gc.get_count(), gc.get_threshold()
    if counts[0] > thresholds[0]:
        gc.collect(2 if counts[2] > thresholds[2] else int(counts[1] > thresholds[1]))


@pytest.fixture
def qtbot(qtbot: Any) -> Any:
    """pytest-qt's, that waits longer for what has to come: a busy machine is no fault."""
    for name in ("waitSignal", "waitSignals", "waitUntil"):
        setattr(qtbot, name, functools.partial(getattr(qtbot, name), timeout=_PATIENCE_MS))
    return qtbot


@pytest.fixture
def allow_log() -> list[str]:
    """Words that may appear in warnings and errors of the log: append them during the test."""
    return []


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest, allow_log: list[str]) -> Iterator[None]:
    """Fail when the test, its fixtures or their ends left an unexpected warning in the log."""
    watcher = _LogWatcher()
    root = logging.getLogger()
    root.addHandler(watcher)
    try:
        yield
    finally:
        root.removeHandler(watcher)
    allowed = [part for mark in request.node.iter_markers("allow_log") for part in mark.args]
    allowed += allow_log
    unexpected = [line for line in watcher.lines if not any(part in line for part in allowed)]
    if unexpected:
        pytest.fail("unexpected in the log:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_left_behind(own_home: Path, quiet_log: None) -> Iterator[None]:
    """Fail when a QThread still runs or a top-level widget is still open after the test."""
    before = {id(widget) for widget in _top_level_widgets()}
    yield
    threads = _running_threads()
    if threads:
        pytest.fail(f"QThread still running: {', '.join(threads)}", pytrace=False)
    leaked = [widget for widget in _top_level_widgets() if id(widget) not in before]
    names = [f"{type(widget).__name__}({widget.objectName()!r})" for widget in leaked]
    for widget in leaked:  # so that the next test does not answer for it
        widget.close()
        widget.deleteLater()
    if names:
        pytest.fail(f"top-level widgets left open: {', '.join(names)}", pytrace=False)


class _LogWatcher(logging.Handler):
    """Collects what is degraded or abandoned."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


def _why_no_accelerator() -> str | None:
    import torch

    if torch.cuda.is_available() or torch.backends.mps.is_available() or torch.xpu.is_available():
        return None
    return f"needs an accelerator, and torch {torch.__version__} finds none here"


def _qt_widgets() -> Any:
    """QtWidgets with a running application, or None when this test has nothing to do with it."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or not isinstance(widgets.QApplication.instance(), widgets.QApplication):
        return None
    return widgets


def _top_level_widgets() -> list[Any]:
    widgets = _qt_widgets()
    if widgets is None:
        return []
    return [widget for widget in widgets.QApplication.topLevelWidgets() if widget.isVisible()]


def _running_threads() -> list[str]:
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return []
    import gc

    import shiboken6

    # By exact type: isinstance would wake every lazy proxy in memory.
    kinds = _with_subclasses(core.QThread)
    threads = [thing for thing in gc.get_objects() if type(thing) in kinds]
    current = core.QThread.currentThread()
    return [
        thread.objectName() or type(thread).__name__
        for thread in threads
        if shiboken6.isValid(thread)
        and thread is not current
        and thread.isRunning()
        and not thread.wait(_THREAD_WAIT_MS)
    ]


def _with_subclasses(kind: type) -> set[type]:
    found = {kind}
    for child in kind.__subclasses__():
        found |= _with_subclasses(child)
    return found
