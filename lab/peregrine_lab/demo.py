# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The demonstration: a guest moves to another subnet and back, and keeps its connection."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Callable, Iterable, Sequence

from . import requirements
from .controller import BUILT, Controller
from .errors import LabError
from .guests import Guest
from .instance import Instance
from .lab import Lab, migration_command, qemu_pause
from .places import Place
from .shell import wait_until
from .taps import Capture, Echo
from .teardown import tear_down

_GUEST = "demo"
_ICMP_MS = 5
_TCP_MS = 10
#: Milliseconds that the network may add to a guest's own silence.
_MARGIN_MS = 50
#: Where the controller's log is kept of a demonstration that was cut short.
_LOG = Path("demo-karaf.log")
_PROBE = Path(__file__).resolve().parent.parent / "probe"


@dataclass(frozen=True)
class Move:
    """One migration and what the client saw of it; times in milliseconds."""

    source: str
    destination: str
    source_address: str
    destination_address: str
    seconds: float
    pause_ms: int | None
    longest_gap_ms: float
    #: What of the gap is the network's; the rest is QEMU's pause, and what the guest needs to answer after it.
    network_ms: float | None
    sent: int
    lost: int
    duplicated: int
    record: dict[str, Any] | None

    @property
    def good(self) -> bool:
        return self.duplicated == 0 and self.network_ms is not None and self.network_ms <= _MARGIN_MS


def network_share(longest_gap_ms: float, pause_ms: int | None, source: Iterable[Echo], destination: Iterable[Echo]) \
        -> float | None:
    """How much of a gap is the network's, from what passed the taps at both places; None if they do not say.

    The guest is silent from its last answer at its old place to its first one at the new one. What the client misses
    beyond that is the network's, and so is what the guest's first ping there came later than the guest ran.
    """
    before = [echo.time for echo in source if echo.answer and not echo.to_guest]
    waiting = [echo.time for echo in destination if not echo.answer and echo.to_guest]
    after = [echo.time for echo in destination if echo.answer and not echo.to_guest]
    if pause_ms is None or not before or not waiting or not after:
        return None
    silence = (min(after) - max(before)) / 1e6 - _ICMP_MS
    late = (min(waiting) - max(before)) / 1e6 - pause_ms
    return round(max(0.0, longest_gap_ms - silence) + max(0.0, late), 1)


class Probe:
    """Traffic from a place to an address, until it is stopped."""

    def __init__(self, place: Place, kind: str, address: str, interval_ms: int, report: Path) -> None:
        self._report = report
        report.unlink(missing_ok=True)
        command = [sys.executable, str(_PROBE), kind, "--from", "here", "--to", address,
                   "--interval-ms", str(interval_ms), "--json", str(report)]
        self._process = subprocess.Popen(place.in_network(command), stdout=subprocess.DEVNULL)

    def stop(self) -> dict[str, Any]:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)
        return json.loads(self._report.read_text(encoding="ascii"))

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


class Demo:
    """The steps, each told as it happens."""

    def __init__(self, lab: Lab, say: Callable[[str], None]) -> None:
        self._lab = lab
        self._say = say
        self._controller = Controller(lab)
        self._files = lab.instance.state_dir

    def run(self, distribution: Path, cleanup: ExitStack) -> dict[str, Any]:
        lab = self._lab
        with lab.instance.lock():
            lab.build()
        self._say(f"lab: {len(lab.hypervisors)} hypervisors in as many subnets, a border, a client")
        self._controller.start(distribution)
        ready = self._controller.wait_ready()
        self._say(f"controller: ready after {ready:.0f} s")
        self._controller.give_intent()
        self._say(f"fabric: {len(lab.plan.fabric.switches)} switches in sync, all links and hosts found "
                  f"{self._controller.wait_fabric():.1f} s after intent was given")
        self._say(f"edges: bridges, tunnels and tables ready {self._controller.wait_edges():.1f} s later")
        first, second = lab.hypervisors[0], lab.hypervisors[1]
        guest = lab.create_guest(_GUEST, first.name, bridge_timeout=30, address=None, gateway=None, mac=None,
                                 network=None)
        self._controller.give_intent()  # which names the guest's address now, so that it can be probed
        began = time.monotonic()
        wait_until(lambda: self._reaches(guest), 30, f"the client reaching {guest.address}", interval=0.1)
        self._say(f"guest: {guest.name} {guest.address} runs on {first.name}, "
                  f"reached {time.monotonic() - began:.1f} s after it said it was ready")

        quiet = self._quiet(guest)
        tcp = Probe(lab.client, "tcp", guest.address, _TCP_MS, self._files / "demo-tcp.json")
        cleanup.callback(tcp.end)
        moves = []
        for source, destination in ((first, second), (second, first)):
            move = self._move(guest, source, destination, cleanup)
            moves.append(move)
            self._say(f"moved: {source.name} ({move.source_address}) to {destination.name} "
                      f"({move.destination_address}): guest paused {move.pause_ms} ms, longest gap "
                      f"{move.longest_gap_ms:.0f} ms, {told_share(move.network_ms)}, {move.lost} of {move.sent} pings "
                      f"lost, {move.duplicated} doubled")
        session = tcp.stop()
        return self._report(guest, moves, session, quiet)

    def keep_log(self, file: Path) -> None:
        """What the controller has said, since the lab is taken down with all that is in it."""
        if self._controller.log.exists():
            shutil.copyfile(self._controller.log, file)
            self._say(f"the controller's log: {file}")

    def _reaches(self, guest: Guest) -> bool:
        ping = self._lab.client.inside(["ping", "-c", "1", "-W", "1", guest.address])
        return self._lab.shell.attempt(ping).returncode == 0

    def _quiet(self, guest: Guest) -> dict[str, Any]:
        """What the same traffic sees without a migration: the machine's own share."""
        report = self._files / "demo-quiet.json"
        self._lab.client.run(sys.executable, str(_PROBE), "icmp", "--from", "here", "--to", guest.address,
                             "--interval-ms", str(_ICMP_MS), "--duration", "3", "--json", str(report))
        return json.loads(report.read_text(encoding="ascii"))

    def _move(self, guest: Guest, source: Any, destination: Any, cleanup: ExitStack) -> Move:
        taps = [Capture(host, self._files / f"demo-{host.name}.pcap") for host in (source, destination)]
        for tap in taps:
            cleanup.callback(tap.end)
        icmp = Probe(self._lab.client, "icmp", guest.address, _ICMP_MS, self._files / "demo-icmp.json")
        cleanup.callback(icmp.end)
        time.sleep(1)  # traffic before the move, so that its beginning is seen
        began = time.monotonic()
        self._lab.shell.run(source.inside(migration_command(guest.name, destination.plan.libvirt, ())))
        seconds = time.monotonic() - began
        pause = qemu_pause(guest.name, destination)
        time.sleep(1)  # and after it
        seen = icmp.stop()
        gap = seen["longest_gap"]["ms"]
        return Move(source.name, destination.name, source.plan.address, destination.plan.address, round(seconds, 3),
                    pause, gap, network_share(gap, pause, *(tap.stop() for tap in taps)), seen["sent"], seen["lost"],
                    seen["duplicated"], self._record(guest, destination.name))

    def _record(self, guest: Guest, destination: str) -> dict[str, Any] | None:
        """Peregrine's own account of the move, once it has all of it."""
        def latest() -> dict[str, Any] | None:
            records = [entry for entry in self._controller.state("peregrine-migration:migrations", "migration")
                       if entry.get("guest") == guest.uuid and entry.get("destination") == destination]
            return max(records, key=lambda entry: entry.get("started", ""), default=None)
        wait_until(lambda: "probed" in (latest() or {}), 30, "the record of the move", interval=0.1)
        return latest()

    def _ways(self, tunnel: dict[str, Any]) -> dict[str, Any]:
        """How a tunnel's packets get through the fabric: all ways that share them."""
        found = self._controller.invoke("peregrine-fabric:find-routes", {
            "from": tunnel["source-address"], "to": tunnel["destination-address"]})
        ways = sorted(found.get("way", []), key=lambda way: way["number"])
        return {"cost": found.get("cost"), "ways": [way["hop"] for way in ways]}

    def _report(self, guest: Guest, moves: Sequence[Move], session: dict[str, Any], quiet: dict[str, Any]) \
            -> dict[str, Any]:
        border = self._lab.border.name
        places = {moves[0].source, *(move.destination for move in moves)}
        used = [tunnel for tunnel in self._controller.state("peregrine-edge:tunnels", "tunnel")
                if {tunnel["source"], tunnel["destination"]} in [{border, place} for place in places]]
        lived = bool(session["alive"]) and session["reconnects"] == 0
        return {
            "guest": guest.name,
            "address": guest.address,
            "was": moves[0].source,
            "is": moves[-1].destination,
            "moves": [asdict(move) for move in moves],
            "tunnels": [{key: tunnel.get(key) for key in ("source", "destination", "source-address",
                                                          "destination-address", "port-name", "liveness")}
                        | {"fabric": self._ways(tunnel)} for tunnel in used],
            "tcp": {"alive": lived, "sent": session["sent"], "echoed": session["echoed"],
                    "longest_stall_ms": session["longest_stall"]["ms"], "error": session["error"]},
            "without_migration": {key: quiet[key] for key in ("sent", "lost", "duplicated")}
            | {"longest_gap_ms": quiet["longest_gap"]["ms"]},
            "passed": lived and all(move.good for move in moves),
        }


def told_share(network_ms: float | None) -> str:
    return "the network's part unknown" if network_ms is None else f"{network_ms:.0f} ms of it the network's"


def measured(probed: dict[str, Any]) -> str:
    """What a record says of the gap."""
    if "longest-gap" not in probed:
        return " ".join([probed.get("outcome", "nothing"), probed.get("reason", "")]).strip()
    return (f"longest gap {probed['longest-gap']} ms (give or take {probed['doubt']} ms), lost {probed['lost']} of "
            f"{probed['sent']}, doubled {probed['duplicated']}; probed from {probed['edge']}")


def render(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = ["", f"guest {report['guest']} {report['address']}: was on {report['was']}, is on {report['is']}"]
    for number, move in enumerate(report["moves"], 1):
        lines.append(f"  move {number}: {move['source']} {move['source_address']} -> {move['destination']} "
                     f"{move['destination_address']} in {move['seconds']:.2f} s; paused by QEMU {move['pause_ms']} ms, "
                     f"longest gap {move['longest_gap_ms']:.0f} ms, {told_share(move['network_ms'])}, "
                     f"lost {move['lost']} of {move['sent']}, doubled {move['duplicated']}")
        lines.append(f"    measured by Peregrine: {measured((move['record'] or {}).get('probed', {}))}")
    for tunnel in report["tunnels"]:
        lines.append(f"  tunnel {tunnel['source']} {tunnel['source-address']} -> {tunnel['destination']} "
                     f"{tunnel['destination-address']} by {tunnel['port-name']}: {tunnel['liveness']}")
        lines += [f"    through the fabric by {' > '.join(way)}" for way in tunnel["fabric"]["ways"]] \
            or ["    through the fabric: NO WAY"]
    tcp, quiet = report["tcp"], report["without_migration"]
    lines.append(f"  TCP session: {'alive' if tcp['alive'] else 'DEAD: ' + str(tcp['error'])}, {tcp['echoed']} of "
                 f"{tcp['sent']} lines echoed, longest stall {tcp['longest_stall_ms']:.0f} ms")
    lines.append(f"  without a migration: lost {quiet['lost']} of {quiet['sent']}, doubled {quiet['duplicated']}, "
                 f"longest gap {quiet['longest_gap_ms']:.0f} ms")
    lines.append("passed" if report["passed"] else "FAILED: the session must live, nothing be doubled, and "
                 f"{_MARGIN_MS} ms of a gap be the network's at most")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave everything running, and tell how to look around")
    parser.add_argument("--hosts", type=int, default=3, metavar="N", help="number of hypervisors (default 3)")
    parser.add_argument("--json", type=Path, default=Path("demo-report.json"), metavar="FILE",
                        help="where the report goes (default demo-report.json)")
    parser.add_argument("--distribution", type=Path, default=BUILT, metavar="DIR",
                        help="an unpacked distribution (default: what this checkout has built)")
    wishes = parser.parse_args(argv)
    requirements.complete_path()
    requirements.check_rights()
    requirements.check_packages()
    instance = Instance.from_environment()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {text}", flush=True)

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with ExitStack() as cleanup:
            demo = Demo(_new_lab(instance, wishes, cleanup), say)
            cleanup.push(lambda kind, *_: demo.keep_log(_LOG) if kind is not None else None)
            report = demo.run(wishes.distribution, cleanup)
    except LabError as failure:
        print(f"./demo: {failure}", file=sys.stderr)
        return 1
    wishes.json.write_text(json.dumps(report, indent=2) + "\n", encoding="ascii")
    print(render(report))
    print(f"report: {wishes.json}")
    if wishes.keep:
        print(_LOOK_AROUND.format(first=report["is"]))
    return 0 if report["passed"] else 1


def _new_lab(instance: Instance, wishes: argparse.Namespace, cleanup: ExitStack) -> Lab:
    lab = Lab(instance, wishes.hosts)
    if instance.namespaces():
        raise LabError("a lab is there already: run lab/down first")
    if not wishes.keep:
        cleanup.callback(lambda: tear_down(instance))
    return lab


_LOOK_AROUND = """
It is still running. To look around:
  lab/status                                       hosts and guests
  lab/migrate demo hv3                             move the guest once more
  lab/link down s1 s2                              break the fabric; lab/link up s1 s2 mends it
  lab/exec {first} ovs-ofctl -O OpenFlow13 dump-flows br-int
  lab/controller password                          the password of the user admin, for these two:
  lab/exec controller curl -ku admin https://127.0.0.1:8443/rests/data/peregrine-migration:migrations
  lab/exec controller ssh -p 8101 admin@127.0.0.1  the console: peregrine:migrations, peregrine:links,
                                                   peregrine:routes
  lab/down                                         ends all of it
"""
