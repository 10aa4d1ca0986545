/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * A host whose libvirt can be connected to, and NFS servers that are silent until the latch is released.
 */
class ControlsTest {
    private final LibvirtDriver driver = mock(LibvirtDriver.class);
    private final Control connection = mock(Control.class);
    private final CountDownLatch silence = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    private Controls limited(final long milliseconds) {
        final var limit = Duration.ofMillis(milliseconds);
        final var result = new Controls(driver, new Controls.Limits(Duration.ofSeconds(20), limit, limit));
        result.follow(Map.of("h1", FakeDriver.uri("h1")));
        return result;
    }

    @BeforeEach
    void before() throws IOException {
        when(driver.control(any())).thenAnswer(call -> {
            open.incrementAndGet();
            return connection;
        });
        when(connection.exports(any())).thenAnswer(call -> {
            asked.incrementAndGet();
            return silent(List.of("/srv"));
        });
        doAnswer(call -> open.decrementAndGet()).when(connection).close();
    }

    @AfterEach
    void after() {
        silence.countDown();
    }

    private <T> T silent(final T answer) throws IOException {
        try {
            silence.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return answer;
    }

    /** What is asked. */
    @FunctionalInterface
    private interface Call<T> {
        T get() throws IOException;
    }

    /** What some threads get at once. */
    private static <T> List<CompletableFuture<T>> atOnce(final int count, final Call<T> call) {
        return IntStream.range(0, count).mapToObj(one -> CompletableFuture.supplyAsync(() -> {
            try {
                return call.get();
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }, task -> new Thread(task).start())).toList();
    }

    @Test
    void silentServerIsAskedOnceAtATime() throws IOException {
        final var controls = limited(1_000);
        assertEquals(List.of(), controls.exports("h1", "nas"));
        assertEquals(List.of(), controls.exports("h1", "nas"));
        assertEquals(1, asked.get());
        silence.countDown();
        await().until(() -> open.get() == 0);
        await().until(() -> controls.exports("h1", "nas").equals(List.of("/srv")));
        assertEquals(0, open.get());
    }

    @Test
    void manyWhoAskAServerAtOnceGetOneAnswer() {
        final var controls = limited(20_000);
        final var all = atOnce(8, () -> controls.exports("h1", "nas"));
        await().until(() -> asked.get() == 1);
        silence.countDown();
        all.forEach(answer -> assertEquals(List.of("/srv"), answer.join()));
    }

    @Test
    void whatHangsKeepsNothingElseFromBeingDone() throws IOException {
        final var controls = limited(100);
        for (int i = 0; i < 4; i++) {
            assertNone("h1: libvirt does not answer", () -> controls.askStorage("h1", control -> silent(1)));
        }
        await().until(() -> open.get() == 4);
        assertNone("h1: libvirt has not answered 4 attempts", () -> controls.askStorage("h1", control -> silent(1)));
        assertNone("h1: libvirt has not answered 4 attempts", () -> controls.exports("h1", "nas"));
        assertEquals("told", controls.ask("h1", control -> "told"));
        controls.open("h1").close();
        assertEquals(4, open.get());
        silence.countDown();
        await().until(() -> open.get() == 0);
    }

    private static void assertNone(final String why, final Executable call) {
        assertEquals(why, assertThrows(IOException.class, call).getMessage());
    }

    @Test
    void manyWhoAskAtOnceWaitForEachOther() {
        final var controls = limited(100);
        final var all = atOnce(9, () -> controls.ask("h1", control -> silent(5)));
        await().until(() -> open.get() == 4);
        silence.countDown();
        all.forEach(answer -> assertEquals(5, answer.join()));
        assertEquals(0, open.get());
    }

    @Test
    void whoCannotBeConnectedToHasNotHeardNothing() throws IOException {
        when(driver.control(any())).thenAnswer(call -> silent(connection));
        assertNone("h1: libvirt does not answer", () -> limited(100).exports("h1", "nas"));
    }
}
