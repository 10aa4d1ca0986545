#!/usr/bin/env python3
# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Moves a guest by libvirt alone, and shows how far that is; Peregrine is not told, and makes the network follow.

    migrate.py qemu+tls://hv1/system web qemu+tls://hv2/system [--managed] [--bandwidth 200]

Needs Debian's python3-libvirt, or libvirt-python. The guest's definition moves with it. Exits with 0 if the guest
runs at the destination, with 1 and libvirt's words if it does not.
"""

from __future__ import annotations

import argparse
import sys
import threading

import libvirt

#: Seconds between two looks at how far it is.
LOOK = 0.5


def migrate(guest: libvirt.virDomain, uri: str, managed: bool, limits: dict) -> None:
    """Comes back when the guest has arrived; raises libvirtError if it has not."""
    flags = libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_PERSIST_DEST | libvirt.VIR_MIGRATE_UNDEFINE_SOURCE
    if managed:
        # This program speaks with both daemons, and has to stay until the end
        destination = libvirt.open(uri)
        try:
            guest.migrate3(destination, limits, flags)
        finally:
            destination.close()
    else:
        # The source's daemon speaks with the destination's: the URI is its to resolve
        guest.migrateToURI3(uri, limits, flags | libvirt.VIR_MIGRATE_PEER2PEER)


def show(guest: libvirt.virDomain, over: threading.Event) -> None:
    while not over.wait(LOOK):
        try:
            job = guest.jobStats()
        except libvirt.libvirtError:
            continue
        if job.get("data_total"):
            left = job.get("data_remaining", 0)
            print(f"{100 - 100 * left // job['data_total']} %, {left >> 20} MiB left", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", help="URI of the libvirt where the guest is")
    parser.add_argument("guest", help="its name")
    parser.add_argument("destination", help="URI of the libvirt where it is to go")
    parser.add_argument("--managed", action="store_true", help="managed by this program, instead of peer to peer")
    parser.add_argument("--bandwidth", type=int, help="the most that the copy may take, MiB/s")
    wishes = parser.parse_args()
    limits = {} if wishes.bandwidth is None else {libvirt.VIR_MIGRATE_PARAM_BANDWIDTH: wishes.bandwidth}
    libvirt.registerErrorHandler(lambda _, error: None, None)  # it would print what is raised as well
    try:
        connection = libvirt.open(wishes.source)
        guest = connection.lookupByName(wishes.guest)
        over = threading.Event()
        shower = threading.Thread(target=show, args=(guest, over))
        shower.start()
        try:
            migrate(guest, wishes.destination, wishes.managed, limits)
        finally:
            over.set()
            shower.join()
    except libvirt.libvirtError as failure:
        print(f"{wishes.guest}: {failure}", file=sys.stderr)
        return 1
    print(f"{wishes.guest} is at {wishes.destination}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
