# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""bin/certificates with somebody else's authorities: needs neither rights nor a lab, but openssl and Java's keytool."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from context import LAB

SCRIPT = LAB.parent / "karaf-distribution" / "src" / "main" / "assembly" / "bin" / "certificates"
#: Seconds for one program.
HANG = 60
#: As in the script.
PASSWORD = "peregrine"
NAME = "ctl.example.net"
CONTROLLER = f"""basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:{NAME}
"""
AUTHORITY = """basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
"""
PEM = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def run(*command: object) -> str:
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=HANG, check=True).stdout


class Owners:
    """Somebody else's authorities: each certificate is NAME.pem, its key NAME.key."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def file(self, name: str) -> Path:
        return self._directory / name

    def make(self, name: str, signer: str, extensions: str, days: int = 30) -> None:
        """A certificate; who signs its own is a root."""
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            f"/CN={name}", "-keyout", self.file(f"{name}.key"), "-out", self.file("request"))
        self.sign(name, signer, extensions, days)

    def sign(self, name: str, signer: str, extensions: str, days: int = 30) -> None:
        self.file("extensions").write_text(extensions, encoding="ascii")
        by = ["-signkey", self.file(f"{name}.key")] if signer == name \
            else ["-CA", self.file(f"{signer}.pem"), "-CAkey", self.file(f"{signer}.key"), "-CAcreateserial"]
        run("openssl", "x509", "-req", "-in", self.file("request"), *by, "-days", days, "-extfile",
            self.file("extensions"), "-out", self.file(f"{name}.pem"))

    def text(self, name: str) -> str:
        return self.file(f"{name}.pem").read_text(encoding="ascii")

    def bundle(self, name: str, *members: str, between: str = "") -> Path:
        """A file with several certificates."""
        self.file(name).write_text(between.join(map(self.text, members)), encoding="ascii")
        return self.file(name)

    def named(self, text: str) -> list[str]:
        """Whose the certificates in a text are, in their order."""
        known = {PEM.search(path.read_text(encoding="ascii"))[0]: path.stem for path in self._directory.glob("*.pem")}
        return [known.get(one, "a stranger's") for one in PEM.findall(text)]


class CertificatesTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls) -> None:
        java = os.environ.get("JAVA_HOME")
        cls.keytool = str(Path(java, "bin", "keytool")) if java else "keytool"
        for program in ("openssl", cls.keytool):
            if shutil.which(program) is None:
                raise unittest.SkipTest(f"{program} is not installed")
        cls.owners = Owners(Path(cls.enterClassContext(tempfile.TemporaryDirectory())))
        for name, signer in (("root", "root"), ("upper", "root"), ("lower", "upper"), ("other", "other")):
            cls.owners.make(name, signer, AUTHORITY)
        cls.owners.make("leaf", "lower", CONTROLLER)
        cls.owners.make("direct", "root", CONTROLLER)
        cls.root, cls.key = cls.owners.file("root.pem"), cls.owners.file("leaf.key")

    def setUp(self) -> None:
        home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (home / "bin").mkdir()
        (home / "etc").mkdir()
        self.script = shutil.copy2(SCRIPT, home / "bin")
        self.tls = home / "etc" / "tls"

    # Helpers

    def certificates(self, *words: object) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if name != "KARAF_ETC"}
        return subprocess.run([self.script, *map(str, words)], capture_output=True, text=True, env=environment,
                              timeout=HANG, check=False)

    def use(self, authorities: Path, certificate: Path, key: Path) -> None:
        result = self.certificates("use", authorities, certificate, key)
        self.assertEqual((0, ""), (result.returncode, result.stderr))

    def refused(self, *files: Path) -> str:
        """What is said against them; what was there stays."""
        before = self.content()
        result = self.certificates("use", *files)
        self.assertEqual((1, ""), (result.returncode, result.stdout))
        self.assertEqual(before, self.content())
        return result.stderr

    def content(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.tls)): path.read_bytes() for path in self.tls.rglob("*") if path.is_file()}

    def in_file(self, name: str) -> list[str]:
        return self.owners.named((self.tls / name).read_text(encoding="ascii"))

    def in_store(self, name: str) -> list[str]:
        """As Java sees it."""
        return self.owners.named(run(self.keytool, "-list", "-rfc", "-storepass", PASSWORD, "-keystore",
                                     self.tls / name))

    def meet(self) -> None:
        """Who trusts the root only takes the controller for what it is, as a server and as a client."""
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self.root))
        server.verify_mode = ssl.CERT_REQUIRED
        client = ssl.create_default_context(cafile=str(self.root))
        for side in (server, client):
            side.load_cert_chain(self.tls / "cert.pem", self.tls / "key.pem")
        here, there = socket.socketpair()
        with here, there:
            here.settimeout(HANG)

            def serve() -> None:
                with server.wrap_socket(there, server_side=True) as peer:
                    peer.sendall(b".")
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            with client.wrap_socket(here, server_hostname=NAME) as peer:
                self.assertEqual(b".", peer.recv(1))
            thread.join(HANG)

    # What the script promises

    def test_authorities_between_are_sent_along(self) -> None:
        self.use(self.root, self.owners.bundle("chain", "leaf", "lower", "upper"), self.key)
        self.assertEqual(["leaf", "lower", "upper"], self.in_file("cert.pem"))
        self.assertEqual(["leaf", "lower", "upper", "root"], self.in_store("keystore.p12"))
        self.assertEqual(["root"], self.in_store("truststore.p12"))
        self.assertEqual(["root"], self.in_file("ca.pem"))
        self.meet()
        self.assertEqual(["leaf", "lower", "upper"], self.in_file("libvirt/clientcert.pem"))
        self.assertEqual(["lower", "upper", "root"], self.in_file("libvirt/cacert.pem"))

    def test_order_is_made_where_there_is_none(self) -> None:
        chain = self.owners.bundle("disordered", "leaf", "root", "upper", "other", "lower", between="# a remark\n")
        self.use(self.root, chain, self.key)
        self.assertEqual(["leaf", "lower", "upper"], self.in_file("cert.pem"))
        self.meet()

    def test_authorities_between_may_be_with_the_root(self) -> None:
        self.use(self.owners.bundle("authorities", "lower", "root", "upper"), self.owners.file("leaf.pem"), self.key)
        self.assertEqual(["leaf", "lower", "upper"], self.in_file("cert.pem"))
        self.assertEqual(["leaf", "lower", "upper", "root"], self.in_store("keystore.p12"))
        self.assertEqual(["lower", "root", "upper"], self.in_store("truststore.p12"))
        self.meet()

    def test_all_of_a_bundle_are_trusted(self) -> None:
        self.use(self.owners.bundle("bundle", "other", "root"), self.owners.file("direct.pem"),
                 self.owners.file("direct.key"))
        self.assertEqual(["other", "root"], self.in_file("ca.pem"))
        self.assertEqual(["other", "root"], sorted(self.in_store("truststore.p12")))
        self.assertEqual(["direct", "root"], self.in_store("keystore.p12"))
        self.assertEqual(["root", "other"], self.in_file("libvirt/cacert.pem"))
        shown = self.certificates("show").stdout
        for owner in ("ca.pem: subject=CN = other;", "ca.pem: subject=CN = root;", "cert.pem: subject=CN = direct;"):
            self.assertIn(owner, shown)

    def test_an_authority_under_its_old_name_is_not_taken_for_it(self) -> None:
        """A root that is replaced: for a while both are trusted."""
        old = self.owners.text("root")
        again = Owners(Path(self.enterContext(tempfile.TemporaryDirectory())))
        again.make("root", "root", AUTHORITY)
        again.make("new", "root", CONTROLLER)
        both = again.file("both")
        both.write_text(old + again.text("root"), encoding="ascii")
        self.use(both, again.file("new.pem"), again.file("new.key"))
        store = run(self.keytool, "-list", "-rfc", "-storepass", PASSWORD, "-keystore", self.tls / "keystore.p12")
        self.assertEqual(["new", "root"], again.named(store))
        self.assertEqual(2, len(self.in_store("truststore.p12")))

    def test_who_signs_its_own_is_an_authority(self) -> None:
        owners = Owners(Path(self.enterContext(tempfile.TemporaryDirectory())))
        owners.make("self", "self", f"subjectAltName = DNS:{NAME}\n")
        self.use(owners.file("self.pem"), owners.file("self.pem"), owners.file("self.key"))
        self.assertEqual((self.tls / "ca.pem").read_bytes(), (self.tls / "cert.pem").read_bytes())

    def test_the_installations_own_authority_goes_when_another_comes(self) -> None:
        self.assertEqual(0, self.certificates("init", NAME).returncode)
        own = (self.tls / "ca.pem").read_text(encoding="ascii")
        self.assertEqual(PEM.findall((self.tls / "cert.pem").read_text(encoding="ascii")) + PEM.findall(own),
                         PEM.findall(run(self.keytool, "-list", "-rfc", "-storepass", PASSWORD, "-keystore",
                                         self.tls / "keystore.p12")))
        self.assertTrue((self.tls / "ca-key.pem").exists())
        self.use(self.root, self.owners.bundle("chain", "leaf", "lower", "upper"), self.key)
        self.assertFalse((self.tls / "ca-key.pem").exists())
        refused = self.certificates("host", "hv1", "10.255.0.1")
        self.assertEqual(1, refused.returncode)
        self.assertIn("ca-key.pem is missing", refused.stderr)
        self.assertEqual([], list(self.tls.glob("new.*")))
        for path in self.tls.rglob("*"):
            self.assertEqual(0, path.stat().st_mode & 0o077, f"{path} can be read by others")

    def test_what_cannot_be_used_is_refused_and_nothing_changes(self) -> None:
        self.assertEqual(0, self.certificates("init", NAME).returncode)
        owners, leaf = self.owners, self.owners.file("leaf.pem")
        chain = owners.bundle("chain", "leaf", "lower", "upper")
        empty = owners.file("empty")
        empty.touch()
        broken = owners.file("broken")
        broken.write_text(owners.text("leaf") + "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n",
                          encoding="ascii")
        der = owners.file("root.der")
        run("openssl", "x509", "-in", self.root, "-outform", "DER", "-out", der)
        locked = owners.file("locked.key")
        run("openssl", "pkey", "-in", self.key, "-aes256", "-passout", "pass:secret", "-out", locked)
        gap = owners.bundle("gap", "leaf", "upper")
        wrong = owners.file("other.pem")
        below = owners.bundle("below", "lower", "leaf", "upper")
        missing = owners.file("missing.pem")
        for files, named, mended in (
                ((self.root, gap, self.key), f"{gap} does not lead to an authority in {self.root} (unable to get local "
                                             "issuer certificate)", f"into {gap}, below the controller's"),
                ((self.root, leaf, self.key), f"{leaf} does not lead", f"into {leaf}, below"),
                ((wrong, chain, self.key), f"an authority in {wrong}", f"root's certificate into {wrong}"),
                ((owners.file("lower.pem"), chain, self.key), "does not lead", "root's certificate into"),
                ((self.root, below, self.key), f"{self.key} is not the key of {below}", "to the first of"),
                ((self.root, chain, owners.file("other.key")), "other.key is not the key of", "give the one"),
                ((self.root, chain, locked), f"{locked} is no key", f"openssl pkey -in {locked}"),
                ((der, chain, self.key), f"{der} holds no certificate in PEM", f"openssl x509 -in {der}"),
                ((self.root, empty, self.key), f"{empty} holds no certificate in PEM", "openssl x509"),
                ((self.root, broken, self.key), f"{broken}: certificate 2 in it is broken", "get the file anew"),
                ((missing, chain, self.key), f"{missing} cannot be read", "is it there")):
            with self.subTest(named):
                said = self.refused(*files)
                self.assertIn(named, said)
                self.assertIn(mended, said)
                self.assertEqual(1, said.count("\n"), said)


if __name__ == "__main__":
    unittest.main()
