"""What a Linux desktop reads about the program, made from the program's own tables and parsers."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import os
import subprocess
from pathlib import Path

import completion
import manual
from bundled import version
from identity import APP_ID, PUBLISHER
from options import Verb, verb_of

from unblur.__main__ import window_parser
from unblur.cli.main import parser
from unblur.desktop.entry import NAME, entry
from unblur.desktop.file_types import mime_types

_METAINFO = Path(__file__).with_name("linux") / "metainfo.xml"


def write_all(prefix: Path, project: Path) -> None:
    """Menu entry, icons, AppStream metadata, manual and completions below `prefix` (usr)."""
    share = prefix / "share"
    _write(share / "applications" / f"{NAME}.desktop", entry([NAME]))
    _write(share / "metainfo" / f"{APP_ID}.metainfo.xml", metainfo(project))
    whole = command_line()
    manual_page = manual.page(whole, version(project), today())
    compressed = share / "man" / "man1" / f"{NAME}.1.gz"
    compressed.parent.mkdir(parents=True, exist_ok=True)
    compressed.write_bytes(gzip.compress(manual_page.encode(), mtime=0))
    for place, text in completion.files(whole).items():
        _write(share / place, text)
    write_icons(share / "icons" / "hicolor", project)


def validate(prefix: Path) -> None:
    """Have the desktops' own checkers read what was written. Raises ValueError with their words."""
    share = prefix / "share"
    entry_file = share / "applications" / f"{NAME}.desktop"
    data = share / "metainfo" / f"{APP_ID}.metainfo.xml"
    for command in (
        ["desktop-file-validate", str(entry_file)],
        ["appstreamcli", "validate", "--no-net", str(data)],
    ):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise ValueError(f"{command[0]}: {done.stdout}{done.stderr}")


def command_line() -> Verb:
    """Everything that may stand on the command line, with a verb and without."""
    return dataclasses.replace(verb_of(parser()), options=verb_of(window_parser()).options)


def write_icons(theme: Path, project: Path) -> None:
    """The icon in every size, where the theme of that name looks for it."""
    resources = project / "resources"
    places = {"scalable": resources / "icons" / "unblur.svg"}
    for picture in sorted((resources / "app-icon").glob("*.png")):
        places[f"{picture.stem}x{picture.stem}"] = picture
    for size, source in places.items():
        target = theme / size / "apps" / f"{NAME}{source.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())


def metainfo(project: Path) -> str:
    """The AppStream metadata, with names, version, day and formats filled in."""
    text = _METAINFO.read_text(encoding="utf-8")
    kinds = "\n    ".join(f"<mediatype>{mime}</mediatype>" for mime in mime_types())
    values = {
        "<!-- MEDIATYPES -->": kinds,
        "@ID@": APP_ID,
        "@PUBLISHER@": PUBLISHER,
        "@VERSION@": version(project),
        "@DATE@": today().isoformat(),
    }
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def today() -> datetime.date:
    """The day of the build; SOURCE_DATE_EPOCH makes it the same for everyone."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.datetime.now(tz=datetime.UTC)
    return (datetime.datetime.fromtimestamp(int(given), tz=datetime.UTC) if given else now).date()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
