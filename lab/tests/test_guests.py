# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import context  # noqa: F401
from peregrine_lab.errors import LabError
from peregrine_lab.guests import (Guest, Sighting, domain_xml, parse_domains, plan_guest, present_place, read_disk)
from peregrine_lab.image import CpioArchive, GuestImage, newest_kernel
from peregrine_lab.lab import migration_command, parse_pause


class PlanGuestTest(unittest.TestCase):
    def test_everything_follows_from_the_name(self) -> None:
        guest = plan_guest("web", [])
        self.assertEqual(guest, plan_guest("web", []))
        self.assertEqual((guest.network, guest.prefix_length, guest.gateway), ("demo", 24, "192.168.100.1"))

    def test_another_subnet_brings_its_own_gateway(self) -> None:
        guest = plan_guest("db", [], address="172.16.4.7/22", network="blue")
        self.assertEqual((guest.address, guest.prefix_length, guest.gateway), ("172.16.4.7", 22, "172.16.4.1"))

    def test_conflicts_within_a_network_are_refused(self) -> None:
        web = plan_guest("web", [])
        for wishes in ({"address": f"{web.address}/24"}, {"mac": web.mac.upper()}):
            with self.assertRaisesRegex(LabError, "web's already"):
                plan_guest("db", [web], **wishes)
            self.assertEqual(plan_guest("db", [web], network="blue", **wishes).network, "blue")
        with self.assertRaisesRegex(LabError, "exists"):
            plan_guest("web", [web])

    def test_bad_wishes_name_their_option(self) -> None:
        for option, value in (("address", "10.0.0.1"), ("address", "10.0.0.300/24"), ("gateway", "x"),
                              ("mac", "53:54:00:00:00:01"), ("mac", "1:2"), ("network", "a'b"),
                              ("also", ["10.0.0.1/24"]), ("also", ["red=10.0.0.1"]),
                              ("also", ["red=10.0.0.1/24", "blue=10.0.1.1/24"])):
            with self.assertRaisesRegex(LabError, f"--{option}"):
                plan_guest("web", [], **{option: value})


class DomainTest(unittest.TestCase):
    def setUp(self) -> None:
        self.guest: Guest = plan_guest("web", [], network="blue")
        text = domain_xml(self.guest, GuestImage(Path("/images")), Path("/disks/web.raw"), "10.255.0.250",
                          Path("/consoles/web.log"))
        self.domain = ElementTree.fromstring(text)

    def test_port_has_fixed_identifiers(self) -> None:
        parameters = self.domain.find("devices/interface/virtualport/parameters")
        self.assertEqual(parameters.attrib, {"interfaceid": self.guest.interfaceid, "profileid": "blue"})

    def test_no_offload_and_room_for_the_tunnel(self) -> None:
        interface = self.domain.find("devices/interface")
        self.assertEqual(interface.find("mtu").get("size"), "1400")
        for side in ("host", "guest"):
            self.assertEqual(set(interface.find(f"driver/{side}").attrib.values()), {"off"})

    def test_settings_reach_the_guest(self) -> None:
        words = self.domain.find("os/cmdline").text.split()
        self.assertIn(f"pg.address={self.guest.address}/24", words)


    def test_a_guest_without_address_and_one_with_two_cards(self) -> None:
        for wishes, words, networks in (
                ({"addressless": True}, [], ["demo"]),
                ({"also": ["red=10.0.0.7/24"]}, ["pg.address1=10.0.0.7/24"], ["demo", "red"])):
            guest = plan_guest("web", [], **wishes)
            text = domain_xml(guest, GuestImage(Path("/images")), Path("/disk"), "10.255.0.250", Path("/console"))
            domain = ElementTree.fromstring(text)
            given = [word for word in domain.find("os/cmdline").text.split() if word.startswith("pg.address")]
            self.assertEqual(words, [word for word in given if not word.startswith("pg.address=")])
            self.assertEqual(bool(guest.address), any(word.startswith("pg.address=") for word in given))
            self.assertEqual(networks, [port.get("profileid") for port in domain.iter("parameters")])


class WhereTest(unittest.TestCase):
    def test_virsh_table(self) -> None:
        table = " 1    web     running\n -    old-1   shut off\n 12   db      paused\n\n"
        self.assertEqual(parse_domains(table), {"web": "running", "old-1": "shut off", "db": "paused"})

    def test_running_wins_during_a_migration(self) -> None:
        source, destination = Sighting("hv1", "running"), Sighting("hv2", "paused")
        self.assertEqual(present_place([destination, source]), source)
        self.assertEqual(present_place([Sighting("hv1", "shut off"), destination]), destination)
        self.assertIsNone(present_place([]))

    def test_migration_is_plain_virsh(self) -> None:
        self.assertEqual(migration_command("web", "qemu+tcp://10.255.0.2/system", ["--bandwidth", "10"]),
                         ["virsh", "--quiet", "migrate", "--live", "--p2p", "--bandwidth", "10", "web",
                          "qemu+tcp://10.255.0.2/system"])


    def test_pause(self) -> None:
        self.assertEqual(parse_pause("Job type: 3\n\ndowntime: 188\ndowntime_net: 178\n"), 188)
        self.assertIsNone(parse_pause("Job type: 0\n"))


class DiskTest(unittest.TestCase):
    @staticmethod
    def _disk(numbers: range, without: tuple = ()) -> bytes:
        content = bytearray(512 * 1024)
        for number in numbers:
            if number not in without:
                start = number % 1024 * 512
                content[start:start + 512] = f"web {number}".ljust(511).encode() + b"\n"
        return bytes(content)

    def test_complete(self) -> None:
        report = read_disk("web", self._disk(range(1, 31)))
        self.assertEqual((report.last, report.missing), (30, ()))

    def test_a_lost_write_shows(self) -> None:
        self.assertEqual(read_disk("web", self._disk(range(1, 31), (17,))).missing, (17,))

    def test_round_and_round(self) -> None:
        report = read_disk("web", self._disk(range(1, 3001)))
        self.assertEqual((report.last, report.missing), (3000, ()))
        self.assertEqual(read_disk("web", self._disk(range(1, 3001), (2900,))).missing, (2900,))

    def test_empty_or_foreign(self) -> None:
        self.assertEqual(read_disk("web", bytes(4096)).last, 0)
        self.assertEqual(read_disk("other", self._disk(range(1, 5))).last, 0)


class ImageTest(unittest.TestCase):
    def test_archive_is_what_the_kernel_reads(self) -> None:
        archive = CpioArchive()
        archive.directory("bin")
        archive.file("bin/x", b"hello", 0o755)
        found = list(_entries(archive.finish()))
        self.assertEqual(found, [("bin", 0o040755, b""), ("bin/x", 0o100755, b"hello"), ("TRAILER!!!", 0, b"")])

    def test_newest_kernel_by_number(self) -> None:
        paths = [f"/boot/vmlinuz-6.1.0-{number}-cloud-amd64" for number in (9, 56, 10)]
        self.assertEqual(newest_kernel(paths).name, "vmlinuz-6.1.0-56-cloud-amd64")
        with self.assertRaises(LabError):
            newest_kernel([])


def _entries(archive: bytes):
    """A reader of its own for "newc": a 110 byte head of hexadecimal numbers, name, content, padded to 4."""
    position = 0
    while position < len(archive):
        head = archive[position:position + 110]
        assert head[:6] == b"070701"
        numbers = [int(head[6 + 8 * index:14 + 8 * index], 16) for index in range(13)]
        mode, size, name_size = numbers[1], numbers[6], numbers[11]
        name = archive[position + 110:position + 110 + name_size - 1].decode()
        content = (position + 110 + name_size + 3) // 4 * 4
        yield name, mode, archive[content:content + size]
        position = (content + size + 3) // 4 * 4


if __name__ == "__main__":
    unittest.main()
