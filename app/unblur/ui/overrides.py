"""Exceptions must not leave Python methods that Qt calls from inside another such method.

PySide carries them from one override to the next by hand, and has crashed the whole program
on the way: a mistake while painting would cost the session instead of one report.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

Method = TypeVar("Method", bound=Callable[..., None])


def reports_errors(method: Method) -> Method:
    """Send an exception to the report instead of into Qt."""

    @functools.wraps(method)
    def guarded(*args: Any) -> None:
        try:
            method(*args)
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)

    return cast(Method, guarded)
