"""How long one paint may spend on tiles that are not converted yet."""

from __future__ import annotations

import time


class TimeBox:
    """Allows steps of work until `milliseconds` have passed, but always at least one."""

    def __init__(self, milliseconds: float) -> None:
        self._end = time.perf_counter() + milliseconds / 1e3
        self._has_started = False

    def allows_step(self) -> bool:
        """Whether one more step may begin."""
        if not self._has_started:
            self._has_started = True
            return True
        return time.perf_counter() < self._end
