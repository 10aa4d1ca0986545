#!/usr/bin/env python3
# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Empties a hypervisor by Peregrine's RESTCONF, and waits until that is done.

    PEREGRINE_PASSWORD=... evacuate.py https://CONTROLLER:8443 hv1 --ca ca.pem [--user admin] [--parallel 2] [--to hv2 --to hv3]

Exits with 0 if every guest has left, with 1 if one has stayed or the controller refuses, and says why.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request


#: A job is shown a moment after it has been made: for so many seconds it may be missing.
NOT_SHOWN_YET = 10


class Refused(Exception):
    """What the controller said, one line for each reason."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class Restconf:
    def __init__(self, url: str, user: str, password: str, authority: str | None) -> None:
        self._trust = ssl.create_default_context(cafile=authority)
        self._root = url.rstrip("/") + "/rests"
        self._authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def _ask(self, method: str, path: str, body: object = None) -> dict:
        request = urllib.request.Request(self._root + path, method=method, headers={
            "Authorization": self._authorization, "Accept": "application/json", "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=150, context=self._trust) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as failure:
            text = failure.read().decode(errors="replace")
            try:
                errors = json.loads(text)["errors"]["error"]
            except (ValueError, KeyError):
                raise Refused(failure.code, f"HTTP {failure.code}: {text[:200]}") from failure
            raise Refused(failure.code, "\n".join(error.get("error-message", error["error-tag"]) for error in errors)
                          ) from failure

    def call(self, rpc: str, **arguments: object) -> dict:
        return next(iter(self._ask("POST", f"/operations/{rpc}", {"input": arguments}).values()))

    def state(self, path: str) -> dict:
        return next(iter(self._ask("GET", f"/data/{path}?content=nonconfig").values()))[0]


def evacuate(controller: Restconf, hypervisor: str, parallel: int, destinations: list) -> bool:
    more = {"destination": destinations} if destinations else {}
    job = controller.call("peregrine-jobs:evacuate-hypervisor", hypervisor=hypervisor, parallel=parallel, **more)["job"]
    print(f"job {job}: leaving {hypervisor}")
    told: dict = {}
    begun = time.monotonic()
    while True:
        try:
            now = controller.state(f"peregrine-jobs:jobs/job={job}")
        except Refused as refusal:
            if refusal.code != 409 or time.monotonic() - begun > NOT_SHOWN_YET:
                raise
            now = {"state": "waiting"}
        for guest in now.get("result", []):
            word = guest["state"] + (f", to {guest['destination']}" if "destination" in guest else "") \
                + (f": {guest['error']}" if "error" in guest else "")
            if told.get(guest["guest"]) != word:
                told[guest["guest"]] = word
                print(f"{guest.get('guest-name', guest['guest'])}: {word}")
        if now["state"] not in ("waiting", "running"):
            print(f"job {job}: {now['state']}" + (f", {now['error']}" if "error" in now else ""))
            return now["state"] == "done"
        time.sleep(1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("controller", help="such as https://192.0.2.1:8443")
    parser.add_argument("hypervisor")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--ca", metavar="FILE", help="who has signed the controller's certificate (those the system trusts)")
    parser.add_argument("--parallel", type=int, default=2, help="guests that move at the same time (2)")
    parser.add_argument("--to", action="append", default=[], metavar="HYPERVISOR", help="where guests may go (anywhere)")
    wishes = parser.parse_args()
    password = os.environ.get("PEREGRINE_PASSWORD")
    if password is None:
        parser.error("set PEREGRINE_PASSWORD: a password on the command line is seen by others")
    try:
        done = evacuate(Restconf(wishes.controller, wishes.user, password, wishes.ca), wishes.hypervisor,
                        wishes.parallel, wishes.to)
    except (Refused, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
