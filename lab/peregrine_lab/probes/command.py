# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""lab/probe's arguments, and the run itself inside its place."""

from __future__ import annotations

import argparse
import ipaddress
from pathlib import Path
from typing import Sequence

from ..errors import LabError
from ..shell import write_json
from . import icmp, tcp
from .pace import Pace

#: A --from that means the caller's own network.
HERE = "here"

_NANOSECONDS = 1_000_000_000


def parse_probe(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="lab/probe", allow_abbrev=False,
        description="Send numbered traffic to a guest, and tell what the network did to it.",
        epilog="A probe runs for its duration, or until SIGTERM or SIGINT; either way it writes its report.")
    kinds = parser.add_subparsers(dest="kind", metavar="icmp|tcp", required=True)
    _common(kinds.add_parser("icmp", help="ICMP echo", allow_abbrev=False), interval=5, grace=2)
    session = kinds.add_parser("tcp", help="one TCP session of numbered lines to an echo service", allow_abbrev=False)
    _common(session, interval=10, grace=10)
    session.add_argument("--port", type=int, default=7, help="the echo service (default 7)")
    session.add_argument("--connect-timeout", type=float, default=10, metavar="S", help="default 10 s")
    wishes = parser.parse_args(argv)
    if wishes.interval_ms < 1:
        parser.error("--interval-ms: at least 1")
    return wishes


def _common(parser: argparse.ArgumentParser, interval: float, grace: float) -> None:
    parser.add_argument("--from", dest="place", default="client", metavar="PLACE",
                        help=f"place of the lab to send from (default client); '{HERE}' is where you are")
    parser.add_argument("--to", required=True, type=_address, metavar="ADDRESS", help="the guest's IPv4 address")
    parser.add_argument("--interval-ms", type=float, default=interval, metavar="MS", help=f"default {interval} ms")
    parser.add_argument("--duration", type=float, metavar="S", help="default: until a signal")
    parser.add_argument("--grace", type=float, default=grace, metavar="S",
                        help=f"how long late answers still count after the last one was sent (default {grace} s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there too")


def run_probe(wishes: argparse.Namespace) -> int:
    """Give 0 if the probe could run; what it found is in its report, but a dead TCP session is a 1."""
    interval = round(wishes.interval_ms * 1_000_000)
    pace = Pace(interval, None if wishes.duration is None else round(wishes.duration * _NANOSECONDS))
    if wishes.kind == "icmp":
        try:
            echo = icmp.IcmpProbe(wishes.to)
        except PermissionError as failure:
            raise LabError("the ICMP probe needs root") from failure
        echo.run(pace, wishes.grace)
        found, summarize, code = echo.report(interval), icmp.summary, 0
    else:
        session = tcp.TcpProbe(wishes.to, wishes.port)
        session.run(pace, wishes.grace, wishes.connect_timeout)
        found, summarize = session.report(interval), tcp.summary
        code = 0 if found["alive"] else 1
    result = {"probe": wishes.kind, "to": wishes.to, "interval_ms": wishes.interval_ms, "skipped": pace.skipped,
              **found}
    if wishes.json is not None:
        write_json(wishes.json, result)
    print(summarize(result), flush=True)
    return code


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError as failure:
        raise argparse.ArgumentTypeError(f"{text!r} is not an IPv4 address") from failure
