# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""One TCP session: numbered lines out, the same lines back, in order and complete.

It never connects a second time: a session that is cut stays cut.
"""

from __future__ import annotations

import os
import select
import socket
import time

from . import report
from .pace import Pace

#: More than this unsent means that the path has been dead for long; lines then wait.
_MAX_UNSENT = 1 << 16


class TcpProbe:
    """One run of one session."""

    def __init__(self, address: str, port: int) -> None:
        self._peer = (address, port)
        self._token = os.urandom(4).hex()
        self._socket: socket.socket | None = None
        self._unsent = b""
        self._unread = b""
        self.sent: list[int] = []
        self.answered: list[int | None] = []
        self._echoed = 0
        self._error: str | None = None

    def run(self, pace: Pace, grace: float, connect_timeout: float) -> None:
        try:
            self._connect(connect_timeout)
            pace.restart()
            while not pace.over:
                if pace.due() and len(self._unsent) < _MAX_UNSENT:
                    self._say()
                self._exchange(pace.seconds_left())
            deadline = time.monotonic() + grace
            while self._echoed < len(self.sent) and (left := deadline - time.monotonic()) > 0:
                self._exchange(left)
            if self._echoed < len(self.sent):
                self._error = f"{len(self.sent) - self._echoed} lines not echoed {grace:g} s after the last one"
        except (OSError, _SessionBroken) as failure:
            self._error = str(failure)
        finally:
            if self._socket is not None:
                self._socket.close()

    def _connect(self, timeout: float) -> None:
        try:
            self._socket = socket.create_connection(self._peer, timeout)
        except OSError as failure:
            raise _SessionBroken(f"no connection to port {self._peer[1]}: {failure}") from failure
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)

    def _line(self, number: int) -> bytes:
        return f"{self._token} {number}\n".encode()

    def _say(self) -> None:
        self._unsent += self._line(len(self.sent))
        self.sent.append(time.monotonic_ns())
        self.answered.append(None)

    def _exchange(self, timeout: float) -> None:
        """Send and receive what is possible; wait for it at most so long."""
        assert self._socket is not None
        writing = [self._socket] if self._unsent else []
        readable, writable, _ = select.select([self._socket], writing, [], timeout)
        if writable:
            self._unsent = self._unsent[self._socket.send(self._unsent):]
        if readable:
            block = self._socket.recv(1 << 16)
            if not block:
                raise _SessionBroken(f"the guest closed the session after {self._echoed} lines")
            self._hear(block)

    def _hear(self, block: bytes) -> None:
        now = time.monotonic_ns()
        *lines, self._unread = (self._unread + block).split(b"\n")
        for line in lines:
            expected = self._line(self._echoed)
            if self._echoed >= len(self.sent) or line + b"\n" != expected:
                raise _SessionBroken(f"expected {expected!r}, got {line!r}")
            self.answered[self._echoed] = now
            self._echoed += 1

    def report(self, interval: int) -> dict:
        origin = self.sent[0] if self.sent else 0
        trips = [answer - when for when, answer in zip(self.sent, self.answered) if answer is not None]
        return {
            "began": report.wall_clock(self.sent),
            "alive": self._error is None,
            "error": self._error,
            "reconnects": 0,
            "sent": len(self.sent),
            "echoed": self._echoed,
            "longest_stall": report.describe_gap(
                report.longest_silence(self.sent, self.answered, interval), origin),
            "rtt_ms": report.describe_durations(trips),
            "sender_stall_ms": report.milliseconds(report.sender_stall(self.sent, interval)),
        }


class _SessionBroken(Exception):
    """The session's end, or an echo that is not what was sent."""


def summary(result: dict) -> str:
    if not result["alive"]:
        return f"tcp {result['to']}: DEAD after {result['echoed']} of {result['sent']} lines: {result['error']}"
    stall = result["longest_stall"]
    where = "" if stall["start_ms"] is None else f" at {max(0.0, stall['start_ms'] / 1000):.1f} s"
    return (f"tcp {result['to']}: session alive, {result['echoed']} of {result['sent']} lines echoed, "
            f"longest stall {stall['ms']:.1f} ms{where}")
