# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Certificates for a lab whose machines talk over TLS, made by the tool that operators use."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable

from .errors import LabError
from .shell import Shell

#: Where the build leaves the distribution.
BUILT = Path(__file__).resolve().parents[2] / "karaf-distribution" / "target" / "assembly"


class Authority:
    """What the distribution's certificates tool keeps, in a directory of the lab's."""

    def __init__(self, directory: Path, shell: Shell) -> None:
        self._etc = directory
        self._shell = shell
        self.files = directory / "tls"

    def of(self, name: str) -> Path:
        """The directory of a host's certificate."""
        return self.files / "hosts" / name

    def make(self, addresses: Iterable[str]) -> None:
        """The authority, and the controller's certificate for these addresses."""
        self._run("init", *addresses)

    def make_host(self, name: str, addresses: Iterable[str]) -> None:
        self._run("host", name, *addresses)

    def _run(self, *words: str) -> None:
        tool = BUILT / "bin" / "certificates"
        if not tool.exists():
            raise LabError(f"{tool} is missing, and it makes the certificates: build with mvn install")
        self._shell.run(["env", f"KARAF_ETC={self._etc}", str(tool), *words])
