# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Reading logs by time."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Iterator

#: Karaf's has a comma and local time, Open vSwitch's a point and UTC.
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)[.,](\d{3})(Z?)")


def read_log(path: Path, since: float) -> Iterator[tuple[float, str]]:
    """Time, as seconds of the wall clock, and text of the lines from that time on."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            stamp = _STAMP.match(line)
            if stamp is None:
                continue
            when = datetime.strptime(stamp[1], "%Y-%m-%dT%H:%M:%S")
            seconds = (when.replace(tzinfo=timezone.utc) if stamp[3] else when).timestamp() + int(stamp[2]) / 1000
            if seconds >= since:
                yield seconds, line.rstrip()
