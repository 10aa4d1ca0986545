# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""A lab that Peregrine runs, for all tests of a class."""

import atexit
import json
import tempfile
import time
import unittest
from contextlib import contextmanager
from pathlib import Path
from typing import Iterable

from context import require_lab
from peregrine_lab.controller import BUILT, Controller, RestError
from peregrine_lab.demo import Probe
from peregrine_lab.errors import LabError
from peregrine_lab.instance import Instance
from peregrine_lab.lab import Lab
from peregrine_lab.processes import group
from peregrine_lab.shell import wait_until
from peregrine_lab.teardown import tear_down

#: Seconds to wait for what must happen at all; never a measure of speed.
HANG = 60

POLICY = "peregrine-migration:migration-policy"

HISTORY_POLICY = "peregrine-migration:history-policy"

#: Seconds for which frames may be under way from edge to edge here, when a guest stops.
UNDER_WAY = 0.1

#: Probes a second of a guest that moves, as the migration policy has it by default.
PROBE_RATE = 50

#: Seconds of traffic that may get lost on a machine of two processors when a guest has answered all that waited for it
#: at once, and what it sent just before it stopped.
LOST_ANYWAY = 0.15


#: The lab of all classes that want one as it comes. Each leaves it as it was, but for what Peregrine has counted and
#: for users. All tests together run these classes first; a class with a lab of its own ends it.
SHARED = Instance("tests")
_shared: tuple[Lab, Controller] | None = None


def _end_shared() -> None:
    global _shared
    if _shared is not None:
        _shared = None
        tear_down(SHARED)


class PeregrineCase(unittest.TestCase):
    """Needs root, the packages and a built distribution."""

    INSTANCE: Instance
    #: What runs as the controller, and how it is talked to.
    DISTRIBUTION, CONTROLLER = BUILT, Controller
    HYPERVISORS = 3
    #: Whether the lab talks over TLS.
    TLS = False
    lab: Lab
    controller: Controller

    @classmethod
    def setUpClass(cls) -> None:
        require_lab()
        if not (cls.DISTRIBUTION / "bin" / "karaf").exists():
            raise unittest.SkipTest(f"{cls.DISTRIBUTION} is not built: run ./verify, or mvn install "
                                    "-Pstock-distribution")
        if cls.INSTANCE == SHARED:
            cls._share()
        else:
            _end_shared()
            cls.addClassCleanup(tear_down, cls.INSTANCE)
            cls._build()

    @classmethod
    def _build(cls) -> None:
        tear_down(cls.INSTANCE)
        cls.lab = Lab(cls.INSTANCE, cls.HYPERVISORS, tls=cls.TLS)
        cls.prepare()
        with cls.INSTANCE.lock():
            cls.lab.build()
        cls.controller = cls.CONTROLLER(cls.lab)
        cls.controller.start(cls.DISTRIBUTION)
        cls.addClassCleanup(cls._keep_log)
        cls.begin()

    @classmethod
    def _share(cls) -> None:
        global _shared
        if _shared is None:
            atexit.register(_end_shared)
            # what has begun is to be ended, too, after its log is kept
            cls.addClassCleanup(lambda: _shared or tear_down(SHARED))
            cls._build()
            _shared = cls.lab, cls.controller
        else:
            cls.lab, cls.controller = _shared
            cls.addClassCleanup(cls._keep_log)
            cls.lab.image.programs.clear()
            cls.prepare()
            cls.lab.image.build()
        cls.addClassCleanup(cls._leave)

    @classmethod
    def _leave(cls) -> None:
        """The shared lab for the next class: no guest, and only the intent that it begins with. Switches that then have
        anything else are an error of this class, and the next one gets a new lab.
        """
        try:
            for guest in cls.lab.book.all():
                cls.lab.remove_guest(guest.name)
            for policy in (POLICY, HISTORY_POLICY):
                if cls.controller.get(f"{policy}?content=config") is not None:
                    cls.controller.delete(policy)
            cls.controller.give_intent()
            cls.controller.invoke("peregrine-migration:clear-history", {})
            cls.controller.wait_edges(HANG)
            wait_until(lambda: not cls.controller.state("peregrine-guest:guests", "guest")
                       and cls.controller.audit()["clean"], HANG, "an empty lab", interval=0.2)
        except BaseException:
            cls._keep_log()
            _end_shared()
            raise

    @classmethod
    def prepare(cls) -> None:
        """What a class has to do before its lab is built, or before its guests are made in the one that is shared."""

    @classmethod
    def begin(cls) -> None:
        """Wait until Peregrine runs the lab."""
        cls.controller.wait_ready()
        cls.controller.give_intent()
        cls.controller.wait_fabric()
        cls.controller.wait_edges()

    @classmethod
    def _keep_log(cls) -> None:
        try:
            lines = cls.controller.log.read_text(errors="replace").splitlines()
        except OSError:
            return
        kept = Path(tempfile.gettempdir()) / f"peregrine-test-karaf-{cls.__name__}.log"
        kept.write_text("\n".join(lines) + "\n")
        print(f"controller's log: {kept}, {sum('| ERROR |' in line for line in lines)} errors in it")

    @contextmanager
    def traffic(self, place, address: str, kind: str = "icmp", interval_ms: int = 5):
        """Traffic to an address while something happens; the report is filled in at the end."""
        with tempfile.TemporaryDirectory() as directory:
            probe = Probe(place, kind, address, interval_ms, Path(directory) / "probe.json")
            self.addCleanup(probe.end)
            seen: dict = {}
            time.sleep(0.5)  # traffic of a calm network around what happens
            yield seen
            time.sleep(0.5)
            seen.update(probe.stop())

    def assert_not_doubled(self, pings: dict, *records: dict, under_way: float = UNDER_WAY) -> None:
        """Nothing came twice, neither to who asked nor to Peregrine's own probes; but a reactive move may double what is
        under way when the guest stops, for as long as that lasts at most.
        """
        most = self.may_double(records, 1000 / pings["interval_ms"], under_way)
        self.assertLessEqual(pings["duplicated"], most, (pings, records))
        for record in records:
            most = self.may_double([record], PROBE_RATE, under_way)
            self.assertLessEqual(record.get("probed", {}).get("duplicated", 0), most, (record, pings))

    @staticmethod
    def steps(record: dict) -> dict[str, float]:
        """When each step was first taken, milliseconds after the first."""
        first: dict[str, float] = {}
        for step in record["step"]:
            first.setdefault(step["name"], int(step["offset"]) / 1000)
        return first

    def assert_there_before_the_guest(self, pings: dict, record: dict) -> None:
        """The destination was open before the guest ran there, and what was lost is no more than what was sent until
        then, and what this machine may lose by itself: a network that waits for the guest loses its whole pause.
        """
        steps = self.steps(record)
        stopped, opened = steps.get("source-suspended"), steps.get("opened")
        ran = min((steps[name] for name in ("destination-resumed", "destination-announced") if name in steps),
                  default=None)
        if None not in (stopped, opened, ran):
            self.assertLess(steps["open"], ran, record)
            open_at = min(opened, steps.get("turned", opened))
            most = (max(0.0, open_at - stopped) + LOST_ANYWAY * 1000) / pings["interval_ms"]
            self.assertLessEqual(pings["lost"], most, (pings, record))

    @staticmethod
    def may_double(records: Iterable[dict], rate: float, under_way: float = UNDER_WAY) -> float:
        """How many of a sender's frames may come twice when all that is under way as the guest stops does."""
        return rate * under_way * sum(
            entry["mode"] == "reactive" and entry["phase"] == "completed" for entry in records)

    def reaches(self, place, address: str) -> bool:
        ping = place.in_network(["ping", "-c", "1", "-W", "1", address])
        return self.lab.shell.attempt(ping).returncode == 0

    def there(self, guest) -> tuple:
        """Where a guest is, and the first other hypervisor, where it is to go."""
        source = self.lab.host_of(guest.name)
        return source, next(host for host in self.lab.hypervisors if host.name != source.name)

    def assert_clean(self) -> None:
        """Every switch has what it should, and nothing else of ours."""
        audit = self.controller.audit()
        self.assertTrue(audit["clean"], audit)

    def migrations(self) -> list[dict]:
        return self.controller.state("peregrine-migration:migrations", "migration")

    def ended(self, guest, known: set[str]) -> dict:
        """The guest's one migration that was not known before, once it has ended and been measured."""
        def fresh() -> list[dict]:
            return [entry for entry in self.migrations() if entry["id"] not in known and entry["guest"] == guest.uuid
                    and "finished" in entry and "probed" in entry]
        wait_until(lambda: bool(fresh()), HANG, f"the record of {guest.name}'s move", interval=0.1)
        self.assertEqual(1, len(fresh()))
        return fresh()[0]

    def begin_move(self, guest: str, destination: str, **wishes) -> str:
        """Has Peregrine move a guest; gives the job's id."""
        return self.controller.invoke("peregrine-jobs:migrate-guest", {
            "guest": guest, "destination": destination, **wishes})["job"]

    def job(self, name: str) -> dict:
        """A job is shown a moment after it has been made."""
        return next((job for job in self.controller.state("peregrine-jobs:jobs", "job") if job["id"] == name),
                    {"id": name, "state": "waiting"})

    def job_is_over(self, name: str) -> bool:
        return self.job(name)["state"] not in ("waiting", "running")

    def await_job(self, name: str, state: str) -> dict:
        """The job, which ends so."""
        wait_until(lambda: self.job_is_over(name), HANG, f"the end of job {name}", interval=0.1)
        job = self.job(name)
        self.assertEqual(state, job["state"], job)
        return job

    def known(self) -> set[str]:
        return {entry["id"] for entry in self.migrations()}

    @staticmethod
    def over(record: dict) -> bool:
        """Whether a migration is not under way; of one that a restart has interrupted nobody knows the end."""
        return "finished" in record or record["phase"] == "interrupted"

    def all_ended(self) -> bool:
        return all(map(self.over, self.migrations()))

    def await_quiet(self, guest) -> None:
        """All edges ready, no migration under way, and the client reaches the guest."""
        self.controller.wait_edges(HANG)
        wait_until(self.all_ended, HANG, "the end of all migrations", interval=0.2)
        wait_until(lambda: self.reaches(self.lab.client, guest.address), HANG, f"the client reaching {guest.name}",
                   interval=0.1)

    def stacks(self) -> str:
        """What the controller's threads do."""
        return self.lab.shell.run(["jstack", str(max(group(self.controller.process().pid)))])

    def assert_refused(self, path: str, body: dict, field: str) -> None:
        """Intent is refused for a reason that names the field."""
        with self.assertRaises(RestError) as refused:
            self.controller.put(path, body)
        self.assertEqual(400, refused.exception.code)
        error = json.loads(str(refused.exception).split(": ", 2)[2])["errors"]["error"][0]
        self.assertIn(field, error.get("error-message", ""))

    def console(self, command: str) -> str:
        return self.lab.shell.run(self.controller.console(command))

    def console_refuses(self, command: str, *words: str) -> None:
        """A command fails, and says so with these words."""
        result = self.lab.shell.attempt(self.controller.console(command))
        self.assertEqual(1, result.returncode, result)
        for word in words:
            self.assertIn(word, result.stdout + result.stderr)
