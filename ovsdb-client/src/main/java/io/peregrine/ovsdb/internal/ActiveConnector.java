/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.OvsdbOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a client's connections, one after the other, for ever. All on one event loop. */
final class ActiveConnector implements Connection.Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveConnector.class);

    private final Endpoint endpoint;
    private final OvsdbOptions options;
    private final EventLoop loop;
    private final Executor resolver;
    private final Backoff backoff;
    private final ManagedClient client;

    private boolean stopped;
    private int failures;
    private long readyAt;
    private boolean ready;
    private Channel channel;
    private ScheduledFuture<?> retry;

    ActiveConnector(final Endpoint endpoint, final OvsdbOptions options, final EventLoop loop, final Executor resolver,
            final Backoff backoff, final Runnable onClose) {
        this.endpoint = endpoint;
        this.options = options;
        this.loop = loop;
        this.resolver = resolver;
        this.backoff = backoff;
        client = new ManagedClient(endpoint.toString(), options, () -> {
            stop();
            onClose.run();
        });
    }

    ManagedClient client() {
        return client;
    }

    void start() {
        onLoop(this::resolve);
    }

    @Override
    public void ready(final Connection connection) {
        ready = true;
        readyAt = System.nanoTime();
        failures = 0;
        client.attach(connection);
    }

    @Override
    public void closed(final Connection connection, final OvsdbException cause) {
        if (ready) {
            ready = false;
            backoff.connectionLived(System.nanoTime() - readyAt);
            client.detach(connection, cause);
            retryLater();
        } else {
            failed(cause);
        }
    }

    private void stop() {
        onLoop(() -> {
            stopped = true;
            if (retry != null) {
                retry.cancel(false);
            }
            if (channel != null) {
                channel.close();
            }
        });
    }

    private void onLoop(final Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: the network's threads have ended", endpoint, e);
        }
    }

    private void resolve() {
        if (stopped) {
            return;
        }
        final byte[] literal = NetUtil.createByteArrayFromIpAddressString(endpoint.host());
        if (literal != null) {
            connect(new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(endpoint.host()),
                endpoint.port()));
            return;
        }
        // the JDK's look-up blocks
        resolver.execute(() -> {
            try {
                final InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port());
                onLoop(() -> connect(address));
            } catch (UnknownHostException e) {
                onLoop(() -> failed(e));
            }
        });
    }

    private void connect(final InetSocketAddress address) {
        if (stopped) {
            return;
        }
        final Bootstrap bootstrap = new Bootstrap().group(loop).channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) options.connectTimeout().toMillis())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(final Channel ch) {
                    new Connection(endpoint.toString(), options, ch, ActiveConnector.this).install(
                        endpoint.kind().secure() ? tls(ch.alloc()) : null);
                }
            });
        final var attempt = bootstrap.connect(address);
        channel = attempt.channel();
        attempt.addListener(done -> {
            if (!done.isSuccess()) {
                failed(done.cause());
            }
        });
    }

    /** The certificate has to be for where we connect to: one host's key is not to stand in for another host. */
    private SslHandler tls(final ByteBufAllocator allocator) {
        final SslHandler handler = options.tls().orElseThrow().newHandler(allocator, endpoint.host(), endpoint.port());
        final SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        handler.engine().setSSLParameters(parameters);
        return handler;
    }

    private void failed(final Throwable cause) {
        failures++;
        client.attemptFailed(failures, cause);
        retryLater();
    }

    private void retryLater() {
        channel = null;
        if (!stopped) {
            retry = loop.schedule(this::resolve, backoff.next(), TimeUnit.NANOSECONDS);
        }
    }
}
