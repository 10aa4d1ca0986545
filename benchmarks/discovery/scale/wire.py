# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Listens to what switches and controller say to each other, from Open vSwitch's snoop sockets."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Iterable

# OpenFlow 1.3's types of messages
FEATURES_REPLY, PACKET_IN, PORT_STATUS, PACKET_OUT, FLOW_MOD, GROUP_MOD = 6, 10, 12, 13, 14, 15
BARRIER_REQUEST, BARRIER_REPLY = 20, 21

_HEADER = struct.Struct("!BBHI")
_HELLO = _HEADER.pack(4, 0, _HEADER.size, 0)
_CHANGES = (FLOW_MOD, GROUP_MOD)


@dataclass
class Changes:
    """What a stretch of time has changed on the switches; times are of the wall clock."""

    groups: int = 0
    flows: int = 0
    switches: set[str] = field(default_factory=set)
    #: First and last change; the latter once more when its switch has confirmed it.
    first: float = 0.0
    last: float = 0.0
    confirmed: float = 0.0
    #: The last change of a switch, confirmed, by switch.
    by_switch: dict[str, float] = field(default_factory=dict)


class Wire:
    """A thread that notes every message with its time, as long as it is open."""

    def __init__(self, sockets: dict[str, str]) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._messages: list[tuple[float, str, int, int]] = []
        self._counts: Counter[int] = Counter()
        self._closing = False
        for name, path in sockets.items():
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(path)
            connection.sendall(_HELLO)
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ, (name, bytearray()))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def counts(self) -> Counter[int]:
        """How many messages there were, by type."""
        with self._lock:
            return Counter(self._counts)

    def messages(self, since: float = 0.0) -> list[tuple[float, str, int, int]]:
        """Time, switch, type and transaction of all messages but those with packets."""
        with self._lock:
            return [message for message in self._messages if message[0] >= since]

    def quiet_since(self) -> float:
        """When something was changed last."""
        with self._lock:
            return max((message[0] for message in self._messages if message[2] in _CHANGES), default=0.0)

    def changes(self, since: float) -> Changes:
        return changes(self.messages(since))

    def _listen(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(timeout=0.2):
                name, buffer = key.data
                now = time.time()
                try:
                    data = key.fileobj.recv(1 << 18)
                except BlockingIOError:
                    continue
                except ConnectionError:
                    data = b""
                if not data:
                    self._selector.unregister(key.fileobj)
                    key.fileobj.close()
                    continue
                buffer += data
                self._take(now, name, buffer)

    def _take(self, now: float, name: str, buffer: bytearray) -> None:
        start = 0
        with self._lock:
            while len(buffer) - start >= _HEADER.size:
                _, kind, length, transaction = _HEADER.unpack_from(buffer, start)
                if len(buffer) - start < length:
                    break
                self._counts[kind] += 1
                if kind not in (PACKET_IN, PACKET_OUT):
                    self._messages.append((now, name, kind, transaction))
                start += length
        del buffer[:start]


def changes(messages: Iterable[tuple[float, str, int, int]]) -> Changes:
    """Sums up; a change counts as confirmed when a barrier that follows it is answered."""
    found = Changes()
    open_since: dict[str, bool] = {}
    barriers: dict[tuple[str, int], bool] = {}
    for now, name, kind, transaction in messages:
        if kind in _CHANGES:
            found.groups += kind == GROUP_MOD
            found.flows += kind == FLOW_MOD
            found.switches.add(name)
            found.first = found.first or now
            found.last = now
            open_since[name] = True
        elif kind == BARRIER_REQUEST and open_since.get(name):
            open_since[name] = False
            barriers[name, transaction] = True
        elif kind == BARRIER_REPLY and barriers.pop((name, transaction), False):
            found.confirmed = now
            found.by_switch[name] = now
    return found
