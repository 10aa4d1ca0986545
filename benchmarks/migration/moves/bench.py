# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""One lab under one kind of control: guests, traffic, moves."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from peregrine_lab.errors import LabError
from peregrine_lab.fabricplan import NO_FABRIC
from peregrine_lab.guests import Guest
from peregrine_lab.hosts import Hypervisor
from peregrine_lab.instance import Instance
from peregrine_lab.lab import Lab, qemu_pause
from peregrine_lab.plan import OPENFLOW_PORT
from peregrine_lab.shell import wait_until
from peregrine_lab.taps import Capture, Recording
from peregrine_lab.teardown import tear_down

from .figures import Seen, losses, see, timeline
from .openflow import Message, Parts, messages, parts
from .traffic import PORT, Flow, Sender
from .variants import HANG, Variant, parse_time
from .watching import Events, crossings, first_after

#: Seconds of traffic before and after a move, of traffic without a move, and until guests have announced themselves.
_LEAD, _TAIL, _CONTROL, _ANNOUNCE = 1.0, 1.0, 4.0, 6.0
#: The share of its pings that a sender may leave out since it is late, usually.
LEFT_OUT_PERCENT = 10
_PANIC = "Kernel panic"
_SUSPENDED, _RESUMED = "Suspended Migrated", "Resumed Migrated"
OUTSIDE, BESIDE = "outside", "beside"
#: Steps of the controller's record: a command, and the switches' confirmation of it.
COMMANDS = {"turn": "turned", "open": "opened", "switch": "switched"}


class GuestPanic(LabError):
    """The guest's kernel has panicked after a move: no network does that, an emulator may."""


@dataclass(frozen=True)
class Rates:
    """Pings per second: of the client outside, of the guest beside the moving one."""

    outside: int
    beside: int

    def of(self, sender: str) -> int:
        return self.outside if sender == OUTSIDE else self.beside


@dataclass(frozen=True)
class Move:
    variant: str
    source: str
    destination: str
    seconds: float
    #: As QEMU reports it; and from the source's event to the destination's, as libvirt tells them.
    pause_ms: int | None
    events_pause_ms: float | None
    #: Pings that the switch gave to the new tap before libvirt's event that the source is paused.
    early_at_tap: int
    #: How long before that event the first of these came: the delay that turning senders early adds.
    lead_ms: float
    #: From that event to the first one after it.
    first_at_tap_ms: float | None
    #: The same from when the controller had that event, until it sent the change and until the switch had confirmed it.
    told_first_at_tap_ms: float | None
    told_open_ms: float | None
    told_opened_ms: float | None
    seen: dict[str, Seen]
    timelines: dict[str, list[Any]]
    #: By sender: when the pings that were lost had been sent, milliseconds since the guest was paused.
    losses: dict[str, list[float]]
    #: The controller's record: milliseconds since the guest was paused, as the controller was told.
    steps: dict[str, float]
    #: By the command that the controller decided on: what its change of the switches consisted of.
    changes: dict[str, Parts]

    def disturbance(self, left_out: float = LEFT_OUT_PERCENT) -> str | None:
        """Why it cannot count, where a sender may leave out that share of its pings."""
        if any(seen.calm_faults for seen in self.seen.values()):
            return "pings were lost or doubled in the second before it"
        return _left_out(self.seen, left_out)


@dataclass(frozen=True)
class Control:
    """The same traffic without a move."""

    variant: str
    seen: dict[str, Seen]

    def clean(self, left_out: float = LEFT_OUT_PERCENT) -> bool:
        return _left_out(self.seen, left_out) is None \
            and all(seen.lost == seen.doubled == seen.calm_faults == 0 for seen in self.seen.values())


class Bench:
    """A lab of two hypervisors, joined by a plain router, under one kind of control."""

    def __init__(self, instance: Instance, variant: Variant, program: Path, rates: Rates, cleanup: ExitStack,
                 say: Callable[[str], None]) -> None:
        self.variant = variant
        self._program = program
        self._rates = rates
        self._cleanup = cleanup
        self._say = say
        self.lab = Lab(instance, 2, NO_FABRIC)
        self.lab.image.programs[PORT] = program.read_bytes()
        cleanup.callback(tear_down, instance)

    def build(self) -> None:
        lab = self.lab
        with lab.instance.lock():
            lab.build()
        self.variant.start(lab)
        first, second = lab.hypervisors
        self.guest = self._guest("moving", first)
        self._beside = {first.name: self._guest("beside1", first), second.name: self._guest("beside2", second)}
        self.variant.know({self.guest: first, self._beside[first.name]: first, self._beside[second.name]: second})
        for guest in (self.guest, *self._beside.values()):
            wait_until(lambda: self._reaches(guest), HANG, f"the client reaching {guest.name}", interval=0.1)
        self._files = lab.instance.state_dir
        self._events = {host.name: Events(host, lab.controller, self._files / f"events-{host.name}")
                        for host in lab.hypervisors}
        for events in self._events.values():
            self._cleanup.callback(events.end)
        time.sleep(_ANNOUNCE)

    def _guest(self, name: str, host: Hypervisor) -> Guest:
        return self.lab.create_guest(name, host.name, bridge_timeout=HANG, address=None, gateway=None, mac=None,
                                     network=None)

    def _reaches(self, guest: Guest) -> bool:
        ping = self.lab.client.in_network(["ping", "-c", "1", "-W", "1", guest.address])
        return self.lab.shell.attempt(ping).returncode == 0

    def _senders(self, source: Hypervisor, cleanup: ExitStack) -> dict[str, Sender]:
        client = self.lab.client
        senders = {OUTSIDE: Sender.at(client, self._program, self.guest.address, self._rates.outside)}
        cleanup.callback(senders[OUTSIDE].end)
        senders[BESIDE] = Sender.inside(self._beside[source.name], client, self.guest.address, self._rates.beside)
        cleanup.callback(senders[BESIDE].end)
        for sender in senders.values():
            sender.wait_began()
        return senders

    def control(self) -> Control:
        with ExitStack() as cleanup:
            senders = self._senders(self.lab.host_of(self.guest.name), cleanup)
            time.sleep(_LEAD)
            began = time.time()
            time.sleep(_CONTROL)
            flows = _stop(senders)
        control = Control(self.variant.name, {name: see(flow, began, self._rates.of(name))
                                              for name, flow in flows.items()})
        self._say(f"{self.variant.name}: no move; {_told(control.seen)}")
        return control

    def move(self) -> Move:
        source = self.lab.host_of(self.guest.name)
        destination = next(host for host in self.lab.hypervisors if host.name != source.name)
        self.variant.before_move(self.guest, source, destination)
        with ExitStack() as cleanup:
            capture = Capture(destination, self._files / "arrivals.pcap")
            cleanup.callback(capture.end)
            openflow = Recording(self.lab.controller, self._files / "openflow.pcap", f"tcp port {OPENFLOW_PORT}", 0)
            cleanup.callback(openflow.end)
            senders = self._senders(source, cleanup)
            time.sleep(_LEAD)
            began = time.time()
            self.variant.migrate(self.guest, source, destination)
            seconds = time.time() - began
            self.variant.after_move(self.guest, source, destination)
            time.sleep(_TAIL)
            flows = _stop(senders)
            crossed = list(crossings(capture.stop()))
            said = list(messages(openflow.packets(), OPENFLOW_PORT))
        suspended = first_after(self._events[source.name].times(self.guest.name).get(_SUSPENDED, []), began)
        resumed = first_after(self._events[destination.name].times(self.guest.name).get(_RESUMED, []), began)
        if suspended is None or resumed is None:
            raise LabError(f"libvirt's events of a move lack: {self._events[source.name].times(self.guest.name)}, "
                           f"{self._events[destination.name].times(self.guest.name)}")
        runs = {flow.run for flow in flows.values()}
        times = [crossing.time / 1e9 for crossing in crossed if crossing.run in runs and not crossing.answer]
        first = first_after(times, suspended)
        record = self.variant.record(self.guest, began - 1)
        # 64-bit numbers are strings in JSON
        told = {} if record is None else {step["name"]: int(step["offset"]) / 1000 for step in record["step"]}
        started = None if record is None else parse_time(record["started"])
        told_at = started + told["source-suspended"] / 1000 if "source-suspended" in told else None
        move = Move(
            self.variant.name, source.name, destination.name, round(seconds, 3),
            qemu_pause(self.guest.name, destination), _milliseconds(suspended, resumed),
            sum(time < suspended for time in times),
            max(0.0, _milliseconds(min(times, default=suspended), suspended) or 0.0), _milliseconds(suspended, first),
            _milliseconds(told_at, first), _difference(told, "source-suspended", "open"),
            _difference(told, "source-suspended", "opened"),
            {name: see(flow, began, self._rates.of(name), *(
                {crossing.number for crossing in crossed if (crossing.run, crossing.answer) == (flow.run, answer)}
                for answer in (False, True))) for name, flow in flows.items()},
            {name: timeline(flow, suspended) for name, flow in flows.items()},
            {name: losses(flow, suspended) for name, flow in flows.items()},
            {name: round(offset - told["source-suspended"], 2) for name, offset in told.items()
             if "source-suspended" in told}, _changes(said, started, told))
        self._say(f"{self.variant.name}: {source.name} to {destination.name} in {seconds:.2f} s, paused "
                  f"{move.pause_ms} ms, first at the new tap {move.first_at_tap_ms} ms after libvirt's event; "
                  f"{_told(move.seen)}")
        # Whoever stays cut off is no disturbance to be discarded
        wait_until(lambda: self._reaches(self.guest) or self._panicked(), HANG,
                   f"{self.variant.name}: the guest answering after its move to {destination.name}")
        if self._panicked():
            raise GuestPanic(f"the guest's kernel panicked after its move to {destination.name}")
        return move

    def _panicked(self) -> bool:
        return _PANIC in self.lab.book.console(self.guest.name).read_text(errors="replace")

    def renew_guest(self) -> None:
        """The same guest, started anew where it was first."""
        was, first = self.lab.host_of(self.guest.name), self.lab.hypervisors[0]
        self.lab.remove_guest(self.guest.name)
        self.variant.after_move(self.guest, was, first)
        self._guest(self.guest.name, first)
        wait_until(lambda: self._reaches(self.guest), HANG, f"the client reaching {self.guest.name}", interval=0.1)
        time.sleep(_ANNOUNCE)


def _left_out(all_seen: dict[str, Seen], percent: float) -> str | None:
    for name, seen in all_seen.items():
        share = 100 * seen.skipped / max(1, seen.sent + seen.skipped)
        if share > percent:
            return f"the sender {name} left out {share:.0f} % of its pings"
    return None


def _stop(senders: dict[str, Sender]) -> dict[str, Flow]:
    for sender in senders.values():
        sender.stop()
    return {name: sender.flow() for name, sender in senders.items()}


def _milliseconds(since: float | None, until: float | None) -> float | None:
    return None if since is None or until is None else round((until - since) * 1000, 1)


def _difference(steps: dict[str, float], since: str, until: str) -> float | None:
    return round(steps[until] - steps[since], 2) if since in steps and until in steps else None


def _changes(said: list[Message], started: float | None, told: dict[str, float]) -> dict[str, Parts]:
    """By command, what there is of its first time."""
    found = {command: parts(said, started + told[command] / 1000, started + told[noted] / 1000)
             for command, noted in COMMANDS.items() if command in told and noted in told}
    return {command: change for command, change in found.items() if change is not None}


def _told(seen: dict[str, Seen]) -> str:
    return "; ".join(
        f"{name}: {one.lost} of {one.sent} lost ({one.lost_behind_tap} behind the tap, "
        f"{one.lost_answers} answers), {one.doubled} doubled, gap {one.gap_ms:.0f} ms, "
        f"delay up to {one.delay_max_ms:.0f} ms (usual {one.usual_ms:.1f}), {one.skipped} left out, "
        f"{one.late_ms:.0f} ms late"
        for name, one in seen.items())
