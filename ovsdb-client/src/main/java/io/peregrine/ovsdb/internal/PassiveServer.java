/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.common.collect.ImmutableMap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.peregrine.ovsdb.DisconnectedException;
import io.peregrine.ovsdb.OvsdbClient;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.OvsdbOptions;
import io.peregrine.ovsdb.OvsdbServer;
import io.peregrine.ovsdb.PassiveIdentity;
import io.peregrine.ovsdb.PassiveListener;
import io.peregrine.ovsdb.RequestTimeoutException;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes connections, finds out whose they are and gives them to that one's client. */
@Sharable
final class PassiveServer extends ChannelInitializer<Channel> implements OvsdbServer, Connection.Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(PassiveServer.class);

    private final String name;
    private final boolean secure;
    private final OvsdbOptions options;
    private final int maxConnections;
    private final PassiveIdentity identity;
    private final PassiveListener listener;
    private final Runnable onClose;
    private final Strand strand;

    // guarded by this
    private final Map<String, ManagedClient> clients = new HashMap<>();
    private final Map<Connection, ManagedClient> owners = new HashMap<>();
    private final Set<Connection> connections = new HashSet<>();
    private boolean closed;
    private Channel channel;
    private SocketAddress address;

    PassiveServer(final String name, final boolean secure, final OvsdbOptions options, final int maxConnections,
            final PassiveIdentity identity, final PassiveListener listener, final Runnable onClose) {
        this.name = name;
        this.secure = secure;
        this.options = options;
        this.maxConnections = maxConnections;
        this.identity = identity;
        this.listener = listener;
        this.onClose = onClose;
        strand = new Strand(name, options);
    }

    /** It listens now, or cannot; {@code failure} is null or why. The future is completed on the strand. */
    void started(final Channel listening, final Throwable failure, final CompletableFuture<OvsdbServer> result) {
        final Throwable cause;
        synchronized (this) {
            channel = listening;
            address = listening.localAddress();
            cause = failure == null && closed ? new DisconnectedException("server closed", null) : failure;
        }
        if (cause == null) {
            strand.execute(() -> result.complete(this));
        } else {
            listening.close();
            strand.execute(() -> result.completeExceptionally(cause));
            close();
        }
    }

    @Override
    public synchronized SocketAddress localAddress() {
        return address;
    }

    @Override
    public synchronized Map<String, OvsdbClient> clients() {
        return ImmutableMap.copyOf(clients);
    }

    @Override
    public void close() {
        final List<Connection> open;
        final List<ManagedClient> served;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (channel != null) {
                channel.close();
            }
            open = List.copyOf(connections);
            served = List.copyOf(clients.values());
        }
        served.forEach(ManagedClient::close);
        open.forEach(connection -> connection.fail(new DisconnectedException("server closed", null)));
        strand.post(strand::shutdown);
        onClose.run();
    }

    @Override
    protected void initChannel(final Channel ch) {
        final Connection connection = new Connection(name + " from " + ch.remoteAddress(), options, ch, this);
        final boolean refused;
        synchronized (this) {
            refused = closed || connections.size() >= maxConnections;
            if (!refused) {
                connections.add(connection);
            }
        }
        if (refused) {
            LOG.warn("{}: turned {} away: {} connections are enough", name, ch.remoteAddress(), maxConnections);
            ch.close();
        } else {
            connection.install(secure ? options.tls().orElseThrow().newHandler(ch.alloc()) : null);
        }
    }

    @Override
    public void ready(final Connection connection) {
        final Requests session = new Requests(name, strand, options.requestTimeout(), true, () -> connection);
        strand.post(() -> identify(connection, session)
            .orTimeout(options.requestTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((id, failure) -> connection.channel().eventLoop().execute(() -> {
                if (failure != null || id == null) {
                    LOG.warn("{}: cannot tell who {} is: {}", name, connection.remote(),
                        failure == null ? "no identity" : failure.toString());
                    connection.fail(new RequestTimeoutException("not identified"));
                } else {
                    identified(connection, id);
                }
            })));
    }

    @Override
    public void closed(final Connection connection, final OvsdbException cause) {
        final ManagedClient owner;
        synchronized (this) {
            connections.remove(connection);
            owner = owners.remove(connection);
        }
        if (owner != null) {
            owner.detach(connection, cause);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch")
    private CompletableFuture<String> identify(final Connection connection, final Requests session) {
        try {
            return identity.identify(connection.remote(), session).copy();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** On the connection's event loop, so that it cannot end in between. */
    private void identified(final Connection connection, final String id) {
        final ManagedClient client;
        final boolean fresh;
        synchronized (this) {
            if (closed || !connections.contains(connection)) {
                return;
            }
            fresh = !clients.containsKey(id);
            client = clients.computeIfAbsent(id, key -> new ManagedClient(key, options, () -> remove(key)));
            owners.put(connection, client);
        }
        client.attach(connection);
        if (fresh) {
            LOG.info("{}: {} is {}", name, connection.remote(), id);
            strand.post(() -> strand.call(() -> listener.accepted(id, client)));
        }
    }

    private synchronized void remove(final String id) {
        clients.remove(id);
    }
}
