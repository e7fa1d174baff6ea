"""Everything that Unblur does, in one process: `without_network.py PHOTO FOLDER`.

Started by test_privacy.py, with and without a network. It ends with 0 when the photo was
analysed, restored and exported on the command line and in the window, and nothing asked for a
connection: neither through Python, whose audit events tell, nor past it, which would have left
sockets in this process.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

_ASKED: list[str] = []
_INTERNET = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
_PATIENCE_MS = 180_000


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        # A display is reached by a socket, too, but by one of this machine with a path.
        if not (len(arguments) > 1 and isinstance(arguments[1], str | bytes)):
            _ASKED.append(f"{event}{arguments[1:]}")
        elif event == "socket.getaddrinfo":
            _ASKED.append(f"{event}{arguments}")
    elif event in ("urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect"):
        _ASKED.append(f"{event}{arguments}")


def internet_sockets() -> list[str]:
    """The sockets of this process that are not local to the machine's kernel (Linux)."""
    inodes: set[str] = set()
    for name in _INTERNET:
        table = Path("/proc/self/net", name)
        if table.exists():
            inodes |= {line.split()[9] for line in table.read_text().splitlines()[1:]}
    links: list[str] = []
    for descriptor in Path("/proc/self/fd").glob("*"):
        with contextlib.suppress(OSError):  # the one that lists the folder is gone already
            links.append(str(descriptor.readlink()))
    return [link for link in links if link.removeprefix("socket:[").rstrip("]") in inodes]


def on_the_command_line(photo: Path, folder: Path) -> None:
    """Analyse and restore."""
    from unblur.__main__ import main

    region = ("--region", "8,8,64,48", "--quality", "draft")
    for words in (
        ["analyze", str(photo)],
        ["restore", str(photo), "-o", str(folder / "line.png"), "--device", "cpu", *region],
        ["models"],
        ["setup-gpu", "--status"],
    ):
        if main(words) != 0:
            sys.exit(f"{words[0]} failed")


def in_the_window(photo: Path, target: Path) -> None:
    """Open, restore, export, quit."""
    from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
    from PySide6.QtWidgets import QApplication

    from unblur.bootstrap import Program
    from unblur.imaging.export import ExportOptions
    from unblur.ui.actions import ActionId
    from unblur.ui.exporting import ExportWish
    from unblur.ui.first_picture import FirstPicture

    application = QApplication([])
    program = Program(application, FirstPicture(application))

    def after(signal: SignalInstance, does: object) -> None:
        loop = QEventLoop()
        signal.connect(loop.quit)
        QTimer.singleShot(_PATIENCE_MS, loop, lambda: sys.exit(f"waited in vain for {signal}"))
        does()  # type: ignore[operator]
        loop.exec()

    program.first.show()
    after(program.client.warmed, lambda: program.begin([photo]))
    program.session.add_whole_photo()
    after(program.restorer.completed, program.actions[ActionId.RESTORE].trigger)
    wish = ExportWish(target, ExportOptions())
    program.exporter._ask = lambda *_: wish
    opened = program.session.current
    after(program.exporter.exported, lambda: program.exporter.export(opened))
    program.shut_down()


def main() -> int:
    """Do it all; 1 when something asked for a connection."""
    photo, folder = Path(sys.argv[1]), Path(sys.argv[2])
    sys.addaudithook(_listen)
    on_the_command_line(photo, folder)
    in_the_window(photo, folder / "window.png")
    found = [*_ASKED, *internet_sockets()]
    sys.stderr.write("".join(f"{each}\n" for each in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
