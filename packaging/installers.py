"""The installer for Windows and the disk image for macOS, as commands; signing is a parameter.

Environment variables say who signs, and without them nothing is signed:

UNBLUR_SIGN_AS         macOS: the identity in the keychain, "Developer ID Application: …"
UNBLUR_NOTARY_PROFILE  macOS: the profile that `notarytool store-credentials` made
UNBLUR_SIGN_COMMAND    Windows: what signs a file, with $f for its name, as Inno Setup writes it
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from bundled import version
from identity import PUBLISHER

from unblur.desktop.file_types import FILE_TYPES

Commands = list[list[str]]


def windows(bundle: Path, project: Path, work: Path, target: Path, env: Mapping[str, str]) -> Path:
    """Run Inno Setup on the folder; the installer."""
    types = work / "file_types.iss"
    types.write_text(windows_types(), encoding="utf-8-sig")
    _run(windows_commands(bundle, project, types, target, env))
    return target / f"Unblur-{version(project)}-setup.exe"


def windows_commands(
    bundle: Path, project: Path, types: Path, target: Path, env: Mapping[str, str]
) -> Commands:
    """What makes the installer."""
    signer = env.get("UNBLUR_SIGN_COMMAND")
    defines = {
        "Version": version(project),
        "Publisher": PUBLISHER,
        "Source": bundle,
        "Target": target,
        "Types": types,
    }
    words = [f"/D{name}={value}" for name, value in defines.items()]
    words += [f"/Ssign={signer}", "/DSigned"] if signer else []
    return [["iscc", *words, str(project / "packaging" / "windows" / "unblur.iss")]]


def windows_types() -> str:
    """Open With for every suffix, as lines of Inno Setup's [Registry]."""
    lines = []
    for suffix in (suffix for kind in FILE_TYPES for suffix in kind.suffixes):
        for key, name in (
            (f"Software\\Classes\\{suffix}\\OpenWithProgids", "Unblur.Photo"),
            ("Software\\Classes\\Applications\\unblur.exe\\SupportedTypes", suffix),
        ):
            lines.append(
                f'Root: HKA; Subkey: "{key}"; ValueName: "{name}"; ValueType: string; '
                'ValueData: ""; Flags: uninsdeletevalue'
            )
    return "\n".join(lines) + "\n"


def mac(app: Path, project: Path, target: Path, env: Mapping[str, str]) -> Path:
    """Check the signature, pack the app into a disk image, notarise it; the image."""
    image = target / f"Unblur-{version(project)}.dmg"
    _run(mac_commands(app, image, env))
    return image


def mac_commands(app: Path, image: Path, env: Mapping[str, str]) -> Commands:
    """What makes the disk image. The app itself was signed when the spec built it."""
    identity, profile = env.get("UNBLUR_SIGN_AS"), env.get("UNBLUR_NOTARY_PROFILE")
    commands: Commands = []
    if identity:
        commands.append(["codesign", "--verify", "--deep", "--strict", str(app)])
    pack = ["hdiutil", "create", "-volname", "Unblur", "-srcfolder", str(app), "-ov"]
    commands.append([*pack, "-format", "ULMO", str(image)])
    if identity:
        commands.append(["codesign", "--sign", identity, "--timestamp", str(image)])
    if identity and profile:
        submit = ["xcrun", "notarytool", "submit", str(image), "--keychain-profile", profile]
        commands += [[*submit, "--wait"], ["xcrun", "stapler", "staple", str(image)]]
    return commands


def _run(commands: Commands) -> None:
    for command in commands:
        subprocess.run(command, check=True)
