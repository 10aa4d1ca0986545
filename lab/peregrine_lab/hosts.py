# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The machines of a lab and their daemons.

Each daemon can be started, killed and restarted by itself, and a host can lose
its power: faults are made of exactly these methods.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from .errors import LabError
from .instance import Instance
from .places import Machine, Place
from .plan import OVSDB_PORT, SEGMENT_PREFIX, UNDERLAY_BRIDGE, EdgePlan, identifier_of
from .processes import ProcessRef
from .shell import Shell, tail, wait_until
from .underlay import EDGE_DEVICE

_OVS_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
_OVS_DATABASE = "/etc/openvswitch/conf.db"
_OVS_CERTIFICATES = "/etc/openvswitch/tls"
_LIBVIRT_PORT, _LIBVIRT_TLS_PORT = 16509, 16514
#: Where libvirt looks for its own certificates and keys, by the file that they come from.
_LIBVIRT_CERTIFICATES = {
    "ca.pem": ("/etc/pki/CA/cacert.pem",),
    "cert.pem": ("/etc/pki/libvirt/servercert.pem", "/etc/pki/libvirt/clientcert.pem"),
    "key.pem": ("/etc/pki/libvirt/private/serverkey.pem", "/etc/pki/libvirt/private/clientkey.pem")}
#: libnfs in QEMU speaks NFS version 3 and finds its servers through the port mapper.
_PORTMAP_PORT, _NFS_PORT, _MOUNT_PORT = 111, 2049, 20048


class OpenVSwitch(Machine):
    """A machine with an Open vSwitch of its own."""

    own_directories = ("/etc/openvswitch", "/var/lib/openvswitch", "/var/log/openvswitch")
    #: Where ovsdb-server listens beside its local socket.
    ovsdb_remotes: tuple[str, ...] = ()
    #: The directory with ca.pem, cert.pem and key.pem of this machine, if it uses TLS.
    certificates: Path | None = None

    @property
    def identifier(self) -> str:
        return identifier_of("host", self.name)

    def install(self) -> None:
        super().install()
        if self.certificates is not None:
            shutil.copytree(self.certificates, self.own(_OVS_CERTIFICATES), dirs_exist_ok=True)

    def start(self) -> None:
        """Boot, or boot again after a crash."""
        self.boot()
        self.start_ovsdb()
        self.start_vswitchd()

    def start_ovsdb(self) -> None:
        if not self.own(_OVS_DATABASE).exists():
            self.run("ovsdb-tool", "create", _OVS_DATABASE, _OVS_SCHEMA)
        self.shell.run_daemon(self.inside([
            "ovsdb-server", _OVS_DATABASE, "--remote=punix:/run/openvswitch/db.sock",
            *(f"--remote={remote}" for remote in self.ovsdb_remotes),
            *(f"--{option}=db:Open_vSwitch,SSL,{column}" for option, column in (
                ("private-key", "private_key"), ("certificate", "certificate"), ("ca-cert", "ca_cert"))),
            "--pidfile", "--detach", "--log-file", "-vconsole:off"]), self.log)
        self.vsctl("--no-wait", "init", "--", "set", "Open_vSwitch", ".",
                   f"external_ids:system-id={self.identifier}", f"external_ids:hostname={self.name}")
        if self.certificates is not None:
            self.vsctl("--no-wait", "set-ssl", *(f"{_OVS_CERTIFICATES}/{file}" for file in (
                "key.pem", "cert.pem", "ca.pem")))

    def start_vswitchd(self) -> None:
        self.shell.run_daemon(self.inside([
            "ovs-vswitchd", "unix:/run/openvswitch/db.sock", "--pidfile", "--detach", "--log-file", "-vconsole:off"]),
            self.log)

    def kill_ovsdb(self) -> None:
        self.kill_daemon("/run/openvswitch/ovsdb-server.pid")

    def kill_vswitchd(self) -> None:
        self.kill_daemon("/run/openvswitch/ovs-vswitchd.pid")

    def vsctl(self, *argv: str) -> str:
        return self.run("ovs-vsctl", "--timeout=20", *argv)

    def has_bridge(self, bridge: str) -> bool:
        """Whether Open vSwitch has the bridge, and has made it real."""
        return self.shell.attempt(self.inside(["ovs-vsctl", "--timeout=5", "br-exists", bridge])).returncode == 0 \
            and self.shell.attempt(["ip", "-netns", self.netns, "link", "show", bridge]).returncode == 0

    def kill_daemon(self, pid_file: str) -> None:
        """By the process id in its own file, as seen inside the machine; comes back when it has ended."""
        self.run("sh", "-ec", f'pid=$(cat {pid_file}); kill -KILL "$pid"; rm -f {pid_file}; '
                              'while kill -0 "$pid" 2> /dev/null; do sleep 0.02; done', timeout=10)


class Edge(OpenVSwitch):
    """A host whose br-phy carries the underlay, and whose br-int is left to the controller."""

    def __init__(self, instance: Instance, shell: Shell, plan: EdgePlan, hosts: dict[str, str]) -> None:
        super().__init__(instance, shell, plan.name, hosts)
        self.plan = plan
        self.ovsdb_remotes = ("db:Open_vSwitch,Open_vSwitch,manager_options",
                              f"{'pssl' if plan.tls else 'ptcp'}:{OVSDB_PORT}:{plan.management}")

    def install(self) -> None:
        super().install()
        self.own("/etc/machine-id").write_text(self.identifier.replace("-", "") + "\n", encoding="ascii")

    def start_vswitchd(self) -> None:
        super().start_vswitchd()
        self.vsctl("--may-exist", "add-br", UNDERLAY_BRIDGE, "--",
                   "set", "Bridge", UNDERLAY_BRIDGE, "datapath_type=netdev", "--",
                   "--may-exist", "add-port", UNDERLAY_BRIDGE, EDGE_DEVICE)
        # The kernel would answer ARP for br-phy's address on eth0 too, with a MAC address at which no tunnel ends
        self.set_sysctl(ipv4__conf__all__arp_ignore="1")
        # The address sits on br-phy itself: then the userspace datapath tunnels by itself.
        self.ip(f"link set {EDGE_DEVICE} up", f"link set {UNDERLAY_BRIDGE} up",
                f"addr replace {self.plan.address}/{SEGMENT_PREFIX} dev {UNDERLAY_BRIDGE}",
                f"route replace default via {self.plan.gateway}")


class Border(Edge):
    """An edge without guests; its ports lead to plain hosts."""


class Hypervisor(Edge):
    """An edge that runs guests under libvirt."""

    own_directories = (*Edge.own_directories, "/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt",
                       "/var/cache/libvirt")

    @property
    def made_directories(self) -> tuple[str, ...]:
        return ("/etc/pki",) if self.plan.tls else ()

    def install(self) -> None:
        super().install()
        self.own("/etc/libvirt/qemu").mkdir(exist_ok=True)
        self.own("/var/log/libvirt/qemu").mkdir(exist_ok=True)
        self.own("/etc/libvirt/libvirt.conf").write_text("", encoding="ascii")
        self.own("/etc/libvirt/libvirtd.conf").write_text(_libvirtd_conf(self.plan, self.identifier), encoding="ascii")
        self.own("/etc/libvirt/qemu.conf").write_text(_qemu_conf(self.plan), encoding="ascii")
        hook = self.own("/etc/libvirt/hooks/qemu")
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(_QEMU_HOOK, encoding="ascii")
        hook.chmod(0o755)
        if self.certificates is not None:
            for file, paths in _LIBVIRT_CERTIFICATES.items():
                for path in map(self.own, paths):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(self.certificates / file, path)

    def start(self) -> None:
        super().start()
        self.start_libvirtd()

    def start_libvirtd(self) -> None:
        self.shell.run_daemon(self.inside(["libvirtd", "--daemon", "--listen"]), self.log)
        wait_until(self._libvirtd_listens, 30, f"{self.name}: libvirtd does not listen")

    def ensure_libvirtd(self) -> None:
        """Start it unless it runs."""
        if not self._libvirtd_listens():
            self.start_libvirtd()

    def _libvirtd_listens(self) -> bool:
        return self.listening(_LIBVIRT_TLS_PORT if self.plan.tls else _LIBVIRT_PORT)

    def kill_libvirtd(self) -> None:
        self.kill_daemon("/run/libvirtd.pid")

    def emulator(self, guest: str) -> ProcessRef:
        """The QEMU that runs a guest here, or is about to take it over."""
        return self.process(f"/run/libvirt/qemu/{guest}.pid")


class Storage(Machine):
    """The NFS server with the guests' disks."""

    own_directories = ("/var/lib/nfs", "/var/log/ganesha")

    def __init__(self, instance: Instance, shell: Shell, management: str, hosts: dict[str, str]) -> None:
        super().__init__(instance, shell, "storage", hosts)
        self.management = management
        self.export = instance.data_dir / "disks"

    def install(self) -> None:
        super().install()
        self.export.mkdir(parents=True, exist_ok=True)
        self.own("/var/log/ganesha/ganesha.conf").write_text(_ganesha_conf(self.export), encoding="ascii")

    def start(self) -> None:
        self.boot()
        self.shell.run_daemon(self.inside(["rpcbind", "-w"]), self.log)
        self.shell.run_daemon(self.inside([
            "ganesha.nfsd", "-f", "/var/log/ganesha/ganesha.conf", "-L", "/var/log/ganesha/ganesha.log",
            "-p", "/run/ganesha.pid"]), self.log)
        try:
            wait_until(lambda: self.listening(_PORTMAP_PORT, _NFS_PORT, _MOUNT_PORT), 30,
                       "the NFS server does not listen")
        except LabError as failure:
            raise LabError(f"{failure}; {tail(self.own('/var/log/ganesha/ganesha.log'))}") from failure


class ManagementNetwork:
    """The out-of-band network: one switch in a namespace of its own."""

    DEVICE = "eth1"
    _BRIDGE = "mgmt"

    def __init__(self, instance: Instance, shell: Shell) -> None:
        self._place = Place(instance, shell, "mgmt")

    def build(self) -> None:
        self._place.create()
        self._place.ip(f"link add {self._BRIDGE} type bridge", f"link set {self._BRIDGE} up")

    def attach(self, place: Place, address: str, prefix_length: int) -> None:
        port = f"to-{place.name}"
        place.ip(f"link add {self.DEVICE} type veth peer name {port} netns {self._place.netns}",
                 f"addr add {address}/{prefix_length} dev {self.DEVICE}", f"link set {self.DEVICE} up")
        self._place.ip(f"link set {port} master {self._BRIDGE}", f"link set {port} up")


def _libvirtd_conf(plan: EdgePlan, identifier: str) -> str:
    return f"""\
listen_tls = {int(plan.tls)}
listen_tcp = {int(not plan.tls)}
listen_addr = "{plan.management}"
auth_tcp = "none"
host_uuid = "{identifier}"
keepalive_interval = 5
keepalive_count = 3
"""


#: What udev does on a host that peregrine-host-setup has prepared. libvirt calls it when a guest's taps are there and
#: its QEMU is not.
_QEMU_HOOK = """\
#!/bin/sh
[ "$2" = start ] || exit 0
for tap in $(ip -o link show | sed -n 's/^[0-9]*: \\(vnet[0-9]*\\):.*/\\1/p'); do
    ip link set dev "$tap" txqueuelen 5000 || :  # another guest's may have gone
done
"""


def _qemu_conf(plan: EdgePlan) -> str:
    return f"""\
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
max_core = 0
migration_host = "{plan.management}"
migration_address = "{plan.management}"
"""


def _ganesha_conf(export: Path) -> str:
    return f"""\
NFS_CORE_PARAM {{
    Protocols = 3, 4;
    MNT_Port = {_MOUNT_PORT};
    Enable_NLM = false;
    Enable_RQUOTA = false;
}}
NFSV4 {{
    Graceless = true;
}}
EXPORT {{
    Export_Id = 1;
    Path = {export};
    Pseudo = /disks;
    Protocols = 3, 4;
    Transports = TCP;
    Access_Type = RW;
    Squash = No_Root_Squash;
    SecType = sys;
    FSAL {{
        Name = VFS;
    }}
}}
"""
