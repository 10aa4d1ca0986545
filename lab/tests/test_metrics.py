# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Figures and health as Prometheus and an operator get them: needs root, the packages and a built distribution; takes
about a minute.
"""

import json
import re
import unittest
from pathlib import Path

import context  # noqa: F401  makes the package importable
from peregrine_lab.lab import migration_command
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, SHARED, PeregrineCase

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
#: A name, labels if there are any, a value.
SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-z_]+)="([^"]*)"')


def documented() -> dict[str, str]:
    """The metrics of the documentation's table, with their types."""
    return dict(re.findall(r"^\| `(peregrine_\w+)` \| (\w+) \|", DOCUMENTATION.read_text(encoding="utf-8"),
                           re.MULTILINE))


class MetricsTest(PeregrineCase):
    INSTANCE = SHARED

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.guest = cls.lab.create_guest("counted", "hv1", bridge_timeout=30)
        cls.controller.give_intent()

    def setUp(self) -> None:
        self.addCleanup(self.await_quiet, self.guest)
        self.await_quiet(self.guest)

    # Helpers

    def text(self) -> str:
        code, text = self.controller.fetch("metrics")
        self.assertEqual(200, code, text)
        return text

    def scrape(self) -> dict[tuple, float]:
        """All series: a name, then pairs of label and value in the order of their names."""
        return {(match[1], *sorted(LABEL.findall(match[2] or ""))): float(match[3])
                for match in map(SAMPLE.fullmatch, filter(lambda line: not line.startswith("#"),
                                                          self.text().splitlines()))}

    def value(self, name: str, **labels: str) -> float:
        return self.scrape()[(name, *sorted(labels.items()))]

    def service(self, name: str) -> dict:
        """What diagstatus says of a service; it answers with another code when one is not well."""
        _, text = self.controller.fetch("diagstatus", login=False)
        return next(entry for entry in json.loads(text)["statusSummary"] if entry["serviceName"] == name)

    def counted(self, mode: str) -> dict[str, float]:
        """The figures of finished moves of a mode."""
        series = self.scrape()
        label = ("mode", mode)
        return {"moves": series[("peregrine_moves_total", label, ("phase", "completed"))],
                **{name: series[(f"peregrine_move_{name}_count", label)]
                   for name in ("pause_seconds", "gap_seconds", "lost_probes")}}

    def await_counted(self, mode: str, before: dict[str, float]) -> None:
        """Exactly one more move, with all its figures."""
        after = {name: count + 1 for name, count in before.items()}
        wait_until(lambda: self.counted(mode) == after, HANG, f"a {mode} move in all figures", interval=0.2)

    # What the system promises

    def test_without_a_login_nothing_is_told(self) -> None:
        for path in ("metrics", "metrics/", "metrics/anything"):
            code, text = self.controller.fetch(path, login=False)
            self.assertEqual(401, code, path)
            self.assertNotIn("peregrine_", text)

    def test_the_documentation_and_the_controller_tell_of_the_same_metrics(self) -> None:
        self.assertEqual(documented(), dict(re.findall(r"^# TYPE (\w+) (\w+)$", self.text(), re.MULTILINE)))

    def test_the_network_is_counted_as_it_is(self) -> None:
        wait_until(lambda: self.value("peregrine_tunnels", liveness="up") == 12, HANG, "twelve tunnels", interval=0.5)
        series = self.scrape()
        hosts, switches = self.lab.hypervisors, self.lab.plan.fabric.switches
        self.assertEqual(len(hosts), series[("peregrine_edges", ("kind", "hypervisor"), ("ready", "true"))])
        self.assertEqual(1, series[("peregrine_edges", ("kind", "border"), ("ready", "true"))])
        self.assertEqual(1, series[("peregrine_guests", ("state", "running"))])
        self.assertEqual(2 * sum(not link.to_host for link in self.lab.plan.fabric.links),
                         series[("peregrine_links", ("layer", "fabric"), ("state", "up"))])
        self.assertEqual(len(switches), series[("peregrine_switches", ("role", "fabric"), ("state", "in-sync"))])
        for switch in [*(edge.name for edge in self.lab.edges), *(switch.name for switch in switches)]:
            self.assertGreater(series[("peregrine_switch_flows", ("switch", switch))], 0)
            self.assertEqual(1, series[("peregrine_session_up", ("peer", switch), ("protocol", "openflow"))])
        for host in hosts:
            for protocol in ("ovsdb", "libvirt"):
                self.assertEqual(1, series[("peregrine_session_up", ("peer", host.name), ("protocol", protocol))])

    def test_moves_are_counted_whoever_starts_them(self) -> None:
        predictive, reactive = self.counted("predictive"), self.counted("reactive")
        home = self.lab.host_of(self.guest.name)
        other = next(host for host in self.lab.hypervisors if host.name != home.name)
        self.begin_move(self.guest.name, other.name)
        self.await_counted("predictive", predictive)
        self.assertEqual(reactive, self.counted("reactive"))
        self.assertGreater(self.value("peregrine_move_event_to_switch_seconds_count", step="turn"), 0)
        self.await_quiet(self.guest)
        self.lab.shell.run(other.inside(migration_command(self.guest.name, home.plan.libvirt, ())))
        self.await_counted("reactive", reactive)
        self.assertGreater(self.value("peregrine_move_event_to_switch_seconds_count", step="open"), 0)
        self.assertEqual(0, self.value("peregrine_moves_under_way", phase="switched"))

    def test_a_daemon_that_is_gone_shows_until_it_is_back(self) -> None:
        here = self.lab.host_of(self.guest.name)
        # Not the one that guests are moved to here: its libvirt may still be waited for then
        host = [host for host in self.lab.hypervisors if host.name != here.name][-1]
        for kill, start, protocol, service in ((host.kill_ovsdb, host.start_ovsdb, "ovsdb", "ovsdb"),
                                               (host.kill_libvirtd, host.start_libvirtd, "libvirt", "migration")):
            with self.subTest(daemon=protocol):
                def shown() -> tuple[float, float, str]:
                    return (self.value("peregrine_session_up", protocol=protocol, peer=host.name),
                            self.value("peregrine_service_operational", service=service),
                            self.service(f"PEREGRINE-{service.upper()}")["effectiveStatus"])

                wait_until(lambda: shown() == (1, 1, "OPERATIONAL"), HANG, f"{service} well", interval=0.2)
                kill()
                try:
                    wait_until(lambda: shown() == (0, 0, "ERROR"), HANG, f"{service} not well", interval=0.2)
                    self.assertIn(host.name, self.service(f"PEREGRINE-{service.upper()}")["reportedStatusDescription"])
                finally:
                    start()
                wait_until(lambda: shown() == (1, 1, "OPERATIONAL"), HANG, f"{service} well again", interval=0.2)


if __name__ == "__main__":
    unittest.main()
