# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The controller in its place: start, stop, and talk to it over RESTCONF."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any, Iterable

from .certificates import BUILT
from .errors import LabError
from .fabric import UP
from .fabricplan import FabricPlan, LinkPlan
from .lab import Lab
from .processes import ProcessRef, group
from .shell import tail, wait_until
from .status import status

_ROOT = Path(__file__).resolve().parents[2]
#: Where the build leaves OpenDaylight without Peregrine, and the KAR.
STOCK = _ROOT / "stock-distribution" / "target" / "assembly"
KARS = _ROOT / "features" / "peregrine-kar" / "target"

#: Datapath identifier and port number where a link begins, and those where it ends.
LinkEnds = tuple[str, int, str, int]

_USER = "admin"
#: When sessions with switches begin and end, and nodes of the inventory are removed.
_MORE_LOG = """
log4j2.logger.lifecycle.name = org.opendaylight.openflowplugin.impl.lifecycle
log4j2.logger.lifecycle.level = INFO
"""
_STATUS_MARK = "\nHTTP-STATUS "


class RestError(LabError):
    """RESTCONF said no."""

    def __init__(self, what: str, code: int, body: str) -> None:
        super().__init__(f"{what}: HTTP {code}: {body.strip()}")
        self.code = code


class Controller:
    """A copy of the distribution that runs in the lab's place ``controller``."""

    #: Where its web server is.
    web = "https://127.0.0.1:8443"

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.home = lab.instance.data_dir / "controller"
        self.log = self.home / "data" / "log" / "karaf.log"
        self._console = lab.instance.state_dir / "controller.log"
        self._pid = lab.instance.state_dir / "controller.pid"
        #: The password of the user admin, as the first start has made it.
        self.password_file = self.home / "etc" / "admin-password"

    def process(self) -> ProcessRef | None:
        """The running controller, if it runs."""
        try:
            ref = ProcessRef(*map(int, self._pid.read_text(encoding="ascii").split()))
        except FileNotFoundError:
            return None
        return ref if ref.alive else None

    def start(self, distribution: Path = BUILT) -> None:
        """Start it; data of an earlier run in this lab is kept."""
        if self.process() is not None:
            raise LabError("the controller runs already")
        if not self.home.exists():
            if not (distribution / "bin" / "karaf").exists():
                raise LabError(f"{distribution} holds no distribution: build it with mvn install, or name one")
            shutil.copytree(distribution, self.home, symlinks=True)
            self._configure()
        karaf = self._lab.controller.in_network([str(self.home / "bin" / "karaf"), "server"])
        pid = self._lab.shell.spawn(karaf, self._console)
        ref = ProcessRef.of(pid)
        self._pid.write_text(f"{ref.pid} {ref.start_time}", encoding="ascii")

    def _configure(self) -> None:
        """Before the first start."""
        with (self.home / "etc" / "org.ops4j.pax.logging.cfg").open("a", encoding="ascii") as logging:
            logging.write(_MORE_LOG)
        if self._lab.tls:
            shutil.copytree(self._lab.authority.files, self.home / "etc" / "tls")
        else:
            self._listen_plain()

    def _listen_plain(self) -> None:
        """The lab's switches have no certificates: OpenFlow without TLS."""
        config = self.home / "etc/opendaylight/datastore/initial/config/default-openflow-connection-config.xml"
        text = config.read_text(encoding="utf-8")
        for off, on in (("<address>127.0.0.1</address>", ""),
                        (">TLS</transport-protocol>", ">TCP</transport-protocol>")):
            if off not in text:
                raise LabError(f"{config} is not as expected: it has no {off}")
            text = text.replace(off, on)
        config.write_text(text, encoding="utf-8")

    def stop(self, timeout: float = 60) -> None:
        """An orderly end."""
        self._end(signal.SIGTERM, timeout)

    def kill(self) -> None:
        """No farewell."""
        self._end(signal.SIGKILL, 10)

    def _end(self, number: int, timeout: float) -> None:
        ref = self.process()
        if ref is None:
            return
        # The start script and the JVM are one group; the script ends long before the other
        os.killpg(ref.pid, number)
        wait_until(lambda: not group(ref.pid), timeout, "the end of the controller", interval=0.1)

    def wait_ready(self, timeout: float = 480, container: str = "peregrine-edge:edges") -> float:
        """Wait until intent can be given and state can be read; gives the seconds waited."""
        began = time.monotonic()
        code = 0

        def answers() -> bool:
            nonlocal code
            if self.process() is None:
                raise LabError(f"the controller has ended: {tail(self._console)}")
            code = self.ask(container)
            return code in (200, 409)

        try:
            wait_until(answers, timeout, f"RESTCONF of the controller (see {self.log})", interval=0.5)
        except LabError as late:
            raise LabError(f"{late}; it said HTTP {code} at last (0: nothing)") from late
        return time.monotonic() - began

    # RESTCONF

    def ask(self, container: str) -> int:
        """What RESTCONF says when it is asked for observed state: an HTTP code, 0 if nothing."""
        return self._request("GET", f"data/{container}?content=nonconfig")[0]

    def get(self, path: str) -> dict[str, Any] | None:
        """Operational or configured data; None where there is none."""
        code, body = self._request("GET", f"data/{path}")
        if code == 409:  # data-missing
            return None
        if code != 200:
            raise RestError(f"GET {path}", code, body)
        return json.loads(body)

    def put(self, path: str, data: dict[str, Any]) -> None:
        self._change("PUT", path, data)

    def delete(self, path: str) -> None:
        self._change("DELETE", path, None)

    def invoke(self, rpc: str, wishes: dict[str, Any]) -> dict[str, Any]:
        """Call an RPC; gives its output."""
        module = rpc.partition(":")[0]
        code, body = self._request("POST", f"operations/{rpc}", {f"{module}:input": wishes})
        if code not in (200, 204):
            raise RestError(f"POST {rpc}", code, body)
        return json.loads(body).get(f"{module}:output", {}) if body.strip() else {}

    def audit(self) -> dict[str, Any]:
        """What the RPC says of all switches."""
        return self.invoke("peregrine-audit:audit", {})

    def _change(self, method: str, path: str, data: dict[str, Any] | None) -> None:
        code, body = self._request(method, f"data/{path}", data)
        if code not in (200, 201, 204):
            raise RestError(f"{method} {path}", code, body)

    def fetch(self, path: str, login: bool = True) -> tuple[int, str]:
        """What else the web server has, such as ``metrics``: the HTTP code (0: no answer), and the text."""
        return self._curl(path, [*(self.login_options() if login else self._trust()), "--location"])

    def answer(self, login: tuple[str, str] | None, method: str, path: str, data: dict[str, Any] | None = None) -> int:
        """The HTTP code of a request of a user with a password, or of nobody, for a path just as it is."""
        return self.reply(login, method, path, data)[0]

    def reply(self, login: tuple[str, str] | None, method: str, path: str,
              data: dict[str, Any] | None = None) -> tuple[int, str]:
        """The same with what is said."""
        with tempfile.NamedTemporaryFile("w", prefix="peregrine-login-", encoding="ascii") as config:
            if login is not None:
                config.write(f"user = {json.dumps(':'.join(login))}\n")
                config.flush()
            return self._ask(method, path, data, ["--path-as-is", "--config", config.name, *self._trust()])

    def _request(self, method: str, path: str, data: dict[str, Any] | None = None) -> tuple[int, str]:
        return self._ask(method, f"rests/{path}", data, self.login_options())

    def _ask(self, method: str, path: str, data: dict[str, Any] | None, login: list[str]) -> tuple[int, str]:
        options = [*login, "--request", method, "--header", "Accept: application/yang-data+json"]
        if data is not None:
            options += ["--header", "Content-Type: application/yang-data+json", "--data-binary", "@-"]
        return self._curl(path, options, "" if data is None else json.dumps(data))

    def _curl(self, path: str, options: list[str], stdin: str = "") -> tuple[int, str]:
        command = ["curl", "--silent", "--max-time", "30", *options,
                   "--write-out", _STATUS_MARK + "%{http_code}", f"{self.web}/{path}"]
        result = self._lab.shell.attempt(self._lab.controller.in_network(command), stdin=stdin)
        body, _, code = result.stdout.rpartition(_STATUS_MARK)
        return int(code or 0), body

    @property
    def authority(self) -> Path:
        """The certificate of who has signed the controller's."""
        return self.home / "etc" / "tls" / "ca.pem"

    def login_options(self) -> list[str]:
        """What makes curl trust the controller and log in."""
        return [*self._trust(), "--netrc-file", str(self._netrc())]

    def _trust(self) -> list[str]:
        return ["--cacert", str(self.authority)]

    def _netrc(self) -> Path:
        """Who logs in, in a file: a command line is seen by others."""
        path = self.home / "etc" / "lab.netrc"
        if not path.exists() and self.password_file.exists():
            path.touch(mode=0o600)
            path.write_text(f"default login {_USER} password {self.password()}\n", encoding="ascii")
        return path

    def password(self) -> str:
        try:
            return self.password_file.read_text(encoding="ascii").strip()
        except FileNotFoundError as failure:
            raise LabError("the controller has no password yet: its first start makes one") from failure

    def console(self, command: str, user: str = _USER, password: str | None = None,
                options: Iterable[str] = ()) -> list[str]:
        """The command line that runs a command of the console."""
        secret = ["-f", str(self.password_file)] if password is None else ["-p", password]
        return self._lab.controller.in_network([
            "sshpass", *secret, "ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "LogLevel=ERROR", "-p", "8101", *options, f"{user}@127.0.0.1", command])

    # The lab as intent

    def give_intent(self) -> None:
        """Tell the controller of the lab's fabric, hypervisors, border and network."""
        for path, data in intent(self._lab).items():
            self.put(path, data)

    def wait_edges(self, timeout: float = 60) -> float:
        """Wait until every edge is ready; gives the seconds waited."""
        began = time.monotonic()
        names = {edge.name for edge in self._lab.edges}
        wait_until(lambda: self.ready_edges() >= names, timeout, "all edges ready (peregrine-edge:edges tells why)",
                   interval=0.2)
        return time.monotonic() - began

    def wait_fabric(self, timeout: float = 60) -> float:
        """Wait until all of the fabric that works is found; its routes follow. Gives the seconds waited."""
        began = time.monotonic()
        if self._lab.plan.fabric is not None:
            try:
                wait_until(lambda: not self._lacking(), timeout, "the whole fabric found", interval=0.1)
            except LabError as late:
                raise LabError(f"{late}; lacking: {', '.join(self._lacking())}") from late
        return time.monotonic() - began

    def _lacking(self) -> list[str]:
        """What is not as it should be of the fabric."""
        conditions = self._lab.fabric.conditions()
        states = {switch["name"]: switch["state"] for switch in self.state("peregrine-fabric:fabric-state", "switch")}
        links, wanted = self.fabric_links(), wiring(self._lab.plan.fabric, conditions)
        hosts = {link.b for link, condition in conditions if link.to_host and condition == UP}
        addresses = {edge.plan.address for edge in self._lab.edges if edge.name in hosts}
        found = {host["address"] for host in self.state("peregrine-fabric:hosts", "host")}
        names = {switch.name for switch in self._lab.plan.fabric.switches}
        return [
            *(f"switch {name} {states.get(name, 'unknown')}" for name in sorted(names | set(states))
              if name not in names or states.get(name) != "in-sync"),
            *(f"link {link}" for link in sorted(wanted - links)),
            *(f"no link {link}" for link in sorted(links - wanted)),
            *(f"host {address}" for address in sorted(addresses - found))]

    def fabric_links(self) -> set[LinkEnds]:
        """The links of the fabric that are in use, each direction by itself."""
        return {(link["source-switch"], link["source-port"], link["target-switch"], link["target-port"])
                for link in self.state("peregrine-fabric:links", "link")
                if link["layer"] == "fabric" and link["state"] == "up"}

    def ready_edges(self) -> set[str]:
        return {edge["name"] for edge in self.state("peregrine-edge:edges", "edge") if edge.get("ready")}

    def state(self, container: str, name: str) -> list[dict[str, Any]]:
        """A list of observed state; empty where there is none."""
        data = self.get(f"{container}?content=nonconfig") or {}
        return data.get(container, {}).get(name, [])


class StockController(Controller):
    """OpenDaylight without Peregrine's settings: its own port and users, and no TLS."""

    web = "http://127.0.0.1:8181"

    def _configure(self) -> None:
        """As it comes."""

    def login_options(self) -> list[str]:
        return ["--user", "admin:admin"]

    def _trust(self) -> list[str]:
        return []

    def console(self, command: str, user: str = "karaf", password: str | None = "karaf",
                options: Iterable[str] = ()) -> list[str]:
        return super().console(command, user, password, options)


def wiring(plan: FabricPlan, conditions: Iterable[tuple[LinkPlan, str]]) -> set[LinkEnds]:
    """The links that work, each direction by itself, as a controller has to find them."""
    found = set()
    for link, condition in conditions:
        if link.b_port is not None and condition == UP:
            a = (plan.switch(link.a).datapath_id, link.a_port.number)
            b = (plan.switch(link.b).datapath_id, link.b_port.number)
            found |= {(*a, *b), (*b, *a)}
    return found


def intent(lab: Lab) -> dict[str, dict[str, Any]]:
    """What to PUT where, so that Peregrine runs this lab."""
    state = status(lab.instance)
    client = state["client"]
    network = {
        "name": "demo", "vni": 5001,
        "subnet": [{"prefix": "192.168.100.0/24", "gateway": client["gateway"]}],
        "port": [{"mac-address": guest["mac"], **({"address": [guest["address"]]} if guest["address"] else {})}
                 for guest in state["guests"] if guest["network"] == "demo"],
    }
    border = state["borders"][0]
    return {
        # Edges become ready over the fabric, so it comes first
        **_fabric(state),
        "peregrine-network:networks": {"peregrine-network:networks": {"network": [network]}},
        "peregrine-edge:hypervisors": {"peregrine-edge:hypervisors": {"hypervisor": [
            {**_edge(host), "libvirt": host["libvirt"]} for host in state["hypervisors"]]}},
        "peregrine-edge:borders": {"peregrine-edge:borders": {"border": [
            {**_edge(border), "port": [{
                "interface": client["port"], "network": "demo",
                "host": [{"mac-address": client["mac"], "address": [client["address"]]}]}]}]}},
    }


def _fabric(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    if state["fabric"] is None:
        return {}
    return {"peregrine-fabric:fabric": {"peregrine-fabric:fabric": {
        "switch": [{"name": switch["name"], "datapath-id": switch["datapath_id"]}
                   for switch in state["fabric"]["switches"]],
        "segment": [{"prefix": edge["segment"], "gateway": edge["gateway"]}
                    for edge in (*state["hypervisors"], *state["borders"])],
    }}}


def _edge(host: dict[str, Any]) -> dict[str, Any]:
    return {"name": host["name"], "ovsdb": host["ovsdb"], "underlay-address": host["address"],
            "bridge": host["bridge"], "datapath-type": "netdev"}
