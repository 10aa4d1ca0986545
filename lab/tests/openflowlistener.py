# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""A controller that only listens: prints the datapath identifier of each switch that calls, one a line."""

import socket
import struct
import sys
import threading

_VERSION, _HELLO, _ECHO_REQUEST, _ECHO_REPLY, _FEATURES_REQUEST, _FEATURES_REPLY = 4, 0, 2, 3, 5, 6
_HEAD = struct.Struct("!BBHI")
_OUTPUT = threading.Lock()


def _serve(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as stream:
        connection.sendall(_HEAD.pack(_VERSION, _HELLO, 8, 1) + _HEAD.pack(_VERSION, _FEATURES_REQUEST, 8, 2))
        while len(head := stream.read(8)) == 8:
            _, kind, length, transaction = _HEAD.unpack(head)
            body = stream.read(length - 8)
            if kind == _ECHO_REQUEST:
                connection.sendall(_HEAD.pack(_VERSION, _ECHO_REPLY, length, transaction) + body)
            elif kind == _FEATURES_REPLY:
                with _OUTPUT:
                    print(body[:8].hex(), flush=True)


def main() -> None:
    with socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=64) as server:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
