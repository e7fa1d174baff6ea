"""Memory that really ends: a process with a limit on its address space, and a hungry network."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="needs a limit on address space that is kept"
)

_PROGRAM = """
import sys
sys.path[:0] = {path!r}
import json, logging, resource
from dataclasses import dataclass, field
import numpy as np
import torch
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine.blending import RestoredTiles
from unblur.engine.findings import Findings
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur.errors import DeviceMemoryError

torch.set_num_threads(1)
said = []

class Listener(logging.Handler):
    def emit(self, record):
        said.append(record.getMessage())

logging.getLogger().addHandler(Listener(logging.WARNING))

@dataclass(frozen=True)
class Card:
    tile: int = 256
    halo: int = 32
    overlap: int = 16
    size_multiple: int = 64
    far_halo: int = 0

class Hungry:
    card = Card()
    seen = []
    layer = torch.nn.Conv2d(3, 512, 1)  # 2 KiB a pixel

    def __call__(self, batch, quality):
        features = self.layer(batch)
        self.seen.append(batch.shape[2])
        return batch + 0.0 * features[:, :3]

    again = __call__

class Provider:
    def get(self, model_id, device):
        return Hungry()

photo = np.random.default_rng(0).integers(0, 256, (300, 700, 3), np.uint8)
photo.setflags(write=False)
whole, size = Rect(0, 0, 700, 300), Size(700, 300)
grid = plan_grid(whole, size, policy_for(Card()), 1)
only = RestorePass(LayerKey("m", "q", grid), tuple(tiles_for_mask(grid, None, whole)), "r")
findings = Findings() if {with_findings} else None

def restored():
    layer = RestoredTiles(only.key)
    for tile in run(InferenceRequest(1, photo, (only,), device="cpu"), Provider(), findings):
        layer.put(tile.index, tile.pixels)
    return layer.read(whole)[0]

Hungry()(torch.zeros(1, 3, 64, 64), "q")
if findings:
    restored()  # finds out what a pixel takes, with memory in plenty
Hungry.seen.clear()
pages = int(open("/proc/self/statm").read().split()[0])
room = pages * resource.getpagesize() + ({room} << 20)
resource.setrlimit(resource.RLIMIT_AS, (room, room))
try:
    same = bool((restored() == photo.astype(np.uint16) * 257).all())
except DeviceMemoryError:
    same = None
print(json.dumps(dict(same=same, seen=Hungry.seen, said=said)))
"""


def _done(room: int, *, with_findings: bool) -> dict[str, Any]:
    """What became of a photo with `room` MiB left."""
    program = _PROGRAM.format(path=sys.path, room=room, with_findings=with_findings)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_memory_that_ends_halves_the_tile_and_the_photo_is_finished() -> None:
    done = _done(150, with_findings=False)
    assert done["same"]
    assert max(done["seen"]) <= 192  # an input of 256 takes 128 MiB, and its copy as much
    assert len([line for line in done["said"] if "Memory ended" in line]) >= 1


def test_measured_memory_chooses_the_tile_before_it_ends() -> None:
    done = _done(150, with_findings=True)
    assert done["same"]
    assert max(done["seen"]) <= 192
    assert done["said"] == []


def test_no_memory_at_all_is_said_and_not_crashed_on() -> None:
    assert _done(4, with_findings=False)["same"] is None
