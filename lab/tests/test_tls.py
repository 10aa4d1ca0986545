# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Who logs in, and that nobody else can listen or speak: needs root, the packages and a built distribution; takes
about two minutes.
"""

import os
import secrets
import unittest
from base64 import b64encode
from pathlib import Path
from typing import Iterable

import context  # noqa: F401  makes the package importable
from peregrine_lab.errors import LabError
from peregrine_lab.instance import Instance
from peregrine_lab.lab import migration_command
from peregrine_lab.processes import members
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, PeregrineCase


class TlsTest(PeregrineCase):
    INSTANCE = Instance("tls")
    TLS = True

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.guest = cls.lab.create_guest("web", "hv1", bridge_timeout=HANG)
        cls.controller.give_intent()

    # What the system promises

    def test_a_guest_moves_with_everything_over_tls(self) -> None:
        """All that the controller does. The guest's memory goes from host to host as libvirt is told to."""
        source, other = self.lab.hypervisor("hv1"), self.lab.hypervisor("hv2")
        for edge in self.lab.edges:
            target = edge.vsctl("get-controller", "br-int").strip()
            self.assertTrue(target.startswith("ssl:") and target.endswith(":6654"), target)
            self.assertTrue(edge.plan.ovsdb.startswith("ssl:"))
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address) as seen:
            self.lab.shell.run(source.inside(migration_command("web", other.plan.libvirt, ())))
            record = self.ended(self.guest, known)
        self.assertEqual("completed", record["phase"])
        self.assert_not_doubled(seen, record)
        print(f"all over TLS: {record['mode']}, paused {record['pause']} ms, lost {seen['lost']} of {seen['sent']}, "
              f"doubled {seen['duplicated']}, longest gap {seen['longest_gap']['ms']:.0f} ms")
        self.await_job(self.begin_move("web", "hv1"), "done")

    def test_who_has_no_certificate_of_ours_is_not_heard(self) -> None:
        address = self.lab.plan.controller_management
        for port in (8443, 6654):
            plain = self.lab.shell.attempt(self.lab.hypervisor("hv1").in_network(
                ["timeout", "5", "openssl", "s_client", "-connect", f"{address}:{port}", "-no-CAfile", "-no-CApath",
                 "-no-CAstore", "-verify_return_error", "-verify", "3"]))
            self.assertNotEqual(0, plain.returncode, f"a stranger trusts port {port}")
        # The controller asks a switch for its certificate
        stranger = self.lab.shell.attempt(self.lab.hypervisor("hv1").in_network(
            ["timeout", "5", "openssl", "s_client", "-quiet", "-connect", f"{address}:6654",
             "-CAfile", str(self.lab.authority.files / "ca.pem")]))
        self.assertIn("alert", stranger.stderr)
        # Nobody but this machine reaches what has no TLS
        for port in (8181, 6653, 2550):
            reached = self.lab.shell.attempt(self.lab.hypervisor("hv1").in_network(
                ["timeout", "5", "busybox", "nc", "-z", address, str(port)]))
            self.assertNotEqual(0, reached.returncode, f"port {port} is open for all")

    def test_there_is_no_default_password(self) -> None:
        for user, password in (("admin", "admin"), ("karaf", "karaf"), ("admin", ""), ("user", "user")):
            self.assertEqual(401, self.controller.answer((user, password), "GET", "rests/data/peregrine-edge:edges"),
                             user)

    def test_secrets_are_nowhere_to_be_read(self) -> None:
        password, secret, mistyped = self.controller.password(), secrets.token_hex(12), secrets.token_hex(12)
        users = self.controller.home / "etc" / "users.properties"
        with users.open("a", encoding="ascii") as file:
            file.write(f"eve = {secret},_g_:viewergroup\n")
        wait_until(lambda: secret not in users.read_text(encoding="ascii"), HANG, "a password replaced by its hash")
        # Whatever keeps what logins come with has had the chance to
        self.await_answer("eve", secret, 200, "a new user")
        self.assertEqual(401, self.controller.answer(("admin", mistyped), "GET", "rests/data/peregrine-edge:edges"))
        self.controller.audit()
        self.console("peregrine:guests")
        self.assert_not_kept((("admin", password), ("admin", mistyped), ("eve", secret)))
        self.assert_in_no_command_line(password)
        etc = self.controller.home / "etc"
        for file in ("admin-password", "users.properties", "tls/key.pem", "tls/ca-key.pem", "tls/keystore.p12"):
            self.assertEqual(0, (etc / file).stat().st_mode & 0o077, f"{file} can be read by others")
        self.assertNotIn(password, users.read_text(encoding="ascii"))

    def assert_not_kept(self, logins: Iterable[tuple[str, str]]) -> None:
        """No file that the controller writes has a password, as it is or as HTTP sends it."""
        told = [form for user, password in logins
                for form in (password.encode(), b64encode(f"{user}:{password}".encode()))]
        home = self.controller.home
        # Journals and snapshots have to be among what is looked at; what the build has made need not be
        for needed in ("data/log/karaf.log", "segmented-journal", "snapshots"):
            self.assertTrue((home / needed).exists(), f"{needed} is not there: it is kept elsewhere, to be looked at")
        built = {home / "lib", home / "system"}
        meant = {self.controller.password_file, home / "etc" / "lab.netrc"}
        kept = {self.INSTANCE.state_dir / "controller.log"}
        for directory, below, files in os.walk(home):
            below[:] = [name for name in below if Path(directory, name) not in built]
            kept |= {Path(directory, name) for name in files}
        for file in kept - meant:
            try:
                content = file.read_bytes() if file.is_file() else b""
            except FileNotFoundError:
                continue  # the controller has removed it
            self.assertFalse(any(form in content for form in told), f"{file} has a password")

    def assert_in_no_command_line(self, password: str) -> None:
        """Others see the arguments of programs."""
        processes = members(self.INSTANCE)
        self.assertIn(self.controller.process().pid, processes)
        for process in processes:
            try:
                arguments = Path(f"/proc/{process}/cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended
            self.assertNotIn(password.encode(), arguments)

    def test_who_is_taken_off_the_list_is_out(self) -> None:
        before = self.users()
        self.assertLessEqual({"admin", "_g_\\:admingroup", "_g_\\:operatorgroup", "_g_\\:viewergroup"}, set(before))
        # The file is written several times each time, and what else writes it must not get in between
        for number in range(6):
            password = f"Ge-heim-{number}"
            self.console(f"jaas:realm-manage --realm karaf; jaas:user-add ulf {password}; "
                         "jaas:group-add ulf viewergroup; jaas:update")
            self.await_answer("ulf", password, 200, "a new user")
            self.console("jaas:realm-manage --realm karaf; jaas:user-delete ulf; jaas:update")
            self.await_answer("ulf", password, 401, "a user who is gone")
        self.assertEqual(before, self.users())
        self.assertRegex(self.console("jaas:realm-manage --realm karaf; jaas:user-list"), r"(?m)^admin .*admingroup")

    def users(self) -> dict[str, str]:
        """The lines of the file by whom or what they are about."""
        lines = (self.controller.home / "etc" / "users.properties").read_text(encoding="ascii").splitlines()
        return {name.strip(): value.strip() for name, equals, value in (line.partition("=") for line in lines)
                if equals and not name.startswith("#")}

    def await_answer(self, user: str, password: str, code: int, what: str) -> None:
        said = 0

        def answers() -> bool:
            nonlocal said
            said = self.controller.answer((user, password), "GET", "rests/data/peregrine-edge:edges?content=nonconfig")
            return said == code

        try:
            wait_until(answers, HANG, what, interval=0.5)
        except LabError as failure:
            self.fail(f"{failure}; HTTP {said} at last, and the console has "
                      + self.console("jaas:realm-manage --realm karaf; jaas:user-list"))


if __name__ == "__main__":
    unittest.main()
