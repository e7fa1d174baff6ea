"""Inference without a window: requests, tiling, devices, the runner.

Needs numpy, torch and safetensors only, so that it runs on a bare GPU machine. What the
window needs to plan and to show work (`tiling`, `blending`, `request`, `cancel`, `speed`) is
free of torch; `device`, `tensors`, `provider`, `runner` and `measure` import it, and are
imported on the inference thread.

Policy, mechanism and adapter are apart: `tiling` says where tiles lie, `blending` how they
are joined, `runner` runs them and halves them when memory ends.
"""

from __future__ import annotations

import os

# Read by OpenMP when torch is imported. By default its threads spin while they wait for one
# another; beside another busy program (or our own window) they then wait for threads that
# the spinning keeps from running, and a tile takes up to ten times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
