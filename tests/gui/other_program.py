"""Another program on the display: something to drag a file from."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class FileIcon(QLabel):
    """A file that can be dragged away."""

    def __init__(self, path: str) -> None:
        super().__init__("a file")
        self._path = path
        self.setWindowTitle("Files")
        self.setGeometry(20, 20, 120, 60)

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(self._path)])
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)


def main() -> int:
    application = QApplication(sys.argv)
    icon = FileIcon(sys.argv[1])
    icon.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
