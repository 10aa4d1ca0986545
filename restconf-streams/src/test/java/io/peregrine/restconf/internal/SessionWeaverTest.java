/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.restconf.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.ws.rs.sse.Sse;
import javax.ws.rs.sse.SseEventSink;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.opendaylight.restconf.nb.rfc8040.streams.SSESessionHandler;
import org.opendaylight.restconf.nb.rfc8040.streams.listeners.BaseListenerInterface;
import org.osgi.framework.hooks.weaving.WovenClass;

/** On OpenDaylight's own class. */
class SessionWeaverTest {
    private static final int WAIT_SECONDS = 20;

    private static byte[] original() throws IOException {
        try (var in = SSESessionHandler.class.getResourceAsStream("SSESessionHandler.class")) {
            return in.readAllBytes();
        }
    }

    /** What the framework loads when it is to load a class of a name. */
    private static byte[] loaded(final String name) throws IOException {
        final var bytes = new byte[][] { original() };
        new SessionWeaver().weave((WovenClass) Proxy.newProxyInstance(WovenClass.class.getClassLoader(),
            new Class<?>[] { WovenClass.class }, (proxy, method, arguments) -> switch (method.getName()) {
                case "getClassName" -> name;
                case "getBytes" -> bytes[0];
                case "setBytes" -> bytes[0] = (byte[]) arguments[0];
                default -> throw new UnsupportedOperationException(method.getName());
            }));
        return bytes[0];
    }

    private static Class<?> woven() throws IOException {
        final var bytes = loaded(SessionWeaver.SESSION);
        return new ClassLoader(SSESessionHandler.class.getClassLoader()) {
            Class<?> define() {
                return defineClass(SessionWeaver.SESSION, bytes, 0, bytes.length);
            }
        }.define();
    }

    private static boolean locks(final Class<?> session) {
        return Arrays.stream(session.getDeclaredMethods()).map(Method::getModifiers).anyMatch(Modifier::isSynchronized);
    }

    @Test
    void openDaylightsStillNeedsIt() {
        assertTrue(locks(SSESessionHandler.class), "OpenDaylight has mended it: this module can go");
    }

    @Test
    void otherClassesAreLeftAlone() throws IOException {
        assertArrayEquals(original(), loaded(SessionWeaver.SESSION + "s"));
    }

    @Test
    void whoPingsAndWhoSendsDoNotWaitForEachOther() throws Exception {
        final var type = woven();
        assertFalse(locks(type));
        final var executor = mock(ScheduledExecutorService.class);
        final var ping = ArgumentCaptor.forClass(Runnable.class);
        doAnswer(call -> mock(ScheduledFuture.class)).when(executor)
            .scheduleWithFixedDelay(ping.capture(), anyLong(), anyLong(), any());
        final var sink = mock(SseEventSink.class);
        final var pinging = new CountDownLatch(1);
        when(sink.isClosed()).thenAnswer(call -> {
            pinging.countDown();
            return true;
        });
        final var stream = new Stream();
        final var session = type.getConstructor(ScheduledExecutorService.class, SseEventSink.class, Sse.class,
            BaseListenerInterface.class, int.class, int.class).newInstance(executor, sink, mock(Sse.class),
                stream.asListener(), 0, 1);
        type.getMethod("init").invoke(session);

        final var sender = new Thread(() -> stream.post(session, pinging), "sender");
        sender.start();
        assertTrue(stream.held.await(WAIT_SECONDS, TimeUnit.SECONDS));
        final var pinger = new Thread(ping.getValue(), "pinger");
        pinger.start();
        pinger.join(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        sender.join(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        assertEquals(Thread.State.TERMINATED, sender.getState(), "the sender waits for ever");
        assertEquals(Thread.State.TERMINATED, pinger.getState(), "who pings waits for ever");
    }

    /** Locks as OpenDaylight's streams do. */
    private static final class Stream {
        private final CountDownLatch held = new CountDownLatch(1);

        BaseListenerInterface asListener() {
            final var listener = mock(BaseListenerInterface.class);
            doAnswer(call -> {
                synchronized (this) {
                    return null;
                }
            }).when(listener).removeSubscriber(any());
            return listener;
        }

        /** Asks a session whether it is connected, once somebody pings it. */
        synchronized void post(final Object session, final CountDownLatch pinging) {
            held.countDown();
            try {
                pinging.await(WAIT_SECONDS, TimeUnit.SECONDS);
                session.getClass().getMethod("isConnected").invoke(session);
            } catch (InterruptedException | NoSuchMethodException | IllegalAccessException
                    | InvocationTargetException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
