"""Disks and folders that refuse to be written."""

from tests.disks import read_only_folder, tiny_disk

__all__ = ["read_only_folder", "tiny_disk"]
