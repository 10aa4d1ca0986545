/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to connect or to listen, in Open vSwitch's notation: {@code tcp:HOST:PORT}, {@code ssl:HOST:PORT},
 * {@code ptcp:PORT[:HOST]}, {@code pssl:PORT[:HOST]}. An IPv6 address stands in brackets.
 *
 * @param kind active or passive, plain or TLS
 * @param host a host name or address; for a passive one the address to listen on
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
    }

    private static final Pattern ACTIVE = Pattern.compile("(tcp|ssl):(\\[[0-9A-Fa-f:.%]+]|[^:\\[\\]\\s]+):(\\d{1,5})");
    private static final Pattern PASSIVE =
        Pattern.compile("(ptcp|pssl):(\\d{1,5})(?::(\\[[0-9A-Fa-f:.%]+]|[^:\\[\\]\\s]+))?");

    /**
     * Checks host and port.
     *
     * @throws IllegalArgumentException if the host is blank or the port is out of range
     */
    public Endpoint {
        if (host.isBlank()) {
            throw new IllegalArgumentException("no host");
        }
        if (port < 0 || port > 65535 || port == 0 && !kind.passive()) {
            throw new IllegalArgumentException("port " + port + " is out of range");
        }
    }

    /**
     * Reads the notation.
     *
     * @throws IllegalArgumentException if the text is none of the forms above
     */
    public static Endpoint parse(final String text) {
        final Matcher active = ACTIVE.matcher(text);
        if (active.matches()) {
            return new Endpoint(kind(active.group(1)), bare(active.group(2)), Integer.parseInt(active.group(3)));
        }
        final Matcher passive = PASSIVE.matcher(text);
        if (passive.matches()) {
            return new Endpoint(kind(passive.group(1)), passive.group(3) == null ? "0.0.0.0" : bare(passive.group(3)),
                Integer.parseInt(passive.group(2)));
        }
        throw new IllegalArgumentException("'" + text + "' is none of tcp:HOST:PORT, ssl:HOST:PORT, ptcp:PORT[:HOST],"
            + " pssl:PORT[:HOST]");
    }

    /** The notation that {@link #parse(String)} reads. */
    @Override
    public String toString() {
        final String name = kind.name().toLowerCase(Locale.ROOT);
        final String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return kind.passive() ? name + ":" + port + ":" + shown : name + ":" + shown + ":" + port;
    }

    private static Kind kind(final String name) {
        return Arrays.stream(Kind.values()).filter(kind -> kind.name().equalsIgnoreCase(name)).findFirst()
            .orElseThrow();
    }

    private static String bare(final String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
