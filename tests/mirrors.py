"""A web server on this machine that gives weights as the worst of mirrors do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[["Visit"], None]


class Visit(BaseHTTPRequestHandler):
    """One request. The behaviour that the server was given answers it."""

    server: Mirror
    protocol_version = "HTTP/1.1"

    @property
    def start(self) -> int:
        """Where the range that was asked for begins; 0 without one."""
        asked = self.headers.get("Range", "bytes=0-")
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def do_GET(self) -> None:
        """Answer."""
        self.close_connection = True
        self.server.asked.append((self.path, self.headers.get("Range", "")))
        # A visitor who hangs up is part of the game.
        with suppress(ConnectionError):
            self.server.behaviour(self)

    def give(self, body: bytes, *, status: int = 200, length: int | None = None) -> None:
        """A head that says `length`, by default the truth, and the body."""
        self.send_response(status)
        if status == 206:
            total = len(self.server.content)
            self.send_header("Content-Range", f"bytes {self.start}-{total - 1}/{total}")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def give_range(self, most: int | None = None) -> None:
        """What was asked for, breaking off after `most` bytes."""
        body = self.server.content[self.start :]
        status = 206 if self.start else 200
        self.give(body[:most], status=status, length=len(body))

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002
        """Say nothing."""


class Mirror(ThreadingHTTPServer):
    """Serves `content`; `asked` are the paths and ranges of the visits so far."""

    daemon_threads = True

    def __init__(self, content: bytes, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.content = content
        self.behaviour = behaviour
        self.asked: list[tuple[str, str]] = []
        self.is_over = threading.Event()

    def address(self, path: str = "weights.safetensors") -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}/{path}"


@contextmanager
def serving(content: bytes, behaviour: Behaviour) -> Iterator[Mirror]:
    """A mirror while it is needed."""
    with Mirror(content, behaviour) as mirror:
        thread = threading.Thread(target=mirror.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield mirror
        finally:
            mirror.is_over.set()
            mirror.shutdown()
            thread.join()


def honest(visit: Visit) -> None:
    """As it should be, with ranges."""
    visit.give_range()


def without_ranges(visit: Visit) -> None:
    """Always the whole file."""
    visit.give(visit.server.content)


def breaking_off_after(most: int) -> Behaviour:
    """Never more than `most` bytes a connection."""
    return lambda visit: visit.give_range(most)


def dripping(pieces: int, seconds: float) -> Behaviour:
    """The file in so many pieces, with a pause before each."""

    def give(visit: Visit) -> None:
        content = visit.server.content
        visit.give(b"", length=len(content))
        step = -(-len(content) // pieces)
        for i in range(0, len(content), step):
            time.sleep(seconds)
            visit.wfile.write(content[i : i + step])

    return give


def silent(visit: Visit) -> None:
    """Takes the call and says nothing, until the server ends."""
    visit.server.is_over.wait(20)


def silent_after(most: int) -> Behaviour:
    """Some bytes, and then nothing."""

    def give(visit: Visit) -> None:
        visit.give_range(most)
        visit.wfile.flush()
        silent(visit)

    return give
