# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""virt-manager on a display of its own, in a place of the lab."""

import os
import select
import subprocess
from pathlib import Path
from typing import Callable

from context import LAB
from peregrine_lab.errors import LabError
from peregrine_lab.places import Place
from peregrine_lab.shell import marked_environment, tail

#: Debian's own: another one has neither GObject nor libvirt.
PYTHON = "/usr/bin/python3"
_HANDS = LAB / "tests" / "virtmanagerhands.py"
_START = 60
#: More than the hands wait for anything.
_HANG = 120
_SETTINGS = """\
[org/virt-manager/virt-manager]
manager-window-width=520
manager-window-height=240

[org/virt-manager/virt-manager/connections]
uris={uris}
autoconnect={uris}
"""


class Desktop:
    """A person's screen, settings and session; nothing of it touches the machine's own."""

    def __init__(self, place: Place, directory: Path) -> None:
        self._place = place
        self._directory = directory
        self._log = directory / "desktop.log"
        self._running: list[subprocess.Popen] = []
        home = str(directory)
        self._environment = {**marked_environment(place.instance), "LC_ALL": "C.UTF-8", "HOME": home,
                             "XDG_RUNTIME_DIR": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home,
                             "XDG_DATA_HOME": home, "GSETTINGS_BACKEND": "keyfile"}

    def start(self, *uris: str) -> None:
        """Start virt-manager with connections to these."""
        settings = self._directory / "glib-2.0" / "settings" / "keyfile"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS.format(uris=list(uris)), encoding="ascii")
        self._environment["DISPLAY"] = ":" + self._told(lambda descriptor: [
            "Xvfb", "-displayfd", str(descriptor), "-screen", "0", "1024x768x24", "-nolisten", "tcp"])
        self._environment["DBUS_SESSION_BUS_ADDRESS"] = self._told(lambda descriptor: [
            "dbus-daemon", "--session", "--nofork", f"--address=unix:dir={self._directory}",
            f"--print-address={descriptor}"])
        self._spawn(["virt-manager", "--no-fork"])

    def end(self) -> None:
        """The services of the bus end with it."""
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def hands(self, *words: str) -> str:
        """Do something at virt-manager; gives what is read there."""
        done = subprocess.run(self._place.in_network([PYTHON, "-B", str(_HANDS), *words]), env=self._environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_HANG, check=False)
        if done.returncode != 0:
            raise LabError(f"virt-manager, {words[0]}: {done.stderr.strip()}; {tail(self._log)}")
        return done.stdout

    def _told(self, command: Callable[[int], list[str]]) -> str:
        """Start what writes to a descriptor where it listens; gives that."""
        reader, writer = os.pipe()
        try:
            self._spawn(command(writer), writer)
        finally:
            os.close(writer)
        with os.fdopen(reader, "rb") as answer:
            ready, _, _ = select.select([answer], [], [], _START)
            line = answer.readline().decode("ascii").strip() if ready else ""
        if not line:
            raise LabError(f"{command(writer)[0]} does not start: {tail(self._log)}")
        return line

    def _spawn(self, command: list[str], *descriptors: int) -> None:
        with self._log.open("ab") as log:
            self._running.append(subprocess.Popen(self._place.in_network(command), env=self._environment,
                                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                  pass_fds=descriptors))
