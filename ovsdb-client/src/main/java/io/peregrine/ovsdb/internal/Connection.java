/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.common.primitives.Longs;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.peregrine.ovsdb.DisconnectedException;
import io.peregrine.ovsdb.OverloadedException;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.OvsdbOptions;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.RequestTimeoutException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One JSON-RPC connection (RFC 7047 section 4): requests, their answers, echo both ways. Fields without a note belong
 * to the channel's event loop. Nothing foreign runs on the loop: answers and notifications go to a strand.
 */
final class Connection extends SimpleChannelInboundHandler<Frame> {
    /** Hears of the connection's life, on the event loop. */
    interface Lifecycle {
        /** It can be used; TLS is done. */
        void ready(Connection connection);

        /** It ended, {@code ready} or not. The answers that never came have been posted to their strands before. */
        void closed(Connection connection, OvsdbException cause);
    }

    /** Takes notifications, on the strand. */
    interface Inbox {
        /** The peer notified us of something. */
        void notified(Connection connection, String method, JsonArray params);
    }

    /** A request that was sent. */
    record Request(long id, CompletableFuture<JsonElement> reply) {
    }

    private record Pending(String method, CompletableFuture<JsonElement> reply, Strand strand,
            ScheduledFuture<?> timeout) {
    }

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final JsonPrimitive ECHO_ID = new JsonPrimitive("echo");

    private final String name;
    private final OvsdbOptions options;
    private final Channel channel;
    private final Lifecycle lifecycle;
    private final Map<Long, Pending> pending = new HashMap<>();
    // any thread
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicLong unsent = new AtomicLong();
    private final AtomicLong backlog = new AtomicLong();
    private volatile boolean open;

    private boolean ended;
    private Strand strand;
    private Inbox inbox;
    private OvsdbException cause;

    Connection(final String name, final OvsdbOptions options, final Channel channel, final Lifecycle lifecycle) {
        this.name = name;
        this.options = options;
        this.channel = channel;
        this.lifecycle = lifecycle;
    }

    /** Fills the channel's pipeline; {@code tls} may be null. */
    void install(final SslHandler tls) {
        final ChannelPipeline pipeline = channel.pipeline();
        if (tls != null) {
            tls.setHandshakeTimeoutMillis(options.connectTimeout().toMillis());
            pipeline.addLast(tls);
        }
        pipeline.addLast(new Liveness(options.echoIdle(), options.echoTimeout(), new Liveness.Actions() {
            @Override
            public void ask() {
                if (open) {
                    send(message("echo", new JsonArray(), ECHO_ID));
                }
            }

            @Override
            public void dead() {
                fail(new DisconnectedException("no sign of life for " + options.echoTimeout().toMillis()
                    + " ms after an echo request", null));
            }
        }, System::nanoTime));
        pipeline.addLast(new JsonFrameDecoder(options.maxFrameBytes(), options.maxDepth()));
        pipeline.addLast(this);
    }

    Channel channel() {
        return channel;
    }

    SocketAddress local() {
        return channel.localAddress();
    }

    SocketAddress remote() {
        return channel.remoteAddress();
    }

    /** Gives notifications to someone from now on. */
    void attach(final Strand toStrand, final Inbox toInbox) {
        strand = toStrand;
        inbox = toInbox;
    }

    /**
     * Sends a request. From any thread.
     *
     * @param replyStrand where the future is completed, unless it fails at once
     * @param limited whether it is refused if too much is waiting
     */
    Request request(final String method, final JsonArray params, final Duration timeout, final Strand replyStrand,
            final boolean limited) {
        final long id = ids.incrementAndGet();
        final CompletableFuture<JsonElement> reply = new CompletableFuture<>();
        final Request request = new Request(id, reply);
        if (!open) {
            reply.completeExceptionally(notConnected());
            return request;
        }
        if (outstanding.incrementAndGet() > options.maxOutstanding() && limited) {
            outstanding.decrementAndGet();
            reply.completeExceptionally(new OverloadedException(
                options.maxOutstanding() + " requests wait for an answer of " + name));
            return request;
        }
        if (unsent.get() >= options.maxUnsentBytes() && limited) {
            outstanding.decrementAndGet();
            reply.completeExceptionally(new OverloadedException(
                options.maxUnsentBytes() + " bytes wait for the network to " + name));
            return request;
        }
        final byte[] bytes = encode(message(method, params, new JsonPrimitive(id)));
        unsent.addAndGet(bytes.length);
        final boolean accepted = onLoop(() -> {
            if (!open) {
                unsent.addAndGet(-bytes.length);
                outstanding.decrementAndGet();
                replyStrand.execute(() -> reply.completeExceptionally(notConnected()));
                return;
            }
            pending.put(id, new Pending(method, reply, replyStrand, channel.eventLoop().schedule(
                () -> timedOut(id, timeout), timeout.toNanos(), TimeUnit.NANOSECONDS)));
            write(bytes);
        });
        if (!accepted) {
            unsent.addAndGet(-bytes.length);
            outstanding.decrementAndGet();
            reply.completeExceptionally(notConnected());
        }
        return request;
    }

    /** Forgets a request and asks the server to do so too, RFC 7047 section 4.1.4. From any thread. */
    void abandon(final long id) {
        onLoop(() -> {
            final Pending request = take(id);
            if (request != null) {
                sendCancel(request, id);
            }
        });
    }

    /** Closes the connection; the first cause counts. From any thread. */
    void fail(final OvsdbException why) {
        onLoop(() -> {
            if (cause == null) {
                cause = why;
                open = false;
                if (why instanceof ProtocolException) {
                    LOG.warn("{}: closing the connection: {}", name, why.getMessage());
                }
            }
            channel.close();
        });
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx) {
        if (ctx.pipeline().get(SslHandler.class) == null) {
            becomeReady();
        }
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object evt) {
        if (evt instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                becomeReady();
            } else {
                fail(new DisconnectedException("TLS handshake failed: " + handshake.cause().getMessage(),
                    handshake.cause()));
            }
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) {
        if (ended) {
            return;
        }
        ended = true;
        open = false;
        if (cause == null) {
            cause = new DisconnectedException("closed by the peer", null);
        }
        final List<Long> left = new ArrayList<>(pending.keySet());
        for (Long id : left) {
            final Pending request = take(id);
            final DisconnectedException failure = new DisconnectedException(
                request.method() + ": connection to " + name + " lost: " + cause.getMessage(), cause);
            request.strand().execute(() -> request.reply().completeExceptionally(failure));
        }
        lifecycle.closed(this, cause);
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable failure) {
        final Throwable root = failure instanceof DecoderException && failure.getCause() != null
            ? failure.getCause() : failure;
        if (root instanceof OvsdbException known) {
            fail(known);
        } else {
            fail(new DisconnectedException(String.valueOf(root.getMessage()), root));
        }
    }

    @Override
    protected void channelRead0(final ChannelHandlerContext ctx, final Frame frame) throws ProtocolException {
        if (!open) {
            return;
        }
        final JsonObject message = frame.message();
        final JsonElement id = message.get("id");
        if (message.has("method")) {
            if (!(message.get("method") instanceof JsonPrimitive method) || !method.isString()
                    || !(message.get("params") instanceof JsonArray params)) {
                throw new ProtocolException("neither method nor params are as they should be");
            }
            if (id == null || id.isJsonNull()) {
                notified(method.getAsString(), params, frame.bytes());
            } else {
                asked(method.getAsString(), params, id);
            }
        } else if (message.has("result") || message.has("error")) {
            answered(id, message, frame.bytes());
        } else {
            throw new ProtocolException("a message that is no request, notification or answer");
        }
    }

    private void becomeReady() {
        open = true;
        lifecycle.ready(this);
    }

    private void notified(final String method, final JsonArray params, final int bytes) {
        if (inbox == null) {
            LOG.debug("{}: nobody waits for {}", name, method);
            return;
        }
        final Inbox target = inbox;
        handOver(strand, bytes, () -> target.notified(this, method, params));
    }

    private void asked(final String method, final JsonArray params, final JsonElement id) {
        final JsonObject reply = new JsonObject();
        reply.add("id", id);
        if ("echo".equals(method)) {
            reply.add("result", params);
            reply.add("error", JsonNull.INSTANCE);
        } else {
            reply.add("result", JsonNull.INSTANCE);
            reply.addProperty("error", "unknown method");
        }
        if (unsent.get() >= options.maxUnsentBytes()) {
            // a peer that asks and asks and never reads
            fail(new ProtocolException("the peer does not read its answers"));
            return;
        }
        send(reply);
    }

    private void answered(final JsonElement id, final JsonObject message, final int bytes) {
        final Long known = id instanceof JsonPrimitive primitive && primitive.isNumber()
            ? Longs.tryParse(primitive.getAsString()) : null;
        final Pending request = known == null ? null : take(known);
        if (request == null) {
            if (!ECHO_ID.equals(id)) {
                LOG.debug("{}: answer to {}, which nobody waits for", name, id);
            }
            return;
        }
        final JsonElement error = message.get("error");
        final JsonElement result = message.get("result");
        final boolean posted = handOver(request.strand(), bytes, () -> {
            if (error != null && !error.isJsonNull()) {
                request.reply().completeExceptionally(ReplyCodec.rpcError(request.method(), error));
            } else {
                request.reply().complete(result == null ? JsonNull.INSTANCE : result);
            }
        });
        if (!posted) {
            request.reply().completeExceptionally(cause);
        }
    }

    /** Gives work to a strand, and stops reading while too much of it waits there. */
    private boolean handOver(final Strand target, final int bytes, final Runnable work) {
        if (backlog.addAndGet(bytes) > options.maxFrameBytes()) {
            channel.config().setAutoRead(false);
        }
        final boolean posted = target.post(() -> {
            try {
                work.run();
            } finally {
                if (backlog.addAndGet(-bytes) <= options.maxFrameBytes() / 2 && !channel.config().isAutoRead()) {
                    onLoop(this::resumeReading);
                }
            }
        });
        if (!posted) {
            fail(new DisconnectedException("the callback executor of " + name + " is shut down", null));
        }
        return posted;
    }

    private void resumeReading() {
        if (!channel.config().isAutoRead() && backlog.get() <= options.maxFrameBytes() / 2) {
            channel.config().setAutoRead(true);
        }
    }

    private void timedOut(final long id, final Duration timeout) {
        final Pending request = take(id);
        if (request != null) {
            sendCancel(request, id);
            final RequestTimeoutException failure = new RequestTimeoutException(
                request.method() + ": no answer of " + name + " within " + timeout.toMillis() + " ms");
            request.strand().execute(() -> request.reply().completeExceptionally(failure));
        }
    }

    private Pending take(final long id) {
        final Pending request = pending.remove(id);
        if (request != null) {
            request.timeout().cancel(false);
            outstanding.decrementAndGet();
        }
        return request;
    }

    private void sendCancel(final Pending request, final long id) {
        if ("transact".equals(request.method())) {
            final JsonArray params = new JsonArray();
            params.add(id);
            send(message("cancel", params, JsonNull.INSTANCE));
        }
    }

    private void send(final JsonObject message) {
        final byte[] bytes = encode(message);
        unsent.addAndGet(bytes.length);
        write(bytes);
    }

    private void write(final byte[] bytes) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes)).addListener(done -> {
            unsent.addAndGet(-bytes.length);
            if (!done.isSuccess()) {
                fail(new DisconnectedException("write failed: " + done.cause().getMessage(), done.cause()));
            }
        });
    }

    private boolean onLoop(final Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
            return true;
        }
        try {
            channel.eventLoop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: the network's threads have ended", name, e);
            return false;
        }
    }

    private DisconnectedException notConnected() {
        return new DisconnectedException("no connection to " + name, null);
    }

    private static JsonObject message(final String method, final JsonArray params, final JsonElement id) {
        final JsonObject message = new JsonObject();
        message.addProperty("method", method);
        message.add("params", params);
        message.add("id", id);
        return message;
    }

    private static byte[] encode(final JsonObject message) {
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }
}
