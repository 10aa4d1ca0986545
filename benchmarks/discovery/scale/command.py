# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The command: arguments in, tables out."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Sequence

from peregrine_lab import requirements
from peregrine_lab.errors import LabError
from peregrine_lab.instance import ENVIRONMENT, Instance
from peregrine_lab.shell import Shell, write_json
from peregrine_lab.teardown import require_empty, tear_down

from .bench import Bench, HostProcess, repeat


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks/discovery/run", description=__doc__)
    parser.add_argument("--arity", type=int, default=8, metavar="K", help="ports of each switch (default 8: 80 switches)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="how often each start is measured")
    parser.add_argument("--pull", type=int, default=10, metavar="N", help="how many links are pulled out")
    parser.add_argument("--rest", type=float, default=30, metavar="S", help="seconds to look at the rest")
    parser.add_argument("--without", action="append", default=[], metavar="BUNDLE",
                        help="stop a bundle of the platform first, to see what it costs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to put the figures")
    parser.add_argument("--keep-log", type=Path, metavar="DIR", help="where to put controller's and switches' logs")
    arguments = parser.parse_args()
    requirements.complete_path()
    figures: dict[str, Any] = {}
    instance = Instance(os.environ.get(ENVIRONMENT, "scale"))
    try:
        requirements.check_rights()
        with instance.lock():
            require_empty(instance)
            try:
                _measure(instance, arguments, figures)
            finally:
                if arguments.json is not None:
                    write_json(arguments.json, figures)
                if arguments.keep_log is not None:
                    _keep_logs(instance, arguments.keep_log)
                tear_down(instance)
    except LabError as failure:
        print(f"benchmarks/discovery/run: {failure}", file=sys.stderr)
        return 1
    return 0


def _measure(instance: Instance, arguments: argparse.Namespace, figures: dict[str, Any]) -> None:
    began = time.monotonic()
    load = [os.getloadavg()[0]]

    def told(title: str, value: Any) -> Any:
        load.append(os.getloadavg()[0])
        print(f"[{time.monotonic() - began:4.0f} s] {title}", file=sys.stderr, flush=True)
        return value

    bench = Bench(instance, arguments.arity, arguments.pull)
    figures["machine"] = _machine(bench.shell)
    bench.build()
    for bundle in arguments.without:
        bench.stop_bundle(bundle)
    figures["without"] = arguments.without
    figures["power_up"] = told("switches powered up", repeat(arguments.repeat, bench.power_up))
    figures["rest"] = told("rest", bench.rest(arguments.rest))
    figures["sessions"] = told("sessions cut", repeat(arguments.repeat, bench.restart_sessions))
    figures["restart_forgetful"] = told("controller restarted, links forgotten",
                                        repeat(arguments.repeat, bench.restart_forgetful))
    with HostProcess(bench) as hosts:
        figures["hosts"] = told("hosts found", bench.hosts_come(hosts))
        figures["entries"] = bench.entries()
        figures["rest_with_hosts"] = told("rest with hosts", bench.rest(arguments.rest))
        figures["pulled"] = told("links pulled", [bench.pull_link(link) for link in bench.pulled])
        figures["restart"] = told("controller restarted", repeat(arguments.repeat, bench.restart))
    figures["machine"]["load"] = [min(load), max(load)]
    _print(figures, bench)


def _machine(shell: Shell) -> dict[str, Any]:
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    java = shell.attempt(["java", "-version"]).stderr.splitlines()
    return {"processors": os.cpu_count(), "model": model, "kernel": platform.release(),
            "open_vswitch": shell.run(["ovs-vswitchd", "--version"]).splitlines()[0].split()[-1],
            "java": java[1] if len(java) > 1 else "unknown",
            "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20}


def _print(figures: dict[str, Any], bench: Bench) -> None:
    machine = figures["machine"]
    print(f"{len(bench.switches.plan.switches)} switches, {len(bench.switches.cables)} links, "
          f"{len(bench.switches.hosts())} hosts; {machine['processors']} x {machine['model']}, load "
          f"{machine['load'][0]:.1f} to {machine['load'][1]:.1f}, Open vSwitch {machine['open_vswitch']}\n")
    print("| all links known, s | from the last switch's connection | from the begin |\n|---|---|---|")
    for key, title in (("power_up", "switches powered up"), ("restart_forgetful", "controller restarted, links forgotten"),
                       ("sessions", "sessions cut"), ("restart", "controller restarted, links remembered")):
        columns = (", ".join(format(run[column], ".1f") for run in figures[key])
                   for column in ("connected_to_known", "begun_to_known"))
        print(f"| {title} | {' | '.join(columns)} |")
    print(f"\nlinks found more than once: {[run['found_again'] for run in figures['power_up']]}, "
          f"{[run['found_again'] for run in figures['restart_forgetful']]}")
    print("\n| at rest | processor, % of a core | resident, MiB |\n|---|---|---|")
    for key, title in (("rest", ""), ("rest_with_hosts", " with hosts")):
        for name in ("controller", "vswitchd"):
            use = figures[key][name]
            print(f"| {name}{title} | {use['cpu']:.1f} | {use['resident_mib']:.0f} |")
    print(f"\npackets to the controller {figures['rest']['packet_ins']:.0f}/s, from it "
          f"{figures['rest']['packet_outs']:.0f}/s; busiest threads (% of a core): {figures['rest']['controller']['threads']}")
    hosts = figures["hosts"]
    print(f"\nhosts: told to last found {_ms(hosts['told_to_found'])}, to last change sent {_ms(hosts['found_to_sent'])}, "
          f"to all confirmed {_ms(hosts['found_to_confirmed'])}; {hosts['group_changes']} changes of groups, "
          f"{hosts['flow_changes']} of flows")
    for kind, numbers in figures["entries"].items():
        print(f"{kind} per switch: {numbers['least']} to {numbers['most']}, {numbers['all']} in all")
    print("\n| link pulled out, from the switch's report | median, ms | worst, ms |\n|---|---|---|")
    for key, title in (("reported_to_first_change", "first change sent"), ("reported_to_ends", "both ends confirmed"),
                       ("reported_to_all", "all switches confirmed")):
        values = [run[key] for run in figures["pulled"]]
        print(f"| {title} | {statistics.median(values) * 1000:.0f} | {max(values) * 1000:.0f} |")
    print(f"\nchanged groups: {[run['group_changes'] for run in figures['pulled']]}, on switches: "
          f"{[run['switches_changed'] for run in figures['pulled']]}")
    print(f"changes after a restart of the controller: groups {[run['group_changes'] for run in figures['restart']]}, "
          f"flows {[run['flow_changes'] for run in figures['restart']]}")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _keep_logs(instance: Instance, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for path in (*instance.data_dir.glob("controller/data/log/karaf.log*"),
                 *instance.state_dir.glob("machines/*/fs/var/log/openvswitch/*.log"), *instance.state_dir.glob("*.log")):
        shutil.copy(path, directory)
