"""What `GpuStatus` means, in sentences: the window and the command line say the same."""

from __future__ import annotations

from unblur.gpu_setup.store import GpuStatus


def sentences(status: GpuStatus) -> tuple[str, ...]:
    """What there is and what is done with it, a sentence each."""
    return (_card(status), *_build(status))


def _card(status: GpuStatus) -> str:
    if status.why_none:
        return f"Unblur computes with the processor: {status.why_none}."
    if status.is_included:
        build = f" ({status.included.version})" if status.included.version else ""
        return f"{status.card}: the PyTorch that came with Unblur{build} computes with it."
    return f"{status.card}: it needs a PyTorch of its own, a download of several gigabytes."


def _build(status: GpuStatus) -> tuple[str, ...]:
    kept, verdict = status.kept, status.verdict
    if kept is None:
        begun = f"{status.kept_bytes / 1e6:.0f} MB of it have come already."
        return (begun,) if status.kept_bytes else ()
    name = f"PyTorch {kept.torch}"
    if status.unfit:
        return (f"{name} is set up and not used: {status.unfit}.",)
    if verdict is None:
        return (f"{name} is set up; the next start tries it.",)
    if verdict.works:
        return (f"{name} is set up and used from the next start on, with {verdict.device}.",)
    return (f"{name} is set up and not used: {verdict.reason}.",)
