# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Where the time of a change at the switches goes, as the OpenFlow connections show it at the controller."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Iterable, Iterator

from peregrine_lab.taps import Packet

#: OpenFlow 1.3.5, A.1: the header, and the types that a change of ours consists of.
_VERSION, _HEADER, _LAST_TYPE = 4, 8, 29
FLOW_MOD, GROUP_MOD, BARRIER_REQUEST, BARRIER_REPLY = 14, 15, 20, 21
_IPV4, _TCP = 0x800, 6


@dataclass(frozen=True)
class Message:
    #: Nanoseconds since the epoch.
    time: int
    #: Address and port of the switch's end.
    switch: tuple[str, int]
    kind: int
    number: int


@dataclass(frozen=True)
class Parts:
    """One change at all of its switches: milliseconds, one after the other."""

    #: From the decision to the first message on the wire, and from this to the last barrier request.
    first_sent: float
    all_sent: float
    #: From there to the last switch's barrier reply, and from this until the controller has noted it.
    confirmed: float
    noted: float
    #: The slowest switch: from its barrier request to its reply.
    slowest_switch: float
    switches: int
    messages: int

    @property
    def whole(self) -> float:
        return self.first_sent + self.all_sent + self.confirmed + self.noted


def messages(packets: Iterable[Packet], port: int) -> Iterator[Message]:
    """Those of a capture of whole packets, at the controller, which listens at that port."""
    streams: dict[tuple[str, int, bool], _Stream] = {}
    for packet in packets:
        if packet.protocol != _IPV4 or len(packet.content) < 40 or packet.content[9] != _TCP:
            continue
        length = (packet.content[0] & 0x0f) * 4
        whole = struct.unpack_from("!H", packet.content, 2)[0] or len(packet.content)
        near, far, number = struct.unpack_from("!HHI", packet.content, length)
        to_switch = near == port
        address = packet.content[16:20] if to_switch else packet.content[12:16]
        key = (".".join(map(str, address)), far if to_switch else near, to_switch)
        content = packet.content[length + (packet.content[length + 12] >> 4) * 4:whole]
        stream = streams.setdefault(key, _Stream())
        for kind, transaction in stream.take(number, content):
            yield Message(packet.time, key[:2], kind, transaction)


class _Stream:
    """One direction of a connection, from any segment on that begins with a message."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._rest = b""

    def take(self, number: int, content: bytes) -> Iterator[tuple[int, int]]:
        """Types and transactions of the messages that end in a segment."""
        if not content:
            return
        if self._next is not None:
            known = (self._next - number) & 0xffffffff
            if known >= 1 << 31:  # something lacks
                self._next, self._rest = None, b""
            elif known >= len(content):  # all of it came before
                return
            else:
                content = content[known:]
                number = self._next
        if self._next is None and not _begins(content):
            return
        self._next = (number + len(content)) & 0xffffffff
        self._rest += content
        while len(self._rest) >= _HEADER:
            _, kind, length, transaction = struct.unpack_from("!BBHI", self._rest)
            if not _begins(self._rest):
                self._next, self._rest = None, b""
                return
            if len(self._rest) < length:
                return
            self._rest = self._rest[length:]
            yield kind, transaction


def _begins(content: bytes) -> bool:
    if len(content) < _HEADER:
        return False
    version, kind, length, _ = struct.unpack_from("!BBHI", content)
    return version == _VERSION and kind <= _LAST_TYPE and length >= _HEADER


def parts(seen: Iterable[Message], decided: float, noted: float) -> Parts | None:
    """Of the change that was decided on and noted as confirmed at these times, in seconds since the epoch.

    None if the capture does not show it whole. Barriers before a switch's first change do not count.
    """
    within = [message for message in seen if decided <= message.time / 1e9 <= noted]
    changes: dict[tuple[str, int], list[int]] = {}
    asked: dict[tuple[tuple[str, int], int], int] = {}
    waited: dict[tuple[str, int], tuple[int, int]] = {}
    for message in within:
        if message.kind in (FLOW_MOD, GROUP_MOD):
            changes.setdefault(message.switch, []).append(message.time)
        elif message.kind == BARRIER_REQUEST and message.switch in changes:
            asked[message.switch, message.number] = message.time
        elif message.kind == BARRIER_REPLY and (message.switch, message.number) in asked:
            waited[message.switch] = (asked[message.switch, message.number], message.time)
    if not changes or changes.keys() != waited.keys():
        return None
    first, requested, replied = (min(min(times) for times in changes.values()),
                                 max(request for request, _ in waited.values()),
                                 max(reply for _, reply in waited.values()))
    return Parts(_ms(first - decided * 1e9), _ms(requested - first), _ms(replied - requested),
                 _ms(noted * 1e9 - replied), _ms(max(reply - request for request, reply in waited.values())),
                 len(changes), sum(map(len, changes.values())))


def _ms(nanoseconds: float) -> float:
    return round(nanoseconds / 1e6, 2)
