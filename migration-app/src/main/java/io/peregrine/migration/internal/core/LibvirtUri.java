/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A libvirt connection URI (libvirt.org/uri.html): {@code driver[+transport]://[user@][host][:port]/path[?parameters]}.
 */
public final class LibvirtUri {
    private static final Set<String> DRIVERS = Set.of("qemu", "test");
    private static final Set<String> TRANSPORTS = Set.of("tls", "tcp", "unix", "ssh", "libssh", "libssh2", "ext");
    private static final Set<String> SECRET = Set.of("password", "passwd", "secret", "token");
    private static final int TCP_PORT = 16509;
    private static final int TLS_PORT = 16514;

    private final String text;
    private final String driver;
    private final String transport;
    private final String host;
    private final int port;

    private LibvirtUri(final String text, final String driver, final String transport, final String host,
            final int port) {
        this.text = text;
        this.driver = driver;
        this.transport = transport;
        this.host = host;
        this.port = port;
    }

    /**
     * Reads a URI.
     *
     * @param text the URI
     * @return its meaning
     * @throws IllegalArgumentException if libvirt would not take it, it holds a password, or it is not for a driver
     *     that is supported (qemu, and test for trials); the message is free of what might be secret
     */
    // The exception's own message repeats the text, which may hold a password: it is no cause to hand on.
    @SuppressWarnings("checkstyle:avoidHidingCauseException")
    public static LibvirtUri parse(final String text) {
        final URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the libvirt URI does not parse: " + e.getReason() + " at index "
                + e.getIndex());
        }
        final String scheme = uri.getScheme();
        if (scheme == null || uri.isOpaque()) {
            throw new IllegalArgumentException("the libvirt URI has no driver; expected such as"
                + " qemu+tls://host.example.net/system");
        }
        final String user = uri.getRawUserInfo();
        if (user != null && user.contains(":")) {
            throw new IllegalArgumentException("the libvirt URI holds a password; libvirt takes one from its"
                + " authentication file only");
        }
        if (uri.getRawQuery() != null) {
            for (final String parameter : uri.getRawQuery().split("[&;]")) {
                if (SECRET.contains(parameter.split("=", 2)[0].toLowerCase(Locale.ROOT))) {
                    throw new IllegalArgumentException("the libvirt URI holds a password in its parameters");
                }
            }
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("the libvirt URI has a fragment, which libvirt does not know");
        }
        if (uri.getRawAuthority() != null && uri.getHost() == null) {
            throw new IllegalArgumentException("the libvirt URI's host does not parse");
        }
        final int plus = scheme.indexOf('+');
        final String driver = plus < 0 ? scheme : scheme.substring(0, plus);
        if (!DRIVERS.contains(driver)) {
            throw new IllegalArgumentException("the libvirt URI's driver is " + driver + "; supported is qemu");
        }
        // libvirt's default is TLS for another host, and the local socket without one.
        final String transport = plus >= 0 ? scheme.substring(plus + 1) : uri.getHost() == null ? "unix" : "tls";
        if (!TRANSPORTS.contains(transport)) {
            throw new IllegalArgumentException("the libvirt URI's transport is " + transport
                + "; libvirt knows tls, tcp, unix, ssh, libssh, libssh2 and ext");
        }
        if (uri.getHost() == null && (transport.equals("tcp") || transport.equals("tls")
                || transport.endsWith("ssh") || transport.equals("libssh2"))) {
            throw new IllegalArgumentException("the libvirt URI names no host for transport " + transport);
        }
        final String path = uri.getPath();
        if (driver.equals("qemu") && !path.equals("/system") && !path.equals("/session")) {
            throw new IllegalArgumentException("the libvirt URI's path is not /system (or /session)");
        }
        if (driver.equals("test") && (path == null || path.length() < 2)) {
            throw new IllegalArgumentException("the libvirt URI's path is neither /default nor a file");
        }
        final int port = uri.getPort() > 0 ? uri.getPort() : transport.equals("tcp") ? TCP_PORT : TLS_PORT;
        return new LibvirtUri(text, driver, transport, uri.getHost(), port);
    }

    /**
     * Where to reach libvirt over TCP.
     *
     * @return the host, an IPv6 address in brackets taken out of them; empty if another transport is used
     */
    public Optional<String> tcpHost() {
        if (!transport.equals("tcp") && !transport.equals("tls") || host == null) {
            return Optional.empty();
        }
        return Optional.of(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    }

    /**
     * The TCP port.
     *
     * @return the URI's, else libvirt's default for the transport
     */
    public int tcpPort() {
        return port;
    }

    /**
     * What libvirt is to open if we have certificates: it is told their directory, unless the connection does not use
     * TLS or the URI names a directory itself.
     *
     * @param certificates the directory, with {@code cacert.pem}, {@code clientcert.pem} and {@code clientkey.pem};
     *     escaped as a query's value has to be
     * @return a URI
     */
    public String with(final String certificates) {
        return !transport.equals("tls") || text.contains("pkipath=") ? text : text + (text.indexOf('?') < 0 ? '?' : '&')
            + "pkipath=" + certificates;
    }

    /**
     * Whether the connection leads to a daemon, so that it can be kept alive.
     *
     * @return false for the test driver in this process
     */
    public boolean remote() {
        return !driver.equals("test") || host != null;
    }

    @Override
    public boolean equals(final Object obj) {
        return obj instanceof LibvirtUri other && text.equals(other.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
