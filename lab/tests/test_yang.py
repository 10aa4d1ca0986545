# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The YANG modules, read by somebody else than OpenDaylight."""

import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class YangTest(unittest.TestCase):
    @unittest.skipUnless(shutil.which("yanglint"), "yanglint is not installed: apt-get install libyang-tools")
    def test_modules_are_valid(self) -> None:
        modules = sorted(ROOT.glob("*/src/main/yang/*.yang"))
        self.assertTrue(modules)
        paths = [word for directory in sorted({module.parent for module in modules}) for word in ("-p", str(directory))]
        result = subprocess.run(["yanglint", *paths, *map(str, modules)], capture_output=True, text=True, check=False)
        self.assertEqual((0, ""), (result.returncode, result.stdout + result.stderr))


if __name__ == "__main__":
    unittest.main()
