"""Fetches a weights file over HTTP, and trusts nothing that comes.

What has come is kept in NAME.part until the whole file has the SHA-256 that its card names;
only then it gets its name, in one step. A connection that breaks off is taken up where it
ended (RFC 9110, range requests). Mirrors are tried in order. Knows neither torch nor Qt.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from unblur_models.digest import sha256_of
from unblur_models.errors import FetchCancelled, FetchFailedError, NoMirrorError
from unblur_models.fetch_failures import BrokeOff, MirrorFailed, failure_of, host_of
from unblur_models.http_transport import Forbidden, Response, open_url
from unblur_models.part_file import PartFile

Progress = Callable[[int, int], None]
"""Called with the bytes that have come and those that are wanted, ten times a second."""

_CHUNK = 256 * 1024
_PROGRESS_SECONDS = 0.1
_ASK_AGAIN_SECONDS = 0.2
_RANGE_NOT_SATISFIABLE = 416
_PARTIAL = 206
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file as its card describes it: `size` in bytes, 64 hexadecimal digits, https addresses."""

    name: str
    size: int
    sha256: str
    mirrors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take. Times are in seconds.

    Nothing may come for `silence`; over every `window` at least `least_rate` bytes a second
    have to come. A server is asked `attempts` times in a row without getting further.
    """

    silence: float = 20.0
    window: float = 60.0
    least_rate: float = 1024.0
    attempts: int = 3
    pause: float = 1.0


class CancelFetch:
    """Stops a fetch from any thread, at once, even while a server is silent."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether someone asked."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the fetch to stop. Asking twice is the same as once."""
        with self._lock:
            self._event.set()
            _hang_up(self._socket)

    def watch(self, connected: socket.socket) -> None:
        """Hang `connected` up when asked to stop: whoever waits for it is woken."""
        with self._lock:
            self._socket = connected
            if self._event.is_set():
                _hang_up(connected)

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond being asked to stop."""
        self._event.wait(seconds)

    def raise_if_cancelled(self) -> None:
        """Raise FetchCancelled when someone asked."""
        if self._event.is_set():
            raise FetchCancelled


def fetch(
    wanted: WantedFile,
    folder: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    cancel: CancelFetch | None = None,
    patience: Patience | None = None,
) -> Path:
    """The wanted file in `folder`, fetched unless it is there already.

    A file that is being fetched already, by this program or another, is waited for. Raises
    NoMirrorError, FetchFailedError when no mirror gave the file, WeightsUnwritableError and
    FetchCancelled. Only a wrong file is thrown away, any other beginning is kept.
    """
    if not wanted.mirrors:
        raise NoMirrorError(wanted.name)
    run = _Run(wanted, PartFile(folder, wanted.name), progress, cancel or CancelFetch(), patience)
    if run.part.is_finished_as(wanted.sha256):
        return run.part.target
    with run.part.alone(run.wait_for_another):
        # Whoever was waited for may have fetched it.
        if run.part.is_finished_as(wanted.sha256):
            return run.part.target
        return run.take()


class _Run:
    """One fetch, mirror after mirror."""

    def __init__(
        self,
        wanted: WantedFile,
        part: PartFile,
        progress: Progress,
        cancel: CancelFetch,
        patience: Patience | None,
    ) -> None:
        self.part = part
        self._wanted = wanted
        self._progress = progress
        self._cancel = cancel
        self._patience = patience or Patience()
        self._told = 0.0

    def wait_for_another(self) -> None:
        """Another fetch of the same file is under way, here or in another program."""
        self._cancel.raise_if_cancelled()
        self._tell(self.part.size, self._wanted.size)
        self._cancel.wait(_ASK_AGAIN_SECONDS)

    def take(self) -> Path:
        """Ask the mirrors in order. Raises FetchFailedError."""
        self.part.begin(self._wanted.size)
        failures = []
        for address in self._wanted.mirrors:
            try:
                self.take_from(address)
            except MirrorFailed as failure:
                failures.append(f"{host_of(address)}: {failure}")
            else:
                return self.part.finish()
        raise FetchFailedError(self._wanted.name, failures)

    def take_from(self, address: str) -> None:
        """Fill the part file with the wanted bytes. Raises MirrorFailed, the part may grow."""
        is_other_mirrors = self.part.size > 0
        self._fill(address)
        if self._is_right():
            return
        if is_other_mirrors:
            # The wrong bytes may be those that came earlier, from elsewhere.
            self._fill(address)
            if self._is_right():
                return
        raise MirrorFailed("what came is not the file (wrong SHA-256)")

    def _is_right(self) -> bool:
        """Whether the whole file is the wanted one; if not it is thrown away."""
        self._cancel.raise_if_cancelled()
        if sha256_of(self.part.path) == self._wanted.sha256:
            return True
        self.part.discard()
        return False

    def _fill(self, address: str) -> None:
        in_vain = 0
        while self.part.size != self._wanted.size:
            before = self.part.size
            try:
                self._transfer(address)
            except BrokeOff as broken:
                self._cancel.raise_if_cancelled()
                in_vain = 0 if self.part.size > before else in_vain + 1
                if in_vain >= self._patience.attempts:
                    raise MirrorFailed(str(broken)) from broken
                self._cancel.wait(self._patience.pause * in_vain)
            self._cancel.raise_if_cancelled()

    def _transfer(self, address: str) -> None:
        """One connection. Returns when it ended well, even if bytes are still missing."""
        start = self.part.size
        self._cancel.raise_if_cancelled()
        try:
            with self._open(address, start) as response:
                self._receive(response, start)
        except urllib.error.HTTPError as refusal:
            if refusal.code == _RANGE_NOT_SATISFIABLE and start:
                refusal.close()
                self.part.discard()
                raise BrokeOff("it cannot go on where it stopped") from refusal
            raise failure_of(refusal) from refusal
        except (Forbidden, OSError, http.client.HTTPException, ValueError) as error:
            raise failure_of(error) from error

    def _open(self, address: str, start: int) -> Response:
        return open_url(address, start, timeout=self._patience.silence, watch=self._cancel.watch)

    def _receive(self, response: Response, start: int) -> None:
        start = self._check_offer(response, start)
        done, total = start, self._wanted.size
        pace = _Pace(self._patience)
        with self.part.open_at(start) as file:
            while done < total:
                chunk = response.read1(_CHUNK)
                self._cancel.raise_if_cancelled()
                if not chunk:
                    raise BrokeOff("the connection broke off")
                if done + len(chunk) > total:
                    raise MirrorFailed(f"it sends more than {total} bytes")
                file.write(chunk)
                done += len(chunk)
                pace.check(len(chunk))
                self._tell(done, total)

    def _check_offer(self, response: Response, start: int) -> int:
        """Where the offered bytes begin in the file. Raises MirrorFailed for another file."""
        total = self._wanted.size
        length = int(response.headers.get("Content-Length") or total)
        if response.status == _PARTIAL:
            match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
            # It may give less than it was asked for, and is then asked again.
            if match is None or int(match[1]) != start or match[3] not in ("*", str(total)):
                raise MirrorFailed("it sends another part than it was asked for")
            return start
        if length != total:
            raise MirrorFailed(f"it offers {length} bytes instead of {total}")
        return 0  # it does not know ranges, so all of it comes once more

    def _tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            self._progress(done, total)


class _Pace:
    """Notices a server that sends so little that it could as well be silent."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._began = time.monotonic()
        self._bytes = 0

    def check(self, received: int) -> None:
        """Count, and at the end of each window look back. Raises MirrorFailed."""
        self._bytes += received
        seconds = time.monotonic() - self._began
        if seconds < self._patience.window:
            return
        if self._bytes < self._patience.least_rate * seconds:
            raise MirrorFailed("it is too slow")
        self._began, self._bytes = time.monotonic(), 0


def _hang_up(connected: socket.socket | None) -> None:
    if connected is None:
        return
    try:
        # Not through TLS, which would want to say goodbye to a server that may be silent.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already
