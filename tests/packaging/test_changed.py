from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import changed
import pytest

DAY = 24 * 3600


def history(newest: str, of_packaging: str) -> changed.Ask:
    return lambda words: of_packaging if "--" in words else newest


@pytest.mark.parametrize(
    ("newest", "of_packaging", "recent"),
    [
        (f"{10 * DAY}", f"{10 * DAY}", True),
        (f"{10 * DAY}", f"{10 * DAY - 3600}", True),
        (f"{10 * DAY}", f"{9 * DAY}", False),
        ("", "", True),
        (f"{10 * DAY}", "", True),
    ],
    ids=["this very commit", "an hour before", "a day before", "no git", "no such path"],
)
def test_what_came_with_the_newest_commits_is_tried(
    newest: str, of_packaging: str, *, recent: bool
) -> None:
    assert changed.is_recent(history(newest, of_packaging)) is recent


def test_a_real_history_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = committer(tmp_path)
    monkeypatch.setattr(changed, "PROJECT", tmp_path)
    commit("packaging/build.py", "2026-01-01T00:00:00Z")
    assert changed.is_recent(changed.git)
    commit("app/unblur/document/photo.py", "2026-02-01T00:00:00Z")
    assert not changed.is_recent(changed.git)
    commit("pyproject.toml", "2026-02-01T00:01:00Z")
    commit("docs/models.md", "2026-02-01T06:00:00Z")
    assert changed.is_recent(changed.git)


def test_a_folder_that_is_no_checkout_counts_as_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setattr(changed, "PROJECT", tmp_path)
    assert changed.is_recent(changed.git)


def committer(folder: Path) -> Callable[[str, str], None]:
    def run(*words: str, **variables: str) -> None:
        who = {"GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(folder), "PATH": "/usr/bin:/bin"}
        for role in ("AUTHOR", "COMMITTER"):
            who |= {f"GIT_{role}_NAME": "Ann", f"GIT_{role}_EMAIL": "ann@localhost"}
        command = ["git", *words]
        subprocess.run(command, cwd=folder, env=who | variables, check=True, capture_output=True)

    def commit(path: str, when: str) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(when, encoding="utf-8")
        run("add", path)
        run("commit", "-m", path, GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)

    run("init", "-q")
    return commit


def test_every_path_that_counts_is_there() -> None:
    root = Path(changed.__file__).resolve().parents[1]
    assert all((root / path).exists() for path in changed.PATHS)
