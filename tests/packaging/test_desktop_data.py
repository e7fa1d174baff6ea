"""What a Linux desktop reads: metadata, manual, completions."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import desktop_data
import pytest
from identity import APP_ID, PUBLISHER

from unblur import __version__
from unblur.desktop.file_types import mime_types

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prefix = tmp_path_factory.mktemp("usr")
    desktop_data.write_all(prefix, PROJECT)
    return prefix / "share"


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def told(*command: object) -> str:
    done = subprocess.run([*map(str, command)], check=True, capture_output=True, text=True)
    return done.stdout


def test_the_metadata_names_the_version_and_every_format(share: Path) -> None:
    root = ElementTree.parse(share / "metainfo" / f"{APP_ID}.metainfo.xml").getroot()
    assert root.findtext("id") == APP_ID
    assert root.findtext("developer_name") == PUBLISHER
    assert {each.text for each in root.iter("mediatype")} == set(mime_types())
    release = root.find("releases/release")
    assert release is not None
    assert release.get("version") == __version__
    launch = root.findtext("launchable")
    assert launch is not None
    assert (share / "applications" / launch).is_file()


@needs("appstreamcli")
@needs("desktop-file-validate")
def test_the_desktops_own_checkers_accept_it(share: Path) -> None:
    desktop_data.validate(share.parent)


def test_there_is_an_icon_of_every_size(share: Path) -> None:
    theme = share / "icons" / "hicolor"
    sizes = {path.parent.parent.name for path in theme.rglob("unblur.*")}
    assert {"16x16", "22x22", "24x24", "32x32", "48x48", "64x64", "128x128"} <= sizes
    assert {"256x256", "512x512", "scalable"} <= sizes


def test_the_day_of_the_build_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert desktop_data.today().isoformat() == "1970-01-01"


def test_the_manual_has_every_verb_and_option(share: Path) -> None:
    page = gzip.decompress((share / "man/man1/unblur.1.gz").read_bytes()).decode()
    for verb in desktop_data.command_line().flattened():
        for option in verb.options:
            for flag in option.flags:
                assert flag.replace("-", "\\-") in page
    assert ".SH UNBLUR RESTORE" in page


@needs("man")
def test_the_manual_is_sound_roff(share: Path) -> None:
    page = share / "man/man1/unblur.1.gz"
    done = subprocess.run(
        ["man", "--warnings", "-l", str(page)], check=True, capture_output=True, text=True
    )
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["re"], {"restore"}),
        (["models", "f"], {"fetch"}),
        (["restore", "--qu"], {"--quality"}),
        (["restore", "a.jpg", "--quality", ""], {"draft", "good", "best"}),
    ],
)
@needs("bash")
def test_bash_completes(share: Path, words: list[str], expected: set[str]) -> None:
    script = (
        'source "$0"; COMP_WORDS=(unblur "$@"); COMP_CWORD=$#; _unblur; '
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    file = share / "bash-completion/completions/unblur"
    assert set(told("bash", "-c", script, file, *words).split()) == expected


@needs("fish")
@pytest.mark.parametrize(
    ("line", "expected"),
    [("unblur re", "restore"), ("unblur models fe", "fetch"), ("unblur restore --qu", "--quality")],
)
def test_fish_completes(share: Path, line: str, expected: str) -> None:
    file = share / "fish/vendor_completions.d/unblur.fish"
    answer = told("fish", "--no-config", "-c", f"source {file}; complete -C '{line}'")
    assert expected in [each.split("\t")[0] for each in answer.splitlines()]


@needs("zsh")
def test_zsh_reads_its_completion(share: Path) -> None:
    told("zsh", "-n", share / "zsh/site-functions/_unblur")
