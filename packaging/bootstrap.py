"""Set up Unblur and start it, or set it up and run every check: `run [PHOTO …]`, `test`.

Needs Python 3.11 and nothing else. What is missing from the system is installed where that is
allowed, and otherwise named in one command.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - a person may start it with an older one
    sys.exit("Unblur needs Python 3.11 or newer; this is " + platform.python_version() + ".")

# The program's own modules on hardware and builds need no installation.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "app"))

import checks
import system_packages
from environment import PROJECT, Environment, SetupError, create, install, key_of
from system_packages import Purpose

from unblur.gpu_setup.builds import backend_for, backend_names
from unblur.gpu_setup.hardware import Machine, detect_backend

_RESULTS = "unblurred"
_SAMPLE = PROJECT / "resources" / "sample.png"


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and do what it says; the exit status comes back."""
    options, others = _parser().parse_known_args(arguments)
    if others and options.action == "run":
        _parser().error(f"unknown options: {' '.join(others)}")
    environment = Environment(Path(options.venv).expanduser().absolute())
    try:
        if options.action == "test":
            prepare(environment, options.backend, Purpose.TEST, ("test",))
            return checks.run_all(checks.planned(environment, [*options.rest, *others]))
        return run(environment, options.backend, options.photos)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Starting again goes on from here.", file=sys.stderr)
        return 130


def run(environment: Environment, backend: str | None, photos: Sequence[str]) -> int:
    """Open the window; without a display restore the photos and say where the results are.

    Where none is given, the bundled sample is taken.
    """
    with_window = has_display()
    prepare(environment, backend, Purpose.WINDOW if with_window else Purpose.COMPUTE, ())
    python = str(environment.python)
    # Absolute, so that a photo named like a verb of the command line is a photo.
    paths = [str(Path(photo).absolute()) for photo in photos] or [str(_SAMPLE)]
    if with_window:
        return _start([python, "-m", "unblur", *paths])
    target = Path.cwd() / _RESULTS
    print("There is no display here, so the photo is restored without a window.", flush=True)
    target.mkdir(exist_ok=True)
    # Only results of an earlier start can be in the way: the folder and the names are ours.
    command = [python, "-m", "unblur", "restore", *paths, "-o", str(target), "--overwrite"]
    status = _start(command)
    if status == 0:
        print(f"The result is in {target}")
    return status


def prepare(
    environment: Environment, backend: str | None, purpose: Purpose, extras: tuple[str, ...]
) -> None:
    """Bring system packages and the environment up to date; quick when they are. SetupError."""
    key = key_of()
    stamp = environment.stamp()
    name = backend or (stamp.backend if stamp else "auto")
    machine = Machine()
    if name == "auto":
        name = detect_backend(machine)
    if stamp and (stamp.key, stamp.backend) == (key, name) and set(extras) <= set(stamp.extras):
        return
    if machine.system == "Linux":
        _install_system_packages(purpose)
    create(environment)
    install(environment, backend_for(name, machine), extras, key)


def has_display() -> bool:
    """Whether a window can be opened."""
    if platform.system() in ("Windows", "Darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _install_system_packages(purpose: Purpose) -> None:
    probe = system_packages.system_probe()
    missing = system_packages.missing_packages(purpose, probe)
    if not missing:
        return
    if probe.find_program("apt-get") is None:
        print(f"Missing here, under their Debian names: {' '.join(missing)}", file=sys.stderr)
        return
    if os.geteuid() != 0:
        command = system_packages.manual_command(missing)
        raise SetupError(
            f"Some system packages are missing. Run this, then start again:\n{command}"
        )
    print(f"Installing system packages: {' '.join(missing)} …", flush=True)
    # Lists may be there and outdated: fetch them when the first attempt fails.
    attempts = (True, False) if system_packages.has_package_lists() else (False,)
    if not any(_apt(missing, has_lists=has_lists) for has_lists in attempts):
        raise SetupError(f"apt could not install {' '.join(missing)}; it says why above.")


def _apt(packages: Sequence[str], *, has_lists: bool) -> bool:
    """Install with apt as root; False when it failed."""
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in system_packages.apt_commands(packages, has_lists=has_lists):
        done = subprocess.run(
            command, check=False, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        if done.returncode != 0:
            return False
    return True


def _start(command: Sequence[str]) -> int:
    """Run a program to its end; Ctrl+C reaches it by itself, and it decides how to stop."""
    with subprocess.Popen(list(command)) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--backend",
        choices=("auto", *backend_names()),
        help="what PyTorch computes with (default: as installed before, at first auto)",
    )
    shared.add_argument(
        "--venv",
        metavar="PATH",
        default=str(PROJECT / ".venv"),
        help="the virtual environment (default: .venv in the checkout)",
    )
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Set up Unblur.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="run|test")
    run_parser = actions.add_parser("run", parents=[shared], help="open the window")
    run_parser.add_argument("photos", nargs="*", metavar="PHOTO")
    test_parser = actions.add_parser("test", parents=[shared], help="run every check and test")
    test_parser.add_argument("rest", nargs="*", metavar="PYTEST_ARGUMENT")
    return parser


if __name__ == "__main__":
    sys.exit(main())
