# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""All tests of the lab: python3 -B lab/tests. As unittest's discovery, but classes that share a lab follow each other, what
has failed is told at once, too, and what took how long at the end.
"""

import sys
import time
import unittest
from collections import Counter
from pathlib import Path
from typing import Iterator

import context  # noqa: F401  makes the package importable
from peregrinecase import SHARED

#: How many classes are told of at the end.
SLOWEST = 12


class Result(unittest.TextTestResult):
    """Tells why a test has failed when it has, and keeps what each class took, with all before it since the last test."""

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self.took: Counter[str] = Counter()
        self._last = time.monotonic()

    def addError(self, test: unittest.TestCase, err) -> None:
        super().addError(test, err)
        self.stream.writeln(self.errors[-1][1])

    def addFailure(self, test: unittest.TestCase, err) -> None:
        super().addFailure(test, err)
        self.stream.writeln(self.failures[-1][1])

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            failed = self.failures if issubclass(err[0], test.failureException) else self.errors
            self.stream.writeln(failed[-1][1])

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        now = time.monotonic()
        self.took[type(test).__qualname__] += now - self._last
        self._last = now


def cases(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from cases(part)
        else:
            yield part


def main() -> int:
    if len(sys.argv) > 1:
        print(f"{Path(__file__).parent}: runs all tests, and takes no arguments", file=sys.stderr)
        return 2
    found = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
    ordered = sorted(cases(found), key=lambda case: getattr(case, "INSTANCE", None) != SHARED)
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result).run(unittest.TestSuite(ordered))
    print("seconds: " + ", ".join(f"{name} {took:.0f}" for name, took in result.took.most_common(SLOWEST)))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
