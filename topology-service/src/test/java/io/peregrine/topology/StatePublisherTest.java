/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.FluentFuture;
import com.google.common.util.concurrent.SettableFuture;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.WriteTransaction;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.CommitInfo;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.common.api.TransactionCommitFailedException;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.Switches;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.SwitchesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.SwitchKey;
import org.opendaylight.yangtools.util.concurrent.FluentFutures;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;

/**
 * What is in a map is soon in the data store: words, shown as manufacturers of switches.
 */
class StatePublisherTest {
    private static final InstanceIdentifier<Switches> SWITCHES = InstanceIdentifier.create(Switches.class);
    private static final String ONE = "0000000000000001";
    private static final String TWO = "0000000000000002";

    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, String> state = new ConcurrentHashMap<>();
    /** What transactions did, such as {@code put 1}, and {@code commit}. */
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
    private final AtomicInteger failing = new AtomicInteger();
    private volatile SettableFuture<CommitInfo> held;

    @BeforeEach
    void before() throws Exception {
        md.setup();
    }

    @AfterEach
    void after() {
        executor.shutdownNow();
    }

    private StatePublisher<String, String, Switch> publisher() {
        return publisher(StatePublisher.PATIENCE_MILLIS);
    }

    private StatePublisher<String, String, Switch> publisher(final long patience) {
        return new StatePublisher<>(watched(), SWITCHES, new SwitchesBuilder().build(), StatePublisherTest::path,
            word -> new SwitchBuilder().setDatapathId(word.substring(0, 16)).setManufacturer(word.substring(16))
                .build(),
            () -> state, executor, patience);
    }

    private static InstanceIdentifier<Switch> path(final String datapath) {
        return SWITCHES.child(Switch.class, new SwitchKey(datapath));
    }

    private void set(final String datapath, final String word) {
        state.put(datapath, datapath + word);
    }

    private Map<String, String> stored() throws Exception {
        try (var tx = md.getDataBroker().newReadOnlyTransaction()) {
            final var result = new TreeMap<String, String>();
            tx.read(LogicalDatastoreType.OPERATIONAL, SWITCHES).get().ifPresent(switches -> switches.nonnullSwitch()
                .forEach((key, entry) -> result.put(key.getDatapathId(), entry.getManufacturer())));
            return result;
        }
    }

    /** The data store, whose commits can be made to fail or to be held back. */
    private DataBroker watched() {
        return proxy(DataBroker.class, md.getDataBroker(), (method, args) -> { }, made -> {
            final var tx = (WriteTransaction) made;
            return proxy(WriteTransaction.class, tx, (method, args) -> {
                if (method.getName().equals("put") || method.getName().equals("delete")) {
                    final var key = ((InstanceIdentifier<?>) args[1]).firstKeyOf(Switch.class);
                    done.add(method.getName() + " " + (key == null ? "all" : key.getDatapathId().substring(15)));
                }
            }, committed -> {
                if (!(committed instanceof FluentFuture)) {
                    return committed;
                }
                final Object result = failing.getAndUpdate(count -> Math.max(0, count - 1)) > 0
                    ? FluentFutures.immediateFailedFluentFuture(new TransactionCommitFailedException("wanted"))
                    : held == null ? committed : FluentFuture.from(held);
                done.add("commit");
                return result;
            });
        });
    }

    @FunctionalInterface
    private interface Seen {
        void accept(Method method, Object[] args);
    }

    @FunctionalInterface
    private interface Changed {
        Object apply(Object result);
    }

    private static <T> T proxy(final Class<T> type, final T target, final Seen seen, final Changed changed) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            seen.accept(method, args);
            return changed.apply(method.invoke(target, args));
        }));
    }

    private void assertDone(final String... expected) throws InterruptedException {
        for (var step : expected) {
            assertEquals(step, done.take());
        }
    }

    @Test
    void writesOnlyWhatDiffers() throws Exception {
        set(ONE, "a");
        try (var publisher = publisher()) {
            assertDone("put all", "put 1", "commit");
            set(TWO, "b");
            publisher.changed();
            assertDone("put 2", "commit");
            await().untilAsserted(() -> assertEquals(Map.of(ONE, "a", TWO, "b"), stored()));
            publisher.changed();
            state.remove(ONE);
            publisher.changed();
            assertDone("delete 1", "commit");
            await().untilAsserted(() -> assertEquals(Map.of(TWO, "b"), stored()));
            assertTrue(done.isEmpty());
        }
    }

    @Test
    void clearsItsContainerAtStartAndAtClose() throws Exception {
        final var tx = md.getDataBroker().newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.OPERATIONAL, path(ONE), new SwitchBuilder().setDatapathId(ONE)
            .setManufacturer("left behind").build());
        tx.commit().get();
        try (var publisher = publisher()) {
            await().untilAsserted(() -> assertEquals(Map.of(), stored()));
            set(TWO, "b");
            publisher.changed();
            await().untilAsserted(() -> assertEquals(Map.of(TWO, "b"), stored()));
        }
        assertEquals(Map.of(), stored());
    }

    @Test
    void oneTransactionAtATimeAndNobodyWaits() throws Exception {
        final var first = SettableFuture.<CommitInfo>create();
        held = first;
        set(ONE, "a");
        try (var publisher = publisher()) {
            assertDone("put all", "put 1", "commit");
            held = null;
            for (int i = 0; i < 100; i++) {
                set(ONE, "b" + i);
                publisher.changed();
            }
            assertNull(done.poll());
            first.set(CommitInfo.empty());
            assertDone("put 1", "commit");
            await().untilAsserted(() -> assertEquals(Map.of(ONE, "b99"), stored()));
            assertTrue(done.isEmpty());
        }
    }

    @Test
    void writesAllAnewAfterAFailure() throws Exception {
        set(ONE, "a");
        try (var publisher = publisher()) {
            assertDone("put all", "put 1", "commit");
            failing.set(1);
            set(TWO, "b");
            publisher.changed();
            assertDone("put 2", "commit");
            state.remove(ONE);
            assertDone("put all", "put 2", "commit");
            await().untilAsserted(() -> assertEquals(Map.of(TWO, "b"), stored()));
        }
    }

    @Test
    void anAnswerThatNeverComesIsNotWaitedForForEver() throws Exception {
        held = SettableFuture.create();
        set(ONE, "a");
        try (var publisher = publisher(50)) {
            assertDone("put all", "put 1", "commit");
            held = null;
            assertDone("put all", "put 1", "commit");
            await().untilAsserted(() -> assertEquals(Map.of(ONE, "a"), stored()));
        }
    }

    @Test
    void anEntryThatCannotBeMadeKeepsNoOtherBack() throws Exception {
        state.put(ONE, "too short");
        set(TWO, "b");
        try (var publisher = publisher()) {
            assertDone("put all", "put 2", "commit");
            set(ONE, "a");
            publisher.changed();
            await().untilAsserted(() -> assertEquals(Map.of(ONE, "a", TWO, "b"), stored()));
        }
    }

    @Test
    void closingLeavesNothingOfATransactionUnderWay() throws Exception {
        final var first = SettableFuture.<CommitInfo>create();
        held = first;
        set(ONE, "a");
        final var publisher = publisher();
        assertDone("put all", "put 1", "commit");
        held = null;
        // whether before close has begun or after is the same
        executor.execute(() -> first.set(CommitInfo.empty()));
        publisher.close();
        assertDone("delete all", "commit");
        assertEquals(Map.of(), stored());
        publisher.changed();
        publisher.close();
        assertNull(done.poll());
    }
}
