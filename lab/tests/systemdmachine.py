# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""A machine that systemd has booted: this one's files below a layer of its own, in namespaces of its own.

What is installed, started or written there is gone with it, and nothing of it reaches this machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Sequence

from peregrine_lab.processes import ProcessRef, children
from peregrine_lab.shell import wait_until

#: Seconds to wait for what must happen at all.
HANG = 60
#: Where the machine sees a directory of this one.
SHARED = Path("/mnt/shared")

_BOOT = r"""
set -eu
layer=$1 shared=$2
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$layer"
mkdir "$layer/upper" "$layer/work" "$layer/root"
root=$layer/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$layer/upper,workdir=$layer/work" "$root"
mkdir -p "$root/mnt/shared" "$root/mnt/old"
mount --rbind "$shared" "$root/mnt/shared"
# As systemd wants a container: what is the kernel's can only be read
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
for directory in dev/shm run tmp; do
    mount -t tmpfs -o mode=1777 tmpfs "$root/$directory"
done
chmod 755 "$root/run"
rm -f "$root/etc/machine-id"
: > "$root/etc/machine-id"
: > "$root/etc/fstab"
echo machine > "$root/etc/hostname"
echo "127.0.0.1 localhost machine" > "$root/etc/hosts"
printf '[Unit]\nRequires=dbus.socket sysinit.target\n' > "$root/etc/systemd/system/nothing-else.target"
ip link set lo up
cd "$root"
pivot_root . mnt/old
umount -l /mnt/old
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=nothing-else.target
"""


class SystemdMachine:
    """Use it as a context; needs root and systemd's files, which need not run here. Where it cannot boot, tests skip."""

    def __init__(self, shared: Path) -> None:
        #: Seen in the machine at SHARED.
        self._shared = shared
        self._boot: subprocess.Popen | None = None
        self._init: ProcessRef | None = None
        self._cgroup: Path | None = None
        self._layer = Path()
        self._log = Path()

    def __enter__(self) -> SystemdMachine:
        self._layer = Path(tempfile.mkdtemp(prefix="peregrine-machine-"))
        self._log = self._layer.with_suffix(".log")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> None:
        cgroup = _cgroup2() / self._layer.name
        try:
            cgroup.mkdir()
        except OSError as refused:
            raise unittest.SkipTest(f"systemd needs a control group of its own here: {refused}") from refused
        self._cgroup = cgroup
        procs = self._cgroup / "cgroup.procs"
        # The namespace's root is the group that it is made in
        enter = f'echo $$ > {procs} && exec unshare --mount --uts --ipc --net --pid --cgroup --fork ' \
                '--kill-child=KILL "$@"'
        with self._log.open("wb") as log:
            # It ends with this process, however that does
            self._boot = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "sh", "-c", enter, "sh", "sh", "-c", _BOOT, "sh", str(self._layer),
                 str(self._shared)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._booted, HANG, "systemd's start")

    def _booted(self) -> bool:
        if self._boot.poll() is not None:
            raise unittest.SkipTest("systemd cannot be booted in namespaces here: "
                                    + self._log.read_text(errors="replace"))
        inner = children(self._boot.pid)
        if not inner:
            return False
        self._init = ProcessRef.of(inner[0])
        return Path(f"/proc/{inner[0]}/comm").read_text(encoding="ascii").strip() == "systemd" \
            and self.attempt("systemctl", "is-active", "nothing-else.target").returncode == 0

    def __exit__(self, *_: object) -> None:
        if self._init is not None:
            self._init.kill()
        if self._boot is not None:
            self._boot.kill()
            self._boot.wait(HANG)
        if self._cgroup is not None:
            wait_until(self._cgroup_removed, HANG, "the end of all that ran in the machine")
        shutil.rmtree(self._layer, ignore_errors=True)
        self._log.unlink(missing_ok=True)

    def _cgroup_removed(self) -> bool:
        for directory, _, _ in os.walk(self._cgroup, topdown=False):
            try:
                os.rmdir(directory)
            except OSError:
                return False
        return True

    def attempt(self, *argv: str, stdin: str = "", timeout: float = 2 * HANG) -> subprocess.CompletedProcess:
        return subprocess.run(self.inside(argv), input=stdin, capture_output=True, text=True, timeout=timeout,
                              check=False)

    def run(self, *argv: str, stdin: str = "", timeout: float = 2 * HANG) -> str:
        done = self.attempt(*argv, stdin=stdin, timeout=timeout)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(argv)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def inside(self, argv: Sequence[str]) -> list[str]:
        return ["nsenter", "--target", str(self._init.pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup",
                "--wdns=/", "--", *argv]


def _cgroup2() -> Path:
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if fields[2] == "cgroup2":
            return Path(fields[1])
    raise unittest.SkipTest("no cgroup2 is mounted here, and systemd needs one")
