"""What the built program starts: `unblur` itself, where standard output may be missing."""

import gc
import os
import sys

# A Windows program without a console has no streams, and whoever prints or logs would fail.
# Open for the program's life.
if sys.stdout is None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
if sys.stderr is None:
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115

from unblur.__main__ import main

# What was imported stays, and need not be looked at again (see `no_collecting.py`).
gc.freeze()
gc.enable()

if __name__ == "__main__":
    sys.exit(main())
