"""packaging/ is a folder of scripts, not a package: its modules are found by path."""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "packaging"

if str(FOLDER) not in sys.path:
    sys.path.append(str(FOLDER))
