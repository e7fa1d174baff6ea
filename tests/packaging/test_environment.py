from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import environment
import pytest
import torch_build
from environment import Environment, SetupError, Stamp

from unblur.gpu_setup.builds import Backend

CPU = Backend("cpu", "cpu", "https://pytorch.example/cpu", is_plain=False)
STAMP = Stamp("key", "cpu", ("test",))


class FakePip:
    """Stands in for every program that is started; remembers pip's installations."""

    def __init__(self, offered: str | None, *, fails: Sequence[str] = ()) -> None:
        self.installed: list[list[str]] = []
        self._offered = offered
        self._fails = fails

    def __call__(self, command: Sequence[Any], **_: Any) -> subprocess.CompletedProcess[bytes]:
        words = [str(word) for word in command]
        if "--dry-run" in words:
            found = [{"metadata": {"version": self._offered}}] if self._offered else []
            report = json.dumps({"install": found}).encode()
            return subprocess.CompletedProcess(words, 0, report)
        wanted = words[words.index("--constraint") + 2 :]
        self.installed.append(wanted)
        has_failed = any(bad in word for bad in self._fails for word in wanted)
        return subprocess.CompletedProcess(words, 1 if has_failed else 0)


@pytest.fixture
def made(tmp_path: Path) -> Environment:
    """An environment that has an interpreter, and nothing installed."""
    result = Environment(tmp_path / "venv")
    result.python.parent.mkdir(parents=True)
    result.python.touch()
    return result


def use(monkeypatch: pytest.MonkeyPatch, pip: FakePip, *, reachable: bool = False) -> None:
    monkeypatch.setattr(environment.subprocess, "run", pip)
    monkeypatch.setattr(torch_build, "can_reach", lambda _: reachable)


def test_a_stamp_that_was_written_is_read_back(made: Environment) -> None:
    made.write_stamp(STAMP)

    assert made.stamp() == STAMP


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": "k"}'])
def test_a_damaged_stamp_counts_as_none(made: Environment, content: str) -> None:
    made.stamp_file.write_text(content, encoding="utf-8")

    assert made.stamp() is None


def test_a_stamp_without_its_interpreter_counts_as_none(made: Environment) -> None:
    made.write_stamp(STAMP)
    made.python.unlink()

    assert made.stamp() is None


def test_the_key_follows_the_pins_the_project_and_python(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "packaging/constraints.txt", "resources/torch_backends.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    first = environment.key_of(tmp_path, (3, 11, 2))

    assert environment.key_of(tmp_path, (3, 11, 2)) == first
    assert environment.key_of(tmp_path, (3, 12, 0)) != first
    (tmp_path / "packaging/constraints.txt").write_text("numpy==2.4.6", encoding="utf-8")
    assert environment.key_of(tmp_path, (3, 11, 2)) != first


def test_the_build_that_the_plain_index_offers_is_installed_when_it_fits(
    made: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = FakePip("2.13.0+cpu")
    use(monkeypatch, pip)

    environment.install(made, CPU, ("test",), "key")

    assert pip.installed[0] == [environment.pinned_torch()]
    assert pip.installed[-1][-1].endswith("[test]")
    assert made.failed_indexes() == frozenset()
    assert made.stamp() == STAMP


def test_pytorchs_own_index_is_used_when_the_plain_build_does_not_fit(
    made: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = FakePip("2.13.0")
    use(monkeypatch, pip, reachable=True)

    environment.install(made, CPU, (), "key")

    pin = f"{environment.pinned_torch()}+cpu"
    assert pip.installed[0] == ["--extra-index-url", CPU.index, pin]


@pytest.mark.parametrize("reachable", [True, False])
def test_an_index_that_does_not_deliver_is_remembered_and_the_plain_build_taken(
    made: Environment, monkeypatch: pytest.MonkeyPatch, reachable: bool
) -> None:
    pip = FakePip("2.13.0", fails=["+cpu"])
    use(monkeypatch, pip, reachable=reachable)

    environment.install(made, CPU, (), "key")

    assert made.failed_indexes() == {CPU.index}
    assert [environment.pinned_torch()] in pip.installed
    assert made.stamp() is not None


def test_a_failed_installation_leaves_no_stamp(
    made: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.write_stamp(STAMP)
    use(monkeypatch, FakePip("2.13.0+cpu", fails=["--editable"]))

    with pytest.raises(SetupError, match="Installing failed"):
        environment.install(made, CPU, (), "key")

    assert made.stamp() is None


def test_an_interrupted_installation_is_gone_on_with(
    made: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    made.write_stamp(STAMP)
    monkeypatch.setattr(environment.subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.install(made, CPU, (), "key")
    assert made.stamp() is None

    use(monkeypatch, FakePip("2.13.0+cpu"))
    environment.install(made, CPU, (), "key")
    assert made.stamp() == Stamp("key", "cpu", ())


def test_a_torch_that_is_there_already_is_kept(
    made: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = environment.pinned_torch().partition("==")[2]
    info = made.root / f"lib/python3.11/site-packages/torch-{version}+cpu.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").touch()
    pip = FakePip(None)
    use(monkeypatch, pip)

    environment.install(made, CPU, (), "key")

    assert not any("torch" in word for words in pip.installed for word in words)


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()

    with pytest.raises(SetupError, match="no virtual environment"):
        environment.create(Environment(tmp_path))

    assert (tmp_path / "holiday.jpg").exists()


def test_torch_is_pinned_without_a_build_or_a_hash() -> None:
    name, _, version = environment.pinned_torch().partition("==")

    assert name == "torch"
    assert all(part.isdigit() for part in version.split("."))


def test_every_dependency_of_the_project_is_pinned() -> None:
    import re
    import tomllib

    def name_of(requirement: str) -> str:
        found = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert found is not None
        return re.sub(r"[-_.]+", "-", found[0]).lower()

    project = tomllib.loads((environment.PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["build-system"]["requires"]
    wanted += project["project"]["optional-dependencies"]["test"]
    lines = environment.CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pinned = {name_of(line) for line in lines if "==" in line}

    assert {name_of(requirement) for requirement in wanted} <= pinned
