"""Collects the licences of everything shipped: `licences.py FOLDER`, run where Unblur is installed.

Writes FOLDER/licences.json, which the About dialog of a bundle reads (it belongs into the
bundle's unblur/_resources), and FOLDER/LICENCES.txt for people. Fails when a library has
neither a text nor a note, so that nothing is shipped without its licence.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bundled import EXCLUDED_MODULES

from unblur import licences

TEXT = "LICENCES.txt"


def main() -> int:
    """Write both files; 1 when a licence is missing."""
    folder = Path(sys.argv[1])
    # Distributions are named like their modules where these are left out of the bundle.
    found = licences.collect(left_out=EXCLUDED_MODULES)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / licences.COLLECTED).write_text(licences.as_json(found), encoding="utf-8")
    (folder / TEXT).write_text(licences.as_text(found), encoding="utf-8")
    silent = [each.title for each in found if not each.text and not each.note]
    if silent:
        print(f"There is no licence text of: {', '.join(silent)}", file=sys.stderr)
        return 1
    print(f"{len(found)} components in {folder / TEXT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
