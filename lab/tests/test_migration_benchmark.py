# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The computing part of benchmarks/migration, and its sender."""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

from context import LAB
from peregrine_lab.errors import LabError
from peregrine_lab.taps import Packet, echoes, parse_packets

sys.path.insert(0, str(LAB.parent / "benchmarks" / "migration"))

from moves.bench import BESIDE, OUTSIDE, Control, Move  # noqa: E402
from moves.figures import TIMELINE_FROM, TIMELINE_STEP, losses, percentile, see, timeline  # noqa: E402
from moves.openflow import (BARRIER_REPLY, BARRIER_REQUEST, FLOW_MOD, GROUP_MOD, Message, Parts, messages,  # noqa: E402
                            parts)
from moves.pictures import draw, spread  # noqa: E402
from moves.report import render  # noqa: E402
from moves.traffic import Flow, Ping, Sender, build_sender, parse_flow  # noqa: E402
from moves.watching import Crossing, crossings, first_after, parse_events  # noqa: E402

RATE = 1000
#: A sender that begins at second 100 and pings for three seconds, each answered after 2 ms.
BEGAN = 100.0
MOVED = BEGAN + 1


def flow(changes: dict) -> Flow:
    """By number of ping: its answer's time in microseconds since it was sent, and how many there were."""
    pings = []
    for number in range(3 * RATE):
        sent = number * 1000
        delay, answers = changes.get(number, (2000, 1))
        pings.append(Ping(sent, None if answers == 0 else sent + delay, answers))
    return Flow(7, tuple(pings), 0, 0, BEGAN)


class SeenTest(unittest.TestCase):
    def test_nothing_happens(self) -> None:
        seen = see(flow({}), MOVED, RATE)
        self.assertEqual((seen.lost, seen.doubled, seen.calm_faults, seen.usual_ms), (0, 0, 0, 2))
        self.assertEqual((seen.delay_p99_ms, seen.delay_max_ms), (0, 0))
        self.assertEqual(seen.sent, 2050)

    def test_lost_and_held_back_while_the_guest_stands_still(self) -> None:
        """Paused from 2.0 to 2.2 s; the gate opens after 20 ms, the rest waits."""
        changes = {2000 + number: (0, 0) for number in range(20)}
        changes |= {2000 + number: ((200 - number) * 1000 + 2000, 1) for number in range(20, 200)}
        seen = see(flow(changes), MOVED, RATE, {2008, 2009, 2010, 2100}, {2009, 2100})
        self.assertEqual((seen.lost, seen.lost_behind_tap, seen.lost_answers, seen.doubled), (20, 2, 1, 0))
        self.assertEqual((seen.delay_max_ms, seen.gap_ms), (180, 200))

    def test_doubled_is_every_answer_beyond_the_first(self) -> None:
        self.assertEqual(see(flow({1500: (2000, 3), 1600: (2000, 2)}), MOVED, RATE).doubled, 3)

    def test_faults_in_the_calm_are_not_the_moves(self) -> None:
        seen = see(flow({500: (0, 0), 501: (2000, 2)}), MOVED, RATE)
        self.assertEqual((seen.lost, seen.doubled, seen.calm_faults), (0, 0, 2))

    def test_what_never_is_answered_again_is_a_gap(self) -> None:
        seen = see(flow({number: (0, 0) for number in range(2000, 3000)}), MOVED, RATE)
        self.assertEqual((seen.lost, seen.gap_ms), (1000, 997))

    def test_timeline_is_by_the_time_of_sending(self) -> None:
        steps = timeline(flow({2004: (0, 0), 2005: (9000, 2)}), BEGAN + 2)
        zero = round(-TIMELINE_FROM * 1000 / TIMELINE_STEP)
        self.assertEqual(steps[zero], (10, 1, 1, 9))
        self.assertEqual(steps[zero - 1], (10, 0, 0, 2))
        self.assertEqual(steps[-1], (0, 0, 0, None))  # it has ended by then

    def test_losses_are_by_the_time_of_sending(self) -> None:
        self.assertEqual(losses(flow({1990: (0, 0), 2004: (0, 0), 2005: (9000, 2)}), BEGAN + 2), [-10.0, 4.0])

    def test_percentile_is_the_nearest_rank(self) -> None:
        self.assertEqual(percentile(range(1, 201), 99), 198)
        self.assertEqual(percentile(range(1, 21), 99), 20)
        self.assertEqual(percentile([], 99), 0)


class DisturbanceTest(unittest.TestCase):
    @staticmethod
    def seen(changes: dict, skipped: int = 0) -> dict:
        one = flow(changes)
        return {OUTSIDE: see(Flow(one.began, one.pings, skipped, 0, one.began_here), MOVED, RATE)}

    def test_a_control_has_to_be_whole(self) -> None:
        self.assertTrue(Control("any", self.seen({})).clean())
        for fault in ({2500: (0, 0)}, {2500: (2000, 2)}, {10: (0, 0)}):
            with self.subTest(fault=fault):
                self.assertFalse(Control("any", self.seen(fault)).clean())
        self.assertFalse(Control("any", self.seen({}, skipped=400)).clean())
        self.assertTrue(Control("any", self.seen({}, skipped=400)).clean(20))

    def test_a_move_is_judged_by_what_was_before_it(self) -> None:
        def disturbance(seen: dict) -> str | None:
            return Move("any", "hv1", "hv2", 1, 1, 1, 0, 0, 1, None, None, None, seen, {}, {}, {}, {}).disturbance()
        self.assertIsNone(disturbance(self.seen({2500: (0, 0)})))
        self.assertIn("before it", disturbance(self.seen({10: (0, 0)})))
        self.assertIn("left out 16 %", disturbance(self.seen({}, skipped=400)))


class ReportTest(unittest.TestCase):
    @staticmethod
    def move(variant: str, lost: int, pause_ms: int) -> Move:
        flows = {name: flow({2000 + number: (0, 0) for number in range(lost)}) for name in (OUTSIDE, BESIDE)}
        return Move(variant, "hv1", "hv2", 1.5, pause_ms, pause_ms + 1.0, 0, 0.0, 5.0, None, None, None,
                    {name: see(one, MOVED, RATE) for name, one in flows.items()},
                    {name: timeline(one, BEGAN + 2) for name, one in flows.items()},
                    {name: losses(one, BEGAN + 2) for name, one in flows.items()},
                    {}, {"turn": Parts(1, 2, 3, 4, 2.5, 2, 7)})

    def test_cells_are_median_and_maximum(self) -> None:
        moves = [self.move("one", lost, pause) for lost, pause in ((10, 100), (30, 300), (20, 150))]
        control = Control("one", {name: see(flow({}), MOVED, RATE) for name in (OUTSIDE, BESIDE)})
        text = render([*moves, self.move("other", 0, 99)], [control], {
            "began": 0, "version": "abc123", "processors": 2, "rate": RATE, "guest_rate": RATE,
            "idle_edges": 1, "idle_guests": 1, "remarks": []})
        row = next(line for line in text.splitlines() if line.startswith("| one | outside"))
        self.assertIn("| 3 | 150 \\| 300 | 20 \\| 30 | 0 \\| 0 | 0 \\| 0 |", row)
        self.assertIn("| one | 3 | 151 \\| 301 | 0 \\| 0 | 0.0 \\| 0.0 | 5.0 \\| 5.0 | - | - | - |", text)
        self.assertIn("| one | turn | 3 | 2 \\| 2 | 7 \\| 7 | 10.0 \\| 10.0 | 1.0 \\| 1.0 |", text)
        self.assertIn("nothing was discarded", text)

    def test_picture_shows_each_variant(self) -> None:
        picture = ElementTree.fromstring(draw([self.move("one", 10, 100), self.move("other", 500, 600)]))
        words = ["".join(part.itertext()) for part in picture.iter("{http://www.w3.org/2000/svg}text")]
        self.assertLessEqual({"one", "other", "lost 10", "lost 500", "pause 600 ms"}, set(words))

    def test_spread_shows_each_move(self) -> None:
        moves = [self.move("one", 10, 100), self.move("one", 20, 100), self.move("other", 500, 600)]
        picture = ElementTree.fromstring(spread(moves))
        self.assertLessEqual({"one", "other", "lost", "doubled", "500"},
                             {"".join(part.itertext()) for part in picture.iter("{http://www.w3.org/2000/svg}text")})
        # Lost, doubled and delayed by each of two senders, and the event's time once
        self.assertEqual(len(moves) * 7, len(list(picture.iter("{http://www.w3.org/2000/svg}circle"))))


class FlowTest(unittest.TestCase):
    TEXT = "began 1700000000123456789\nsent 2 skipped 1 late 900\n5 105 1\n1005 -1 0\nend\n"

    def test_what_the_sender_says(self) -> None:
        found = parse_flow(self.TEXT, BEGAN)
        self.assertEqual(found.pings, (Ping(5, 105, 1), Ping(1005, None, 0)))
        self.assertEqual((found.skipped, found.late, found.pings[0].delay), (1, 900, 100))

    def test_half_of_it_is_refused(self) -> None:
        for text in ("", "error socket: Operation not permitted\n", self.TEXT[:-5], self.TEXT.replace("5 105 1\n", "")):
            with self.subTest(text=text), self.assertRaises(LabError):
                parse_flow(text, BEGAN)


class WatchingTest(unittest.TestCase):
    EVENTS = ("2026-11-25 17:00:00.500+0000: event 'lifecycle' for domain 'moving': Suspended Migrated\n"
              "2026-11-25 17:00:00.800+0000: event 'lifecycle' for domain 'other': Stopped Migrated\n"
              "2026-11-25 17:01:00.250+0000: event 'lifecycle' for domain 'moving': Suspended Migrated\n")

    def test_events_of_one_guest(self) -> None:
        times = parse_events(self.EVENTS, "moving")
        self.assertEqual(list(times), ["Suspended Migrated"])
        first, second = times["Suspended Migrated"]
        self.assertAlmostEqual(second - first, 59.75, 3)
        self.assertEqual(first_after([first, second], first + 1), second)
        self.assertIsNone(first_after([first, second], second + 1))

    @staticmethod
    def packet(kind: int, magic: int, number: int, icmp: int = 8) -> bytes:
        cooked = struct.pack("!HHIHBB8s", 0x800, 0, 12, 1, kind, 6, b"")
        frame = cooked + b"\x45" + bytes(19) + bytes((icmp, *bytes(7))) + struct.pack("=III", magic, 99, number)
        return struct.pack("=IIII", 5, 250, len(frame), len(frame)) + frame

    def test_pings_in_a_capture(self) -> None:
        head = struct.pack("=IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 96, 276)
        ours = 0x70657265
        content = head + self.packet(4, ours, 3) + self.packet(3, ours, 3, 0)
        content += self.packet(0, ours, 4) + self.packet(4, ours, 4, 0) + self.packet(4, 1, 5)
        self.assertEqual(list(crossings(echoes(parse_packets(content)))), [
            Crossing(5_000_000_250, 12, 99, 3, False), Crossing(5_000_000_250, 12, 99, 3, True)])
        with self.assertRaises(LabError):
            list(parse_packets(struct.pack("=IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 96, 1)))


class OpenFlowTest(unittest.TestCase):
    PORT = 6653

    def packet(self, time: int, to_switch: bool, number: int, content: bytes, far: int = 4000) -> Packet:
        controller, switch = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
        ends = (self.PORT, far) if to_switch else (far, self.PORT)
        # Padding after the packet's own length is not content
        header = struct.pack("!BxH5xB2x4s4s", 0x45, 40 + len(content), 6,
                             *((controller, switch) if to_switch else (switch, controller)))
        tcp = struct.pack("!HHIIBB6x", *ends, number, 0, 0x50, 0x18)
        return Packet(time, 0x800, 1, to_switch, header + tcp + content + b"\0\0")

    @staticmethod
    def message(kind: int, number: int, more: int = 0) -> bytes:
        return struct.pack("!BBHI", 4, kind, 8 + more, number) + bytes(more)

    def test_messages_over_segments(self) -> None:
        whole = self.message(GROUP_MOD, 1, 40) + self.message(BARRIER_REQUEST, 2)
        packets = [
            self.packet(1, True, 2 ** 32 - 58, b"no message"),  # the capture began within one
            self.packet(2, True, 2 ** 32 - 48, whole[:20]),
            self.packet(3, True, 2 ** 32 - 28, whole[20:50]),
            self.packet(4, True, 2 ** 32 - 28, whole[20:50]),  # once more
            self.packet(5, True, 2, whole[50:]),
            self.packet(6, False, 7, self.message(BARRIER_REPLY, 2)),
            self.packet(7, True, 900, b"something lacked"),
            self.packet(8, True, 916, self.message(FLOW_MOD, 3, 48))]
        switch = ("10.0.0.2", 4000)
        self.assertEqual(list(messages(packets, self.PORT)), [
            Message(3, switch, GROUP_MOD, 1), Message(5, switch, BARRIER_REQUEST, 2),
            Message(6, switch, BARRIER_REPLY, 2), Message(8, switch, FLOW_MOD, 3)])

    def test_parts_of_a_change(self) -> None:
        one, other = ("a", 1), ("b", 2)
        said = [Message(time * 10 ** 6, *rest) for time, *rest in (
            (900, one, GROUP_MOD, 1), (1001, other, BARRIER_REQUEST, 9), (1002, one, FLOW_MOD, 2),
            (1003, one, BARRIER_REQUEST, 3), (1004, other, GROUP_MOD, 4), (1005, other, BARRIER_REQUEST, 5),
            (1006, one, BARRIER_REPLY, 3), (1012, other, BARRIER_REPLY, 5))]
        found = parts(said, 1.0, 1.015)
        self.assertEqual(found, Parts(2, 3, 7, 3, 7, 2, 2))
        self.assertEqual(found.whole, 15)
        self.assertIsNone(parts(said, 1.0, 1.011))  # the other has not answered
        self.assertIsNone(parts(said, 2.0, 3.0))


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("gcc"), "needs root and a C compiler")
class SenderTest(unittest.TestCase):
    def test_pings_are_answered_once_and_in_time(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            program = build_sender(Path(directory))
            sender = Sender("loopback", [str(program)], "127.0.0.1", 200)
            self.addCleanup(sender.end)
            sender.wait_began()
            sender.stop()
            found = sender.flow()
        self.assertTrue(found.pings)
        self.assertEqual({ping.answers for ping in found.pings}, {1})
        self.assertTrue(all(ping.delay >= 0 for ping in found.pings))
        self.assertEqual(sorted(ping.sent for ping in found.pings), [ping.sent for ping in found.pings])

    def test_a_wrong_order_is_told(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            program = build_sender(Path(directory))
            said = subprocess.run([str(program)], input="127.0.0.1 fast\n", stdout=subprocess.PIPE, text=True,
                                  check=False)
        self.assertEqual((said.returncode, said.stdout.split()[0]), (2, "error"))


if __name__ == "__main__":
    unittest.main()
