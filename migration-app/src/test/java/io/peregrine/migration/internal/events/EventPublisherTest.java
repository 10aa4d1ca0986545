/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.events;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataObjectModification;
import org.opendaylight.mdsal.binding.api.DataTreeChangeListener;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.binding.api.NotificationPublishService;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.Event;
import org.opendaylight.yangtools.concepts.ListenerRegistration;
import org.opendaylight.yangtools.yang.binding.DataObject;

class EventPublisherTest {
    private static final Edge READY = edge(true);
    private static final Edge NOT_READY = edge(false);

    private final Map<Class<?>, DataTreeChangeListener<?>> listeners = new HashMap<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final NotificationPublishService publisher = mock(NotificationPublishService.class);
    private EventPublisher events;

    @BeforeEach
    void begin() {
        final var broker = mock(DataBroker.class);
        when(broker.registerDataTreeChangeListener(any(), any())).thenAnswer(call -> {
            final var type = call.<DataTreeIdentifier<?>>getArgument(0).getRootIdentifier().getTargetType();
            listeners.put(type, call.getArgument(1));
            final var registration = mock(ListenerRegistration.class);
            doAnswer(closed -> listeners.remove(type)).when(registration).close();
            return registration;
        });
        when(publisher.offerNotification(any())).thenAnswer(call -> {
            told.add(call.<Event>getArgument(0).getText());
            return null;
        });
        events = new EventPublisher(broker, publisher, InstantSource.fixed(Instant.EPOCH));
    }

    @AfterEach
    void end() {
        events.close();
        assertTrue(listeners.isEmpty(), "nothing is listened to any more");
    }

    private static Edge edge(final boolean ready) {
        return new EdgeBuilder().setName(new EdgeName("hv1")).setReady(ready).build();
    }

    @SuppressWarnings("unchecked")
    private static <T extends DataObject> DataTreeModification<T> modification(final T was, final T is) {
        final var root = mock(DataObjectModification.class);
        when(root.getDataBefore()).thenReturn(was);
        when(root.getDataAfter()).thenReturn(is);
        final var modification = mock(DataTreeModification.class);
        when(modification.getRootNode()).thenReturn(root);
        return modification;
    }

    @SuppressWarnings("unchecked")
    private void change(final List<DataTreeModification<Edge>> changes) {
        ((DataTreeChangeListener<Edge>) listeners.get(Edge.class)).onDataTreeChanged(changes);
    }

    @Test
    void tellsWhatHasChangedInOrder() {
        assertEquals(6, listeners.size());
        change(List.of(modification(null, NOT_READY), modification(NOT_READY, READY), modification(READY, READY)));
        change(List.of(modification(READY, null)));
        await().until(() -> told.size() >= 3);
        assertEquals(List.of("edge hv1: not ready", "edge hv1: ready", "edge hv1: gone"), told);
    }

    /** Who publishes has to wait for a subscriber that has fallen far behind; who changes something has not. */
    @Test
    void nobodyWaitsForASlowSubscriber() throws InterruptedException {
        final var waiting = new CountDownLatch(1);
        final var room = new Semaphore(0);
        doAnswer(call -> {
            waiting.countDown();
            room.acquire();
            told.add("");
            return null;
        }).when(publisher).offerNotification(any());
        final var change = List.of(modification(null, READY));
        change(change);
        waiting.await();
        for (int i = 0; i < EventPublisher.MOST_WAITING + 100; i++) {
            change(change);
        }
        room.release(Integer.MAX_VALUE);
        await().until(() -> told.size() == EventPublisher.MOST_WAITING + 1);
        change(List.of(modification(READY, NOT_READY)));
        await().until(() -> told.size() == EventPublisher.MOST_WAITING + 2);
    }

    /** A change that no event can be made of costs no other one. */
    @Test
    void goesOnAfterAMishap() {
        change(List.of(modification(null, null)));
        change(List.of(modification(null, READY)));
        await().until(() -> told.size() == 1);
    }
}
