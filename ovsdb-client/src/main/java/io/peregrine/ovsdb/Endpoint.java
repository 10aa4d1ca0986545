/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import com.google.common.net.InetAddresses;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to connect or to listen, in the notation of ovsdb(7) and ovs-vsctl(8): {@code tcp:HOST:PORT},
 * {@code ssl:HOST:PORT}, {@code ptcp:PORT[:HOST]}, {@code pssl:PORT[:HOST]}. An IPv6 address stands in brackets, and
 * has no zone.
 *
 * @param kind active or passive, plain or TLS
 * @param host a host name or an address, without brackets; for a passive one the address to listen on
 * @param port the TCP port; 0 lets the system choose one to listen on
 */
public record Endpoint(Kind kind, String host, int port) {
    /** The four methods of connecting. */
    public enum Kind {
        TCP, SSL, PTCP, PSSL;

        /** Whether the peer connects to us. */
        public boolean passive() {
            return this == PTCP || this == PSSL;
        }

        /** Whether TLS is used. */
        public boolean secure() {
            return this == SSL || this == PSSL;
        }

        /** The word that the notation begins with. */
        public String scheme() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String HOST = "(\\[[^\\[\\]\\s]*]|[^:\\[\\]\\s]*)";
    private static final Pattern ACTIVE = Pattern.compile("(tcp|ssl):" + HOST + ":([0-9]{1,5})");
    private static final Pattern PASSIVE = Pattern.compile("(ptcp|pssl):([0-9]{1,5})(?::" + HOST + ")?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");

    /**
     * Checks host and port.
     *
     * @throws IllegalArgumentException if the host is neither a name nor an address, or the port is out of range; the
     *     message says what is wrong and does not have the host in it
     */
    public Endpoint {
        final int lowest = kind.passive() ? 0 : 1;
        if (port < lowest || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between " + lowest + " and 65535");
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("it has no host");
        }
        if (host.indexOf(':') >= 0) {
            if (host.indexOf('%') >= 0 || !InetAddresses.isInetAddress(host)) {
                throw new IllegalArgumentException("its host has colons and is not an IPv6 address without a zone");
            }
        } else if (!NAME.matcher(host).matches()) {
            throw new IllegalArgumentException("its host is not a name of letters, digits, '.', '-' and '_'");
        } else if (NUMBERS.matcher(host).matches() && !InetAddresses.isInetAddress(host)) {
            throw new IllegalArgumentException("its host is not an IPv4 address: that is four numbers from 0 to 255");
        }
    }

    /**
     * Reads the notation.
     *
     * @throws IllegalArgumentException if the text is none of the forms above; the message says what is wrong and does
     *     not have the text in it
     */
    public static Endpoint parse(final String text) {
        final Matcher passive = PASSIVE.matcher(text);
        if (passive.matches()) {
            return new Endpoint(kind(passive.group(1)), passive.group(3) == null ? "0.0.0.0" : bare(passive.group(3)),
                Integer.parseInt(passive.group(2)));
        }
        return parseActive(text);
    }

    /**
     * Reads the notation of a server to connect to: {@code tcp:HOST:PORT} or {@code ssl:HOST:PORT}.
     *
     * @throws IllegalArgumentException as of {@link #parse}
     */
    public static Endpoint parseActive(final String text) {
        final Matcher active = ACTIVE.matcher(text);
        if (!active.matches()) {
            throw new IllegalArgumentException(
                "it is not of the form tcp:ADDRESS:PORT or ssl:ADDRESS:PORT (IPv6 addresses in brackets)");
        }
        return new Endpoint(kind(active.group(1)), bare(active.group(2)), Integer.parseInt(active.group(3)));
    }

    /** The notation that {@link #parse(String)} reads. */
    @Override
    public String toString() {
        final String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return kind.passive() ? kind.scheme() + ":" + port + ":" + shown : kind.scheme() + ":" + shown + ":" + port;
    }

    private static Kind kind(final String scheme) {
        return Arrays.stream(Kind.values()).filter(kind -> kind.scheme().equals(scheme)).findFirst().orElseThrow();
    }

    private static String bare(final String host) {
        if (!host.startsWith("[")) {
            return host;
        }
        final String inside = host.substring(1, host.length() - 1);
        if (inside.indexOf(':') < 0) {
            throw new IllegalArgumentException("what its brackets have is not an IPv6 address");
        }
        return inside;
    }
}
