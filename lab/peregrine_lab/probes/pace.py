# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Sending at a steady pace until it is time to stop."""

from __future__ import annotations

import signal
import time


class Pace:
    """Says when the next probe is due.

    After a time in which the process did not run, missed probes are left out rather
    than sent in a burst: a burst tells nothing about the time that has passed.
    """

    def __init__(self, interval: int, duration: int | None) -> None:
        self.interval = interval
        self.skipped = 0
        self._duration = duration
        self._stopped = False
        self.restart()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def restart(self) -> None:
        """Begin now: the first probe is due at once, and the duration counts from here."""
        self._due = time.monotonic_ns()
        self._end = None if self._duration is None else self._due + self._duration

    @property
    def over(self) -> bool:
        return self._stopped or (self._end is not None and time.monotonic_ns() >= self._end)

    def due(self) -> bool:
        """Whether to send now; a yes counts as sent."""
        now = time.monotonic_ns()
        if now < self._due:
            return False
        missed = (now - self._due) // self.interval
        self.skipped += missed
        self._due += (missed + 1) * self.interval
        return True

    def seconds_left(self) -> float:
        """Until the next probe."""
        return max(0, self._due - time.monotonic_ns()) / 1e9

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopped = True
