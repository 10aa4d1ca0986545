# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Running commands, and batches of ``ip``."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Callable, Sequence

from .errors import LabError
from .instance import MARK, Instance


def marked_environment(instance: Instance) -> dict[str, str]:
    return {**os.environ, MARK: instance.prefix, "LC_ALL": "C"}


class Shell:
    """Runs the lab's commands; every process it starts carries the lab's mark."""

    def __init__(self, instance: Instance) -> None:
        self._environment = marked_environment(instance)

    def run(self, argv: Sequence[str], *, stdin: str = "", timeout: float = 60.0) -> str:
        """Run to the end, give its standard output; anything but success is a LabError."""
        result = self.attempt(argv, stdin=stdin, timeout=timeout)
        if result.returncode != 0:
            words = (result.stderr.strip() or result.stdout.strip() or "no output").splitlines()
            raise LabError(f"{' '.join(argv)} failed ({result.returncode}): {' / '.join(words[-3:])}")
        return result.stdout

    def attempt(self, argv: Sequence[str], *, stdin: str = "", timeout: float = 60.0) -> subprocess.CompletedProcess:
        try:
            return subprocess.run(argv, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  errors="replace", timeout=timeout, env=self._environment, check=False)
        except (FileNotFoundError, PermissionError) as failure:
            # A directory in PATH that may not be read makes a missing program look forbidden.
            raise LabError(f"{argv[0]}: not found, or not allowed to run") from failure
        except subprocess.TimeoutExpired as failure:
            raise LabError(f"{' '.join(argv)}: no end after {timeout:.0f} s") from failure

    def run_daemon(self, argv: Sequence[str], log: Path, *, timeout: float = 60.0) -> None:
        """Run a program that puts itself into the background.

        What it prints goes to a file: a pipe would stay open as long as the daemon lives.
        """
        with log.open("ab") as output:
            try:
                code = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=timeout,
                                      env=self._environment, check=False).returncode
            except subprocess.TimeoutExpired as failure:
                raise LabError(f"{' '.join(argv)}: did not start within {timeout:.0f} s, see {log}") from failure
        if code != 0:
            raise LabError(f"{' '.join(argv)} failed ({code}): {tail(log)}")

    def spawn(self, argv: Sequence[str], log: Path) -> int:
        """Start something that outlives the lab command, in a session of its own; gives its process id."""
        actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
                   (os.POSIX_SPAWN_DUP2, 1, 2)]
        return os.posix_spawnp(argv[0], argv, self._environment, file_actions=actions, setsid=True)

    def ip(self, netns: str, *lines: str) -> None:
        """Several ``ip`` commands in one process, inside a network namespace."""
        self.run(["ip", "-netns", netns, "-batch", "-"], stdin="".join(line + "\n" for line in lines))


def write_json(path: Path, data: dict) -> None:
    """A report a person asked for with --json: whole or not at all, for those who wait for the file."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(data, indent=2) + "\n", encoding="ascii")
        draft.replace(path)
    except OSError as failure:
        raise LabError(f"--json {path}: {failure.strerror}") from failure


def tail(log: Path, lines: int = 3) -> str:
    """The last lines of a file as one, for error messages."""
    try:
        words = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return f"{log} is not there"
    return " / ".join(words[-lines:]) or f"{log} is empty"


def wait_until(condition: Callable[[], bool], timeout: float, what: str, interval: float = 0.02) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not within {timeout:.0f} s")
        time.sleep(interval)
