"""An empty window that quits after its first picture: what starting is measured against."""

import sys
import time

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class Window(QMainWindow):
    """Tells when it was painted, and quits."""

    def event(self, event: QEvent) -> bool:
        """Painted by now: leave."""
        handled = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:
            sys.stdout.write(f"first picture {time.monotonic():.4f}\n")
            QTimer.singleShot(0, QApplication.quit)
        return handled


if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = Window()
    window.resize(1280, 820)
    window.show()
    sys.exit(application.exec())
