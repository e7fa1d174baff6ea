"""What `import torch` finds is asked in a process of its own: this one has torch already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.gpu_setup.conftest import VERSION
from tests.package_index import Shop, torch_wheel

from unblur.errors import Cancelled
from unblur.gpu_setup.kept import KeptBuild
from unblur.gpu_setup.store import GpuStore
from unblur_models.fetching import CancelFetch

# The program's own torch is a stand-in, too: importing the real one takes seconds.
_PROGRAM = """
import json, sys
from unblur.gpu_setup.activation import outcome, problem, watch_for_torch
watch_for_torch()
watch_for_torch()
import torch
print(json.dumps([torch.__version__, outcome().is_used, problem() and problem().detail]))
"""


@pytest.fixture
def own_torch(tmp_path: Path) -> Path:
    """The program's own torch."""
    folder = tmp_path / "own/torch"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('from torch import part\n__version__ = "own"\n')
    (folder / "part.py").write_text("")
    return folder.parent


def imported(own_torch: Path) -> tuple[str, bool, str | None, str]:
    """What a program gets that imports torch: its version, whether it is the build, why not."""
    path = os.pathsep.join([str(own_torch), *(each for each in sys.path if each)])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    version, is_used, problem = json.loads(done.stdout)
    return version, is_used, problem, done.stderr


def kept_by(store: GpuStore) -> KeptBuild:
    kept = store.shelf.current()
    assert kept is not None
    return kept


def test_without_a_build_torch_is_the_programs_own(own_torch: Path, own_home: Path) -> None:
    assert imported(own_torch) == ("own", False, None, "")


def test_a_build_that_works_is_used_from_the_next_start_on(
    store: GpuStore, own_torch: Path
) -> None:
    verdict = store.set_up()

    assert (verdict.works, verdict.device) == (True, "Stand-in GPU")
    assert imported(own_torch) == (VERSION, True, None, "")


@pytest.mark.parametrize(
    ("wheel", "reason"),
    [
        (torch_wheel(VERSION, available=False), f"torch {VERSION} finds no device"),
        (torch_wheel(VERSION, code="raise OSError('libcudart.so.13: no such file')"), "libcudart"),
        (torch_wheel(VERSION, code="import os\nos._exit(139)"), "crashed with status 139"),
        (torch_wheel(VERSION, code="import torch.missing"), "torch.missing"),
    ],
    ids=["no device", "no library", "crash", "missing module"],
)
def test_a_build_that_does_not_work_is_told_and_the_programs_own_goes_on(
    store: GpuStore, shop: Shop, own_torch: Path, wheel: bytes, reason: str
) -> None:
    shop.wheels[f"torch-{VERSION}-py3-none-any.whl"] = wheel
    verdict = store.set_up()

    version, is_used, problem, log = imported(own_torch)

    assert (verdict.works, version, is_used) == (False, "own", False)
    assert reason in verdict.reason
    assert problem is not None
    assert reason in problem
    assert reason in log


def test_a_build_for_another_python_is_not_even_tried(
    store: GpuStore, own_torch: Path, trials: list[str]
) -> None:
    store.set_up()
    store.shelf.put_in_force(replace(kept_by(store), abi=".cpython-27.so"))

    assert imported(own_torch)[:3] == ("own", False, "it was fetched for another Python")


def test_a_build_that_is_too_old_for_the_program_is_not_used(
    store: GpuStore, own_torch: Path
) -> None:
    store.set_up()
    store.shelf.put_in_force(replace(kept_by(store), torch="2.9.1+cu130"))

    version, _, problem, _ = imported(own_torch)

    assert version == "own"
    assert "2.9.1+cu130 is too old" in (problem or "")


def test_a_build_that_changed_is_tried_anew(store: GpuStore, own_torch: Path) -> None:
    store.set_up()
    site = store.shelf.site_of(kept_by(store))
    (site / "torch/lib/libtorch.so").write_text("")
    (site / "torch/cuda.py").write_text("raise OSError('truncated')")

    version, _, problem, _ = imported(own_torch)

    assert (version, problem) == ("own", "truncated")


def test_a_build_that_fails_after_a_good_trial_gives_way_to_the_programs_own(
    store: GpuStore, own_torch: Path
) -> None:
    store.set_up()
    site = store.shelf.site_of(kept_by(store))
    # As large as before, so that nobody notices.
    (site / "torch/cuda.py").write_text("raise OSError('the driver is gone')")

    version, is_used, problem, log = imported(own_torch)

    assert (version, is_used, problem) == ("own", False, "the driver is gone")
    assert "failed" in log


def test_a_trial_that_hangs_can_be_cancelled(store: GpuStore, shop: Shop) -> None:
    hanging = torch_wheel(VERSION, code="import time\ntime.sleep(60)")
    shop.wheels[f"torch-{VERSION}-py3-none-any.whl"] = hanging
    cancel = CancelFetch()
    in_force: list[object] = []

    def cancel_in_the_trial() -> None:
        while store.shelf.current() is None:
            time.sleep(0.05)
        in_force.append(store.shelf.current())
        cancel.cancel()

    watcher = threading.Thread(target=cancel_in_the_trial)
    watcher.start()
    with pytest.raises(Cancelled):
        store.set_up(cancel=cancel)
    watcher.join()

    assert in_force
    assert store.shelf.verdict() is None


def test_earlier_builds_go_with_the_next_start(store: GpuStore, own_torch: Path) -> None:
    store.set_up()
    earlier = store.shelf.folder / "2.12.0+cu126-00000000"
    earlier.mkdir()

    imported(own_torch)

    assert not earlier.exists()
    assert store.shelf.root_of(kept_by(store)).exists()


def test_looking_for_torch_costs_the_start_nothing() -> None:
    program = (
        "import sys\n"
        "from unblur.gpu_setup.activation import watch_for_torch\n"
        "watch_for_torch()\n"
        "heavy = {'packaging', 'installer', 'subprocess', 'ssl', 'http.client', 'ctypes'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
