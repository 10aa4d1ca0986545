# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""ICMP echo with own numbers, one process, one clock.

The kernel stamps what arrives, so a late turn of this process does not look like
a late packet.  The stamp is of the wall clock; it is brought to the monotonic
clock by its age at the moment it is read.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time

from . import report
from .pace import Pace

_SO_TIMESTAMPNS = 35
_SOL_RAW, _ICMP_FILTER = 255, 1
_ECHO_REPLY, _ECHO_REQUEST = 0, 8
_HEADER = struct.Struct("!BBHHH")
_PAYLOAD = struct.Struct("!8sQ")
_TIMESPEC = struct.Struct("@qq")


def echo_request(identifier: int, token: bytes, number: int) -> bytes:
    payload = _PAYLOAD.pack(token, number)
    unsummed = _HEADER.pack(_ECHO_REQUEST, 0, 0, identifier, number & 0xffff) + payload
    return _HEADER.pack(_ECHO_REQUEST, 0, checksum(unsummed), identifier, number & 0xffff) + payload


def echo_number(packet: bytes, token: bytes) -> int | None:
    """The number in an answer, IP header included, if it is an answer to us."""
    start = (packet[0] & 0xf) * 4 if packet else 0
    body = packet[start + _HEADER.size:start + _HEADER.size + _PAYLOAD.size]
    if len(body) < _PAYLOAD.size or packet[start] != _ECHO_REPLY:
        return None
    found, number = _PAYLOAD.unpack(body)
    return number if found == token else None


def checksum(block: bytes) -> int:
    padded = block + b"\0" * (len(block) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class IcmpProbe:
    """One run: who was asked when, and when the first answer came."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._token = os.urandom(8)
        self._identifier = os.getpid() & 0xffff
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", 0xffffffff & ~(1 << _ECHO_REPLY)))
        self._socket.setblocking(False)
        self.sent: list[int] = []
        self.answered: list[int | None] = []
        self.duplicated = 0
        self.out_of_order = 0
        self.send_errors = 0
        self._highest = -1

    def run(self, pace: Pace, grace: float) -> None:
        while not pace.over:
            if pace.due():
                self._send()
            self._receive(pace.seconds_left())
        # Duplicates of the last ones come late too, so the grace is never cut short.
        deadline = time.monotonic() + grace
        while (left := deadline - time.monotonic()) > 0:
            self._receive(left)
        self._socket.close()

    def _send(self) -> None:
        number = len(self.sent)
        self.sent.append(time.monotonic_ns())
        self.answered.append(None)
        try:
            self._socket.sendto(echo_request(self._identifier, self._token, number), (self._address, 0))
        except OSError:
            # No route, or no answer to ARP: lost like any other, and counted.
            self.send_errors += 1

    def _receive(self, timeout: float) -> None:
        readable, _, _ = select.select([self._socket], [], [], timeout)
        while readable:
            try:
                packet, ancillary, _, _ = self._socket.recvmsg(2048, 128)
            except BlockingIOError:
                return
            except OSError:
                # An ICMP error about an earlier packet; the packet itself is counted as lost.
                continue
            number = echo_number(packet, self._token)
            if number is not None and number < len(self.sent):
                self._note(number, _arrival(ancillary))

    def _note(self, number: int, arrival: int) -> None:
        if self.answered[number] is not None:
            self.duplicated += 1
            return
        self.answered[number] = arrival
        if number < self._highest:
            self.out_of_order += 1
        self._highest = max(self._highest, number)

    def report(self, interval: int) -> dict:
        origin = self.sent[0] if self.sent else 0
        trips = [answer - when for when, answer in zip(self.sent, self.answered) if answer is not None]
        loss = report.longest_loss(self.sent, self.answered, interval)
        silence = report.longest_silence(self.sent, self.answered, interval)
        longest = max((gap for gap in (loss, silence) if gap), key=lambda gap: gap.length, default=None)
        return {
            "began": report.wall_clock(self.sent),
            "sent": len(self.sent),
            "received": len(trips),
            "lost": len(self.sent) - len(trips),
            "duplicated": self.duplicated,
            "out_of_order": self.out_of_order,
            "send_errors": self.send_errors,
            "longest_gap": report.describe_gap(longest, origin),
            "longest_loss": report.describe_gap(loss, origin),
            "longest_silence": report.describe_gap(silence, origin),
            "rtt_ms": report.describe_durations(trips),
            "sender_stall_ms": report.milliseconds(report.sender_stall(self.sent, interval)),
        }


def _arrival(ancillary: list) -> int:
    now = time.monotonic_ns()
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(data[:_TIMESPEC.size])
            age = time.clock_gettime_ns(time.CLOCK_REALTIME) - (seconds * 1_000_000_000 + nanoseconds)
            return now - max(0, age)
    return now


def summary(result: dict) -> str:
    gap = result["longest_gap"]
    where = "" if gap["start_ms"] is None else f" at {max(0.0, gap['start_ms'] / 1000):.1f} s"
    return (f"icmp {result['to']}: {result['sent']} sent, {result['lost']} lost, {result['duplicated']} duplicated, "
            f"{result['out_of_order']} out of order, longest gap {gap['ms']:.1f} ms{where}, "
            f"rtt {result['rtt_ms']['median']}/{result['rtt_ms']['p99']}/{result['rtt_ms']['max']} ms (median/p99/max)")
