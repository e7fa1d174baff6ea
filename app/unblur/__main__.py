"""The program's entry: no arguments or photos open the window, a verb goes to the command line."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unblur import __version__
from unblur.errors import AppError
from unblur.gpu_setup.activation import watch_for_torch

if TYPE_CHECKING:
    import argparse

# A photo with such a name is opened as “./restore”.
VERBS = ("restore", "analyze", "evaluate", "bench", "models", "setup-gpu", "licences", "desktop")

_DESCRIPTION = "Make blurry photographs sharp. Without a verb, the window opens."
_EPILOG = """\
without a window:
  unblur restore IN… -o OUT   restore photos into files (unblur restore --help)
  unblur analyze IN…          tell what the blur is, and who is on the photo
  unblur evaluate …           measure models against sharp pictures (unblur evaluate --help)
  unblur bench                measure how fast the models are here (unblur bench --help)
  unblur models               list, fetch, add and remove models (unblur models --help)
  unblur setup-gpu            fetch the PyTorch that computes with your graphics card
  unblur licences             print the licences of all that Unblur consists of
  unblur desktop install      add Unblur to the menu and to Open With (remove: take it out)

A photo that is called like a verb is opened as ./restore.
"""
_INTERRUPTED = 130
_MEASURED = "--quit-after-show"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit status comes back. Every AppError ends in its sentence."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    watch_for_torch()
    try:
        if words and words[0] in VERBS:
            from unblur.cli import main as command_line

            # Ended by another program it stops like after Ctrl+C: without a half-written file.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            status = command_line.main(words)
            sys.stdout.flush()
            return status
        return _open_window(words)
    except AppError as error:
        from unblur.messages import message_for

        print(message_for(error).as_line(), file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who reads has had enough, as `head` has; the interpreter's end writes to nobody then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return _INTERRUPTED


def _open_window(words: list[str]) -> int:
    # Before Qt, which a mistake needs not to be told.
    photos, is_measured = _asked_for(words)
    if not _has_display():
        print(
            "There is no display to open a window on. "
            "Without one, restore photos with: unblur restore IN… -o OUT",
            file=sys.stderr,
        )
        return 1
    # What is imported stays; and later the window's thread alone collects (unblur.ui.garbage).
    gc.disable()
    from unblur.start import main as open_window

    # Qt's loop would not let Python see Ctrl+C; like after a crash, the edits are offered back.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return open_window(photos, is_measured=is_measured)


def _asked_for(words: list[str]) -> tuple[list[Path], bool]:
    """The photos, and whether the start is measured. Help, and mistakes, end the program."""
    photos = [word for word in words if word != _MEASURED]
    if any(word.startswith("-") for word in photos):
        options = window_parser().parse_args(words)
        return options.photos, options.quit_after_show
    # Photos alone are what a double-click gives, and it need not wait for argparse.
    return [Path(photo) for photo in photos], _MEASURED in words


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


def window_parser() -> argparse.ArgumentParser:
    """What may stand on the command line without a verb."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="unblur",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="photos to open")
    parser.add_argument("--version", action="version", version=f"Unblur {__version__}")
    parser.add_argument(
        _MEASURED,
        action="store_true",
        help="show the window, tell when it was there, and quit (for measuring)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
