# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Makes the package beside this directory importable, wherever the tests are started from."""

import sys
import unittest
from pathlib import Path

LAB = Path(__file__).resolve().parent.parent
if str(LAB) not in sys.path:
    sys.path.insert(0, str(LAB))

from peregrine_lab import requirements  # noqa: E402  importable from here on
from peregrine_lab.errors import LabError  # noqa: E402


def require_lab(*more: requirements.Package) -> None:
    """Skips the tests that build a lab where the machine does not offer what that takes, and these packages."""
    requirements.complete_path()
    try:
        requirements.check_rights()
        requirements.check_packages((*requirements.PACKAGES, *more))
    except LabError as lacking:
        raise unittest.SkipTest(str(lacking))
