"""An empty window that quits after its first picture: what starting is measured against."""

import sys

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class Window(QMainWindow):
    """Quits once it was painted."""

    def event(self, event: QEvent) -> bool:
        """Painted by now: leave."""
        handled = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:
            QTimer.singleShot(0, QApplication.quit)
        return handled


if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = Window()
    window.resize(1280, 820)
    window.show()
    sys.exit(application.exec())
