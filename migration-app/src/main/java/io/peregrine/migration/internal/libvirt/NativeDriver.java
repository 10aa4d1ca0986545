/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import io.peregrine.migration.internal.core.LibvirtUri;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.libvirt.LibvirtException;

/**
 * The machine's own libvirt client library, by libvirt-java.
 */
public final class NativeDriver implements LibvirtDriver {
    private static final Path CERTIFICATES =
        Path.of(System.getProperty("karaf.etc", "etc"), "tls", "libvirt").toAbsolutePath();

    private boolean acquired;
    private boolean closed;

    /** Makes a connection of one kind. */
    @FunctionalInterface
    private interface Opener<T> {
        T open() throws IOException, LibvirtException;
    }

    @Override
    public Link open(final LibvirtUri uri, final EventListener listener) throws IOException {
        return opened(() -> NativeLink.open(uri, listener));
    }

    @Override
    public Control control(final LibvirtUri uri) throws IOException {
        return opened(() -> NativeControl.open(uri));
    }

    /** What libvirt is to open: with our certificates, if there are any. */
    static String text(final LibvirtUri uri) {
        return Files.isDirectory(CERTIFICATES) ? uri.with(URLEncoder.encode(CERTIFICATES.toString(),
            StandardCharsets.UTF_8).replace("+", "%20")) : uri.toString();
    }

    private <T> T opened(final Opener<T> opener) throws IOException {
        try {
            acquire();
            return opener.open();
        } catch (LibvirtException e) {
            throw new IOException(e.getMessage(), e);
        } catch (LinkageError e) {
            throw new IOException("libvirt's client library (libvirt.so.0, package libvirt0 or libvirt-libs) cannot be"
                + " loaded: " + e.getMessage(), e);
        }
    }

    private synchronized void acquire() throws LibvirtException, IOException {
        if (closed) {
            throw new IOException("the driver is closed");
        }
        if (!acquired) {
            EventLoop.acquire();
            acquired = true;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (acquired) {
            acquired = false;
            EventLoop.release();
        }
    }
}
