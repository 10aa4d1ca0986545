# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
import json
import socket
import tempfile
import threading
import unittest
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import context  # noqa: F401
from peregrine_lab.probes import icmp, report
from peregrine_lab.probes.command import parse_probe, run_probe
from peregrine_lab.probes.pace import Pace

MS = 1_000_000
INTERVAL = 5 * MS


def sent(count: int) -> list:
    return [number * INTERVAL for number in range(count)]


class GapTest(unittest.TestCase):
    """Probes every 5 ms, answered after 1 ms unless a test says otherwise."""

    def setUp(self) -> None:
        self.sent = sent(20)
        self.answered: list = [when + MS for when in self.sent]

    def loss(self) -> float:
        gap = report.longest_loss(self.sent, self.answered, INTERVAL)
        return gap.length / MS if gap else 0

    def silence(self) -> float:
        return report.longest_silence(self.sent, self.answered, INTERVAL).length / MS

    def test_nothing_lost(self) -> None:
        self.assertEqual((self.loss(), self.silence()), (0, 1))

    def test_one_lost_is_one_interval(self) -> None:
        self.answered[7] = None
        self.assertEqual((self.loss(), self.silence()), (5, 5))

    def test_longest_of_two_runs_and_where(self) -> None:
        for number in (2, 3, 10, 11, 12):
            self.answered[number] = None
        gap = report.longest_loss(self.sent, self.answered, INTERVAL)
        self.assertEqual((gap.length, gap.start, gap.end), (15 * MS, 45 * MS, 65 * MS))

    def test_lost_at_the_beginning_and_at_the_end(self) -> None:
        self.answered[0] = None
        self.assertEqual(self.loss(), 5)
        self.answered[17:] = [None] * 3
        self.assertEqual((self.loss(), self.silence()), (15, 14))

    def test_all_lost(self) -> None:
        self.answered = [None] * 20
        self.assertEqual((self.loss(), self.silence()), (100, 100))

    def test_late_answers_are_silence_but_no_loss(self) -> None:
        for number in range(5, 15):
            self.answered[number] = 76 * MS
        self.assertEqual(self.loss(), 0)
        self.assertEqual(self.silence(), 76 - 21 - 5)

    def test_loss_behind_late_answers_is_no_silence(self) -> None:
        for number in range(0, 5):
            self.answered[number] = (25 + 5 * number) * MS
        self.answered[5:10] = [None] * 5
        self.assertEqual(self.loss(), 25)
        self.assertLess(self.silence(), 25 + 1)

    def test_nothing_sent(self) -> None:
        self.assertIsNone(report.longest_loss([], [], INTERVAL))
        self.assertIsNone(report.longest_silence([], [], INTERVAL))

    def test_percentiles_are_values(self) -> None:
        self.assertEqual(report.percentile(list(range(1, 101)), 99), 99)
        self.assertEqual(report.percentile([7], 99), 7)

    def test_late_sender_is_told_apart(self) -> None:
        self.assertEqual(report.sender_stall([0, 5, 30, 35], 5), 20)


class EchoPacketTest(unittest.TestCase):
    TOKEN = b"12345678"

    def test_checksum_covers_the_packet(self) -> None:
        self.assertEqual(icmp.checksum(icmp.echo_request(77, self.TOKEN, 70000)), 0)

    def _answer(self, token: bytes, kind: int = 0, options: int = 0) -> bytes:
        request = icmp.echo_request(77, token, 70000)
        head = bytes([0x45 + options]) + bytes(19 + 4 * options)
        return head + bytes([kind]) + request[1:]

    def test_number_is_wider_than_the_field_of_icmp(self) -> None:
        self.assertEqual(icmp.echo_number(self._answer(self.TOKEN), self.TOKEN), 70000)
        self.assertEqual(icmp.echo_number(self._answer(self.TOKEN, options=2), self.TOKEN), 70000)

    def test_foreign_packets(self) -> None:
        for packet in (b"", b"\x45" + bytes(19), self._answer(b"x" * 8), self._answer(self.TOKEN, kind=8)):
            self.assertIsNone(icmp.echo_number(packet, self.TOKEN))


class PaceTest(unittest.TestCase):
    def test_missed_turns_are_skipped(self) -> None:
        pace = Pace(INTERVAL, None)
        self.assertTrue(pace.due())
        self.assertFalse(pace.due())
        pace._due -= 7 * INTERVAL + INTERVAL // 2  # as if the process had not run for a while
        self.assertTrue(pace.due())
        self.assertFalse(pace.due())
        self.assertIn(pace.skipped, (6, 7))


class TcpProbeTest(unittest.TestCase):
    """Against a service in this process."""

    def serve(self, behave) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def run() -> None:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                behave(peer)

        threading.Thread(target=run, daemon=True).start()
        return listener.getsockname()[1]

    def probe(self, port: int, grace: float = 1) -> tuple:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory, "report.json")
            wishes = parse_probe(["tcp", "--to", "127.0.0.1", "--port", str(port), "--interval-ms", "2",
                                  "--duration", "0.2", "--grace", str(grace), "--json", str(file)])
            with redirect_stdout(StringIO()) as output:
                code = run_probe(wishes)
            return code, json.loads(file.read_text()), output.getvalue()

    def test_echo(self) -> None:
        def echo(peer: socket.socket) -> None:
            while block := peer.recv(4096):
                peer.sendall(block)

        code, found, line = self.probe(self.serve(echo))
        self.assertEqual((code, found["alive"], found["reconnects"], found["error"]), (0, True, 0, None))
        self.assertEqual(found["sent"], found["echoed"])
        self.assertGreater(found["sent"], 10)
        self.assertIn("session alive", line)

    def test_wrong_line(self) -> None:
        def distort(peer: socket.socket) -> None:
            while block := peer.recv(4096):
                peer.sendall(block.replace(b" 5\n", b" 6\n"))

        code, found, _ = self.probe(self.serve(distort))
        self.assertEqual((code, found["alive"], found["echoed"]), (1, False, 5))
        self.assertIn("expected", found["error"])

    def test_closed_in_the_middle(self) -> None:
        code, found, line = self.probe(self.serve(lambda peer: peer.recv(10)))
        self.assertEqual((code, found["alive"]), (1, False))
        self.assertIn("DEAD", line)

    def test_silent_peer(self) -> None:
        release = threading.Event()
        self.addCleanup(release.set)
        code, found, _ = self.probe(self.serve(lambda peer: release.wait(10)), grace=0.1)
        self.assertEqual((code, found["echoed"]), (1, 0))
        self.assertIn("not echoed", found["error"])

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        code, found, _ = self.probe(port)
        self.assertEqual((code, found["sent"], found["alive"]), (1, 0, False))


if __name__ == "__main__":
    unittest.main()
