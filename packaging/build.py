"""Build what people install, and try it: the wheel, the bundle, the .deb and the AppImage.

    python3 packaging/build.py                    # everything, into dist/
    python3 packaging/build.py --smoke            # the same, and then tried as a person would
    python3 packaging/build.py --smoke --built    # what is in dist/ already, tried again

Needs Python 3.11; the rest comes into an environment of its own in build/. Trying needs root, for
the clean Debian in which it happens. On Windows and macOS it builds the folder or the app that
their installers pack, see packaging/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import bootstrap
from environment import PROJECT, Environment, SetupError
from system_packages import Purpose

_WORK = PROJECT / "build"
_KINDS = ("wheel", "bundle", "deb", "appimage", "installer")
_EXTRAS = ("bundle", "onnx")
_SPEC = PROJECT / "packaging" / "unblur.spec"
_RUNS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and do what it says; the exit status comes back."""
    options = _parser().parse_args(arguments)
    environment = Environment(Path(options.venv).expanduser().absolute())
    if Path(sys.prefix).resolve() != environment.root.resolve():
        return _again_inside(environment, sys.argv[1:] if arguments is None else list(arguments))
    kinds = _wanted(options.only, is_tried=options.smoke)
    target = Path(options.output).absolute()
    target.mkdir(parents=True, exist_ok=True)
    _WORK.mkdir(exist_ok=True)
    made = _built(target) if options.built else _build(kinds, target, is_quick=options.quick)
    if options.measure:
        import startup

        print("— start-up", flush=True)
        print(f"bundle: {startup.measure_bundle(made['bundle'], _WORK, _RUNS)}", flush=True)
        print(f"checkout: {startup.measure_checkout(_RUNS)}", flush=True)
    return _smoke(made) if options.smoke else 0


def _again_inside(environment: Environment, words: list[str]) -> int:
    try:
        bootstrap.prepare(environment, "cpu", Purpose.BUNDLE, _EXTRAS)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    command = [str(environment.python), str(Path(__file__).resolve()), *words]
    return subprocess.run(command, check=False).returncode


def _wanted(only: Sequence[str], *, is_tried: bool) -> set[str]:
    kinds = set(only or _KINDS)
    kinds -= {"installer"} if platform.system() == "Linux" else {"deb", "appimage"}
    # The packages are made of the bundle, and what they need of the system is known by the .deb.
    if kinds & {"deb", "appimage", "installer"} or is_tried:
        kinds.add("bundle")
    if is_tried and platform.system() == "Linux":
        kinds.add("deb")
    return kinds


def _build(kinds: set[str], target: Path, *, is_quick: bool) -> dict[str, Path]:
    made: dict[str, Path] = {}
    if "wheel" in kinds:
        made["wheel"] = _wheel(target)
    if "bundle" in kinds:
        made["bundle"] = _bundle(target)
    if "deb" in kinds:
        import deb

        print("— .deb", flush=True)
        made["deb"] = deb.build(made["bundle"], PROJECT, _WORK, target, is_quick=is_quick)
    if "appimage" in kinds:
        import appimage

        print("— AppImage", flush=True)
        made["appimage"] = appimage.build(made["bundle"], PROJECT, _WORK, target, is_quick=is_quick)
    if "installer" in kinds:
        print("— installer", flush=True)
        made["installer"] = _installer(made["bundle"], target)
    _write_sums(target, [path for kind, path in made.items() if kind != "bundle"])
    return made


def _built(target: Path) -> dict[str, Path]:
    """What an earlier build left in `target`."""
    patterns = {"wheel": "*.whl", "bundle": "unblur", "deb": "*.deb", "appimage": "*.AppImage"}
    found = {kind: sorted(target.glob(pattern)) for kind, pattern in patterns.items()}
    return {kind: paths[-1] for kind, paths in found.items() if paths}


def _wheel(target: Path) -> Path:
    print("— wheel", flush=True)
    for old in target.glob("unblur-*.whl"):
        old.unlink()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.DEVNULL)
    return next(target.glob("unblur-*.whl"))


def _bundle(target: Path) -> Path:
    import contents
    from stripping import strip_symbols

    print("— bundle", flush=True)
    # Where the spec looks for it: a bundle has no metadata of packages to read licences from.
    collect = [sys.executable, str(PROJECT / "packaging" / "licences.py"), str(_WORK / "licences")]
    subprocess.run(collect, check=True)
    shutil.rmtree(_WORK / "qt-bytecode", ignore_errors=True)
    compiled = [str(PROJECT / "packaging" / "qt_bytecode.py"), str(_WORK / "qt-bytecode")]
    subprocess.run([sys.executable, *compiled], check=True)
    # PyInstaller's cache holds libraries by name; one of another torch must not be among them.
    variables = {**os.environ, "PYINSTALLER_CONFIG_DIR": str(_WORK / "pyinstaller")}
    folders = ["--distpath", str(target), "--workpath", str(_WORK / "work")]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *folders]
    subprocess.run([*command, str(_SPEC)], check=True, env=variables)
    bundle = target / "unblur"
    if platform.system() == "Linux":
        print(f"{strip_symbols(bundle) / 1e6:8.1f} MB of symbols taken out", flush=True)
    forbidden = contents.forbidden_files(bundle)
    if forbidden:
        raise SystemExit(f"May not be passed on: {', '.join(forbidden)}")
    report = contents.size_report(bundle)
    (target / "bundle-contents.txt").write_text(report + "\n", encoding="utf-8")
    print(report.splitlines()[-1].strip(), flush=True)
    return bundle


def _installer(bundle: Path, target: Path) -> Path:
    import installers

    if platform.system() == "Darwin":
        return installers.mac(target / "Unblur.app", PROJECT, target, os.environ)
    return installers.windows(bundle, PROJECT, _WORK, target, os.environ)


def _write_sums(target: Path, files: Sequence[Path]) -> None:
    """The SHA-256 of what is passed on, in the form that `sha256sum --check` reads."""
    lines = []
    for path in sorted(files):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        lines.append(f"{digest}  {path.name}\n")
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.name}", flush=True)
    if lines:
        (target / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _smoke(made: dict[str, Path]) -> int:
    from clean_root import CleanRootError
    from smoke import SmokeError, smoke_linux
    from smoke_command import smoke_command
    from smoke_gpu import smoke_gpu
    from smoke_wheel import smoke_wheel

    try:
        if "wheel" in made:
            print(f"— trying the wheel\n{smoke_wheel(made['wheel'], _WORK)}", flush=True)
        print(f"— trying the bundle's command line\n{smoke_command(made['bundle'], _WORK)}")
        if platform.system() == "Linux":
            print(f"— trying a PyTorch that was fetched\n{smoke_gpu(made['bundle'], _WORK)}")
            print("— trying what was built, in a clean Debian without a network", flush=True)
            for outcome in smoke_linux(made["bundle"], made["deb"], made.get("appimage"), _WORK):
                print(outcome, flush=True)
    except (SmokeError, CleanRootError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(_WORK / "clean-root", ignore_errors=True)
    print(f"Screenshots, to be looked at: {_WORK / 'screenshots'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py", description="Build what people install.")
    parser.add_argument("--only", nargs="+", choices=_KINDS, default=[], metavar="KIND")
    parser.add_argument("--smoke", action="store_true", help="try it in a clean Debian")
    parser.add_argument("--built", action="store_true", help="build nothing: try what is there")
    parser.add_argument("--quick", action="store_true", help="packages that are hardly compressed")
    parser.add_argument("--measure", action="store_true", help="measure how long starting takes")
    parser.add_argument("--output", default=str(PROJECT / "dist"), metavar="DIR")
    parser.add_argument("--venv", default=str(_WORK / "venv"), metavar="PATH")
    return parser


if __name__ == "__main__":
    sys.exit(main())
