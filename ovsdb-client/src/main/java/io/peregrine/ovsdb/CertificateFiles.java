/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/**
 * Certificates in a directory, in PEM: {@code ca.pem} has whom to trust, {@code cert.pem} and {@code key.pem} (PKCS #8,
 * without a password) are our own.
 */
public final class CertificateFiles {
    private static final String AUTHORITY = "ca.pem";
    private static final String CERTIFICATE = "cert.pem";
    private static final String KEY = "key.pem";

    private CertificateFiles() {
        // static methods only
    }

    /**
     * TLS for connections to servers that have a certificate of the same authority, for the address that they are
     * reached at. Blocks, for the files are read. If they cannot be read, connections fail, and say why.
     *
     * @param directory where the files are
     * @return the context
     */
    public static SslContext clientContext(final Path directory) {
        final var missing = List.of(AUTHORITY, CERTIFICATE, KEY).stream().map(directory::resolve)
            .filter(file -> !Files.isReadable(file)).findFirst();
        if (missing.isPresent()) {
            return failing(missing.orElseThrow() + " is missing or cannot be read");
        }
        try {
            return SslContextBuilder.forClient().trustManager(TrustedAuthorities.of(directory.resolve(AUTHORITY)))
                .keyManager(file(directory, CERTIFICATE), file(directory, KEY)).protocols("TLSv1.3", "TLSv1.2").build();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return failing("the certificates in " + directory + " cannot be used: " + e.getMessage());
        }
    }

    private static File file(final Path directory, final String name) {
        return directory.resolve(name).toFile();
    }

    private static SslContext failing(final String why) {
        try {
            return SslContextBuilder.forClient().trustManager(new Failing(why)).build();
        } catch (SSLException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    /** Trusts nobody, and says why. */
    private record Failing(String why) implements X509TrustManager {
        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String authType)
                throws CertificateException {
            throw new CertificateException(why);
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String authType)
                throws CertificateException {
            throw new CertificateException(why);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
