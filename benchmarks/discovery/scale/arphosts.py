# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Hosts made of nothing but ARP: each tells of itself once and answers who asks for it.

Runs as a program inside the network namespace.  Arguments: INTERFACE,MAC,ADDRESS...; a line on its standard input makes
all of them tell, and a line with the time is printed when they have.
"""

from __future__ import annotations

import selectors
import socket
import struct
import sys
import time

_ARP = 0x0806
_FRAME = struct.Struct("!6s6sHHHBBH6s4s6s4s")
_REQUEST, _REPLY = 1, 2
_BROADCAST = b"\xff" * 6


class ArpHost:
    def __init__(self, interface: str, mac: str, address: str) -> None:
        self.mac = bytes.fromhex(mac.replace(":", ""))
        self.address = socket.inet_aton(address)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ARP))
        self.socket.bind((interface, _ARP))

    def tell(self) -> None:
        """A gratuitous ARP request."""
        self._send(_BROADCAST, _REQUEST, bytes(6), self.address)

    def hear(self) -> None:
        frame = self.socket.recv(2048)
        if len(frame) < _FRAME.size:
            return
        fields = _FRAME.unpack_from(frame)
        kind, mac, address, wanted = fields[7], fields[8], fields[9], fields[11]
        if kind == _REQUEST and wanted == self.address and mac != self.mac:
            self._send(mac, _REPLY, mac, address)

    def _send(self, to: bytes, kind: int, target_mac: bytes, target: bytes) -> None:
        self.socket.send(_FRAME.pack(to, self.mac, _ARP, 1, 0x0800, 6, 4, kind, self.mac, self.address,
                                     target_mac, target))


def main(arguments: list[str]) -> None:
    selector = selectors.DefaultSelector()
    hosts = [ArpHost(*argument.split(",")) for argument in arguments]
    for host in hosts:
        selector.register(host.socket, selectors.EVENT_READ, host.hear)
    alive = True

    def command() -> None:
        nonlocal alive
        if sys.stdin.readline() == "":
            alive = False
            return
        for host in hosts:
            host.tell()
        print(time.time(), flush=True)

    selector.register(sys.stdin, selectors.EVENT_READ, command)
    while alive:
        for key, _ in selector.select():
            key.data()


if __name__ == "__main__":
    main(sys.argv[1:])
