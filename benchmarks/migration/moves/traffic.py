# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Numbered pings: making the sender, running it here or in a guest, and reading what it says."""

from __future__ import annotations

import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from peregrine_lab.errors import LabError
from peregrine_lab.guests import Guest
from peregrine_lab.image import compile_static
from peregrine_lab.places import Place

#: The sender in a guest answers there.
PORT = 8
_SOURCE = Path(__file__).resolve().parents[1] / "sender.c"
_BEGIN_TIMEOUT, _END_TIMEOUT = 20, 60


@dataclass(frozen=True)
class Ping:
    """Microseconds since the sender began; the answer's time is None if there was none."""

    sent: int
    answered: int | None
    answers: int

    @property
    def delay(self) -> int | None:
        return None if self.answered is None else self.answered - self.sent


@dataclass(frozen=True)
class Flow:
    """What became of all pings of one sender."""

    #: Nanoseconds, by the sender's own clock.
    began: int
    pings: tuple[Ping, ...]
    #: Pings left out because the sender itself was too late, and by how many microseconds it was at worst.
    skipped: int
    late: int
    #: Seconds, by this machine's clock: when the sender said that it had begun.
    began_here: float

    @property
    def run(self) -> int:
        """What all pings of this sender bear."""
        return (self.began ^ self.began >> 32) & 0xffffffff


def parse_flow(text: str, began_here: float) -> Flow:
    lines = text.split("\n")
    try:
        first, second = lines[0].split(), lines[1].split()
        if first[0] != "began" or second[::2] != ["sent", "skipped", "late"] or "end" not in lines:
            raise ValueError("not the words that are expected")
        pings = []
        for line in lines[2:lines.index("end")]:
            sent, answered, answers = map(int, line.split())
            pings.append(Ping(sent, None if answered < 0 else answered, answers))
        if len(pings) != int(second[1]):
            raise ValueError("not all pings")
        return Flow(int(first[1]), tuple(pings), int(second[3]), int(second[5]), began_here)
    except (IndexError, ValueError) as failure:
        raise LabError(f"the sender said {text[:80]!r}...{text[-40:]!r}: {failure}") from failure


def build_sender(directory: Path) -> Path:
    """A static program: the guests have no library."""
    program = directory / "sender"
    compile_static(_SOURCE, program)
    return program


class Sender:
    """A sender that runs until it is stopped."""

    def __init__(self, name: str, command: list[str], address: str, rate: int) -> None:
        self.name = name
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._said: list[str] = []
        self._began = threading.Event()
        self._began_here = 0.0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._tell(f"{address} {rate}\n")

    @classmethod
    def at(cls, place: Place, program: Path, address: str, rate: int) -> Sender:
        return cls(place.name, place.in_network([str(program)]), address, rate)

    @classmethod
    def inside(cls, guest: Guest, via: Place, address: str, rate: int) -> Sender:
        """In a guest, started and heard from a place that reaches it."""
        return cls(guest.name, via.in_network(["busybox", "nc", guest.address, str(PORT)]), address, rate)

    def wait_began(self) -> None:
        if not self._began.wait(_BEGIN_TIMEOUT):
            raise LabError(f"the sender {self.name} has not begun")

    def stop(self) -> None:
        """Tell it to end; it waits for late answers."""
        self._tell("stop\n")

    def flow(self) -> Flow:
        """What became of its pings; waits for it."""
        self._reader.join(_END_TIMEOUT)
        if self._reader.is_alive():
            raise LabError(f"the sender {self.name} does not end")
        self.end()
        return parse_flow("".join(self._said), self._began_here)

    def end(self) -> None:
        """Whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()

    def _tell(self, line: str) -> None:
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # what it has said tells why

    def _read(self) -> None:
        for line in self._process.stdout:
            if not self._said:
                self._began_here = time.time()
                self._began.set()
            self._said.append(line)
            if line == "end\n":
                # In a guest nobody ends the connection before this side does
                break
        self._began.set()
        self._process.stdin.close()
