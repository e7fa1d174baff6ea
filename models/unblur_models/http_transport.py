"""One HTTP request with the rules that fetching weights has: https, and no way around it."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

Watch = Callable[[socket.socket], None]

_LOCAL = ("localhost", "127.0.0.1", "::1")


class Forbidden(Exception):  # noqa: N818 - it says so itself
    """The address, or one that it redirects to, is neither https nor on this machine."""


class Response(Protocol):
    """What comes back; a context that closes the connection."""

    status: int
    headers: Mapping[str, str]

    def read1(self, most: int) -> bytes:
        """Bytes as they come, at most so many; none at the end."""

    def __enter__(self) -> Response:
        """Itself."""

    def __exit__(self, *exception: object) -> None:
        """Hang up."""


def open_url(address: str, start: int, *, timeout: float, watch: Watch) -> Response:
    """Ask for `address` from byte `start` on. Every socket is shown to `watch`.

    Proxies are those of the system. Raises Forbidden, and what urllib raises.
    """
    is_local = urlsplit(address).hostname in _LOCAL
    _check(address, is_local=is_local)
    headers = {"User-Agent": "unblur", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - checked above
    proxies = urllib.request.ProxyHandler({} if is_local else None)
    opener = urllib.request.OpenerDirector()
    for handler in (
        proxies,
        _Handler(watch),
        _Redirects(is_local=is_local),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    response: Response = opener.open(request, timeout=timeout)
    return response


def _check(address: str, *, is_local: bool) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" or (
        parts.scheme == "http" and is_local and parts.hostname in _LOCAL
    ):
        return
    raise Forbidden("it is not reached by https")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to addresses of the same safety alone."""

    def __init__(self, *, is_local: bool) -> None:
        self._is_local = is_local

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Refuse what `open_url` would refuse."""
        _check(newurl, is_local=self._is_local)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Handler(urllib.request.HTTPSHandler, urllib.request.HTTPHandler):
    """Opens connections whose sockets are watched."""

    def __init__(self, watch: Watch) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(context=self._tls)
        self._watch = watch

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """For this machine."""
        return self.do_open(partial(_Watched, self._watch), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """For all others."""
        return self.do_open(partial(_WatchedSafely, self._watch), req, context=self._tls)


class _Watched(http.client.HTTPConnection):
    """Shows its socket as soon as there is one."""

    def __init__(self, watch: Watch, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watch = watch

    def connect(self) -> None:
        """Connect and show the socket."""
        super().connect()
        self._watch(self.sock)


class _WatchedSafely(_Watched, http.client.HTTPSConnection):
    """The same through TLS."""
