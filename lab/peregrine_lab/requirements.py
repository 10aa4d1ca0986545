# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What the machine must offer, and the one list of Debian packages."""

from __future__ import annotations

import glob
import os
import shutil
from dataclasses import dataclass

from .errors import LabError


@dataclass(frozen=True)
class Package:
    """A Debian package, and what shows that it (or its like) is installed."""

    name: str
    programs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def missing(self) -> bool:
        return any(_program(program) is None for program in self.programs) \
            or any(not glob.glob(pattern) for pattern in self.files)


PACKAGES = (
    Package("busybox-static", programs=("busybox",)),
    Package("curl", programs=("curl",)),
    Package("ethtool", programs=("ethtool",)),
    Package("iperf3", programs=("iperf3",)),
    Package("iproute2", programs=("ip", "tc")),
    Package("iputils-ping", programs=("ping",)),
    Package("libvirt-clients", programs=("virsh",)),
    Package("libvirt-daemon-driver-qemu", files=("/usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so",)),
    Package("libvirt-daemon-system", programs=("libvirtd",)),
    Package("linux-image-cloud-amd64", files=("/boot/vmlinuz-*-cloud-amd64",)),
    Package("nfs-common", programs=("showmount",)),
    Package("nfs-ganesha", programs=("ganesha.nfsd",)),
    Package("nfs-ganesha-vfs", files=("/usr/lib/*/ganesha/libfsalvfs.so",)),
    Package("openssh-client", programs=("ssh",)),
    Package("openssl", programs=("openssl",)),
    Package("openvswitch-switch", programs=("ovs-vswitchd", "ovsdb-server", "ovs-vsctl")),
    Package("python3", programs=("python3",)),
    Package("qemu-block-extra", files=("/usr/lib/*/qemu/block-nfs.so",)),
    Package("qemu-system-x86", programs=("qemu-system-x86_64",)),
    Package("rpcbind", programs=("rpcbind",)),
    Package("sshpass", programs=("sshpass",)),
    Package("tcpdump", programs=("tcpdump",)),
    Package("util-linux", programs=("nsenter", "unshare", "setpriv")),
)

#: What only tests need: a compiler for programs that talk in guests; systemd, to boot a machine with; virt-manager, and
#: a display with accessibility to use it at.
TEST_PACKAGES = (
    Package("at-spi2-core", files=("/usr/libexec/at-spi-bus-launcher",)),
    Package("dbus-daemon", programs=("dbus-daemon",)),
    Package("gcc", programs=("gcc",)),
    Package("gir1.2-atspi-2.0", files=("/usr/lib/*/girepository-1.0/Atspi-2.0.typelib",)),
    Package("libc6-dev", files=("/usr/include/stdio.h",)),
    Package("python3-libvirt", files=("/usr/lib/python3/dist-packages/libvirt.py",)),
    Package("systemd", files=("/lib/systemd/systemd",)),
    Package("virt-manager", programs=("virt-manager",)),
    Package("xvfb", programs=("Xvfb",)),
)

_CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21}


def check_rights() -> None:
    """Everything the lab does needs these, looking included."""
    if os.geteuid() != 0:
        raise LabError("the lab needs root: it makes namespaces; run it with sudo")
    lacking = [name for name, bit in _CAPABILITIES.items() if not _effective_capabilities() >> bit & 1]
    if lacking:
        raise LabError(f"root here lacks {' and '.join(lacking)}: in a container, start it with --privileged")


def check_packages(packages: tuple[Package, ...] = PACKAGES) -> None:
    missing = [package.name for package in packages if package.missing()]
    if missing:
        raise LabError(f"not installed: {', '.join(missing)}; install with: "
                       f"apt-get install --no-install-recommends {' '.join(missing)}")
    if not os.path.exists("/dev/net/tun"):
        raise LabError("/dev/net/tun is not there: load the kernel module tun (modprobe tun)")


def complete_path() -> None:
    """Programs in sbin are found also where the caller's PATH has none."""
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path += [directory for directory in ("/usr/local/sbin", "/usr/sbin", "/sbin") if directory not in path]
    os.environ["PATH"] = os.pathsep.join(path)


def _program(name: str) -> str | None:
    return shutil.which(name)


def _effective_capabilities() -> int:
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    return 0
