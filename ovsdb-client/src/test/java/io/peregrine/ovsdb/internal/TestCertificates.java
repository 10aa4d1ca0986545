/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/** Self-signed certificates, made with the JDK's own tool. */
final class TestCertificates {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private TestCertificates() {
        // static methods only
    }

    /** Writes a new key and its certificate, which is its own CA and for the address of the tests' servers, as PEM. */
    static void write(final Path key, final Path certificate) throws Exception {
        write(key, certificate, "ip:127.0.0.1");
    }

    /** The same for other names and addresses, as keytool has them. */
    static void write(final Path key, final Path certificate, final String alternatives) throws Exception {
        final Path store = Files.createTempDirectory(key.getParent(), "keys").resolve("store");
        RealServer.run(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
            "-alias", "peer", "-keyalg", "RSA", "-keysize", "2048", "-validity", "2", "-dname",
            "CN=" + key.getFileName(), "-ext", "bc:c=ca:true", "-ext", "san=" + alternatives, "-storetype",
            "PKCS12", "-storepass", new String(PASSWORD), "-keystore", store.toString());
        final KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        Files.writeString(key, pem("PRIVATE KEY", keys.getKey("peer", PASSWORD).getEncoded()));
        Files.writeString(certificate, pem("CERTIFICATE", keys.getCertificate("peer").getEncoded()));
    }

    private static String pem(final String type, final byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
            + "\n-----END " + type + "-----\n";
    }
}
