"""What Windows and macOS are built with, as far as that can be read here."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path

import installers

from unblur.imaging.codec import READABLE_SUFFIXES

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
PROJECT = PACKAGING.parent
SECTION = re.compile(r"^\[(\w+)\]$")


def script_lines() -> list[str]:
    return (PACKAGING / "windows" / "unblur.iss").read_text(encoding="utf-8").splitlines()


def test_open_with_is_registered_for_every_suffix() -> None:
    lines = installers.windows_types().splitlines()
    assert all(line.startswith("Root: HKA; Subkey: ") for line in lines)
    for suffix in READABLE_SUFFIXES:
        assert any(f"Classes\\{suffix}\\OpenWithProgids" in line for line in lines)


def test_the_installer_script_has_the_sections_and_values_that_inno_setup_needs() -> None:
    lines = script_lines()
    sections = [match[1] for match in map(SECTION.match, lines) if match]
    assert sections[0] == "Setup"
    assert {"Files", "Icons", "Registry", "Run", "Code"} <= set(sections)
    setup = dict(line.split("=", 1) for line in lines if re.match(r"^\w+=", line))
    assert re.fullmatch(r"\{\{[0-9A-F-]{36}\}", setup["AppId"])
    assert (PACKAGING / "windows" / setup["SetupIconFile"]).is_file()
    assert (PACKAGING / "windows" / setup["LicenseFile"].replace("\\", "/")).is_file()


def test_entries_of_the_installer_script_are_well_formed() -> None:
    section = ""
    for line in script_lines():
        match = SECTION.match(line)
        section = match[1] if match else section
        if section in ("Setup", "Code", "Languages", "") or not line or line[0] in ";#[":
            continue
        fields = re.sub(r'"(?:[^"]|"")*"', "…", line)  # semicolons within quotes
        for field in fields.split("; "):
            assert re.fullmatch(r"\w+: .+", field), line


def test_every_condition_of_the_script_is_closed() -> None:
    lines = script_lines()
    opened = [line for line in lines if line.startswith(("#if", "#ifdef", "#ifndef"))]
    assert len(opened) == lines.count("#endif")


def test_whatever_the_script_asks_for_is_given_or_its_own() -> None:
    text = "\n".join(script_lines())
    (command,) = installers.windows_commands(Path("b"), PROJECT, Path("t"), Path("out"), {})
    given = {word[2:].partition("=")[0] for word in command if word.startswith("/D")}
    assert set(re.findall(r"\{#(\w+)\}", text)) | {"Types"} == given


def test_windows_signs_only_when_it_is_told_with_what() -> None:
    where = (Path("b"), PROJECT, Path("t.iss"), Path("out"))
    (plain,) = installers.windows_commands(*where, {})
    (signed,) = installers.windows_commands(*where, {"UNBLUR_SIGN_COMMAND": "signtool $f"})
    assert "/DSigned" not in plain
    assert {"/DSigned", "/Ssign=signtool $f"} <= set(signed)
    assert signed[-1].endswith("unblur.iss")


def test_macos_notarises_only_what_is_signed() -> None:
    app, image = Path("Unblur.app"), Path("Unblur.dmg")
    plain = installers.mac_commands(app, image, {"UNBLUR_NOTARY_PROFILE": "p"})
    assert [command[0] for command in plain] == ["hdiutil"]
    both = {"UNBLUR_NOTARY_PROFILE": "p", "UNBLUR_SIGN_AS": "Developer ID Application: A"}
    programs = [command[:3] for command in installers.mac_commands(app, image, both)]
    assert programs[0][:2] == ["codesign", "--verify"]
    assert programs[-2] == ["xcrun", "notarytool", "submit"]
    assert programs[-1] == ["xcrun", "stapler", "staple"]


def test_the_entitlements_are_a_property_list_that_asks_for_no_device() -> None:
    rights = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    assert rights
    assert all(name.startswith("com.apple.security.cs.") for name in rights)
