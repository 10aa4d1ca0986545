/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import io.peregrine.ovsdb.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Stands between client and server, writes down what the server says, and can cut the line. */
final class Relay implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final List<Socket> sockets = new ArrayList<>();

    Relay(final int target) {
        this.target = target;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::serve);
    }

    Endpoint endpoint() {
        return new Endpoint(Endpoint.Kind.TCP, "127.0.0.1", listening.getLocalPort());
    }

    /** What the server has said since the last call. */
    String heard() {
        synchronized (heard) {
            final String text = heard.toString(StandardCharsets.UTF_8);
            heard.reset();
            return text;
        }
    }

    /** Ends the connections there are; new ones are taken. */
    void cut() {
        synchronized (sockets) {
            sockets.forEach(Relay::end);
            sockets.clear();
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void serve() {
        while (!listening.isClosed()) {
            try {
                final Socket client = listening.accept();
                try {
                    final Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    synchronized (sockets) {
                        sockets.add(client);
                        sockets.add(server);
                    }
                    thread(() -> pump(client, server, false));
                    thread(() -> pump(server, client, true));
                } catch (IOException e) {
                    end(client);
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private void pump(final Socket from, final Socket to, final boolean record) {
        final byte[] buffer = new byte[1 << 16];
        try (InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (record) {
                    synchronized (heard) {
                        heard.write(buffer, 0, length);
                    }
                }
                out.write(buffer, 0, length);
            }
        } catch (IOException e) {
            end(to);
        } finally {
            end(from);
            end(to);
        }
    }

    private static void end(final Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void thread(final Runnable task) {
        final Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        thread.start();
    }
}
