# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Every door of the controller, and whom it lets in. Needs root, the packages and a built distribution; takes about a
minute.
"""

import json
import re
import secrets
import subprocess
import unittest

from context import LAB
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, POLICY, SHARED, PeregrineCase

DOCUMENTATION = LAB.parent / "docs" / "security.md"
#: Users by the role they have.
GROUPS = {"ina": "viewergroup", "otto": "operatorgroup"}
STREAMS = "rests/data/ietf-restconf-monitoring:restconf-state/streams"
STREAM = "notification-stream/peregrine-events:guest-changed/JSON"

#: What a viewer, an operator, an administrator and who does not log in are answered. Who is let in has asked for what
#: changes nothing, or cannot be: 400, 406 and 409 are answers to what was said, not to who said it.
ROLES, OPERATORS, ADMIN = (200, 200, 200, 401), (403, 409, 409, 401), (403, 403, 200, 401)
NOWHERE = (404, 404, 404, 404)
GUEST = {"guest": "nobody", "destination": "hv2"}
DOORS = [
    # Reading
    (ROLES, "GET", "rests/data/peregrine-edge:edges?content=nonconfig"),
    (ROLES, "GET", "rests/data/peregrine-network:networks"),
    (ROLES, "GET", "rests/data/network-topology:network-topology?content=nonconfig"),
    (ROLES, "GET", STREAMS),
    ((404, 404, 404, 401), "GET", "rests/"),
    (ADMIN, "GET", "rests/data"),
    (ADMIN, "GET", "rests/data/aaa-encrypt-service-config:aaa-encrypt-service-config"),
    ((403, 403, 400, 401), "GET", "rests/data/peregrine-edge:edges/../aaa-cert-mdsal:key-stores"),
    (ADMIN, "GET", "rests/operations"),
    (ADMIN, "GET", "rests/yang-library-version"),
    # Writing
    ((403, 403, 201, 401), "PUT", f"rests/data/{POLICY}", {POLICY: {"predictive": "own"}}),
    (ADMIN, "PATCH", f"rests/data/{POLICY}", {POLICY: {"predictive": "own"}}),
    ((403, 403, 204, 401), "PUT", f"rests/data/{POLICY};x", {POLICY: {"predictive": "own"}}),
    ((403, 403, 400, 401), "PUT", f"rests/data//{POLICY}", {POLICY: {"predictive": "own"}}),
    ((403, 403, 204, 401), "DELETE", f"rests/data/{POLICY}"),
    ((403, 403, 400, 401), "POST", "rests/data/peregrine-network:networks", {"peregrine-network:network": [{}]}),
    ((403, 403, 409, 401), "DELETE", "rests/data/peregrine-network:networks/network=none"),
    # Asking
    (ROLES, "POST", "rests/operations/peregrine-audit:audit", {"input": {}}),
    ((400, 400, 400, 401), "POST", "rests/operations/peregrine-fabric:find-routes", {"input": {"from": "x", "to": "y"}}),
    (ROLES, "POST", "rests/operations/peregrine-fabric:find-links", {"input": {}}),
    (ROLES, "POST", "rests/operations/peregrine-fabric:find-hosts", {"input": {}}),
    (ROLES, "POST", "rests/operations/peregrine-migration:find-migrations", {"input": {}}),
    (ROLES, "POST", "rests/operations/peregrine-guest:find-guests", {"input": {}}),
    (ROLES, "POST", "rests/operations/peregrine-jobs:find-jobs", {"input": {}}),
    (ROLES, "POST", "rests/operations/peregrine-edge:find-tunnels", {"input": {}}),
    ((409, 409, 409, 401), "POST", "rests/operations/peregrine-jobs:check-migration", {"input": GUEST}),
    # Moving guests
    (OPERATORS, "POST", "rests/operations/peregrine-jobs:migrate-guest", {"input": GUEST}),
    (OPERATORS, "POST", "rests/operations/peregrine-jobs:cancel-migration", {"input": {"job": "none"}}),
    (OPERATORS, "POST", "rests/operations/peregrine-jobs:evacuate-hypervisor", {"input": {"hypervisor": "none"}}),
    ((403, 400, 400, 401), "POST", "rests/operations/peregrine-audit:audit/../peregrine-jobs:migrate-guest",
     {"input": GUEST}),
    # Forgetting, and other modules' RPCs
    (ADMIN, "POST", "rests/operations/peregrine-migration:clear-history",
     {"input": {"before": "2020-01-01T00:00:00Z"}}),
    ((403, 403, 409, 401), "POST", "rests/operations/peregrine-edge:forget-retired-edge",
     {"input": {"name": "none", "ovsdb": "tcp:127.0.0.1:1"}}),
    ((403, 403, 400, 401), "POST", "rests/operations/sal-remote:create-data-change-event-subscription",
     {"input": {"path": "/"}}),
    # Events; a stream begins for who accepts one
    (ROLES, "GET", f"{STREAMS}/stream/{STREAM}"),
    ((406, 406, 406, 401), "GET", f"rests/notif/{STREAM}"),
    ((406, 406, 406, 401), "GET", "rests/notif/nothing"),
    # Beside RESTCONF
    (ROLES, "GET", "metrics/"),
    (ADMIN, "GET", "metrics/anything"),
    (ROLES, "GET", "peregrine-openapi/"),
    (ADMIN, "GET", "peregrine-openapi/anything"),
    # Open for all; what it says to a GET is how the controller is
    ((405, 405, 405, 405), "POST", "diagstatus", {}),
    ((403, 403, 406, 401), "GET", "auth/v1/users"),
    ((403, 403, 406, 401), "GET", ".well-known/host-meta"),
    (NOWHERE, "GET", "jolokia"),
    (NOWHERE, "GET", "jolokia/version"),
    (NOWHERE, "POST", "jolokia/", {"type": "read", "mbean": "java.lang:type=Runtime"}),
    (NOWHERE, "GET", "nothing"),
    (NOWHERE, "GET", ""),
]


class DoorsTest(PeregrineCase):
    INSTANCE = SHARED

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.passwords = {user: secrets.token_hex(12) for user in GROUPS}
        users = cls.controller.home / "etc" / "users.properties"
        with users.open("a", encoding="ascii") as file:
            for user, group in GROUPS.items():
                file.write(f"{user} = {cls.passwords[user]},_g_:{group}\n")
        wait_until(lambda: not any(password in users.read_text(encoding="ascii")
                                   for password in cls.passwords.values()), HANG, "passwords replaced by hashes")
        cls.logins = [*cls.passwords.items(), ("admin", cls.controller.password())]

    # Helpers

    def ssh(self, login: tuple[str, str], command: str, *options: str) -> subprocess.CompletedProcess:
        return self.lab.shell.attempt(self.controller.console(command, *login, options))

    def refuse_to_forward(self) -> None:
        for login in self.logins:
            # The console's own port answers with its name to whom it is forwarded; what -L opens is the same
            for way in (("-W", "127.0.0.1:8101"), ("-W", "127.0.0.1:2550"),
                        ("-R", "12550:127.0.0.1:2550", "-o", "ExitOnForwardFailure=yes")):
                with self.subTest(user=login[0], way=way):
                    result = self.ssh(login, "peregrine:switches", *way)
                    self.assertEqual((255, ""), (result.returncode, result.stdout))
                    self.assertRegex(result.stderr, "forwarding failed")

    def servers(self) -> int:
        """How many servers Karaf has published: none is ever taken back."""
        return self.ssh(self.logins[-1], "service:list org.apache.sshd.server.SshServer").stdout.count("service.id")

    def replace_server(self, timeout: int) -> None:
        """For another setting Karaf makes another server; this session ends with the old one."""
        before = self.servers()
        self.ssh(self.logins[-1], f"config:property-set -p org.apache.karaf.shell sshIdleTimeout {timeout}")
        wait_until(lambda: self.servers() > before, HANG, "another server")

    # What the system promises

    def test_over_http(self) -> None:
        for codes, *request in DOORS:
            with self.subTest(" ".join(request[:2])):
                self.assertEqual(codes, tuple(self.controller.answer(login, *request)
                                              for login in (*self.logins, None)))

    def test_it_listens_where_the_documentation_says(self) -> None:
        """And nowhere else, not even for its own machine, where others may log in, too."""
        table = DOCUMENTATION.read_text(encoding="utf-8").partition("## Where it listens")[2].partition("\n## ")[0]
        documented = {int(port) for port in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
        self.assertEqual(documented, {int(line.split()[3].rpartition(":")[2])
                                      for line in self.lab.controller.run("ss", "-Hltn").splitlines()})

    def test_whose_role_is_too_small_is_told_which_it_takes(self) -> None:
        viewer, operator = self.logins[:2]
        for login, role, *request in (
                (viewer, "operator", "POST", "rests/operations/peregrine-jobs:migrate-guest", {"input": GUEST}),
                (operator, "admin", "DELETE", f"rests/data/{POLICY}"),
                (operator, "admin", "GET", "metrics/anything")):
            with self.subTest(user=login[0]):
                code, body = self.controller.reply(login, *request)
                self.assertEqual(403, code)
                self.assertEqual({"errors": {"error": [{
                    "error-type": "application", "error-tag": "access-denied",
                    "error-message": f"this needs the role {role} (docs/security.md)"}]}}, json.loads(body))

    def test_roles_hold_on_the_console(self) -> None:
        for login in self.logins[:2]:
            self.assertIn("hv1", self.ssh(login, "peregrine:switches").stdout)
            for command in ("peregrine:clear-history", "feature:list", "bundle:list", "system:property karaf.etc",
                            "cat etc/users.properties", "shell:exec id", "jaas:realm-list", "config:list",
                            "log:display", "kar:list", "ssh:ssh localhost", '("x" getClass)', *(
                                f"{reader} etc/users.properties" for reader in (
                                    "head", "tail", "less", "sort", "wc", "more", "grep admin", "shell:cat", "nano")),
                            "peregrine:switches > etc/written", "peregrine:switches | tee etc/written"):
                with self.subTest(user=login[0], command=command):
                    result = self.ssh(login, command)
                    self.assertNotEqual(0, result.returncode, result.stdout)
        self.assertFalse((self.controller.home / "etc" / "written").exists())

    def test_the_console_forwards_nothing(self) -> None:
        self.refuse_to_forward()
        self.addCleanup(self.replace_server, 1800000)
        self.replace_server(1800001)
        self.refuse_to_forward()


if __name__ == "__main__":
    unittest.main()
