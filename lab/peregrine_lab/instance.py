# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Names and directories of one lab on this machine.

Almost everybody has one lab, the one without a name.  A second one can live
beside it (the end-to-end test does) when ``PEREGRINE_LAB`` names it: addresses
never clash since all of them live in namespaces, so only names have to differ.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from .errors import LabError

ENVIRONMENT = "PEREGRINE_LAB"
#: Set for every process a lab starts, so that ``lab/down`` also finds those that
#: have not entered a namespace yet when ``lab/up`` is killed.
MARK = "PEREGRINE_LAB_MARK"

NETNS_DIR = Path("/run/netns")


@dataclass(frozen=True)
class Instance:
    """What keeps one lab apart from everything else on the machine."""

    name: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]{0,8}", self.name):
            raise LabError(f"{ENVIRONMENT}={self.name!r}: use at most eight of a-z and 0-9")

    @classmethod
    def from_environment(cls) -> Instance:
        return cls(os.environ.get(ENVIRONMENT, ""))

    @property
    def prefix(self) -> str:
        """First part of all the lab's network namespaces; no instance's is the start of another's."""
        return f"pg{self.name}-"

    @property
    def state_dir(self) -> Path:
        return Path("/run", self._directory)

    @property
    def data_dir(self) -> Path:
        """Big files: kernels, guests' disks and consoles."""
        return Path("/var/tmp", self._directory)

    @property
    def _directory(self) -> str:
        return f"peregrine-lab-{self.name}" if self.name else "peregrine-lab"

    def netns(self, place: str) -> str:
        return self.prefix + place

    def namespaces(self) -> list[str]:
        """Network namespaces of this lab that exist now."""
        try:
            return sorted(entry for entry in os.listdir(NETNS_DIR) if entry.startswith(self.prefix))
        except FileNotFoundError:
            return []

    @contextmanager
    def lock(self, timeout: float = 60.0) -> Iterator[None]:
        """Hold the lab for one command; the kernel lets go when the holder dies, however it dies.

        The state directory itself is locked.  ``lab/down`` removes it while it holds the
        lock, so whoever waited has to look whether the name still means the same directory.
        """
        deadline = time.monotonic() + timeout
        while True:
            self.state_dir.mkdir(mode=0o755, exist_ok=True)
            descriptor = os.open(self.state_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if _try_lock(descriptor) and _same_file(descriptor, self.state_dir):
                    yield
                    return
            finally:
                os.close(descriptor)
            if time.monotonic() > deadline:
                raise LabError(f"another lab command has held {self.state_dir} for {timeout:.0f} s: "
                               "wait for it or end it")
            time.sleep(0.1)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def _same_file(descriptor: int, path: Path) -> bool:
    here = os.fstat(descriptor)
    try:
        there = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(there.st_mode) and (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
