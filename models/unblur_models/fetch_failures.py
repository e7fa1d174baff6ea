"""What may go wrong with a server, as phrases that a person is told."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
from urllib.parse import urlsplit

from unblur_models.http_transport import Forbidden

_WORTH_ANOTHER_TRY = (408, 425, 429, 500, 502, 503, 504)


class MirrorFailed(Exception):  # noqa: N818 - it becomes a phrase
    """This server does not have what we want; the text says why."""


class BrokeOff(Exception):  # noqa: N818 - the same
    """The connection ended early; the text says how. Asking again may get further."""


def host_of(address: str) -> str:
    """Whose address it is, for people."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def failure_of(error: Exception) -> MirrorFailed | BrokeOff:
    """What an error of `open_url`, or of reading its answer, means for the server."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        kind = BrokeOff if error.code in _WORTH_ANOTHER_TRY else MirrorFailed
        return kind(f"it answers {error.code} {error.reason}".strip())
    if isinstance(error, Forbidden):
        return MirrorFailed(str(error))
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return BrokeOff("it does not answer in time")
    if isinstance(cause, socket.gaierror):
        return MirrorFailed("it cannot be found; there may be no connection")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return MirrorFailed("its certificate cannot be trusted")
    if isinstance(cause, ConnectionRefusedError):
        return MirrorFailed("it refuses connections")
    if isinstance(cause, OSError | http.client.HTTPException):
        return BrokeOff(f"the connection broke off ({cause or type(cause).__name__})")
    return MirrorFailed(f"its address or answer makes no sense ({cause})")
