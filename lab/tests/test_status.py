# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
import unittest

import context  # noqa: F401
from peregrine_lab.status import render, render_links

EDGE = {"name": "hv1", "address": "10.1.0.10", "management": "10.255.0.1", "ovsdb": "tcp:10.255.0.1:6640",
        "libvirt": "qemu+tcp://10.255.0.1/system", "alive": True}
BORDER = {"name": "border", "address": "10.200.0.10", "management": "10.255.0.201", "ovsdb": "tcp:10.255.0.201:6640",
          "alive": False}
GUEST = {"name": "web", "address": "192.168.100.7", "mac": "52:54:00:00:00:07", "network": "demo", "host": None,
         "state": "unknown", "disk": {"last": 12, "missing": 1, "failed": 2}}
FABRIC = {"name": "pair", "switches": [
    {"name": "s1", "datapath_id": "0000000000000001", "hosts": ["hv1", "border"]},
    {"name": "s2", "datapath_id": "0000000000000002", "hosts": []}], "links": [
    {"a": "s1", "a_port": "s1-s2", "b": "s2", "b_port": "s2-s1", "nth": 1, "kind": "switch", "state": "up"},
    {"a": "s1", "a_port": "s1-s2.2", "b": "s2", "b_port": "s2-s1.2", "nth": 2, "kind": "switch", "state": "silent"},
    {"a": "s1", "a_port": "s1-hv1", "b": "hv1", "b_port": "eth0", "nth": 1, "kind": "host", "state": "up"},
    {"a": "s1", "a_port": "s1-border", "b": "border", "b_port": "eth0", "nth": 1, "kind": "host", "state": "down"}]}
LAB = {"state": "up", "underlay": "router", "fabric": None, "hypervisors": [EDGE], "borders": [BORDER], "guests": [],
       "client": {"address": "192.168.100.254", "border": "border", "port": "client0"},
       "controller": {"address": "10.255.0.254"}}


class RenderTest(unittest.TestCase):
    def test_no_lab(self) -> None:
        self.assertEqual(render({"state": "down"}), "lab: down\n")

    def test_hosts(self) -> None:
        self.assertEqual(render(LAB), """\
lab: up, segments joined by a router

HOST    UNDERLAY     MANAGEMENT    OVSDB                  LIBVIRT                       POWER
hv1     10.1.0.10    10.255.0.1    tcp:10.255.0.1:6640    qemu+tcp://10.255.0.1/system  on
border  10.200.0.10  10.255.0.201  tcp:10.255.0.201:6640  -                             off

client 192.168.100.254 behind border's port client0; controller's place 10.255.0.254

no guests
""")

    def test_switches_and_their_links(self) -> None:
        text = render({**LAB, "underlay": "fabric", "fabric": FABRIC})
        self.assertTrue(text.startswith("lab: up, segments joined by the fabric pair\n"))
        self.assertIn("""
SWITCH  DATAPATH ID       HOSTS        LINKS
s1      0000000000000001  hv1, border  s2, s2 (silent), hv1, border (down)
s2      0000000000000002  -            s1, s1 (silent)
""", text)

    def test_links(self) -> None:
        self.assertEqual(render_links(FABRIC["links"]), """\
A   PORT       B       PORT     NTH  STATE
s1  s1-s2      s2      s2-s1    1    up
s1  s1-s2.2    s2      s2-s1.2  2    silent
s1  s1-hv1     hv1     eth0     1    up
s1  s1-border  border  eth0     1    down
""")

    def test_guest_nobody_has(self) -> None:
        self.assertTrue(render({**LAB, "guests": [GUEST]}).endswith("""\
GUEST  ADDRESS        MAC                NETWORK  HOST  STATE    DISK WRITES
web    192.168.100.7  52:54:00:00:00:07  demo     -     unknown  12, 3 missing or failed
"""))


if __name__ == "__main__":
    unittest.main()
