# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Somebody at a terminal: types, and waits for what appears there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from typing import Sequence

_ROWS, _COLUMNS = 40, 160


class Terminal:
    """A command with a terminal of its own; use it as a context."""

    def __init__(self, argv: Sequence[str], hang: float) -> None:
        self._hang = hang
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        self._process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                                         env={**os.environ, "TERM": "xterm-256color"})
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def type(self, text: str, until: str, again: float | None = None) -> str:
        """What appears from now on until a pattern is found in it, escape sequences and all.

        What may be lost is typed again after so many seconds without anything to be seen.
        """
        os.write(self._master, text.encode())
        shown = ""
        end = time.monotonic() + self._hang
        while not re.search(until, shown):
            left = max(0.0, end - time.monotonic())
            if not select.select([self._master], [], [], min(left, again or left))[0]:
                if again is not None and left > 0:
                    os.write(self._master, text.encode())
                    continue
                raise AssertionError(f"after {text!r} no {until!r} within {self._hang} s: {shown!r}")
            try:
                shown += os.read(self._master, 65536).decode(errors="replace")
            except OSError as closed:
                raise AssertionError(f"after {text!r} the terminal was closed: {shown!r}") from closed
        return shown

    def ends(self) -> int:
        """The command's exit code."""
        return self._process.wait(self._hang)
