"""Try `unblur setup-gpu` in the bundle: a PyTorch that was fetched is used, not the one inside.

There is neither a card nor an index here: a stand-in for nvidia-smi tells of a card, an index on
this machine has a stand-in for torch, and that writes down who imports it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from smoke import PAIRS, PROJECT, SmokeError

from unblur.gpu_setup import builds

sys.path.append(str(PROJECT))
from tests.package_index import CUDA, TORCH, Shop, open_shop, wheel

_VERSION = f"{builds.release()}+cu130"
_NOTED = TORCH + (
    "import os, sys\n"
    "with open(os.environ['UNBLUR_STAND_IN'], 'a') as notes:\n"
    "    notes.write(sys.argv[1] + ' ' + __file__ + '\\n')\n"
)
_FILES = {
    "torch/__init__.py": _NOTED.format(version=_VERSION),
    "torch/cuda.py": CUDA.format(available=True),
}
_NVIDIA_SMI = "#!/bin/sh\necho 'Stand-in GPU, 581.42, 8.9'\n"


def smoke_gpu(bundle: Path, work: Path) -> str:
    """Set the stand-in up, then start the program anew. What was found; raises SmokeError."""
    home = work / "gpu-home"
    notes = home / "notes.txt"
    card = home / "bin" / "nvidia-smi"
    card.parent.mkdir(parents=True, exist_ok=True)
    card.write_text(_NVIDIA_SMI)
    card.chmod(0o755)
    notes.unlink(missing_ok=True)
    shop = Shop()
    shop.add("torch", _VERSION, wheel("torch", _VERSION, _FILES))
    with open_shop(shop) as opened:
        variables = {
            **os.environ,
            "PATH": f"{card.parent}{os.pathsep}{os.environ['PATH']}",
            "UNBLUR_HOME": str(home),
            "UNBLUR_TORCH_INDEX": opened.address,
            "UNBLUR_STAND_IN": str(notes),
        }
        told = _run(bundle, ["setup-gpu"], variables)
    if "Stand-in GPU" not in told:
        raise SmokeError(f"setup-gpu did not set the stand-in up:\n{told}")
    # It fails, for the stand-in computes nothing: that is what it was taken for.
    target = home / "never.png"
    _run(bundle, ["restore", str(PAIRS / "gopro-00-blur.png"), "-o", str(target)], variables)
    noted = notes.read_text() if notes.exists() else ""
    site = str(home / "data" / "torch")
    if not any(line.startswith(f"restore {site}") for line in noted.splitlines()):
        raise SmokeError(f"the bundle does not import the torch that was fetched:\n{noted}")
    if "removed" not in _run(bundle, ["setup-gpu", "--remove"], variables):
        raise SmokeError("the fetched torch could not be removed")
    return "a fetched torch is tried, used by the next start instead of the one inside, and removed"


def _run(bundle: Path, words: list[str], variables: Mapping[str, str]) -> str:
    """What it says, well or not."""
    done = subprocess.run(
        [str(bundle / "unblur"), *words], check=False, capture_output=True, text=True, env=variables
    )
    return done.stdout + done.stderr
