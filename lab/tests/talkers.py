# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Several that talk to each other in every way at once, and what became of it; see talker.c."""

from __future__ import annotations

import itertools
import queue
import subprocess
import tempfile
import threading
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Sequence

import context  # noqa: F401  makes the package importable
from peregrine_lab.errors import LabError
from peregrine_lab.guests import Guest
from peregrine_lab.image import GuestImage, compile_static
from peregrine_lab.places import Place
from peregrine_lab.plan import TENANT_SUBNET

_SOURCE = Path(__file__).with_name("talker.c")
_ANSWER_TIMEOUT = 30
_RUNS = itertools.count(1)

#: Where a talker in a guest answers.
PORT = 8
#: What is sent, by the letter of it.
KINDS = {"u": "unicast", "b": "broadcast", "m": "multicast", "a": "ARP"}
#: Bytes that a datagram may have at most, so that its packet has 1400.
LARGE = 1372


def give_talker(case: type[unittest.TestCase], image: GuestImage) -> Path:
    """Compile the program that talks, for as long as a class's tests last, and put it into all guests of an image."""
    directory = tempfile.TemporaryDirectory()
    case.addClassCleanup(directory.cleanup)
    program = Path(directory.name) / "talker"
    compile_static(_SOURCE, program)
    image.programs[PORT] = program.read_bytes()
    return program


@dataclass(frozen=True)
class Seat:
    """Where a talker sits, how its program is run, to which seats it talks alone, and how often it says what."""

    name: str
    address: str
    device: str
    command: Sequence[str]
    targets: tuple[str, ...] = ()
    #: How many a second, to each target or to all, by the letter of the kind.
    rates: dict[str, int] = field(default_factory=dict)


def seat_inside(guest: Guest, via: Place, **wishes: Any) -> Seat:
    """In a guest whose image has the talker; it is heard from a place that reaches it."""
    nc = via.in_network(["busybox", "nc", guest.address, str(PORT)])
    return Seat(guest.name, guest.address, "eth0", nc, **wishes)


@dataclass(frozen=True)
class Cell:
    """What became of one kind from one to another; for ARP, of the requests of the one to the other."""

    sent: int
    #: Numbers that never came: before the first and after the last mark, and between them.
    lost_outside: int
    lost: int
    #: The most of them in a row, at any moment.
    longest: int
    #: How often a number came beyond the first time, at any moment.
    doubled: int


def judge(times: Sequence[int], sent: int, first: int, last: int) -> Cell:
    """Times says how often each number came, as far as any did."""
    whole = [*times[:sent], *[0] * (sent - len(times))]
    longest = max((len(list(run)) for number, run in itertools.groupby(whole) if number == 0), default=0)
    return Cell(sent, whole[:first].count(0) + whole[last:].count(0), whole[first:last].count(0), longest,
                sum(number - 1 for number in times if number > 1))


def expand(runs: Sequence[str]) -> list[int]:
    """Run lengths, TIMESxLENGTH, one after the other."""
    return [value for times, length in (word.split("x") for word in runs) for value in [int(times)] * int(length)]


class _Talker:
    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self._process = subprocess.Popen(seat.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
            if line == "end\n":
                break
        self._lines.put("")

    def tell(self, line: str) -> None:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def line(self, first: str) -> list[str]:
        try:
            words = self._lines.get(timeout=_ANSWER_TIMEOUT).split()
        except queue.Empty:
            words = ["nothing"]
        if not words or words[0] not in (first, "got", "end"):
            raise LabError(f"the talker {self.seat.name} said '{' '.join(words)}' instead of '{first}'")
        return words

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()


class Conversation:
    """All talk from go() to finish(); marks tell what was sent before something happens from what was sent after."""

    def __init__(self, seats: Sequence[Seat], size: int = 64) -> None:
        """Datagrams have so many bytes."""
        self._seats = list(seats)
        names = [seat.name for seat in seats]
        run = next(_RUNS)
        self._marks: list[list[dict[str, int]]] = []
        self._talkers: list[_Talker] = []
        try:
            for number, seat in enumerate(seats):
                talker = _Talker(seat)
                self._talkers.append(talker)
                bits = sum(1 << names.index(name) for name in seat.targets)
                rates = " ".join(str(seat.rates.get(kind, 0)) for kind in KINDS)
                talker.tell(f"{run} {number} {seat.device} {size} {rates} {TENANT_SUBNET.broadcast_address} "
                            f"{len(seats)} {' '.join(one.address for one in seats)} {bits}")
            for talker in self._talkers:
                talker.line("ready")
        except BaseException:
            self.end()
            raise

    def go(self) -> None:
        self._tell("go")

    def mark(self) -> None:
        self._ask("mark")

    def hush(self) -> None:
        """Nobody sends any more; what is on its way still counts."""
        self._ask("hush")

    def finish(self) -> dict[tuple[str, str, str], Cell]:
        """What became of what was sent, by (kind, who sent it, who got it), after two marks and the hush."""
        first, last, sent = self._marks
        self._tell("end")
        came: dict[tuple[str, int, int], list[int]] = {}
        for number, talker in enumerate(self._talkers):
            while (words := talker.line("got"))[0] == "got":
                other = int(words[2])
                # Answers are counted by who has asked, and belong to the one who was asked
                way = (number, other) if words[1] == "a" else (other, number)
                came[words[1], *way] = expand(words[3:])
        self.end()
        cells = {}
        for sender, seat in enumerate(self._seats):
            for stream, count in sent[sender].items():
                kind, target = stream[0], int(stream[1:])
                receivers = [target] if kind in "ua" else [one for one in range(len(self._seats)) if one != sender]
                for receiver in receivers:
                    cells[kind, seat.name, self._seats[receiver].name] = judge(
                        came.get((kind, sender, receiver), []), count, first[sender][stream], last[sender][stream])
        return cells

    def _tell(self, line: str) -> None:
        for talker in self._talkers:
            talker.tell(line)

    def _ask(self, line: str) -> None:
        self._tell(line)
        said = [[word.split(":") for word in talker.line("sent")[1:]] for talker in self._talkers]
        self._marks.append([{stream: int(number) for stream, number in words} for words in said])

    def end(self) -> None:
        """Whatever they do."""
        for talker in self._talkers:
            talker.end()
