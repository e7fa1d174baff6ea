"""Try what was built as a person would: double-click a photo, restore a part, save it, leave.

The programs run in a clean Debian, without a network. The display, the pointer and the keys come
from this machine. What they wrote is compared with what the checkout writes.
"""

from __future__ import annotations

import json
import math
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import clean_root
import numpy as np
from clean_root import CleanRoot
from display import CORNER, Display, NotSeenError, virtual_display, wait_until
from PIL import Image

PROJECT = Path(__file__).resolve().parents[1]
PAIRS = PROJECT / "tests" / "data" / "pairs"
_CANVAS = (CORNER[0] + 492, CORNER[1] + 456)  # the middle of the canvas
# Both run the same network on the same pixels; other instructions may round the last bit.
_SAME_DECIBEL = 0.02
_QUIT_SECONDS = 30.0


class SmokeError(Exception):
    """What was built does not do what the checkout does; the text says what."""


@dataclass(frozen=True)
class Outcome:
    """What one program did: PSNR in decibel inside the region, against the sharp photo."""

    name: str
    blurred: float
    restored: float
    checkout: float

    def __str__(self) -> str:
        return (
            f"{self.name}: region {self.blurred:.2f} → {self.restored:.2f} dB "
            f"(checkout {self.checkout:.2f} dB), quit with 0"
        )


def smoke_linux(bundle: Path, deb: Path, appimage: Path | None, work: Path) -> list[Outcome]:
    """Try the .deb, the bundle and the AppImage; what each did. Raises SmokeError.

    The .deb comes first: what it depends on is all that the others find in the clean system.
    """
    root = clean_root.make(work)
    root.install(deb)
    screenshots = work / "screenshots"
    screenshots.mkdir(exist_ok=True)
    trial = _Trial(root, screenshots)
    with virtual_display() as display:
        outcomes = [trial.run(display, "deb", _double_click(root))]
        _check_command(root)
        remove = root.command(["dpkg", "--purge", "unblur"], {})
        subprocess.run(remove, check=True, stdout=subprocess.DEVNULL)
        if (root.folder / "opt" / "unblur").exists():
            raise SmokeError("the .deb leaves files behind in /opt/unblur")
        place = root.exchange / "bundle"
        subprocess.run(["cp", "--archive", str(bundle), str(place)], check=True)
        outcomes.append(trial.run(display, "bundle", [f"{root.inside(place)}/unblur"]))
        shutil.rmtree(place)
        if appimage:
            place = root.exchange / "Unblur.AppImage"
            shutil.copy(appimage, place)
            # The clean system has no /dev/fuse: it unpacks itself.
            outcomes.append(trial.run(display, "appimage", [root.inside(place)]))
    return outcomes


@dataclass(frozen=True)
class _Trial:
    root: CleanRoot
    screenshots: Path

    def run(self, display: Display, name: str, program: Sequence[str]) -> Outcome:
        """One whole visit, in a home of its own."""
        home = self.root.exchange / f"home-{name}"
        home.mkdir()
        photo = home / "Straße 1.png"
        shutil.copyfile(PAIRS / "gopro-00-blur.png", photo)
        words = [*program, self.root.inside(photo)]
        variables = {"DISPLAY": display.name, "UNBLUR_HOME": self.root.inside(home)}
        with (self.screenshots / f"{name}.log").open("wb") as log:
            visit = subprocess.Popen(self.root.command(words, variables), stdout=log, stderr=log)
        try:
            result, rect = self._visit(display, name, home, photo)
            status = visit.wait(_QUIT_SECONDS)
        except (NotSeenError, subprocess.TimeoutExpired) as error:
            display.look().save(self.screenshots / f"{name}-failed.png")
            raise SmokeError(f"{name}: {error}; see {self.screenshots}") from error
        finally:
            visit.kill()
            visit.wait()
        if status != 0:
            raise SmokeError(f"{name}: quit with {status}; see {self.screenshots}/{name}.log")
        return self._judged(name, rect, photo, result)

    def _visit(
        self, display: Display, name: str, home: Path, photo: Path
    ) -> tuple[Path, tuple[int, int, int, int]]:
        wait_until(lambda: display.windows(f"{photo.stem}.*Unblur$"), "the window with the photo")
        (window,) = display.windows("Unblur$")
        display.place(window)
        # The divider takes what begins close to it, so the drag begins beside it.
        display.drag((_CANVAS[0] + 25, _CANVAS[1] - 60), (_CANVAS[0] + 85, _CANVAS[1] + 40))
        wait_until(lambda: _region(home), "the region in the saved edit")
        rect = _region(home) or (0, 0, 0, 0)  # it goes with the window: nothing is left to recover
        display.press("ctrl+r")
        result = self._exported(display, window, photo)
        display.look().save(self.screenshots / f"{name}.png")
        display.press("ctrl+q")
        return result, rect

    def _exported(self, display: Display, window: str, photo: Path) -> Path:
        """Export as an impatient person does, until the file shows the restored region."""
        source = np.asarray(Image.open(photo).convert("RGB"))
        results: list[Path] = []

        def is_restored() -> bool:
            number = len(results) + 1
            suffix = "" if number == 1 else f"-{number}"
            target = photo.with_name(f"{photo.stem}-unblurred{suffix}.png")
            display.press("ctrl+s")
            wait_until(lambda: display.windows("^Export$"), "the export dialog", 20.0)
            display.xdotool("windowfocus", display.windows("^Export$")[0])
            display.press("Return")
            wait_until(target.exists, "the exported file", 20.0)
            display.xdotool("windowfocus", window)
            results.append(target)
            return bool((np.asarray(Image.open(target).convert("RGB")) != source).any())

        wait_until(is_restored, "restored pixels in the exported file", 180.0)
        return results[-1]

    def _judged(
        self, name: str, rect: tuple[int, int, int, int], photo: Path, result: Path
    ) -> Outcome:
        x, y, width, height = rect
        inside = np.s_[y : y + height, x : x + width]
        expected = photo.with_name("checkout.png")
        command = [sys.executable, "-m", "unblur", "restore", str(photo), "-o", str(expected)]
        command += ["--region", ",".join(map(str, rect)), "--device", "cpu"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise SmokeError(f"the checkout ended with {done.returncode}:\n{done.stderr}")
        sharp, blurred, restored, checkout = (
            np.asarray(Image.open(path).convert("RGB")).astype(np.float64)
            for path in (PAIRS / "gopro-00-sharp.png", photo, result, expected)
        )
        outside = np.ones(sharp.shape[:2], bool)
        outside[inside] = False
        if (restored[outside] != blurred[outside]).any():
            raise SmokeError(f"{name}: pixels outside the region changed")
        scores = [psnr(each[inside], sharp[inside]) for each in (blurred, restored, checkout)]
        outcome = Outcome(name, *scores)
        if abs(outcome.restored - outcome.checkout) > _SAME_DECIBEL:
            raise SmokeError(f"not as good as the checkout: {outcome}")
        return outcome


def psnr(picture: np.ndarray, sharp: np.ndarray) -> float:
    """Peak signal-to-noise ratio in decibel, of levels 0 to 255."""
    error = float(np.mean((picture - sharp) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def _region(home: Path) -> tuple[int, int, int, int] | None:
    """The region's rectangle in the edit that the window saves for recovery."""
    for path in (home / "state" / "recovery").glob("*.json"):
        documents = json.loads(path.read_text(encoding="utf-8"))["documents"]
        if documents and documents[0]["regions"]:
            x, y, width, height = documents[0]["regions"][0]["shapes"][0]["rect"]
            return int(x), int(y), int(width), int(height)
    return None


def _double_click(root: CleanRoot) -> list[str]:
    """What a file manager starts: the words of the installed entry's Exec, without its %F."""
    place = root.folder / "usr/share/applications/unblur.desktop"
    text = place.read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if each.startswith("Exec="))
    return [word for word in shlex.split(line.removeprefix("Exec=")) if word != "%F"]


def _check_command(root: CleanRoot) -> None:
    """The command line of the installed package works, and so do its manual and completions."""
    done = subprocess.run(
        root.command(["unblur", "models", "--json"], {}), check=True, capture_output=True, text=True
    )
    if not any(model.get("id") == "maxim-3s.gopro" for model in json.loads(done.stdout)):
        raise SmokeError(f"the installed command does not know its own models: {done.stdout}")
    for place in ("man/man1/unblur.1.gz", "bash-completion/completions/unblur"):
        if not (root.folder / "usr/share" / place).is_file():
            raise SmokeError(f"the .deb has no {place}")
