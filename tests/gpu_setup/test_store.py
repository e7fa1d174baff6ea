from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests import mirrors
from tests.gpu_setup.conftest import NVIDIA, VERSION
from tests.mirrors import Behaviour, Visit
from tests.package_index import Shop, torch_wheel, wheel

from unblur import errors
from unblur.errors import Cancelled
from unblur.gpu_setup.hardware import Machine
from unblur.gpu_setup.included import IncludedTorch
from unblur.gpu_setup.store import GpuStatus, GpuStore
from unblur.gpu_setup.turns import alone_in
from unblur.gpu_setup.words import sentences
from unblur_models.fetching import CancelFetch, Patience

HASTY = Patience(silence=0.6, window=0.3, least_rate=50_000, attempts=2, pause=0.01)
TORCH_FILE = f"torch-{VERSION}-py3-none-any.whl"
CUBLAS_FILE = "nvidia_cublas-13.1.0-py3-none-any.whl"

pytestmark = pytest.mark.usefixtures("trials")


@pytest.fixture(autouse=True)
def cpu_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program carries the CPU build, whatever these tests run with."""
    monkeypatch.setattr(
        "unblur.gpu_setup.store.included_torch",
        lambda other_than: IncludedTorch("2.13.0+cpu", frozenset()),
    )


def set_up(store: GpuStore, **more: object) -> None:
    store.set_up("cuda", patience=HASTY, **more)  # type: ignore[arg-type]


def refused(store: GpuStore, kind: type[errors.GpuError] = errors.GpuFetchError) -> str:
    """Why it fails; nothing is in force then."""
    with pytest.raises(kind) as caught:
        set_up(store)
    assert store.shelf.current() is None
    return caught.value.detail


def test_torch_and_what_it_requires_come_and_are_put_in_force(
    store: GpuStore, shop: Shop, trials: list[str]
) -> None:
    told: list[tuple[int, int]] = []

    verdict = store.set_up(progress=lambda done, total: told.append((done, total)))

    kept = store.shelf.current()
    assert kept is not None
    assert (kept.torch, kept.backend, kept.card) == (VERSION, "cuda", "Stand-in GPU")
    site = store.shelf.site_of(kept)
    assert (site / "torch/__init__.py").exists()
    assert (site / "nvidia/cublas/lib/libcublas.so.13").stat().st_size == 90_000
    assert verdict.works
    assert trials == ["cuda"]
    size = sum(len(content) for content in shop.wheels.values())
    assert told[-1] == (size, size)
    assert told == sorted(told)
    assert not (store.shelf.folder / "wheels").exists(), "what is unpacked is not kept twice"


def test_what_is_there_is_not_fetched_again_but_tried_again(
    store: GpuStore, shop: Shop, trials: list[str]
) -> None:
    set_up(store)
    before = len(shop.asked)

    set_up(store)

    assert len(shop.asked) == before
    assert trials == ["cuda", "cuda"]


def test_a_build_with_missing_libraries_is_fetched_anew(store: GpuStore, shop: Shop) -> None:
    set_up(store)
    kept = store.shelf.current()
    assert kept is not None
    (store.shelf.site_of(kept) / "torch/lib/libtorch.so").unlink()

    set_up(store)

    renewed = store.shelf.current()
    assert renewed is not None
    assert (store.shelf.site_of(renewed) / "torch/lib/libtorch.so").exists()
    assert renewed.folder != kept.folder, "the one before may be in use"


def test_a_connection_that_breaks_off_is_taken_up_where_it_ended(
    store: GpuStore, shop: Shop
) -> None:
    step = len(shop.wheels[CUBLAS_FILE]) // 2 + 1
    shop.behaviours[CUBLAS_FILE] = mirrors.breaking_off_after(step)

    set_up(store)

    # The first visit asks for the size alone.
    ranges = [each for file, each in shop.asked if file == CUBLAS_FILE]
    assert ranges == ["", "", f"bytes={step}-"]


def test_an_interrupted_set_up_goes_on_the_next_time(store: GpuStore, shop: Shop) -> None:
    def dying(visit: Visit) -> None:
        mirrors.silent(visit) if visit.start else visit.give_range(100)

    shop.behaviours[CUBLAS_FILE] = dying
    assert "does not answer in time" in refused(store)
    assert (store.shelf.folder / "wheels" / TORCH_FILE).exists()
    assert "have come already" in " ".join(sentences(store.status()))
    del shop.behaviours[CUBLAS_FILE]
    before = len(shop.asked)

    set_up(store)

    assert shop.asked[before:] == [(CUBLAS_FILE, ""), (CUBLAS_FILE, "bytes=100-")]


def garbage(visit: Visit) -> None:
    visit.give(bytes(len(visit.server.content)))


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (garbage, "wrong SHA-256"),
        (lambda v: v.give(v.server.content, length=len(v.server.content) - 5), "wrong SHA-256"),
        (lambda v: v.give(v.server.content, length=len(v.server.content) + 5), "broke off"),
        (lambda v: v.give(b"", length=0), "does not say how large"),
        (lambda v: v.give(b"", status=404), "answers 404"),
        (mirrors.silent, "does not answer in time"),
        (mirrors.dripping(100, 0.1), "too slow"),
    ],
    ids=["garbage", "short", "long", "no length", "404", "silent", "slow"],
)
def test_a_bad_server_is_refused_with_its_reason(
    store: GpuStore, shop: Shop, behaviour: Behaviour, reason: str
) -> None:
    shop.behaviours[TORCH_FILE] = behaviour

    assert reason in refused(store)


def test_a_wrong_hash_on_the_index_is_no_reason_to_trust_the_wheel(
    store: GpuStore, shop: Shop
) -> None:
    shop.hashes[TORCH_FILE] = "0" * 64

    assert "wrong SHA-256" in refused(store)
    assert not (store.shelf.folder / "wheels" / f"{TORCH_FILE}.part").exists()


def test_a_wheel_without_a_hash_is_not_taken(store: GpuStore, shop: Shop) -> None:
    shop.hashes[TORCH_FILE] = ""

    assert "with a checksum" in refused(store, errors.GpuNoBuildError)
    assert shop.asked == []


def test_metadata_with_a_wrong_hash_is_refused(
    store: GpuStore, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = wheel("torch", VERSION, {}, requires=("evil",))
    monkeypatch.setattr("tests.package_index.Shop._link", lying_link(shop, other))

    assert "wrong SHA-256" in refused(store)


def lying_link(shop: Shop, other: bytes) -> object:
    """Links that promise the metadata of `other` for torch."""
    honest = Shop._link

    def link(self: Shop, file: str) -> str:
        content = shop.wheels[file]
        shop.wheels[file] = other if file == TORCH_FILE else content
        try:
            return honest(self, file)
        finally:
            shop.wheels[file] = content

    return link


def test_no_build_for_this_python_is_said(store: GpuStore, shop: Shop) -> None:
    shop.wheels = {f"torch-{VERSION}-cp27-none-any.whl": b""}

    assert f"has no torch=={VERSION}" in refused(store, errors.GpuNoBuildError)


@pytest.mark.parametrize("content", [b"no zip at all", wheel("torch", "9", {"../../escaped": "x"})])
def test_a_wheel_that_is_none_is_refused_though_its_hash_is_right(
    store: GpuStore, shop: Shop, content: bytes
) -> None:
    shop.with_metadata = frozenset()
    shop.wheels[TORCH_FILE] = content

    assert "is no" in refused(store)
    assert not list(store.shelf.folder.parent.rglob("escaped"))


def test_requirements_that_only_the_wheel_knows_are_fetched_too(
    store: GpuStore, shop: Shop
) -> None:
    shop.with_metadata = frozenset()

    set_up(store)

    assert [file for file, _ in shop.asked][-1] == CUBLAS_FILE


def test_extras_are_required_and_markers_are_heeded(store: GpuStore, shop: Shop) -> None:
    toolkit = wheel(
        "cuda-toolkit",
        "13.0.2",
        {},
        requires=("nvidia-cublas==13.1.0; extra == 'cublas'", "missing; extra == 'other'"),
        extra="cublas",
    )
    shop.add("cuda-toolkit", "13.0.2", toolkit)
    requires = ("cuda-toolkit[cublas]==13.0.2", "winonly; platform_system == 'Plan9'")
    shop.wheels[TORCH_FILE] = torch_wheel(VERSION, requires=requires)

    set_up(store)

    kept = store.shelf.current()
    assert kept is not None
    assert (store.shelf.site_of(kept) / "nvidia/cublas").exists()


def test_a_stricter_requirement_picks_again(store: GpuStore, shop: Shop) -> None:
    newer = wheel("nvidia-cublas", "14.0", {"nvidia/newer.py": ""})
    shop.add("nvidia-cublas", "14.0", newer)
    shop.add("helper", "1.0", wheel("helper", "1.0", {}, requires=("nvidia-cublas<14",)))
    shop.wheels[TORCH_FILE] = torch_wheel(VERSION, requires=("nvidia-cublas", "helper"))

    set_up(store)

    kept = store.shelf.current()
    assert kept is not None
    assert (store.shelf.site_of(kept) / "nvidia/cublas").exists()
    assert not (store.shelf.site_of(kept) / "nvidia/newer.py").exists()


def test_a_disk_without_room_is_noticed_before_a_wheel_is_fetched(
    store: GpuStore, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))

    said = refused(store, errors.GpuDiskSpaceError)

    assert "GB are free in" in said
    assert not any(path.suffix == ".part" for path in store.shelf.folder.rglob("*"))


def test_a_folder_that_cannot_be_written_is_said(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = GpuStore(tmp_path / "file" / "torch", machine=NVIDIA, index=shop.address)

    assert "file" in refused(store, errors.GpuWriteError)


def test_a_set_up_is_cancelled_at_once_even_while_a_server_is_silent(
    store: GpuStore, shop: Shop
) -> None:
    shop.behaviours[TORCH_FILE] = mirrors.silent_after(100)
    cancel = CancelFetch()
    timer = threading.Timer(0.3, cancel.cancel)
    timer.start()
    began = time.monotonic()

    with pytest.raises(Cancelled):
        store.set_up("cuda", cancel=cancel)

    assert time.monotonic() - began < 5, "and not when the server's twenty seconds are over"
    timer.join()
    assert store.shelf.current() is None


def test_cancelling_while_unpacking_leaves_the_old_build_in_force(
    store: GpuStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(store)
    old = store.shelf.current()
    assert old is not None
    (store.shelf.site_of(old) / "torch/lib/libtorch.so").unlink()
    cancel = CancelFetch()
    monkeypatch.setattr("unblur.gpu_setup.supply.unpacked_size", lambda _: cancel.cancel() or 0)

    with pytest.raises(Cancelled):
        store.set_up("cuda", cancel=cancel)

    assert store.shelf.current() == old


def test_whoever_stays_offline_fetches_nothing(shop: Shop, tmp_path: Path) -> None:
    store = GpuStore(tmp_path, lambda: True, NVIDIA, shop.address)

    refused(store, errors.GpuOfflineError)

    assert shop.mirror is not None
    assert shop.mirror.asked == []


def test_the_environment_keeps_it_offline_too(
    store: GpuStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNBLUR_OFFLINE", "1")

    refused(store, errors.GpuOfflineError)


def test_without_a_card_the_reason_is_said(tmp_path: Path) -> None:
    machine = Machine("Linux", "x86_64", tmp_path, lambda _: None)
    store = GpuStore(tmp_path / "torch", machine=machine)

    with pytest.raises(errors.GpuMissingError) as caught:
        store.set_up()

    assert caught.value.detail == "no graphics card was found"
    assert sentences(store.status()) == (
        "Unblur computes with the processor: no graphics card was found.",
    )


def test_a_torch_that_computes_with_the_card_needs_nothing_else(
    store: GpuStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_cuda = IncludedTorch("2.13.0+cu130", frozenset({"cuda"}))
    monkeypatch.setattr("unblur.gpu_setup.store.included_torch", lambda other_than: has_cuda)

    assert not store.status().can_set_up
    with pytest.raises(errors.GpuIncludedError):
        store.set_up()


def test_on_a_mac_the_usual_build_computes_with_the_gpu(tmp_path: Path) -> None:
    machine = Machine("Darwin", "arm64", tmp_path, lambda _: None)
    status = GpuStore(tmp_path / "torch", machine=machine).status()

    assert (status.backend, status.can_set_up) == ("mps", False)
    assert "came with Unblur" in sentences(status)[0]


def test_what_was_fetched_can_be_removed(store: GpuStore) -> None:
    set_up(store)

    store.remove()

    assert store.shelf.current() is None
    assert not any(path.is_dir() for path in store.shelf.folder.iterdir())


def test_a_second_set_up_meanwhile_is_refused_and_disturbs_nothing(
    store: GpuStore, shop: Shop
) -> None:
    has_come, may_go_on = threading.Event(), threading.Event()

    def waiting(visit: Visit) -> None:
        has_come.set()
        may_go_on.wait(10)
        mirrors.honest(visit)

    shop.behaviours[TORCH_FILE] = waiting
    first = threading.Thread(target=set_up, args=(store,))
    first.start()
    assert has_come.wait(10)
    second = GpuStore(store.shelf.folder, machine=NVIDIA, index=shop.address)

    with pytest.raises(errors.GpuBusyError):
        set_up(second)
    with pytest.raises(errors.GpuBusyError):
        second.remove()

    may_go_on.set()
    first.join()
    kept = store.shelf.current()
    assert kept is not None
    assert (store.shelf.site_of(kept) / "torch/__init__.py").exists()


def test_a_set_up_that_was_killed_keeps_nobody_out(store: GpuStore) -> None:
    program = (
        "import sys, time; from pathlib import Path; from unblur.gpu_setup.turns import alone_in\n"
        "with alone_in(Path(sys.argv[1])): print('here', flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", program, str(store.shelf.folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"here\n"
        assert refused(store, errors.GpuBusyError) == ""
        other.kill()

    set_up(store)


def test_a_start_meanwhile_leaves_the_build_that_is_not_in_force_yet(store: GpuStore) -> None:
    coming = store.shelf.folder / f"{VERSION}-00000000"
    coming.mkdir(parents=True)

    with alone_in(store.shelf.folder):
        store.shelf.tidy(keep="another")
        assert coming.exists()
    store.shelf.tidy(keep="another")
    assert not coming.exists()


def test_nothing_to_remove_is_said(store: GpuStore) -> None:
    with pytest.raises(errors.GpuNotSetUpError):
        store.remove()


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"folder": "x"}', '{"folder": "../..", "torch": "1"}']
)
def test_a_damaged_note_counts_as_none(store: GpuStore, content: str) -> None:
    store.shelf.folder.mkdir(parents=True)
    (store.shelf.folder / "current.json").write_text(content, encoding="utf-8")

    assert store.shelf.current() is None


def test_a_note_that_leads_out_of_the_folder_counts_as_none(store: GpuStore) -> None:
    set_up(store)
    note = store.shelf.folder / "current.json"
    facts = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({**facts, "folder": "../elsewhere"}), encoding="utf-8")

    assert store.shelf.current() is None


def test_the_status_tells_each_state_in_a_sentence(store: GpuStore) -> None:
    def said() -> str:
        status: GpuStatus = store.status()
        return " ".join(sentences(status))

    assert "it needs a PyTorch of its own" in said()
    set_up(store)
    assert "used from the next start on, with Stand-in GPU" in said()


def test_a_full_disk_is_told_from_one_that_denies(
    store: GpuStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "somewhere")

    monkeypatch.setattr("unblur.gpu_setup.supply.unpack", fail)

    assert "somewhere: No space left" in refused(store, errors.GpuDiskSpaceError)
