"""What the window needs and what knows no Qt, imported before Qt.

PySide6 reads the source of every module that is imported after it, to see whether it wants
another spelling of Qt's methods. That is a tenth of the start, and none of these does.
"""

from __future__ import annotations

import hashlib
import logging.handlers
import tomllib
import uuid

import numpy

from unblur import model_store
from unblur.document import found_masks, mask_change, persistence, work_scale
from unblur.engine import choices, findings, focus, request, speed, tile_cache
from unblur.imaging import composite, masks
from unblur.workers import messages

__all__ = [
    "choices",
    "composite",
    "findings",
    "focus",
    "found_masks",
    "hashlib",
    "logging",
    "mask_change",
    "masks",
    "messages",
    "model_store",
    "numpy",
    "persistence",
    "request",
    "speed",
    "tile_cache",
    "tomllib",
    "uuid",
    "work_scale",
]
