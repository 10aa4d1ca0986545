# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Processes, tear-down and requirements, as far as they need no rights."""

import os
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

import context  # noqa: F401
from peregrine_lab import cli, requirements
from peregrine_lab.errors import LabError
from peregrine_lab.instance import Instance
from peregrine_lab.processes import ProcessRef, kill_all, members
from peregrine_lab.shell import Shell, marked_environment, wait_until


class ProcessTest(unittest.TestCase):
    def start(self, instance: Instance = None, name: str = "sleep") -> subprocess.Popen:
        environment = marked_environment(instance) if instance else None
        process = subprocess.Popen([name, "60"], executable="/bin/sleep", env=environment)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_marked_process_is_found_and_killed_and_no_other(self) -> None:
        unit = Instance("unit")
        ours = self.start(unit)
        strangers = [self.start(), self.start(Instance("unit2")), self.start(name="ovs-vswitchd")]
        wait_until(lambda: members(unit) == {ours.pid}, 5, "the marked process is not found")
        self.assertEqual(kill_all(unit), 1)
        self.assertEqual(ours.wait(5), -9)
        for stranger in strangers:
            self.assertIsNone(stranger.poll())

    def test_a_reused_process_id_is_not_taken_for_ours(self) -> None:
        process = self.start()
        ref = ProcessRef.of(process.pid)
        self.assertTrue(ref.alive)
        other = ProcessRef(ref.pid, ref.start_time - 1)
        self.assertFalse(other.alive)
        other.kill()
        self.assertEqual(members(Instance("unit"), [other]), set())
        self.assertIsNone(process.poll())

    def test_a_zombie_has_ended(self) -> None:
        process = self.start()
        ref = ProcessRef.of(process.pid)
        ref.kill()
        wait_until(lambda: not ref.alive, 5, "killed, but counted as alive")


class ShellTest(unittest.TestCase):
    def setUp(self) -> None:
        self.shell = Shell(Instance("unit"))

    def test_failure_says_what_and_why(self) -> None:
        with self.assertRaisesRegex(LabError, r"sh -c .* failed \(3\): reason"):
            self.shell.run(["sh", "-c", "echo reason >&2; exit 3"])

    def test_missing_program(self) -> None:
        with self.assertRaisesRegex(LabError, "no-such-program: not found, or not allowed"):
            self.shell.run(["no-such-program"])

    def test_time_is_bounded(self) -> None:
        with self.assertRaisesRegex(LabError, "no end"):
            self.shell.run(["sleep", "30"], timeout=0.1)

    def test_a_daemon_does_not_hold_us(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            began = time.monotonic()
            self.shell.run_daemon(["sh", "-c", "sleep 30 & exit 0"], Path(directory, "log"))
            self.assertLess(time.monotonic() - began, 5)
        kill_all(Instance("unit"))


class LockTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = Path(directory.name, "state")
        patch = mock.patch.object(Instance, "state_dir", self.path)
        patch.start()
        self.addCleanup(patch.stop)

    def test_second_holder_waits_and_gives_up(self) -> None:
        with Instance().lock():
            with self.assertRaisesRegex(LabError, "another lab command"):
                with Instance().lock(timeout=0.2):
                    self.fail("held twice")

    def test_who_waited_through_a_removal_gets_a_directory_that_exists(self) -> None:
        waiting, done = threading.Event(), threading.Event()
        found = []

        def wait() -> None:
            waiting.set()
            with Instance().lock():
                found.append(self.path.is_dir())
            done.set()

        with Instance().lock():
            threading.Thread(target=wait, daemon=True).start()
            waiting.wait()
            time.sleep(0.2)
            self.path.rmdir()
        self.assertTrue(done.wait(5))
        self.assertEqual(found, [True])


class RequirementsTest(unittest.TestCase):
    def test_all_missing_packages_in_one_line(self) -> None:
        gone = (requirements.Package("one", programs=("no-such-program",)),
                requirements.Package("here", programs=("sh",)),
                requirements.Package("two", files=("/no/such/*",)))
        with self.assertRaises(LabError) as caught:
            requirements.check_packages(gone)
        self.assertRegex(str(caught.exception), r"not installed: one, two; .*apt-get install .* one two$")
        self.assertNotIn("\n", str(caught.exception))

    def test_not_root(self) -> None:
        with mock.patch.object(os, "geteuid", return_value=1000), self.assertRaisesRegex(LabError, "needs root"):
            requirements.check_rights()

    def test_root_without_power(self) -> None:
        with mock.patch.object(os, "geteuid", return_value=0), \
                mock.patch.object(requirements, "_effective_capabilities", return_value=1 << 12), \
                self.assertRaisesRegex(LabError, "lacks CAP_SYS_ADMIN:"):
            requirements.check_rights()

    def test_names_are_sorted_and_unique(self) -> None:
        names = [package.name for package in requirements.PACKAGES]
        self.assertEqual(names, sorted(set(names)))


class CommandTest(unittest.TestCase):
    def test_failure_is_one_line_and_exit_code_1(self) -> None:
        def command(_argv) -> int:
            raise LabError("reason")

        with mock.patch("sys.stderr") as stderr:
            self.assertEqual(cli.main("up", command, []), 1)
        self.assertEqual("".join(call.args[0] for call in stderr.write.call_args_list), "lab/up: reason\n")


if __name__ == "__main__":
    unittest.main()
