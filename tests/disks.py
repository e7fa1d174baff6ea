"""Disks and folders that refuse to be written: fixtures that several conftests take over."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmount is None:
        pytest.skip("needs mount")
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    done = subprocess.run([mount, *options], check=False, capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"needs the right to mount: {done.stderr.decode().strip()}")
    yield folder
    # Lazily, so that a test that failed with a file open leaves no disk behind.
    subprocess.run([unmount, "-l", str(folder)], check=True)


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that cannot be written: root, whom permissions do not stop, gets the kernel's."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs permissions as POSIX has them")
    if os.geteuid() == 0:
        yield Path("/sys")
        return
    folder = tmp_path / "read-only"
    folder.mkdir()
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
