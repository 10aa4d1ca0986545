/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.ovsdb.OvsdbClient;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.ovsdb.OvsdbOptions;
import io.peregrine.ovsdb.OvsdbServer;
import io.peregrine.ovsdb.PassiveIdentity;
import io.peregrine.ovsdb.PassiveListener;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads, and what uses them. */
public final class NettyClientFactory implements OvsdbClientFactory {
    private final EventLoopGroup loops;
    private final ThreadPoolExecutor resolver;

    // guarded by this
    private final Set<AutoCloseable> users = new HashSet<>();
    private boolean closed;

    /** A factory with so many network threads. */
    public NettyClientFactory(final int networkThreads) {
        loops = new NioEventLoopGroup(networkThreads,
            new ThreadFactoryBuilder().setDaemon(true).setNameFormat("ovsdb-net-%d").build());
        resolver = new ThreadPoolExecutor(2, 2, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
            new ThreadFactoryBuilder().setDaemon(true).setNameFormat("ovsdb-resolve-%d").build());
        resolver.allowCoreThreadTimeOut(true);
    }

    @Override
    public OvsdbClient connect(final Endpoint endpoint, final OvsdbOptions options) {
        check(endpoint, options, false);
        final ActiveConnector connector;
        synchronized (this) {
            checkOpen();
            final Registration registration = new Registration();
            connector = new ActiveConnector(endpoint, options, loops.next(), resolver,
                new Backoff(options.backoffMin(), options.backoffMax(), new SplittableRandom()), registration);
            registration.user = connector.client();
            users.add(registration.user);
        }
        connector.start();
        return connector.client();
    }

    @Override
    public CompletableFuture<OvsdbServer> listen(final Endpoint endpoint, final OvsdbOptions options,
            final int maxConnections, final PassiveIdentity identity, final PassiveListener listener) {
        check(endpoint, options, true);
        final PassiveServer server;
        synchronized (this) {
            checkOpen();
            final Registration registration = new Registration();
            server = new PassiveServer(endpoint.toString(), endpoint.kind().secure(), options, maxConnections, identity,
                listener, registration);
            registration.user = server;
            users.add(server);
        }
        final CompletableFuture<OvsdbServer> result = new CompletableFuture<>();
        final ChannelFuture binding = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(server).bind(endpoint.host(), endpoint.port());
        binding.addListener(done -> server.started(binding.channel(), done.cause(), result));
        return result;
    }

    @Override
    public void close() {
        final List<AutoCloseable> left;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            left = List.copyOf(users);
        }
        for (AutoCloseable user : left) {
            if (user instanceof OvsdbClient client) {
                client.close();
            } else if (user instanceof OvsdbServer server) {
                server.close();
            }
        }
        resolver.shutdown();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return;
            }
        }
        loops.terminationFuture().awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the factory is closed");
        }
    }

    private static void check(final Endpoint endpoint, final OvsdbOptions options, final boolean passive) {
        if (endpoint.kind().passive() != passive) {
            throw new IllegalArgumentException(endpoint + (passive ? " is not" : " is") + " passive");
        }
        if (endpoint.kind().secure() && options.tls().isEmpty()) {
            throw new IllegalArgumentException(endpoint + " needs TLS, but the options have none");
        }
    }

    private synchronized void forget(final AutoCloseable user) {
        users.remove(user);
    }

    /** Takes a user out of the books when it closes; set before anyone can close it. */
    private final class Registration implements Runnable {
        private AutoCloseable user;

        @Override
        public void run() {
            forget(user);
        }
    }
}
