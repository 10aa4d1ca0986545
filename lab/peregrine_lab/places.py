# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Places where commands run: plain network namespaces, and machines with more of their own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Sequence

from .errors import LabError
from .instance import NETNS_DIR, Instance
from .processes import ProcessRef, children, outer_pid
from .shell import Shell, tail, wait_until

_MACHINE_INIT = Path(__file__).with_name("data") / "machine-init.sh"


class Place:
    """A network namespace: the router, the client, the controller's place."""

    def __init__(self, instance: Instance, shell: Shell, name: str) -> None:
        self.instance = instance
        self.shell = shell
        self.name = name
        self.netns = instance.netns(name)

    def create(self) -> None:
        self.shell.run(["ip", "netns", "add", self.netns])
        self.ip("link set lo up")

    def ip(self, *lines: str) -> None:
        self.shell.ip(self.netns, *lines)

    def inside(self, argv: Sequence[str]) -> list[str]:
        """The command line that runs argv here."""
        return self.in_network(argv)

    def in_network(self, argv: Sequence[str]) -> list[str]:
        """The command line that runs argv in the network namespace only; that works on a machine without power too."""
        return ["ip", "netns", "exec", self.netns, *argv]

    def run(self, *argv: str, stdin: str = "", timeout: float = 60.0) -> str:
        return self.shell.run(self.inside(argv), stdin=stdin, timeout=timeout)

    def exec(self, argv: Sequence[str]) -> None:
        """Become argv inside this place; comes back only by an exception.

        The caller's process is replaced, so what ends it ends the command.
        """
        if not (NETNS_DIR / self.netns).exists():
            raise LabError(f"{self.name} is not there: run lab/up")
        command = self._foreground(argv)
        try:
            os.execvp(command[0], command)
        except FileNotFoundError as failure:
            raise LabError(f"{command[0]}: not found") from failure

    def _foreground(self, argv: Sequence[str]) -> list[str]:
        return self.inside(argv)

    def set_sysctl(self, **values: str) -> None:
        """Network settings; a name's double underscores stand for slashes below /proc/sys/net."""
        script = "; ".join(f"echo {value} > /proc/sys/net/{key.replace('__', '/')}" for key, value in values.items())
        self.shell.run(self.in_network(["sh", "-ec", script]))

    def disable_offload(self, *devices: str) -> None:
        """The userspace datapath's raw sockets do not complete partial checksums, so nobody may leave them."""
        script = 'for device; do ethtool -K "$device" tx off; done'
        self.shell.run(self.in_network(["sh", "-ec", script, "sh", *devices]))


class Machine(Place):
    """A place with its own mounts, host name and processes as well.

    Its first process keeps all of it alive; killing that process is both a power cut and
    a complete tear-down.  The network namespace and its cables stay, as a real host's do.
    """

    #: Directories of the machine's own behind well-known paths; they outlive a crash of it.
    own_directories: tuple[str, ...] = ()
    #: The same, where the real machine does not have to have them.
    made_directories: tuple[str, ...] = ()

    def __init__(self, instance: Instance, shell: Shell, name: str, hosts: dict[str, str]) -> None:
        super().__init__(instance, shell, name)
        self.directory = instance.state_dir / "machines" / name
        self.log = self.directory / "machine.log"
        self._hosts = hosts

    def own(self, path: str) -> Path:
        """Where the machine's own file or directory is, seen from outside."""
        return self.directory / "fs" / path.lstrip("/")

    def install(self) -> None:
        """Write the machine's own files."""
        for path in (*self.own_directories, *self.made_directories):
            self.own(path).mkdir(parents=True, exist_ok=True)
        self.own("/etc").mkdir(parents=True, exist_ok=True)
        lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in self._hosts.items())]
        self.own("/etc/hosts").write_text("\n".join(lines) + "\n", encoding="ascii")

    def boot(self) -> None:
        """Start the machine's first process; everything else is started into it."""
        ready = self.directory / "ready"
        ready.unlink(missing_ok=True)
        pid = self.shell.spawn(
            self.in_network(["unshare", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child=KILL",
                             "sh", str(_MACHINE_INIT), self.name, str(self.directory), *self._overlays()]),
            self.log)
        supervisor = ProcessRef.of(pid)
        self._record(supervisor)
        wait_until(lambda: not supervisor.alive or (ready.exists() and ready.stat().st_size > 0), 15,
                   f"{self.name} did not boot")
        if not supervisor.alive:
            raise LabError(f"{self.name} did not boot: {tail(self.log)}")
        self._record(supervisor, ProcessRef.of(children(pid)[0]))

    def crash(self) -> None:
        """Pull the plug."""
        for ref in reversed(self.recorded()):
            ref.kill()

    @property
    def alive(self) -> bool:
        return self._init() is not None

    def recorded(self) -> list[ProcessRef]:
        """The supervisor, and the machine's first process."""
        try:
            entries = json.loads((self.directory / "processes.json").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return []
        return [ProcessRef(*entry) for entry in entries]

    def process(self, pid_file: str) -> ProcessRef:
        """The process whose id is in a file of the machine's, as seen from outside: to be killed in no time."""
        init = self._init()
        if init is None:
            raise LabError(f"{self.name} is not running")
        try:
            inside = Path(f"/proc/{init.pid}/root", pid_file.lstrip("/")).read_text(encoding="ascii").strip()
        except OSError as failure:
            raise LabError(f"{self.name}: {pid_file}: {failure.strerror}") from failure
        pid = outer_pid(init.pid, int(inside))
        if pid is None:
            raise LabError(f"{self.name}: process {inside} of {pid_file} does not run")
        return ProcessRef.of(pid)

    def inside(self, argv: Sequence[str]) -> list[str]:
        return self._enter("/", argv)

    def _foreground(self, argv: Sequence[str]) -> list[str]:
        # Entering a pid namespace makes nsenter fork: the command must not outlive it.
        return self._enter(self._working_directory(), ["setpriv", "--pdeathsig", "TERM", "--", *argv])

    def listening(self, *ports: int) -> bool:
        """Whether TCP servers wait on all these ports."""
        init = self._init()
        if init is None:
            raise LabError(f"{self.name} has died: {tail(self.log)}")
        found = set()
        for table in ("tcp", "tcp6"):
            lines = Path(f"/proc/{init.pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]
            fields = [line.split() for line in lines]
            found |= {int(field[1].rpartition(":")[2], 16) for field in fields if field[3] == "0A"}
        return found.issuperset(ports)

    def _enter(self, directory: str, argv: Sequence[str]) -> list[str]:
        init = self._init()
        if init is None:
            raise LabError(f"{self.name} is not running")
        return ["nsenter", "--target", str(init.pid), "--mount", "--uts", "--net", "--pid",
                f"--wdns={directory}", "--", *argv]

    def _overlays(self) -> list[str]:
        # Without something to cover, a daemon would write into the directory of the real machine.
        lacking = [path for path in self.own_directories if not Path(path).is_dir()]
        if lacking:
            raise LabError(f"{', '.join(lacking)}: not there, so {self.name} cannot have its own; "
                           "the package it belongs to is not installed properly")
        files = [path for path in ("/etc/hosts", "/etc/machine-id") if self.own(path).exists() and Path(path).exists()]
        # First what may cover a whole directory to have a place
        return [*self.made_directories, *self.own_directories, *files]

    def _init(self) -> ProcessRef | None:
        refs = self.recorded()
        return refs[1] if len(refs) > 1 and refs[1].alive else None

    def _record(self, *refs: ProcessRef) -> None:
        path = self.directory / "processes.json"
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps([[ref.pid, ref.start_time] for ref in refs]), encoding="ascii")
        draft.replace(path)

    @staticmethod
    def _working_directory() -> str:
        """The caller's, where the machine has it too: its /run is its own."""
        here = os.getcwd()
        return "/" if here == "/run" or here.startswith("/run/") or here.startswith("/proc") else here
