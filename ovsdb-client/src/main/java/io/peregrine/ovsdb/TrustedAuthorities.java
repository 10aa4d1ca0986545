/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts whom some authorities have signed, as Java does, and tells of a certificate that is not for the address that
 * it was met at more than Java does: whose it is, what it is for, and how to make one that is.
 */
final class TrustedAuthorities extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager jdk;

    private TrustedAuthorities(final X509ExtendedTrustManager jdk) {
        this.jdk = requireNonNull(jdk);
    }

    /**
     * Reads the authorities.
     *
     * @param file their certificates, in PEM
     * @return who trusts them
     * @throws IOException if the file cannot be read
     * @throws GeneralSecurityException if it has no certificates
     */
    static TrustedAuthorities of(final Path file) throws IOException, GeneralSecurityException {
        final var keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        try (var in = Files.newInputStream(file)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                keys.setCertificateEntry("authority-" + keys.size(), certificate);
            }
        }
        if (keys.size() == 0) {
            throw new CertificateException(file + " has no certificate");
        }
        final var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(keys);
        return new TrustedAuthorities(Stream.of(factory.getTrustManagers())
            .filter(X509ExtendedTrustManager.class::isInstance).map(X509ExtendedTrustManager.class::cast)
            .findFirst().orElseThrow());
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String authType, final SSLEngine engine)
            throws CertificateException {
        try {
            jdk.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            // Without a connection nothing is compared with its address
            jdk.checkServerTrusted(chain, authType);
            throw new CertificateException(tell(chain[0], engine.getPeerHost()), e);
        }
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String authType, final Socket socket)
            throws CertificateException {
        jdk.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String authType) throws CertificateException {
        jdk.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String authType, final SSLEngine engine)
            throws CertificateException {
        jdk.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String authType, final Socket socket)
            throws CertificateException {
        jdk.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String authType) throws CertificateException {
        jdk.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return jdk.getAcceptedIssuers();
    }

    private static String tell(final X509Certificate certificate, final String address) {
        final var names = names(certificate);
        return "the certificate of " + certificate.getSubjectX500Principal() + ", which is for "
            + (names.isEmpty() ? "no address" : names) + ", is not for " + address
            + ": if it is the right host, make it one by bin/certificates host NAME " + address;
    }

    /** The names and addresses that a certificate is for. */
    private static String names(final X509Certificate certificate) {
        try {
            return Stream.ofNullable(certificate.getSubjectAlternativeNames()).flatMap(Collection::stream)
                .map(TrustedAuthorities::name).filter(Objects::nonNull).collect(Collectors.joining(", "));
        } catch (CertificateParsingException e) {
            return "what cannot be read";
        }
    }

    /** Of a name's kind and value the latter, if others can be reached by it: DNS (2) and IP (7), of RFC 5280. */
    private static String name(final List<?> kindAndValue) {
        return kindAndValue.get(0).equals(2) || kindAndValue.get(0).equals(7) ? kindAndValue.get(1).toString() : null;
    }
}
