# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Peregrine as programs see it: events as they happen, the examples of docs/restconf.md and docs/examples; needs root, the
packages and a built distribution; takes about three minutes.
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from base64 import b64encode
from pathlib import Path

import context  # noqa: F401  makes the package importable
from peregrine_lab.errors import LabError
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, SHARED, PeregrineCase

DOCS = Path(__file__).resolve().parents[2] / "docs"
CONTROLLER = "https://127.0.0.1:8443"
STREAMS = "ietf-restconf-monitoring:restconf-state/streams"
#: How often a guest is paused and goes on, so that a listener that does not read is full.
BLINKS = 15
#: Seconds for all examples of the reference.
EXAMPLES = 120
#: Phases in the order in which a move may pass them; one that lasts less than 0.1 s need not be told.
PHASES = ["preparing", "prepared", "turned", "open", "switched", "completed"]


class Listener:
    """A program that prints events, and what it has printed."""

    def __init__(self, case: unittest.TestCase, command: list[str], stdin: str = "") -> None:
        self._output = tempfile.NamedTemporaryFile(prefix="peregrine-events-")
        case.addCleanup(self._output.close)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self._output, text=True)
        case.addCleanup(self.end)
        self.process.stdin.write(stdin)
        self.process.stdin.close()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def lines(self) -> list[str]:
        return Path(self._output.name).read_text(encoding="utf-8").splitlines()


#: Listens and never reads, with as little room as can be had; prints its port.
DEAF = r"""
import socket, ssl, sys, time
peer = socket.socket()
peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
peer.connect(("127.0.0.1", 8443))
peer = ssl._create_unverified_context().wrap_socket(peer)
peer.sendall(sys.stdin.readline().replace("|", "\r\n").encode())
peer.recv(100)
print(peer.getsockname()[1], flush=True)
time.sleep(600)
"""


class Watch(Listener):
    """peregrine:watch --json."""

    def events(self, kind: str) -> list[dict]:
        found = [json.loads(line)["ietf-restconf:notification"] for line in self.lines()
                 if line.startswith("{") and line.endswith("}")]
        return [event[name] for event in found if (name := f"peregrine-events:{kind}-changed") in event]


def stream_name(kind: str) -> str:
    return f"notification-stream/peregrine-events:{kind}-changed/JSON"


class Stream(Listener):
    """Events of one kind over RESTCONF."""

    def __init__(self, case: "EventsTest", kind: str) -> None:
        self._kind = kind
        name = stream_name(kind)
        case.controller.get(STREAMS)
        subscribe = f"{CONTROLLER}/rests/data/{STREAMS}/stream/{name}"
        curl = ["curl", "--silent", "--show-error", *case.controller.login_options()]
        try:
            case.lab.controller.run(*curl, "--fail", subscribe)
        except LabError as failure:
            case.fail(f"{failure}\n{case.stacks()}")
        super().__init__(case, case.lab.controller.in_network(
            [*curl, "--no-buffer", "--include", "--header", "Accept: text/event-stream",
             f"{CONTROLLER}/rests/notif/{name}"]))
        wait_until(lambda: bool(self.lines()), HANG, f"the stream of {kind} events")

    def events(self) -> list[dict]:
        found = [json.loads(line[6:]) for line in self.lines() if line.startswith("data: ")]
        return [event["ietf-restconf:notification"][f"peregrine-events:{self._kind}-changed"] for event in found]


class EventsTest(PeregrineCase):
    INSTANCE = SHARED

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.guest = cls.lab.create_guest("web", "hv1", bridge_timeout=30)
        cls.controller.give_intent()

    def setUp(self) -> None:
        self.await_quiet(self.guest)

    # Helpers

    def move(self, destination: str) -> str:
        """Moves the guest by Peregrine; gives the job, which has ended."""
        return self.await_job(self.begin_move(self.guest.name, destination), "done")["id"]

    def places(self) -> tuple[str, ...]:
        """The names of where the guest is, and of another hypervisor."""
        return tuple(host.name for host in self.there(self.guest))

    def blink(self) -> None:
        """Something happens: the guest is paused and goes on, which is told one by one."""
        host = self.lab.host_of(self.guest.name)
        for command, state in (("suspend", "paused"), ("resume", "running")):
            host.run("virsh", "--quiet", command, self.guest.name)
            wait_until(lambda: [entry["state"] for entry in self.controller.state("peregrine-guest:guests", "guest")
                                if entry["name"] == self.guest.name] == [state], HANG, f"the guest {state}")

    def watch(self, options: str) -> Watch:
        """The console's command, which listens already."""
        watch = Watch(self, self.controller.console(f"peregrine:watch --json {options}"))
        wait_until(lambda: self.watchers() > 0, HANG, "peregrine:watch", interval=0.2)
        return watch

    def watchers(self) -> int:
        """How many commands watch, by the stacks of the controller's threads."""
        return self.stacks().count(".console.Watching.watch(")

    # What the system promises

    def test_a_move_is_told_to_programs_and_people(self) -> None:
        source, destination = self.places()
        streams = {kind: Stream(self, kind) for kind in ("guest", "migration", "job")}
        watch = self.watch("--only guest --only migration --only job")
        job = self.move(destination)
        self.await_quiet(self.guest)
        for name, events in (("subscriber", {kind: stream.events for kind, stream in streams.items()}),
                             ("watch", {kind: lambda kind=kind: watch.events(kind) for kind in streams})):
            with self.subTest(name):
                wait_until(lambda: any(event["phase"] == "completed" for event in events["migration"]()), HANG,
                           "the end of the migration being told")
                phases = list(dict.fromkeys(event["phase"] for event in events["migration"]()))
                self.assertEqual(sorted(phases, key=PHASES.index), phases)
                self.assertGreater(len(phases), 2)
                migration = events["migration"]()[-1]
                self.assertEqual((self.guest.uuid, self.guest.name, source, destination),
                                 tuple(migration[leaf] for leaf in ("guest", "guest-name", "source", "destination")))
                self.assertGreater(migration["pause"], 0)
                wait_until(lambda: any(event["state"] == "done" for event in events["job"]()), HANG,
                           "the end of the job being told")
                self.assertEqual([(job, "running"), (job, "done")], [
                    (event["id"], event["state"]) for event in events["job"]() if event["state"] != "waiting"])
                wait_until(lambda: events["guest"]()[-1]["hypervisor"] == destination, HANG, "the guest's place")
                states = [event["state"] for event in events["guest"]()]
                self.assertLess(states.index("migrating"), len(states) - 1)
                self.assertEqual(("running", True), (states[-1], events["guest"]()[-1]["served"]))

    def test_nobody_listens_after_the_console_is_gone(self) -> None:
        watch = self.watch("")
        watch.end()
        wait_until(lambda: self.watchers() == 0, HANG, "the end of peregrine:watch", interval=0.5)
        self.assertEqual("", self.console("peregrine:watch --only edge --for 1"))
        self.console_refuses("peregrine:watch --only links", "--only: ", "links")

    def test_a_count_of_events_is_enough(self) -> None:
        watch = self.watch("--only guest --count 2")
        self.blink()
        self.assertEqual(0, watch.process.wait(HANG))
        self.assertEqual(["paused", "running"], [event["state"] for event in watch.events("guest")])

    def test_one_that_does_not_read_is_cut_off_and_others_go_on(self) -> None:
        Stream(self, "guest")
        migrations = Stream(self, "migration")
        usual = {"ipv4__tcp_wmem": "4096 16384 4194304"}
        self.addCleanup(lambda: self.lab.controller.set_sysctl(**usual))
        self.lab.controller.set_sysctl(ipv4__tcp_wmem="4096 4096 4096")
        user = b64encode(f"admin:{self.controller.password()}".encode()).decode()
        deaf = Listener(self, self.lab.controller.in_network([sys.executable, "-c", DEAF]), "|".join((
            f"GET /rests/notif/{stream_name('guest')} HTTP/1.1", "Host: localhost", "Accept: text/event-stream",
            f"Authorization: Basic {user}", "", "")) + "\n")
        wait_until(lambda: bool(deaf.lines()), HANG, "the one that does not read")
        for _ in range(BLINKS):
            self.blink()
        wait_until(lambda: not self.connected(deaf.lines()[0]), HANG, "its end", interval=0.5)
        self.assertIsNone(deaf.process.poll())
        self.lab.controller.set_sysctl(**usual)
        again = Stream(self, "guest")
        self.blink()
        wait_until(lambda: [event["state"] for event in again.events()] == ["paused", "running"], HANG,
                   "what one is told who connects again")
        self.move(self.places()[1])
        wait_until(lambda: any(event["phase"] == "completed" for event in migrations.events()), HANG,
                   "the end of the migration being told")

    def connected(self, port: str) -> bool:
        """Whether the controller has a connection to a port of its own place."""
        return bool(self.lab.controller.run("ss", "--no-header", "--tcp", "--numeric", "state", "established",
                                            f"( sport = :8443 and dport = :{port} )").strip())

    def test_the_example_empties_a_hypervisor(self) -> None:
        here, _ = self.places()
        self.lab.create_guest("db", here, bridge_timeout=30)
        self.addCleanup(self.lab.remove_guest, "db")
        wait_until(lambda: len(self.controller.state("peregrine-guest:guests", "guest")) == 2, HANG, "the second guest")
        script = ["sh", "-c", 'PEREGRINE_PASSWORD=$(cat "$0"); export PEREGRINE_PASSWORD; exec "$@"',
                  str(self.controller.password_file), sys.executable, str(DOCS / "examples" / "evacuate.py"), "--ca",
                  str(self.controller.authority), CONTROLLER]
        left = self.lab.shell.attempt(self.lab.controller.in_network([*script, here]), timeout=HANG)
        self.assertEqual(0, left.returncode, left)
        self.assertRegex(left.stdout, r"(?m)^web: done, to hv\d$")
        self.assertEqual("", self.lab.hypervisor(here).run("virsh", "--quiet", "list", "--all").strip())
        unknown = self.lab.shell.attempt(self.lab.controller.in_network([*script, "hv9"]), timeout=HANG)
        self.assertEqual((1, ""), (unknown.returncode, unknown.stdout))
        self.assertRegex(unknown.stderr, "^hypervisor: .*hv9")

    def test_the_examples_of_the_reference_run(self) -> None:
        if self.places()[0] != "hv1":
            self.move("hv1")
            self.await_quiet(self.guest)
        text = (DOCS / "restconf.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^```sh\n(.*?)^```$(?:\n```json\n(.*?)^```$)?", text, re.MULTILINE | re.DOTALL)
        self.assertGreater(len(blocks), 10)
        with tempfile.TemporaryDirectory() as directory:
            lines = [f"PEREGRINE_PASSWORD=$(cat '{self.controller.password_file}')"]
            for number, (script, _) in enumerate(blocks):
                Path(directory, f"{number}.sh").write_text(script, encoding="utf-8")
                lines.append(f". ./{number}.sh > {number}.out")
            environment = [f"PEREGRINE={CONTROLLER}/rests", f"PEREGRINE_CA={self.controller.authority}"]
            result = self.lab.shell.attempt(self.lab.controller.in_network(
                ["env", "-C", directory, *environment, "timeout", str(EXAMPLES), "bash", "-e", "-o", "pipefail", "-c",
                 "\n".join(lines)]),
                timeout=2 * EXAMPLES)
            printed = {number: Path(directory, f"{number}.out").read_text(encoding="utf-8")
                       for number in range(len(blocks)) if Path(directory, f"{number}.out").exists()}
            last = max(printed)
            self.assertEqual(0, result.returncode, f"{result.stderr}\n{blocks[last][0]}\n{printed[last]}")
            for number, (script, example) in enumerate(blocks):
                if example:
                    with self.subTest(script):
                        self.assert_like(json.loads(example), self.last_json(printed[number]))

    @staticmethod
    def last_json(text: str) -> dict:
        """What a block has printed: an answer on its last line, or an error on several."""
        return json.loads(text if text.startswith("{\n") else text.splitlines()[-1])

    def assert_like(self, example, real) -> None:
        """What is printed has all that the example has; values that are '...' there may be any, numbers too."""
        if isinstance(example, dict):
            self.assertLessEqual(example.keys(), real.keys())
            for key, value in example.items():
                self.assert_like(value, real[key])
        elif isinstance(example, list):
            for value in example:
                self.assertTrue(any(self.like(value, item) for item in real), f"{value} in {real}")
        elif example != "...":
            self.assertEqual(example, real)

    def like(self, example, real) -> bool:
        try:
            self.assert_like(example, real)
        except AssertionError:
            return False
        return True


if __name__ == "__main__":
    unittest.main()
