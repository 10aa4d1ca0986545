# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What the demonstration makes the network answer for."""

import unittest

import context  # noqa: F401
from peregrine_lab.demo import network_share
from peregrine_lab.taps import Echo


def ping(milliseconds: float) -> Echo:
    return Echo(round(milliseconds * 1e6), 1, True, False, b"")


def answer(milliseconds: float) -> Echo:
    return Echo(round(milliseconds * 1e6), 1, False, True, b"")


class NetworkShareTest(unittest.TestCase):
    SOURCE = [ping(98), answer(99), ping(103)]

    def share(self, gap: float, *destination: Echo, pause: int | None = 200) -> float | None:
        return network_share(gap, pause, self.SOURCE, destination)

    def test_a_guest_that_is_slow_to_answer_is_not_the_networks_doing(self) -> None:
        self.assertEqual(self.share(295, ping(110), answer(399)), 0)

    def test_what_the_client_misses_beyond_the_guests_silence_is(self) -> None:
        self.assertEqual(self.share(325, ping(110), answer(399)), 30)

    def test_a_ping_that_comes_after_the_guest_runs_is(self) -> None:
        self.assertEqual(self.share(295, ping(379), answer(399)), 80)

    def test_unknown_where_a_tap_is_silent(self) -> None:
        self.assertIsNone(self.share(295, ping(110)))
        self.assertIsNone(self.share(295, answer(399)))
        self.assertIsNone(self.share(295, ping(110), answer(399), pause=None))


if __name__ == "__main__":
    unittest.main()
