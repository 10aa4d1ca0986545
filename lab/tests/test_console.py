# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The console as a front door: every ability of RESTCONF has a command that answers the same, over ssh as scripts call
it. Needs root, the packages and a built distribution; takes about a minute and a half.
"""

import json
import re
import secrets
import subprocess
import time
import unittest
from pathlib import Path

import context  # noqa: F401  makes the package importable
from peregrine_lab.controller import RestError
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, POLICY, SHARED, PeregrineCase
from terminal import Terminal

DOCS = Path(__file__).resolve().parents[2] / "docs"
MODULES = sorted(Path(__file__).resolve().parents[2].glob("*/src/main/yang/peregrine-*.yang"))
COMMANDS = sorted(Path(__file__).resolve().parents[2].glob("migration-app/src/main/java/**/console/*Command.java"))
NETWORKS = "peregrine-network:networks"
GUESTS = "peregrine-guest:find-guests"
TUNNELS = "peregrine-edge:find-tunnels"
LINKS = "peregrine-fabric:find-links"
HOSTS = "peregrine-fabric:find-hosts"
MIGRATIONS = "peregrine-migration:find-migrations"
JOBS = "peregrine-jobs:find-jobs"
GREEN = {"name": "green", "vni": 5002, "subnet": [{"prefix": "172.16.0.0/24", "gateway": "172.16.0.1"}]}
#: Commands that show containers of state, and which.
SHOWN = {
    "guests": ("peregrine-guest:guests", "peregrine-guest:libvirt-sessions"),
    "switches": ("peregrine-switch:switches", "peregrine-edge:edges", "peregrine-fabric:fabric-state"),
    "tunnels": ("peregrine-edge:tunnels", "peregrine-edge:edges"),
    "links": ("peregrine-fabric:links", "peregrine-fabric:fabric-state"),
    "hosts": ("peregrine-fabric:hosts", "peregrine-fabric:host-conflicts"),
    "jobs": ("peregrine-jobs:jobs",),
    "progress": ("peregrine-jobs:moving",),
    "migrations": ("peregrine-migration:migrations",),
    "retired-edges": ("peregrine-edge:retired-edges",),
}


def unordered(data):
    """Data in which the order of a list's entries does not count."""
    if isinstance(data, dict):
        return {key: unordered(value) for key, value in data.items()}
    if isinstance(data, list):
        return sorted(map(unordered, data), key=lambda one: json.dumps(one, sort_keys=True))
    return data


class ConsoleTest(PeregrineCase):
    INSTANCE = SHARED

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.guest = cls.lab.create_guest("web", "hv1", bridge_timeout=HANG)
        cls.controller.give_intent()
        cls.secret = secrets.token_hex(12)
        users = cls.controller.home / "etc" / "users.properties"
        with users.open("a", encoding="ascii") as file:
            file.write(f"eve = {cls.secret},_g_:viewergroup\nolga = {cls.secret},_g_:operatorgroup\n")
        wait_until(lambda: cls.secret not in users.read_text(encoding="ascii"), HANG, "passwords replaced by hashes")

    # Helpers

    def call(self, command: str, stdin: str = "", login: tuple[str, str] | None = None) -> subprocess.CompletedProcess:
        """A command as a script calls it; ssh's word about how the connection ended is no output of ours."""
        line = self.controller.console(f"peregrine:{command}", *(login or ()))
        result = self.lab.shell.attempt(line, stdin=stdin)
        result.stderr = re.sub(r"Connection to \S+ closed by remote host\.\r?\n", "", result.stderr)
        return result

    def done(self, command: str, stdin: str = "") -> str:
        result = self.call(command, stdin)
        self.assertEqual((0, ""), (result.returncode, result.stderr), command)
        self.assertNotIn("\x1b", result.stdout, "colours where there is no terminal")
        return result.stdout

    def told(self, command: str, code: int = 0) -> dict:
        """The JSON that a command prints."""
        result = self.call(command)
        self.assertEqual(code, result.returncode, result)
        return json.loads(result.stdout)

    def refused(self, command: str, *words: str, stdin: str = "") -> None:
        """A command fails with one line on standard error that has these words."""
        result = self.call(command, stdin)
        self.assertEqual(1, result.returncode, result)
        self.assertEqual("", result.stdout.strip(), command)
        self.assertRegex(result.stderr, rf"\Aperegrine:{command.split()[0]}: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, result.stderr)

    def assert_same(self, containers, read) -> None:
        """What the console reads is what RESTCONF says, which may change in between."""
        seen = {}

        def same() -> bool:
            before = {name: (self.controller.get(f"{name}?content=nonconfig") or {}).get(name, {})
                      for name in containers}
            shown = read()
            seen.update(restconf=before, console=shown)
            return unordered(before) == unordered(shown)

        try:
            wait_until(same, 10, "the same on both doors", interval=0.2)
        except Exception as failure:
            raise AssertionError(f"{failure}: {seen}") from failure

    def assert_chosen(self, rpc: str, wishes: dict, container: str, command: str) -> list[dict]:
        """A command shows the entries that an RPC finds; gives them in the RPC's order."""
        name = container.partition(":")[2][:-1]
        found = self.controller.invoke(rpc, wishes)
        entries = found.get(name, [])
        self.assertEqual(found["matched"], len(entries))
        self.assertEqual(unordered(entries), unordered(self.told(command)[container].get(name, [])))
        return entries

    def tunnels_verified(self) -> bool:
        tunnels = [link for link in self.controller.state("peregrine-fabric:links", "link")
                   if link["layer"] == "overlay"]
        return len(tunnels) == 12 and all((link["state"], link["identity"]) == ("up", "verified") for link in tunnels)

    def intent(self, path: str) -> dict | None:
        return self.controller.get(f"{path}?content=config")

    # What the system promises

    def test_everything_has_a_command(self) -> None:
        code, operations = self.controller.fetch("rests/operations")
        self.assertEqual(200, code, operations)
        running = set(re.findall(r"peregrine-[\w-]+:[\w-]+", operations))
        found = {kind: {f"{file.stem}:{name}" for file in MODULES for name in re.findall(
            rf"^  {kind} ([\w-]+)", file.read_text(encoding="utf-8"), re.M)} for kind in ("rpc", "container")}
        self.assertEqual(found["rpc"], running)
        abilities = found["rpc"] | found["container"]
        table = {}
        for line in (DOCS / "console.md").read_text(encoding="utf-8").splitlines():
            if line.startswith("| `peregrine:"):
                command, _, subject = re.split(r" (?<!\\)\| ", line[2:-2])
                name = re.match(r"`peregrine:([\w-]+)", command)[1]
                table[name] = set(re.findall(r"`(peregrine-[\w-]+:[\w-]+)`", subject))
        self.assertEqual(abilities, set().union(*table.values()))
        rights = self.controller.home / "etc" / "org.apache.karaf.command.acl.peregrine.cfg"
        self.assertEqual(set(table), set(re.findall(r"^([\w-]+) = ", rights.read_text(encoding="utf-8"), re.M)))
        commands = "".join(file.read_text(encoding="utf-8") for file in COMMANDS)
        self.assertEqual(set(table), set(re.findall(r'@Command\(scope = "peregrine", name = "([\w-]+)"', commands)))
        self.assertIn("172.16.0.0/24", self.lab.shell.run(self.controller.console("peregrine:set --help")))
        for command, containers in SHOWN.items():
            self.assertLessEqual(table[command] & found["container"], set(containers), command)

    def test_json_is_what_restconf_says(self) -> None:
        for command, containers in SHOWN.items():
            with self.subTest(command):
                self.assert_same(containers, lambda: self.told(f"{command} --json"))
                self.assertTrue(self.done(command).splitlines()[0].isupper(), "a table with headings")
        self.assert_same(["peregrine-fabric:fabric-counters"], lambda: self.told("state fabric-counters"))
        self.assertEqual(["hv1"], [edge["name"] for edge in self.told("state edges/edge=hv1")["peregrine-edge:edge"]])
        intent = self.told("intent")
        for container, content in intent.items():
            self.assertEqual(unordered(self.intent(container) or {container: {}}), unordered({container: content}))
        self.assertLessEqual({NETWORKS, "peregrine-edge:hypervisors", "peregrine-edge:borders",
                              "peregrine-fabric:fabric", POLICY, "peregrine-migration:history-policy"}, set(intent))
        for rpc, wishes, command, code in (
                ("peregrine-jobs:check-migration", {"guest": "web", "destination": "nowhere"},
                 "check --json web nowhere", 1),
                ("peregrine-audit:audit", {"switch": ["hv2"]}, "audit --json hv2", 0)):
            output = f"{rpc.partition(':')[0]}:output"
            self.assertEqual({output: self.controller.invoke(rpc, wishes)}, self.told(command, code))
        ways = self.told("routes --json hv1 hv2")["way"]
        self.assertEqual({("hv1", "hv2")}, {(way["from"], way["to"]) for way in ways})
        self.assertEqual({"peregrine-migration:output": {"cleared": 0}},
                         self.told("clear-history --json --before 2020-01-01T00:00:00Z"))
        event = subprocess.Popen(self.controller.console("peregrine:watch --json --only guest --count 1"),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(event.kill)
        host = self.lab.host_of("web")

        def blink() -> bool:
            for verb in ("suspend", "resume"):
                host.run("virsh", "--quiet", verb, "web")
                time.sleep(0.3)  # so that each is told by itself
            return event.poll() is not None

        wait_until(blink, HANG, "an event", interval=0.5)
        told = json.loads(event.communicate()[0])["ietf-restconf:notification"]
        self.assertEqual("web", told["peregrine-events:guest-changed"]["name"])

    def test_intent_is_given_and_taken(self) -> None:
        before = self.told("intent")
        content = json.dumps({"vni": 5002, "subnet": GREEN["subnet"]})
        self.assertEqual("Set networks/network=green\n", self.done(f"set networks/network=green '{content}'"))
        self.assertEqual({"peregrine-network:network": [GREEN]}, self.intent(f"{NETWORKS}/network=green"))
        self.done("set networks/network=green/subnet=172.16.0.0/24/gateway 172.16.0.254")
        self.assertEqual("172.16.0.254", self.told("intent networks/network=green/subnet=172.16.0.0/24/gateway")
                         ["peregrine-network:gateway"])
        self.done("set networks/network=green -", stdin=json.dumps({"peregrine-network:network": [GREEN]}))
        self.assertEqual({"peregrine-network:network": [GREEN]}, self.intent(f"{NETWORKS}/network=green"))
        self.assertEqual({"deleted": ["networks/network=green"]}, self.told("delete --json networks/network=green"))
        self.assertEqual(before, self.told("intent --json"))

        self.assertEqual({"set": ["migration-policy/predictive"]},
                         self.told("set --json migration-policy/predictive all"))
        self.done("set --merge migration-policy '{\"probe-rate\": 20}'")
        self.assertEqual({POLICY: {"predictive": "all", "probe-rate": 20}}, self.intent(POLICY))
        self.assertEqual({"predictive": "all", "probe-rate": 20}, self.told("policy --json")[POLICY])
        self.assertRegex(self.done("policy"), r"migration-policy/probe-rate +20 +50 ")
        self.done("delete migration-policy")
        self.assertEqual({"predictive": "own", "probe-rate": 50}, self.told("policy --json")[POLICY])

        # A copy of all, and back; what was empty gets empty again
        self.done("set history-policy/size 5")
        self.done("set / -", stdin=json.dumps(before))
        self.assertEqual(before, self.told("intent"))
        self.controller.wait_edges(HANG)

    def test_what_is_wrong_is_named_with_what_to_do(self) -> None:
        before = self.told("intent")
        for command, *words in (
                ("set networks/network=red '{\"vni\": 5001}'", "/network=red/vni: 5001 ", "give each"),
                ("set networks/network=red '{}'", "network=red/vni: it is missing; give"),
                ("set networks/network=red '{\"vnx\": 1}'", "network=red: it has no 'vnx'; there is name, vni"),
                ("set networks/network=red '{\"vni\": \"x\"}'", "networks/network=red/vni: 'x' cannot be meant; "),
                ("set networks/network=none/subnet=10.0.0.0/8 '{}'", "there is no network none; set that first"),
                ("set fabric/switch=s9 '{}'", "switch=s9/datapath-id: it is missing; ovs-vsctl"),
                ("set fabric/segment=10.9.0.0/24 '{}'", "segment=10.9.0.0/24: gateway: it is missing; give"),
                ("set migration-policy/probe-rate 99", "migration-policy/probe-rate: '99' ", "it is 0 to 50"),
                ("set migration-policy/predictive yes", "choose off, own, all"),
                ("set guests/guest=x '{}'", "there is no 'guests'; there is borders, fabric"),
                ("delete networks/network=demo", "there is no network 'demo'; add the network first"),
                ("delete networks/network=red", "networks/network=red: nothing is there"),
                ("intent history-policy", "history-policy: nothing is there"),
                ("state edges/edge=", "edges/edge=: name an entry, such as edge=NAME"),
                ("check web hv1", None),
                ("migrate web hv1", "destination: web is at hv1 already; choose another hypervisor"),
                ("migrate nobody hv2", "guest: ", "nobody"),
                ("migrate --bandwidth 0 web hv2", "--bandwidth: 0 is not a number from 1 on"),
                ("migrate --json web hv2 --", None),
                ("cancel nobody", "guest: "),
                ("evacuate hv9", "hypervisor: ", "hv9"),
                ("audit hv9", "switch: ", "hv9"),
                ("routes hv1 nowhere", "nowhere"),
                ("migrations nobody", "no record", "nobody"),
                ("migrations --phase failed", "--phase: ", "'failed'", "there are preparing"),
                ("migrations --hypervisor /", "--hypervisor: "),
                ("migrations --since noon web", "--since: "),
                ("migrations --since 2026-02-30T00:00:00Z", "since: ", "give one such as"),
                ("migrations --limit 0", "--limit: 0 is not a number from 1 to 1000"),
                ("guests --state idle", "--state: there is no state 'idle'; there are running, paused"),
                ("guests --hypervisor /", "--hypervisor: "),
                ("guests --network /", "--network: "),
                ("guests --address nowhere", "address: 'nowhere' is neither a MAC nor an IP address; give one such as"),
                ("guests --limit 1001", "--limit: 1001 is not a number from 1 to 1000"),
                ("tunnels --liveness lost", "--liveness: ", "'lost'; there are up, down, unknown"),
                ("tunnels --edge /", "--edge: "),
                ("tunnels --limit 10001", "--limit: 10001 is not a number from 1 to 10000"),
                ("links --state broken", "--state: there is no state 'broken'; there are up, one-way"),
                ("links --layer copper", "--layer: ", "'copper'; there are fabric, overlay"),
                ("links --limit 10001", "--limit: 10001 is not a number from 1 to 10000"),
                ("hosts --segment 10.1.0.9/24", "segment: 10.1.0.9/24 has host bits set; use 10.1.0.0/24"),
                ("hosts --segment 10.1.0.9", "--segment: "),
                ("hosts --address nowhere", "address: 'nowhere' is neither a MAC nor an IP address; give one such as"),
                ("jobs --kind move", "--kind: ", "'move'; there are migration, evacuation"),
                ("jobs --state lost", "--state: ", "'lost'; there are waiting"),
                ("jobs --since noon", "--since: "),
                ("jobs --since 2026-02-30T00:00:00Z", "since: ", "give one such as"),
                ("forget-retired-edge hv9", "no such edge is being let go of"),
                ("clear-history --before noon", "before: "),
                ("watch --only links", "--only: ", "there are link, tunnel")):
            with self.subTest(command):
                if words == [None]:
                    self.assertEqual(1, self.call(command).returncode)
                else:
                    self.refused(command, *words)
        self.refused("set networks/network=red -", "content: it is no JSON", stdin="{")
        self.assertEqual(before, self.told("intent"), "what is refused changes nothing")
        chain = self.lab.shell.attempt(self.controller.console("peregrine:check web hv1; peregrine:policy"))
        self.assertEqual(1, chain.returncode)
        self.assertNotIn("migration-policy", chain.stdout, "a failure ends a script")

    def test_restconf_refuses_with_the_reason_once(self) -> None:
        for path, body, field in (
                ("peregrine-fabric:fabric/switch=s9", {"switch": [{"name": "s9"}]}, "datapath-id: it is missing"),
                (f"{NETWORKS}/network=red", {"network": [{"name": "red"}]}, "vni: it is missing")):
            with self.assertRaises(RestError) as refusal:
                self.controller.put(path, body)
            self.assertEqual(400, refusal.exception.code)
            self.assertEqual(1, str(refusal.exception).count(field), refusal.exception)
        for rpc, wishes, words in (
                (MIGRATIONS, {"since": "2026-02-30T00:00:00Z"}, "since: there is no time 2026-02-30"),
                (MIGRATIONS, {"limit": 0}, ""), (MIGRATIONS, {"phase": ["failed"]}, ""),
                (JOBS, {"since": "2026-02-30T00:00:00Z"}, "since: there is no time 2026-02-30"),
                (JOBS, {"limit": 0}, ""), (JOBS, {"kind": "move"}, ""),
                (GUESTS, {"address": "52:54"}, "address: '52:54' is neither a MAC nor an IP address; give one such as"),
                (GUESTS, {"limit": 1001}, ""), (GUESTS, {"state": ["idle"]}, ""),
                (TUNNELS, {"limit": 10001}, ""), (TUNNELS, {"liveness": ["lost"]}, "")):
            with self.subTest(rpc=rpc, wishes=wishes):
                with self.assertRaises(RestError) as refusal:
                    self.controller.invoke(rpc, wishes)
                self.assertEqual(400, refusal.exception.code)
                self.assertIn(words, str(refusal.exception))
        for rpc, wishes in ((MIGRATIONS, {"guest": "nobody", "hypervisor": "hv9"}),
                            (JOBS, {"guest": "nobody", "hypervisor": "hv9"}),
                            (GUESTS, {"guest": "nobody", "network": "none"}), (TUNNELS, {"edge": "hv9"})):
            self.assertEqual({"matched": 0}, self.controller.invoke(rpc, wishes), rpc)

    def test_guests_and_tunnels_are_chosen_alike(self) -> None:
        host = self.lab.host_of("web").name
        other = next(name for name in ("hv1", "hv2") if name != host)
        self.lab.create_guest("app", other, bridge_timeout=HANG)
        self.addCleanup(wait_until, lambda: self.controller.invoke(GUESTS, {})["matched"] == 1, HANG, "one guest again")
        self.addCleanup(self.lab.remove_guest, "app")
        wait_until(lambda: [all(port["attached"] for port in guest["interface"])
                            for guest in self.controller.state("peregrine-guest:guests", "guest")] == [True, True],
                   HANG, "both guests served")
        network = self.guest.network
        for names, wishes, options in (
                (["app", "web"], {"network": network}, f"--network {network}"),
                (["app", "web"], {"state": ["running", "paused"]}, "--state running --state paused"),
                (["app", "web"], {"problem": False}, "--problem=false"),
                (["web"], {"guest": "web"}, "--guest web"),
                (["web"], {"guest": self.guest.uuid.upper()}, f"--guest {self.guest.uuid.upper()}"),
                (["web"], {"hypervisor": host}, f"--hypervisor {host}"),
                (["web"], {"address": self.guest.mac.upper()}, f"--address {self.guest.mac.upper()}"),
                (["web"], {"address": self.guest.address, "network": network},
                 f"--address {self.guest.address} --network {network}"),
                ([], {"problem": True}, "--problem"),
                ([], {"guest": "web", "hypervisor": other}, f"--guest web --hypervisor {other}")):
            with self.subTest(options):
                found = self.assert_chosen(GUESTS, wishes, "peregrine-guest:guests", f"guests --json {options}")
                self.assertEqual(names, [guest["name"] for guest in found])
        cut = self.controller.invoke(GUESTS, {"limit": 1})
        self.assertEqual((2, ["app"]), (cut["matched"], [guest["name"] for guest in cut["guest"]]))
        self.assertIn("these are the first 1 of 2", self.done("guests --limit 1"))
        tunnels = self.assert_chosen(TUNNELS, {"edge": "hv1", "liveness": ["up"]}, "peregrine-edge:tunnels",
                                     "tunnels --json --edge hv1 --liveness up")
        ends = [(tunnel["source"], tunnel["destination"]) for tunnel in tunnels]
        self.assertEqual(sorted(end for end in ((tunnel["source"], tunnel["destination"]) for tunnel in
                                                self.controller.state("peregrine-edge:tunnels", "tunnel"))
                                if "hv1" in end), ends)
        self.assertEqual([], self.assert_chosen(TUNNELS, {"liveness": ["down"]}, "peregrine-edge:tunnels",
                                                "tunnels --json --liveness down"))

    def test_links_and_hosts_are_chosen_alike(self) -> None:
        self.controller.wait_fabric(HANG)
        wait_until(self.tunnels_verified, HANG, "tunnels that end where they should", interval=0.2)
        hosts = self.controller.state("peregrine-fabric:hosts", "host")
        host = next(one for one in hosts if one["state"] == "confirmed")
        switch = host["port-name"].split()[0]
        for wishes, options in (
                ({"segment": host["segment"]}, f"--segment {host['segment']}"),
                ({"address": host["address"]}, f"--address {host['address']}"),
                ({"address": host["mac-address"].upper()}, f"--address {host['mac-address'].upper()}"),
                ({"switch": host["switch"]}, f"--switch {host['switch']}"),
                ({"switch": switch, "state": ["confirmed"]}, f"--switch {switch} --state confirmed")):
            with self.subTest(options):
                found = self.assert_chosen(HOSTS, wishes, "peregrine-fabric:hosts", f"hosts --json {options}")
                self.assertIn(host["address"], [one["address"] for one in found])
                self.assertLessEqual(len(found), len(hosts))
        self.assertEqual([], self.assert_chosen(HOSTS, {"switch": "nobody"}, "peregrine-fabric:hosts",
                                                "hosts --json --switch nobody"))
        links = self.controller.state("peregrine-fabric:links", "link")
        for wishes, options, right in (
                ({"layer": "fabric"}, "--layer fabric", lambda link: link["layer"] == "fabric"),
                ({"layer": "overlay", "state": ["up"]}, "--layer overlay --state up",
                 lambda link: link["layer"] == "overlay"),
                ({"switch": "hv1", "identity": ["verified"]}, "--switch hv1 --identity verified",
                 lambda link: link["layer"] == "overlay" and "hv1" in (link["source-name"].split()[0],
                                                                       link["target-name"].split()[0])),
                ({"state": ["one-way", "down", "damped"]}, "--state one-way --state down --state damped",
                 lambda link: False)):
            with self.subTest(options):
                found = self.assert_chosen(LINKS, wishes, "peregrine-fabric:links", f"links --json {options}")
                self.assertEqual(sorted((link["source-name"], link["target-name"]) for link in links if right(link)),
                                 sorted((link["source-name"], link["target-name"]) for link in found))

    def test_a_person_at_a_terminal_is_helped(self) -> None:
        prompt, kill_line, interrupt = r"root\x1b\[0m>$", "\x15", "\x03"
        with Terminal(self.controller.console("", options=("-tt",))[:-1], HANG) as terminal:
            terminal.type("", prompt)
            # What Tab completes is written over what was typed
            terminal.type("peregrine:gu\t", "peregrine:guests")
            terminal.type(kill_line + "peregrine:check \t", "web ")
            table = terminal.type(kill_line + "peregrine:guests\r", prompt)
            self.assertIn("\x1b[1mNAME\x1b[22m", table)
            self.assertRegex(table, r"\nweb +hv1 +running")
            self.assertIn("\x1b[31mguest: no active guest", terminal.type("peregrine:migrate nobody hv2\r", prompt))
            terminal.type("peregrine:watch\r", r"\x1b\[\?2004l")
            terminal.type(interrupt, prompt, again=1)
            terminal.type("NO_COLOR = 1\r", prompt)
            self.assertRegex(terminal.type("peregrine:guests\r", prompt), r"NAME +HYPERVISOR +STATE")
            moved = terminal.type("peregrine:migrate --bandwidth 40 web hv2\r", prompt)
            self.assertRegex(moved, r"\r\[#+\.*\] web running", "the bar is written over itself")
            self.assertIn("Done: moving web to hv2", moved)
            terminal.type("peregrine:migrate web hv1\r", prompt)
            terminal.type("logout\r", "logout")
            self.assertEqual(0, terminal.ends())

    def test_a_move_is_shown_as_it_goes(self) -> None:
        known = self.known()
        running = subprocess.Popen(self.controller.console("peregrine:migrate --bandwidth 40 web hv2"),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(running.kill)
        job = running.stdout.readline().split()
        self.assertEqual("Job", job[0])
        # The line has come before the job has ended, which its record shows
        self.assertFalse(self.job_is_over(job[1]))
        lines = running.communicate(timeout=HANG)[0].splitlines()
        self.assertEqual(0, running.returncode)
        self.assertGreater(len(lines), 2, lines)
        self.assertIn("Done: moving web to hv2", lines[-1])
        self.await_quiet(self.guest)
        ended = self.told("migrate --json web hv3")["peregrine-jobs:jobs"]["job"]
        self.assertEqual([("done", "hv2", "hv3")], [(one["state"], one["source"], one["destination"]) for one in ended])
        self.await_quiet(self.guest)
        begun = self.told("migrate --json --no-wait --bandwidth 1 web hv1")["peregrine-jobs:output"]["job"]
        wait_until(lambda: self.told("progress --json web")["peregrine-jobs:moving"], HANG, "the copy")
        followed = subprocess.Popen(self.controller.console("peregrine:progress --follow web"),
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(followed.kill)
        self.assertIn("] web from hv3 to hv1", followed.stdout.readline())
        self.assertEqual({"peregrine-jobs:output": {"job": begun}}, self.told(f"cancel --json {begun}"))
        self.assertIn("web is not being moved any more; peregrine:migrations web tells",
                      followed.communicate(timeout=HANG)[0])
        self.assertEqual(0, followed.returncode)
        self.await_job(begun, "cancelled")
        self.assertEqual(3, len(self.known() - known))
        timed_out = self.call("migrate --bandwidth 1 --timeout 2 web hv1")
        self.assertEqual(1, timed_out.returncode, timed_out)
        self.assertIn("moving web to hv1 failed: ", timed_out.stderr)
        self.await_quiet(self.guest)
        wishes = {"guest": "web", "phase": ["completed"], "hypervisor": "hv2"}
        found = self.controller.invoke(MIGRATIONS, wishes)
        shown = self.told("migrations --json --phase completed --hypervisor hv2 web")
        self.assertEqual(unordered(found["migration"]),
                         unordered(shown["peregrine-migration:migrations"]["migration"]))
        self.assertEqual({"peregrine-migration:migrations": {}}, self.told("migrations --json --phase lost web"))
        evacuated = self.told("evacuate --json --to hv1 hv3")["peregrine-jobs:jobs"]["job"]
        self.assertEqual("done", evacuated[0]["state"])
        cancelled = self.assert_chosen(
            JOBS, {"guest": "web", "state": ["cancelled"], "kind": "migration"}, "peregrine-jobs:jobs",
            "jobs --json --guest web --state cancelled --kind migration")
        self.assertEqual(begun, cancelled[0]["id"], "the newest is first")
        left = self.assert_chosen(JOBS, {"guest": "web", "hypervisor": "hv3", "since": evacuated[0]["created"]},
                                  "peregrine-jobs:jobs",
                                  f"jobs --json --guest web --hypervisor hv3 --since {evacuated[0]['created']}")
        self.assertEqual([("migration", "web"), ("evacuation", None)],
                         [(one["kind"], one.get("guest-name")) for one in left])
        self.assertEqual(evacuated[0]["id"], left[1]["id"])
        self.await_quiet(self.guest)

    def test_rights_are_those_of_restconf(self) -> None:
        may = {"viewer": ["intent networks", "state edges", "policy", "guests --json", "retired-edges"],
               "operator": ["cancel nobody", "migrate nobody hv2", "evacuate hv9"],
               "admin": ["set migration-policy/predictive all", "delete migration-policy", "clear-history",
                         "forget-retired-edge hv9"]}
        for user, roles in (("eve", {"viewer"}), ("olga", {"viewer", "operator"})):
            for role, commands in may.items():
                for command in commands:
                    with self.subTest(user=user, command=command):
                        result = self.call(command, login=(user, self.secret))
                        known = f"peregrine:{command.split()[0]}: " in result.stderr
                        self.assertEqual(role in roles, result.returncode == 0 or known, result)
        self.assertIsNone(self.intent(POLICY))


if __name__ == "__main__":
    unittest.main()
