from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from system_packages import (
    Probe,
    Purpose,
    apt_commands,
    has_package_lists,
    manual_command,
    missing_packages,
)

VENV = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def bare(fonts: Path, *, has_modules: bool = False) -> Probe:
    """A Debian with nothing on it."""
    return Probe(lambda _: False, lambda _: None, lambda _: has_modules, (fonts,))


def complete(fonts: Path) -> Probe:
    (fonts / "one.ttf").touch()
    return Probe(lambda _: True, lambda name: name, lambda _: True, (fonts,))


def test_a_complete_machine_lacks_nothing(tmp_path: Path) -> None:
    assert all(missing_packages(purpose, complete(tmp_path)) == () for purpose in Purpose)


def test_a_bare_machine_lacks_less_without_a_window(tmp_path: Path) -> None:
    assert missing_packages(Purpose.COMPUTE, bare(tmp_path)) == (VENV,)


def test_a_window_needs_qts_libraries_and_a_font(tmp_path: Path) -> None:
    lacking = missing_packages(Purpose.WINDOW, bare(tmp_path))

    qt = {"libegl1", "libgl1", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4"}
    qt |= {"libxcb-keysyms1", "libxcb-image0", "libxcb-render-util0", "libxcb-shape0"}
    qt |= {"libxcb-xkb1", "libdbus-1-3", "libfontconfig1", "libglib2.0-0", "libwayland-cursor0"}
    assert set(lacking) == qt | {"fonts-dejavu-core", VENV}


def test_the_tests_need_a_virtual_display_and_a_pointer_besides(tmp_path: Path) -> None:
    window = missing_packages(Purpose.WINDOW, bare(tmp_path))

    assert missing_packages(Purpose.TEST, bare(tmp_path)) == (*window, "xvfb", "xdotool")


def test_building_the_bundle_needs_a_compiler_and_a_clean_root_besides(tmp_path: Path) -> None:
    probe = replace(bare(tmp_path), has_file=lambda _: False)

    lacking = missing_packages(Purpose.BUNDLE, probe)
    assert {"gcc", "binutils", "debootstrap", "libsquashfuse-dev", "xvfb", "libgl1"} <= set(lacking)
    assert any(name.startswith("libpython3.") for name in lacking)
    assert len(set(lacking)) == len(lacking)


def test_only_what_cannot_be_loaded_is_missing(tmp_path: Path) -> None:
    (tmp_path / "one.otf").touch()
    probe = Probe(
        lambda soname: "xcb-cursor" not in soname, lambda n: n, lambda _: True, (tmp_path,)
    )

    assert missing_packages(Purpose.TEST, probe) == ("libxcb-cursor0",)


def test_apt_fetches_its_lists_first_where_there_are_none() -> None:
    install = ("apt-get", "install", "--yes", "--no-install-recommends", "libgl1")

    assert apt_commands(["libgl1"], has_lists=True) == (install,)
    assert apt_commands(["libgl1"], has_lists=False) == (("apt-get", "update"), install)


def test_a_person_without_roots_rights_is_given_one_command() -> None:
    assert manual_command(("libgl1", "xvfb")).endswith("install --yes libgl1 xvfb")


def test_a_fresh_container_has_no_package_lists(tmp_path: Path) -> None:
    lists = tmp_path / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    assert not has_package_lists(tmp_path)

    (lists / "some_dists_binary-amd64_Packages.lz4").touch()
    assert has_package_lists(tmp_path)
