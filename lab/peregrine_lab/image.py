# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The guests' kernel and initial RAM disk, made of what Debian installed.

The RAM disk holds busybox, the virtio modules and guest-init.sh, and what a benchmark adds.
What differs from guest to guest comes on the kernel's command line.
"""

from __future__ import annotations

import glob
import lzma
import re
import shutil
import subprocess
from pathlib import Path

from .errors import LabError

_INIT = Path(__file__).with_name("data") / "guest-init.sh"
_EMULATOR = Path(__file__).with_name("data") / "emulator.sh"
#: In the order in which they have to be inserted.
_MODULES = (
    "drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_pci_modern_dev",
    "drivers/virtio/virtio_pci_legacy_dev", "drivers/virtio/virtio_pci", "net/core/failover",
    "drivers/net/net_failover", "drivers/net/virtio_net", "drivers/block/virtio_blk",
)


class GuestImage:
    """Kernel and RAM disk in a directory that all hypervisors see."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.kernel = directory / "vmlinuz"
        self.ramdisk = directory / "initrd"
        self.emulator = directory / "emulator"
        #: Programs that answer at TCP ports of a guest, by port; to be given before the image is built.
        self.programs: dict[int, bytes] = {}

    def build(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        source = newest_kernel(glob.glob("/boot/vmlinuz-*-cloud-amd64"))
        release = source.name.partition("-")[2]
        archive = CpioArchive()
        for directory in ("bin", "dev", "etc", "modules", "proc", "start", "sys", "tmp"):
            archive.directory(directory)
        archive.file("bin/busybox", _read(shutil.which("busybox") or "/bin/busybox"), 0o755)
        archive.file("init", _INIT.read_bytes(), 0o755)
        for number, module in enumerate(_MODULES, 1):
            archive.file(f"modules/{number:02}-{Path(module).name}.ko", _read_module(release, module), 0o644)
        for port, content in self.programs.items():
            archive.file(f"start/{port}", content, 0o755)
        self.ramdisk.write_bytes(archive.finish())
        shutil.copyfile(source, self.kernel)
        shutil.copyfile(_EMULATOR, self.emulator)
        self.emulator.chmod(0o755)


def compile_static(source: Path, program: Path) -> None:
    """Make a program of C that needs no library, since the guests have none."""
    compiler = shutil.which("gcc")
    if compiler is None:
        raise LabError("no C compiler: apt-get install --no-install-recommends gcc libc6-dev")
    result = subprocess.run([compiler, "-std=gnu11", "-O2", "-Wall", "-Wextra", "-static", "-o", str(program),
                             str(source)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        raise LabError(f"{source.name} does not compile (is libc6-dev installed?): {result.stdout.strip()}")


def newest_kernel(paths: list[str]) -> Path:
    if not paths:
        raise LabError("no kernel /boot/vmlinuz-*-cloud-amd64: install linux-image-cloud-amd64")
    return Path(max(paths, key=lambda path: [int(number) for number in re.findall(r"\d+", Path(path).name)]))


class CpioArchive:
    """A writer for the "newc" format, the one the kernel unpacks."""

    _DIRECTORY, _FILE = 0o040000, 0o100000

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._entries = 0

    def directory(self, name: str) -> None:
        self._add(name, self._DIRECTORY | 0o755, b"")

    def file(self, name: str, content: bytes, permissions: int) -> None:
        self._add(name, self._FILE | permissions, content)

    def finish(self) -> bytes:
        self._add("TRAILER!!!", 0, b"")
        return b"".join(self._parts)

    def _add(self, name: str, mode: int, content: bytes) -> None:
        self._entries += 1
        path = name.encode() + b"\0"
        # inode, mode, uid, gid, links, mtime, size, device (2), device file (2), length of the name, checksum
        numbers = (self._entries, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path), 0)
        header = b"070701" + b"".join(b"%08X" % number for number in numbers)
        self._parts += [_padded(header + path), _padded(content)]


def _padded(block: bytes) -> bytes:
    return block + b"\0" * (-len(block) % 4)


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


def _read_module(release: str, module: str) -> bytes:
    path = Path("/lib/modules", release, "kernel", module + ".ko")
    if path.exists():
        return path.read_bytes()
    compressed = path.with_name(path.name + ".xz")
    if compressed.exists():
        return lzma.decompress(compressed.read_bytes())
    raise LabError(f"kernel module {path} is not there: install linux-image-cloud-amd64 again")
