/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import static java.util.Objects.requireNonNull;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Limits and times of a client. Immutable; {@link #defaults()} and {@link #builder()} give usable values.
 *
 * @param connectTimeout the longest time for TCP, and again for TLS, to come up; 5 s
 * @param requestTimeout the longest wait for an answer; 10 s. Monitors' first contents have to come in this time too
 * @param echoIdle how long nothing has to be received before the peer is asked for a sign of life; 5 s
 * @param echoTimeout how long nothing may be received after that before the connection is dropped; 5 s
 * @param backoffMin the longest wait before the first new attempt to connect; 200 ms. The actual wait is a random half
 *        to whole of it, and doubles with each failure
 * @param backoffMax the longest wait between attempts; 8 s
 * @param maxFrameBytes the greatest message accepted, and about how much may wait for slow listeners before reading
 *        from the network pauses; 64 MiB
 * @param maxDepth the deepest nesting of a message accepted; 64
 * @param maxOutstanding how many requests may wait for an answer; 1,000
 * @param maxUnsentBytes how much may wait for the network before requests are refused; 8 MiB
 * @param tls TLS for {@code ssl:} and {@code pssl:} endpoints. It decides which peers are trusted (a CA of the
 *        installation's own). The certificate of who is connected to has to be for the endpoint's host as well; of who
 *        connects to us nobody knows what it should be for
 * @param callbackExecutor where listeners are called and futures completed, one task of a client at a time; without
 *        it each client has a daemon thread of its own while there is something to do
 */
public record OvsdbOptions(Duration connectTimeout, Duration requestTimeout, Duration echoIdle, Duration echoTimeout,
        Duration backoffMin, Duration backoffMax, int maxFrameBytes, int maxDepth, int maxOutstanding,
        int maxUnsentBytes, Optional<SslContext> tls, Optional<Executor> callbackExecutor) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is not positive, a time is longer than a day, or the back-off's bounds
     *         are the wrong way round
     */
    public OvsdbOptions {
        check("connectTimeout", connectTimeout);
        check("requestTimeout", requestTimeout);
        check("echoIdle", echoIdle);
        check("echoTimeout", echoTimeout);
        check("backoffMin", backoffMin);
        check("backoffMax", backoffMax);
        check("maxFrameBytes", maxFrameBytes);
        check("maxDepth", maxDepth);
        check("maxOutstanding", maxOutstanding);
        check("maxUnsentBytes", maxUnsentBytes);
        requireNonNull(tls);
        requireNonNull(callbackExecutor);
        if (backoffMin.compareTo(backoffMax) > 0) {
            throw new IllegalArgumentException("backoffMin " + backoffMin + " is above backoffMax " + backoffMax);
        }
    }

    /** The values given above. */
    public static OvsdbOptions defaults() {
        return builder().build();
    }

    /** A builder that starts with the values given above. */
    public static Builder builder() {
        return new Builder();
    }

    private static void check(final String name, final int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " is not positive: " + value);
        }
    }

    private static void check(final String name, final Duration value) {
        if (value.toMillis() <= 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " is not between 1 ms and a day: " + value);
        }
    }

    /** Builds options. Not thread-safe. */
    public static final class Builder {
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration requestTimeout = Duration.ofSeconds(10);
        private Duration echoIdle = Duration.ofSeconds(5);
        private Duration echoTimeout = Duration.ofSeconds(5);
        private Duration backoffMin = Duration.ofMillis(200);
        private Duration backoffMax = Duration.ofSeconds(8);
        private int maxFrameBytes = 64 << 20;
        private int maxDepth = 64;
        private int maxOutstanding = 1000;
        private int maxUnsentBytes = 8 << 20;
        private SslContext tls;
        private Executor callbackExecutor;

        private Builder() {
            // by builder() only
        }

        /** Sets the time to connect. */
        public Builder connectTimeout(final Duration value) {
            connectTimeout = value;
            return this;
        }

        /** Sets the time to answer. */
        public Builder requestTimeout(final Duration value) {
            requestTimeout = value;
            return this;
        }

        /** Sets the echo's times. */
        public Builder echo(final Duration idle, final Duration timeout) {
            echoIdle = idle;
            echoTimeout = timeout;
            return this;
        }

        /** Sets the back-off's bounds. */
        public Builder backoff(final Duration min, final Duration max) {
            backoffMin = min;
            backoffMax = max;
            return this;
        }

        /** Sets the greatest message accepted. */
        public Builder maxFrameBytes(final int value) {
            maxFrameBytes = value;
            return this;
        }

        /** Sets the deepest nesting accepted. */
        public Builder maxDepth(final int value) {
            maxDepth = value;
            return this;
        }

        /** Sets how many requests may wait. */
        public Builder maxOutstanding(final int value) {
            maxOutstanding = value;
            return this;
        }

        /** Sets how many bytes may wait. */
        public Builder maxUnsentBytes(final int value) {
            maxUnsentBytes = value;
            return this;
        }

        /** Sets the TLS context: a client's for {@code ssl:}, a server's for {@code pssl:}. */
        public Builder tls(final SslContext value) {
            tls = value;
            return this;
        }

        /** Sets the executor of listeners and futures. */
        public Builder callbackExecutor(final Executor value) {
            callbackExecutor = value;
            return this;
        }

        /** Builds. */
        public OvsdbOptions build() {
            return new OvsdbOptions(connectTimeout, requestTimeout, echoIdle, echoTimeout, backoffMin, backoffMax,
                maxFrameBytes, maxDepth, maxOutstanding, maxUnsentBytes, Optional.ofNullable(tls),
                Optional.ofNullable(callbackExecutor));
        }
    }
}
