"""What a server says of a file, and small files that are read rather than kept.

Whole files are the business of `fetching`; the patience and the rules are the same.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import TypeVar

from unblur_models.errors import FetchFailedError
from unblur_models.fetch_failures import BrokeOff, MirrorFailed, failure_of, host_of
from unblur_models.fetching import CancelFetch, Patience
from unblur_models.http_transport import Forbidden, Response, open_url

_CHUNK = 64 * 1024

Answer = TypeVar("Answer")


def read_page(
    address: str, most: int, *, cancel: CancelFetch, patience: Patience | None = None
) -> bytes:
    """The bytes at `address`, at most `most` of them.

    Raises FetchFailedError and FetchCancelled.
    """

    def read(response: Response) -> bytes:
        content = bytearray()
        while chunk := response.read1(_CHUNK):
            cancel.raise_if_cancelled()
            content += chunk
            if len(content) > most:
                raise MirrorFailed(f"it sends more than {most} bytes")
        if len(content) != int(response.headers.get("Content-Length") or len(content)):
            raise BrokeOff("the connection broke off")
        return bytes(content)

    return _asked(address, read, cancel, patience or Patience())


def size_of(address: str, *, cancel: CancelFetch, patience: Patience | None = None) -> int:
    """How many bytes the server says that the file has; it is not fetched.

    Raises FetchFailedError and FetchCancelled.
    """

    def read(response: Response) -> int:
        size = int(response.headers.get("Content-Length") or 0)
        if size <= 0:
            raise MirrorFailed("it does not say how large the file is")
        return size

    return _asked(address, read, cancel, patience or Patience())


def _asked(
    address: str, read: Callable[[Response], Answer], cancel: CancelFetch, patience: Patience
) -> Answer:
    for attempt in range(1, patience.attempts + 1):
        cancel.raise_if_cancelled()
        try:
            return _asked_once(address, read, cancel, patience)
        except (BrokeOff, MirrorFailed) as failure:
            cancel.raise_if_cancelled()
            if isinstance(failure, MirrorFailed) or attempt == patience.attempts:
                name = address.rpartition("/")[2] or address
                raise FetchFailedError(name, [f"{host_of(address)}: {failure}"]) from failure
            cancel.wait(patience.pause * attempt)
    raise AssertionError("the last attempt returns or raises")


def _asked_once(
    address: str, read: Callable[[Response], Answer], cancel: CancelFetch, patience: Patience
) -> Answer:
    try:
        with open_url(address, 0, timeout=patience.silence, watch=cancel.watch) as response:
            return read(response)
    except (Forbidden, OSError, http.client.HTTPException, ValueError) as error:
        raise failure_of(error) from error
