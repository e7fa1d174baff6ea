"""The release workflow, as far as it can be read without running it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import build
import pytest

WORKFLOW = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "release.yml"
TEXT = WORKFLOW.read_text(encoding="utf-8")


def jobs() -> dict[str, str]:
    """The text of each job, told by its indentation."""
    body = TEXT.partition("\njobs:\n")[2]
    parts = re.split(r"^  (\w+):$", body, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_there_is_a_job_for_each_system_and_the_draft_waits_for_all() -> None:
    assert {"linux", "windows", "macos", "draft"} == set(jobs())
    needs = re.search(r"needs: \[(.+)\]", jobs()["draft"])
    assert needs is not None
    assert set(needs[1].split(", ")) == set(jobs()) - {"draft"}


@pytest.mark.parametrize("job", ["linux", "windows", "macos"])
def test_each_job_builds_and_tries_with_options_that_exist(job: str) -> None:
    lines = [line for line in jobs()[job].splitlines() if "packaging/build.py" in line]
    (line,) = lines
    options = build._parser().parse_args(shlex.split(line.partition("build.py ")[2]))
    assert options.smoke
    assert "timeout-minutes" in jobs()[job]


def test_only_the_draft_may_write_and_secrets_stay_in_the_environment() -> None:
    assert TEXT.index("contents: read") < TEXT.index("jobs:")
    assert "contents: write" not in "".join(jobs()[name] for name in ("linux", "windows", "macos"))
    for line in TEXT.splitlines():
        if "secrets." in line:
            assert re.match(r"\s+[A-Z_]+: \$\{\{", line), line
