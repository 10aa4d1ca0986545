/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonStreamParser;
import io.peregrine.ovsdb.Endpoint;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** A server played by the test, message by message, with blocking sockets. JSON is written with single quotes. */
final class FakePeer implements AutoCloseable {
    /** A database with one table {@code T} that has a column of each shape. */
    static final String SCHEMA = "{'name':'db','version':'1.2.3','tables':{'T':{'columns':{'name':{'type':'string'},"
        + "'tags':{'type':{'key':'string','min':0,'max':'unlimited'}},"
        + "'n':{'type':{'key':'integer','min':0,'max':1}}}}}}";

    private final ServerSocket listening;
    private final List<Socket> sockets = new ArrayList<>();

    FakePeer() {
        this(0);
    }

    FakePeer(final int port) {
        try {
            listening = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            listening.setSoTimeout((int) RealServer.HANG.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A loopback port where nobody listens now. */
    static int closedPort() {
        try (FakePeer peer = new FakePeer()) {
            return peer.listening.getLocalPort();
        }
    }

    Endpoint endpoint() {
        return new Endpoint(Endpoint.Kind.TCP, "127.0.0.1", listening.getLocalPort());
    }

    Session accept() {
        try {
            final Socket socket = listening.accept();
            sockets.add(socket);
            socket.setSoTimeout((int) RealServer.HANG.toMillis());
            return new Session(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One connection. */
    static final class Session {
        private final Socket socket;
        private final JsonStreamParser input;

        Session(final Socket socket) throws IOException {
            this.socket = socket;
            input = new JsonStreamParser(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next message. */
        JsonObject read() {
            return input.next().getAsJsonObject();
        }

        /** The next message, which has to be of this method. */
        JsonObject read(final String method) {
            final JsonObject message = read();
            if (!method.equals(message.get("method").getAsString())) {
                throw new AssertionError("not " + method + ": " + message);
            }
            return message;
        }

        /** Waits until the other side closes the connection, dropping what it sends. */
        void awaitEnd() {
            try {
                while (input.hasNext()) {
                    input.next();
                }
            } catch (NoSuchElementException e) {
                // the end
            } catch (com.google.gson.JsonParseException e) {
                if (e.getCause() instanceof java.net.SocketTimeoutException) {
                    throw e;
                }
                // a reset is an end, too
            }
        }

        void send(final String json) {
            sendRaw(json.replace('\'', '"'));
        }

        void sendRaw(final String text) {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void reply(final JsonObject request, final String result) {
            send("{'id':" + request.get("id") + ",'error':null,'result':" + result + "}");
        }

        void refuse(final JsonObject request, final String error) {
            send("{'id':" + request.get("id") + ",'error':" + error + ",'result':null}");
        }

        /** Answers the schema question, and reads the request that follows. */
        JsonArray serveSchema(final String method) {
            reply(read("get_schema"), SCHEMA);
            return read(method).getAsJsonArray("params");
        }

        /** Answers {@code monitor_cond_since}; gives the request's parameters. */
        JsonArray serveMonitor(final boolean found, final String transaction, final String updates) {
            reply(read("get_schema"), SCHEMA);
            final JsonObject request = read("monitor_cond_since");
            reply(request, "[" + found + ",'" + transaction + "'," + updates + "]");
            return request.getAsJsonArray("params");
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static JsonObject json(final String text) {
        return JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
    }
}
