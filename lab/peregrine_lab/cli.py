# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The commands in this directory: arguments in, exit code out."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Sequence

from . import plan, requirements
from .controller import BUILT, Controller, intent
from .errors import LabError
from .fabricplan import DEFAULT_FABRIC, NO_FABRIC, TOPOLOGIES, choose_fabric
from .faults import FAULTS
from .instance import Instance
from .lab import Lab, migration_command, qemu_pause
from .probes.command import HERE, parse_probe, run_probe
from .shell import write_json
from .status import link_data, render, render_faults, render_links, status
from .teardown import tear_down

_COMMANDS = Path(__file__).resolve().parent.parent


def main(name: str, command: Callable[[Sequence[str]], int], argv: Sequence[str] | None = None) -> int:
    """Run one command; what went wrong is told in one line."""
    requirements.complete_path()
    try:
        return command(sys.argv[1:] if argv is None else argv)
    except LabError as failure:
        print(f"lab/{name}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"lab/{name}: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read our output went away; keep the interpreter from writing to it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def up(argv: Sequence[str]) -> int:
    parser = _parser("up", "Build the lab: hypervisors in segments of their own, NFS storage, a border and a client.")
    parser.add_argument("--hosts", type=int, default=3, metavar="N", help="number of hypervisors (default 3)")
    parser.add_argument("--fabric", metavar="NAME",
                        help=f"the OpenFlow switches that join the segments: {', '.join(TOPOLOGIES)} "
                             f"(default {DEFAULT_FABRIC}), or {NO_FABRIC}: a plain router")
    parser.add_argument("--bridges", action="store_true",
                        help="also make br-int on every edge, with MAC learning and no controller; "
                             "there is no fabric then")
    parser.add_argument("--tls", action="store_true",
                        help="OVSDB, OpenFlow and libvirt over TLS; needs a built distribution, which makes certificates")
    wishes = parser.parse_args(argv)
    requirements.check_rights()
    requirements.check_packages()
    signal.signal(signal.SIGTERM, _end_by_signal)
    began = time.monotonic()
    instance = Instance.from_environment()
    lab = Lab(instance, wishes.hosts, choose_fabric(wishes.fabric, wishes.bridges), wishes.tls)
    with instance.lock():
        lab.build(bridges=wishes.bridges)
    print(f"lab is up after {time.monotonic() - began:.1f} s: {wishes.hosts} hypervisors, storage, border, client, "
          f"{lab.underlay.label}, a place for the controller at {lab.plan.controller_management}")
    return 0


def down(argv: Sequence[str]) -> int:
    _parser("down", "Remove the lab, whatever state it is in.").parse_args(argv)
    requirements.check_rights()
    instance = Instance.from_environment()
    began = time.monotonic()
    with instance.lock():
        killed = tear_down(instance)
    print(f"lab is down after {time.monotonic() - began:.1f} s: {killed} processes ended")
    return 0


def exec_in_place(argv: Sequence[str]) -> int:
    usage = "usage: lab/exec NAME COMMAND...\n\nRun a command inside a place of the lab; its exit code is yours."
    if argv and argv[0] in ("-h", "--help"):
        print(usage)
        return 0
    if len(argv) < 2:
        print(usage, file=sys.stderr)
        return 2
    requirements.check_rights()
    place = Lab.running(Instance.from_environment()).place(argv[0])
    if shutil.which(argv[1]) is None:
        print(f"lab/exec: {argv[1]}: command not found", file=sys.stderr)
        return 127
    place.exec(argv[1:])
    raise AssertionError("exec came back")


def guest(argv: Sequence[str]) -> int:
    parser = _parser("guest", "Create and start a guest; comes back when it is ready.",
                     "A guest answers ping, echoes TCP on port 7, and writes to its disk each second. "
                     "What is not given follows from its name.")
    parser.add_argument("name", metavar="NAME", help="the guest's name")
    parser.add_argument("host", metavar="HOST", nargs="?", help="the hypervisor it starts on")
    parser.add_argument("--address", metavar="A/PREFIX",
                        help=f"its IPv4 address (default: one in {plan.TENANT_SUBNET})")
    parser.add_argument("--gateway", metavar="G", help="its default gateway (default: the subnet's first address)")
    parser.add_argument("--mac", metavar="M", help="its MAC address")
    parser.add_argument("--network", metavar="NET",
                        help=f"its virtual network, the interface's profileid (default {plan.TENANT_NETWORK})")
    parser.add_argument("--also", metavar="NET=A/PREFIX", action="append", default=[],
                        help="a second network card, in another network and with this address")
    parser.add_argument("--no-address", action="store_true", help="it has no IP address and says nothing by itself")
    parser.add_argument("--wait", type=float, default=30, metavar="S",
                        help=f"how long to wait for the host's {plan.INTEGRATION_BRIDGE} (default 30 s)")
    parser.add_argument("--remove", action="store_true", help="end the guest and delete its disk instead")
    wishes = parser.parse_args(argv)
    if wishes.remove == (wishes.host is not None):
        parser.error("give a HOST to start the guest on, or --remove")
    requirements.check_rights()
    lab = Lab.running(Instance.from_environment())
    began = time.monotonic()
    if wishes.remove:
        lab.remove_guest(wishes.name)
        print(f"{wishes.name} is gone")
        return 0
    made = lab.create_guest(wishes.name, wishes.host, bridge_timeout=wishes.wait, address=wishes.address,
                            gateway=wishes.gateway, mac=wishes.mac, network=wishes.network, also=wishes.also,
                            addressless=wishes.no_address)
    print(f"{made.name} is ready on {wishes.host} after {time.monotonic() - began:.1f} s: "
          f"{made.address or 'no address'}, {made.mac}, "
          f"network {made.network}")
    return 0


def migrate(argv: Sequence[str]) -> int:
    parser = _parser("migrate", "Live migration of a guest with plain virsh, from where it is to HOST.",
                     "What follows HOST goes to virsh migrate, such as --bandwidth 10.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what happened there (before GUEST)")
    parser.add_argument("guest", metavar="GUEST")
    parser.add_argument("host", metavar="HOST")
    parser.add_argument("options", metavar="VIRSH-OPTION", nargs=argparse.REMAINDER)
    wishes = parser.parse_args(argv)
    requirements.check_rights()
    lab = Lab.running(Instance.from_environment())
    destination = lab.hypervisor(wishes.host)
    source = lab.host_of(wishes.guest)
    if source.name == destination.name:
        raise LabError(f"{wishes.guest} is on {destination.name} already")
    began, start = datetime.now(timezone.utc), time.monotonic()
    command = migration_command(wishes.guest, destination.plan.libvirt, wishes.options)
    code = subprocess.run(source.inside(command), check=False).returncode
    seconds = time.monotonic() - start
    pause = qemu_pause(wishes.guest, destination) if code == 0 else None
    if wishes.json is not None:
        write_json(wishes.json, {
            "guest": wishes.guest, "from": source.name, "to": destination.name, "exit_code": code,
            "began": began.isoformat(), "seconds": round(seconds, 3), "pause_ms": pause})
    if code == 0:
        paused = "" if pause is None else f", and stood still for {pause} ms of it"
        print(f"{wishes.guest} went from {source.name} to {destination.name} in {seconds:.2f} s{paused}")
    return code


def show_status(argv: Sequence[str]) -> int:
    parser = _parser("status", "Tell what the lab is made of and where its guests are.")
    parser.add_argument("--json", action="store_true", help="for programs")
    wishes = parser.parse_args(argv)
    requirements.check_rights()
    data = status(Instance.from_environment())
    print(json.dumps(data, indent=2) if wishes.json else render(data), end="\n" if wishes.json else "")
    return 0


def link(argv: Sequence[str]) -> int:
    parser = _parser("link", "Break and mend the links of the fabric.",
                     "A and B are two switches, or a switch and a host.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, what in (("down", "both ends see that it is down"),
                         ("silent", "frames vanish in both directions, both ends see it up"),
                         ("up", "end both")):
        one = actions.add_parser(action, help=what, description=what)
        one.add_argument("a", metavar="A")
        one.add_argument("b", metavar="B")
        one.add_argument("--nth", type=int, default=1, metavar="K", help="the K-th of parallel links (default 1)")
    what = "all links and their condition"
    listing = actions.add_parser("list", help=what, description=what)
    listing.add_argument("--json", action="store_true", help="for programs")
    wishes = parser.parse_args(argv)
    requirements.check_rights()
    instance = Instance.from_environment()
    fabric = Lab.running(instance).fabric
    if wishes.action == "list":
        data = link_data(fabric)
        print(json.dumps(data, indent=2) if wishes.json else render_links(data), end="\n" if wishes.json else "")
        return 0
    change = {"down": fabric.set_down, "silent": fabric.silence, "up": fabric.set_up}[wishes.action]
    with instance.lock():
        change(fabric.plan.link(wishes.a, wishes.b, wishes.nth))
    return 0


def switch(argv: Sequence[str]) -> int:
    parser = _parser("switch", "Restart the switches of the fabric, which lose flows and sessions, or end them.")
    parser.add_argument("action", choices=("restart", "kill", "start"))
    parser.add_argument("name", metavar="NAME", nargs="?", help="one switch")
    parser.add_argument("--all", action="store_true", help="all at once: the daemon they are")
    wishes = parser.parse_args(argv)
    if wishes.all == (wishes.name is not None):
        parser.error("give a NAME, or --all")
    requirements.check_rights()
    instance = Instance.from_environment()
    fabric = Lab.running(instance).fabric
    with instance.lock():
        one = None if wishes.all else fabric.plan.switch(wishes.name)
        if wishes.action != "start":
            fabric.kill_all() if one is None else fabric.kill(one)
        if wishes.action != "kill":
            fabric.start_all() if one is None else fabric.start(one)
    return 0


def fault(argv: Sequence[str]) -> int:
    parser = _parser("fault", "Let something go wrong with a host, or end that.",
                     "Links break with lab/link, the controller dies with lab/controller kill.")
    parser.add_argument("name", metavar="FAULT", choices=("list", "qemu-kill", *FAULTS),
                        help="what; list tells them all")
    parser.add_argument("host", metavar="HOST", nargs="?", help="an edge of the overlay")
    parser.add_argument("guest", metavar="GUEST", nargs="?", help="qemu-kill: whose emulator dies there")
    wishes = parser.parse_args(argv)
    if wishes.name == "list":
        print(render_faults(), end="")
        return 0
    if wishes.host is None or (wishes.guest is None) == (wishes.name == "qemu-kill"):
        parser.error("give a HOST, and a GUEST to qemu-kill only")
    requirements.check_rights()
    instance = Instance.from_environment()
    lab = Lab.running(instance)
    with instance.lock():
        if wishes.name == "qemu-kill":
            lab.hypervisor(wishes.host).emulator(wishes.guest).kill()
        else:
            FAULTS[wishes.name].do(lab, lab.edge(wishes.host))
    return 0


def controller(argv: Sequence[str]) -> int:
    parser = _parser("controller", "Start or end the controller in its place in the lab, or print its password."
                     " The user is admin.")
    parser.add_argument("action", choices=("start", "stop", "kill", "status", "password"))
    parser.add_argument("--distribution", type=Path, default=BUILT, metavar="DIR",
                        help="an unpacked distribution (default: what this checkout has built)")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it is ready")
    wishes = parser.parse_args(argv)
    requirements.check_rights()
    place = Controller(Lab.running(Instance.from_environment()))
    if wishes.action == "start":
        place.start(wishes.distribution)
        if not wishes.no_wait:
            print(f"the controller is ready after {place.wait_ready():.0f} s; its log: {place.log}")
    elif wishes.action == "stop":
        place.stop()
    elif wishes.action == "kill":
        place.kill()
    elif wishes.action == "password":
        print(place.password())
        return 0
    running = place.process()
    if wishes.action != "start":
        print("the controller does not run" if running is None else f"the controller runs as process {running.pid}")
    return 0


def give_intent(argv: Sequence[str]) -> int:
    parser = _parser("intent", "Print the lab as Peregrine's intent: path and body of each RESTCONF PUT.")
    parser.add_argument("--put", action="store_true",
                        help="give it to the controller, and wait until the fabric is found and all edges are ready")
    wishes = parser.parse_args(argv)
    requirements.check_rights()
    lab = Lab.running(Instance.from_environment())
    if wishes.put:
        place = Controller(lab)
        place.give_intent()
        print(f"the fabric is found after {place.wait_fabric():.1f} s, and all edges are ready "
              f"{place.wait_edges():.1f} s later")
    else:
        for path, data in intent(lab).items():
            print(f"PUT /rests/data/{path}\n{json.dumps(data, indent=2)}")
    return 0


def packages(argv: Sequence[str]) -> int:
    parser = _parser("packages", "Print the Debian packages the lab needs, one per line.")
    parser.add_argument("--missing", action="store_true", help="only those that are not installed")
    parser.add_argument("--tests", action="store_true", help="also those that only its tests need")
    wishes = parser.parse_args(argv)
    for package in (*requirements.PACKAGES, *(requirements.TEST_PACKAGES if wishes.tests else ())):
        if not wishes.missing or package.missing():
            print(package.name)
    return 0


def probe(argv: Sequence[str]) -> int:
    wishes = parse_probe(argv)
    if wishes.place == HERE:
        return run_probe(wishes)
    requirements.check_rights()
    place = Lab.running(Instance.from_environment()).place(wishes.place)
    place.exec([sys.executable, str(_COMMANDS / "probe"), *argv, "--from", HERE])
    raise AssertionError("exec came back")


def _parser(name: str, description: str, epilog: str | None = None) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"lab/{name}", description=description, epilog=epilog, allow_abbrev=False)


def _end_by_signal(number: int, _frame: object) -> None:
    # As an exception, so that a half built lab is taken down.
    sys.exit(128 + number)
