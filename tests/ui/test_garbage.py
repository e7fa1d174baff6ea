from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from unblur.ui.garbage import GarbageOnThisThread, collect_due


class Cycle(QWidget):
    """A widget that only the garbage collector can take away."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def test_a_widget_in_a_cycle_dies_on_the_thread_of_the_window(qtbot: QtBot) -> None:
    gc.enable()
    garbage = GarbageOnThisThread()
    garbage.start()
    try:
        died: list[int] = []
        reference = weakref.ref(Cycle(), lambda _: died.append(threading.get_ident()))

        def allocate() -> None:
            for _ in range(5000):
                circle: list[object] = []
                circle.append(circle)

        thread = threading.Thread(target=allocate)
        thread.start()
        thread.join()
        assert reference() is not None  # the other thread collected nothing
        qtbot.waitUntil(lambda: reference() is None)
        assert died == [threading.get_ident()]
    finally:
        garbage.stop()
    assert gc.isenabled()


def test_nothing_is_collected_before_it_is_due(qtbot: QtBot) -> None:
    gc.collect()
    before = [each["collections"] for each in gc.get_stats()]
    collect_due()
    assert [each["collections"] for each in gc.get_stats()] == before
