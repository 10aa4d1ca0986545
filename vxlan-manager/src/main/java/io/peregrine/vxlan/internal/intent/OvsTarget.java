/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * Where a server of Open vSwitch's protocols listens, as in ovsdb(7) and ovs-vsctl(8): {@code tcp:HOST:PORT} or
 * {@code ssl:HOST:PORT}, IPv6 addresses in brackets.
 *
 * @param scheme {@code tcp} or {@code ssl}
 * @param host a host name or an address without brackets
 * @param port the TCP port, 1 to 65535
 */
public record OvsTarget(String scheme, String host, int port) {
    private static final Pattern SYNTAX =
        Pattern.compile("(tcp|ssl):(?:\\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");

    public OvsTarget {
        requireNonNull(scheme);
        requireNonNull(host);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
    }

    /**
     * Reads the notation.
     *
     * @param text {@code tcp:HOST:PORT} or {@code ssl:HOST:PORT}
     * @return the target
     * @throws IllegalArgumentException if the text is anything else; the message says what is wrong, not the text
     */
    public static OvsTarget parse(final String text) {
        final var matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("it is not of the form tcp:ADDRESS:PORT (IPv6 addresses in brackets)");
        }
        final var host = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
        return new OvsTarget(matcher.group(1), host, Integer.parseInt(matcher.group(4)));
    }

    @Override
    public String toString() {
        return scheme + ":" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
