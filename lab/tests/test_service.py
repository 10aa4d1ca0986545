# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The controller as a service of systemd, from its Debian package and from its archive: needs root, the packages of the
lab, and Peregrine's, which mvn install -Pdeb builds; takes about four minutes.
"""

import json
import re
import unittest

from context import LAB, require_lab
from peregrine_lab.errors import LabError
from peregrine_lab.shell import wait_until
from systemdmachine import HANG, SHARED, SystemdMachine

BUILT = LAB.parent / "karaf-distribution" / "target"
#: Seconds for a start of the controller on a busy machine.
START = 480
#: How much of the controller's log explains a failure, in characters.
LOG = 100_000
SETTINGS = "/etc/peregrine/org.apache.karaf.shell.cfg"
NETWORK = {"networks": {"network": [{"name": "blue", "vni": 5001}]}}
RESTCONF = r"""
echo "user = admin:$(cat /etc/peregrine/admin-password)" | curl --config - \
    --silent --max-time 30 --cacert /etc/peregrine/tls/ca.pem \
    --header Content-Type:application/yang-data+json --write-out '\n%{http_code}' "$@"
"""


class SettingsTest(unittest.TestCase):

    def test_package_and_script_keep_the_same_settings(self) -> None:
        distribution = LAB.parent / "karaf-distribution"
        package = re.search("<peregrine.settings>(.*)</peregrine.settings>", (distribution / "pom.xml").read_text())[1]
        service = distribution / "src" / "main" / "assembly" / "bin" / "service"
        script = re.search(r"in\n(.*?)\) true", service.read_text(), re.DOTALL)[1]
        self.assertEqual(sorted(package.split(",")), sorted(re.sub(r"[\s\\]", "", script).split("|")))


class ServiceTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls) -> None:
        require_lab()
        packages = sorted(BUILT.glob("peregrine_*_all.deb"))
        if not packages:
            raise unittest.SkipTest(f"{BUILT} holds no package: run ./verify, or mvn install -Pdeb")
        cls.package = str(SHARED / packages[-1].name)
        cls.archive = str(SHARED / max(BUILT.glob("peregrine-karaf-*.tar.gz")).name)

    def setUp(self) -> None:
        self.machine = self.enterContext(SystemdMachine(BUILT))

    def restconf(self, *arguments: str) -> tuple[int, str]:
        path, *options = arguments
        body, _, code = self.machine.attempt("sh", "-c", RESTCONF, "sh", *options,
                                             f"https://localhost:8443/rests/data/{path}").stdout.rpartition("\n")
        return int(code or 0), body

    def await_start(self) -> None:
        def answers() -> bool:
            self.assertEqual("active", self.service("ActiveState"), self.machine.attempt(
                "journalctl", "--no-pager", "--unit", "peregrine").stdout)
            return self.restconf("peregrine-edge:edges?content=nonconfig")[0] in (200, 409)
        try:
            wait_until(answers, START, "RESTCONF of the service", interval=1)
        except LabError as late:
            self.fail(f"{late}; its log:\n" + self.machine.attempt("cat", "/var/log/peregrine/karaf.log").stdout[-LOG:])

    def health(self) -> str:
        """The HTTP code of diagstatus."""
        return self.machine.attempt("curl", "--silent", "--cacert", "/etc/peregrine/tls/ca.pem", "--max-time", "30",
                                    "--output", "/dev/null", "--write-out", "%{http_code}",
                                    "https://localhost:8443/diagstatus").stdout

    def service(self, what: str) -> str:
        return self.machine.run("systemctl", "show", "--property", what, "--value", "peregrine").strip()

    def test_its_life_from_installation_to_purge(self) -> None:
        run = self.machine.run
        run("dpkg", "--install", self.package)
        self.assertEqual("inactive", self.service("ActiveState"), "settings come before the first start")
        refused = self.machine.attempt("/usr/share/peregrine/bin/certificates", "init", "ctl.example.net")
        self.assertIn("runuser -u peregrine", refused.stderr, "what root makes the service cannot read")
        run("sh", "-c", f"sed -i 's/^sshPort = .*/sshPort = 8222/' {SETTINGS}")
        run("systemctl", "enable", "--quiet", "--now", "peregrine")
        self.await_start()
        wait_until(lambda: self.health() == "200", HANG, "good health, with neither edges nor a fabric")
        self.check_who_runs("/usr/share/peregrine")
        self.check_certificates()
        self.assertEqual(201, self.restconf("peregrine-network:networks", "--request", "PUT", "--data",
                                            json.dumps(NETWORK))[0])
        password = run("cat", "/etc/peregrine/admin-password")

        # Another version, while this one runs; and if it has gone bad, root must not be led astray
        run("sh", "-ec", """mkdir /srv/others; cd /var/lib/peregrine
            runuser -u peregrine -- sh -ec 'mv deploy gone; ln -s /srv/others deploy'""")
        run("sh", "-ec", f"""
            dpkg-deb --raw-extract {self.package} /tmp/next
            sed -i 's/^Version: .*/Version: 99/' /tmp/next/DEBIAN/control
            echo '# newer' >> /tmp/next{SETTINGS}
            echo '# newer' >> /tmp/next/usr/share/peregrine/etc/profile.cfg
            dpkg-deb -Znone --build /tmp/next /tmp/next.deb
            rm -r /tmp/next
            dpkg --force-confdef --force-confold --install /tmp/next.deb""")
        self.assertEqual("success", self.service("Result"), "the one before has ended in order")
        self.assertEqual("root root 755", run("stat", "-c", "%U %G %a", "/srv/others").strip())
        self.await_start()
        code, body = self.restconf("peregrine-network:networks?content=config")
        self.assertEqual((200, "blue"), (code, json.loads(body)["peregrine-network:networks"]["network"][0]["name"]))
        self.assertEqual(password, run("cat", "/etc/peregrine/admin-password"))
        self.assertIn("sshPort = 8222", run("cat", SETTINGS))
        self.assertIn("# newer", run("cat", "/etc/peregrine/profile.cfg"), "the program's own settings are the new's")

        run("dpkg", "--remove", "peregrine")
        self.assertEqual("inactive", self.service("ActiveState"))
        self.assertIn("sshPort = 8222", run("cat", SETTINGS))
        run("test", "-d", "/var/lib/peregrine/segmented-journal")
        run("dpkg", "--purge", "peregrine")
        self.assertEqual("", run("sh", "-c", "ls -d /etc/peregrine /var/lib/peregrine /var/log/peregrine "
                                             "/usr/share/peregrine /etc/default/peregrine 2> /dev/null || true"))

    def test_an_unpacked_program_as_a_service_its_upgrade_and_a_restore(self) -> None:
        run = self.machine.run
        for home in ("/opt/peregrine", "/opt/next"):
            run("sh", "-ec", f"mkdir {home}; tar -C {home} --strip-components 1 -xzf {self.archive}")
        self.assertEqual("systemctl enable --now peregrine\n", run("/opt/peregrine/bin/service", "install"))
        run("systemctl", "enable", "--quiet", "--now", "peregrine")
        self.await_start()
        self.check_who_runs("/opt/peregrine")
        self.assertEqual(201, self.restconf("peregrine-network:networks", "--request", "PUT", "--data",
                                            json.dumps(NETWORK))[0])
        refused = self.machine.attempt("dpkg", "--install", self.package)
        self.assertIn("/etc/systemd/system/peregrine.service", refused.stderr, "two services of one name")
        run("sh", "-c", "dpkg --purge --force-remove-reinstreq peregrine || true")

        # The next version, and all that is kept; and then all that somebody has backed up, on what is like new
        run("sh", "-c", f"sed -i 's/^sshPort = .*/sshPort = 8222/' {SETTINGS}")
        run("systemctl", "stop", "peregrine")
        said = run("/opt/next/bin/service", "install")
        self.assertIn(f"{SETTINGS} is kept; this version's is /opt/next/etc/", said)
        run("sh", "-ec", """cd /; tar -czf /srv/peregrine.tgz etc/peregrine var/lib/peregrine
            rm -r /opt/peregrine /etc/peregrine /var/lib/peregrine /var/log/peregrine
            userdel peregrine; useradd --system --uid 777 other; useradd --system --user-group peregrine
            tar -C / -xzf /srv/peregrine.tgz
            /opt/next/bin/service prepare""")
        run("systemctl", "start", "peregrine")
        self.await_start()
        main = self.service("MainPID")
        self.assertIn("/opt/next/", run("cat", f"/proc/{main}/cmdline"))
        self.assertEqual(run("id", "-u", "peregrine"), run("stat", "-c", "%u", f"/proc/{main}"))
        code, body = self.restconf("peregrine-network:networks?content=config")
        self.assertEqual((200, "blue"), (code, json.loads(body)["peregrine-network:networks"]["network"][0]["name"]))
        self.assertIn("sshPort = 8222", run("cat", SETTINGS))

    def check_who_runs(self, home: str) -> None:
        """A user without rights, who can write where it has to and nowhere else."""
        main = self.service("MainPID")
        status = dict(line.split(":\t", 1) for line in self.machine.run("cat", f"/proc/{main}/status").splitlines()
                      if ":\t" in line)
        self.assertEqual(("java", "0000000000000000", "1", "2"),
                         (status["Name"], status["CapBnd"], status["NoNewPrivs"], status["Seccomp"]))
        self.assertEqual(self.machine.run("id", "-u", "peregrine").strip(), status["Uid"].split("\t")[0])
        self.machine.run("install", "-d", "-m", "777", "/srv/everybodys")
        written = self.machine.run("sh", "-c", f"""
            for directory in / {home} /srv/everybodys /etc/peregrine /var/lib/peregrine \
                    /var/log/peregrine; do
                nsenter --target {main} --mount setpriv --reuid peregrine --regid peregrine --clear-groups \
                    touch $directory/try 2> /dev/null && echo $directory
            done; rm -f /etc/peregrine/try /var/lib/peregrine/try /var/log/peregrine/try""")
        self.assertEqual(["/etc/peregrine", "/var/lib/peregrine", "/var/log/peregrine"], written.split())
        for secret in ("admin-password", "users.properties", "tls/key.pem"):
            self.assertEqual("600 peregrine",
                             self.machine.run("stat", "-c", "%a %U", f"/etc/peregrine/{secret}").strip())
        self.assertEqual("", self.machine.run("find", "/etc/peregrine/org.apache.karaf.features.cfg", "-newer",
                                              "/etc/peregrine/admin-password").strip(),
                         "written anew at the start: it may be read half written, and then nothing is installed")
        self.assertIn("Fabric started", self.machine.run("cat", "/var/log/peregrine/karaf.log"))
        self.assertEqual("", self.machine.run("find", home, "/var/lib/peregrine", "-newer",
                                              "/etc/peregrine/admin-password", "-not", "-user", "peregrine").strip(),
                         "somebody else has written")

    def check_certificates(self) -> None:
        """The tool finds the service's directory, and makes nothing there that the service cannot read."""
        tool = "/usr/share/peregrine/bin/certificates"
        refused = self.machine.attempt(tool, "host", "hv1", "192.0.2.1")
        self.assertIn("runuser -u peregrine", refused.stderr)
        self.assertEqual("/etc/peregrine/tls/hosts/hv1",
                         self.machine.run("runuser", "-u", "peregrine", "--", tool, "host", "hv1", "192.0.2.1").strip())


if __name__ == "__main__":
    unittest.main()
