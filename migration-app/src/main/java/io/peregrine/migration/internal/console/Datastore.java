/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.FluentFuture;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.opendaylight.mdsal.common.api.DataValidationFailedException;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.mdsal.dom.api.DOMDataTreeWriteTransaction;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifierWithPredicates;
import org.opendaylight.yangtools.yang.data.api.schema.NormalizedNode;

/**
 * The datastores at places. What is written is checked as what RESTCONF writes is: by the models, and by who guards
 * commits of intent.
 */
final class Datastore {
    private static final long ANSWER_SECONDS = 30;

    private final DOMDataBroker broker;

    Datastore(final DOMDataBroker broker) {
        this.broker = requireNonNull(broker);
    }

    /**
     * Reads.
     *
     * @param store intent or state
     * @param path where
     * @return what is there
     * @throws IllegalStateException if the datastore does not answer
     */
    Optional<NormalizedNode> read(final LogicalDatastoreType store, final YangInstanceIdentifier path) {
        try (var tx = broker.newReadOnlyTransaction()) {
            return await(tx.read(store, path));
        }
    }

    /**
     * Writes intent, all of it or nothing.
     *
     * @param contents what to write where
     * @param merge whether what is there and not in the content stays
     * @throws IllegalArgumentException if it is refused, or an entry above it is not there
     * @throws IllegalStateException if the datastore does not answer
     */
    void put(final Map<DataPath, NormalizedNode> contents, final boolean merge) {
        contents.keySet().forEach(this::requireParents);
        final var tx = broker.newWriteOnlyTransaction();
        contents.forEach((place, node) -> {
            if (merge) {
                tx.merge(LogicalDatastoreType.CONFIGURATION, place.id(), node);
            } else {
                tx.put(LogicalDatastoreType.CONFIGURATION, place.id(), node);
            }
        });
        commit(tx);
    }

    /** An entry that only came to be since something is put below it would have no more than its key. */
    private void requireParents(final DataPath place) {
        for (var path = place.id().getParent(); path != null && !path.isEmpty(); path = path.getParent()) {
            if (path.getLastPathArgument() instanceof NodeIdentifierWithPredicates entry
                    && read(LogicalDatastoreType.CONFIGURATION, path).isEmpty()) {
                throw new IllegalArgumentException(place.text() + ": there is no "
                    + entry.getNodeType().getLocalName() + " " + String.join(",", entry.values().stream()
                    .map(Object::toString).toList()) + "; set that first");
            }
        }
    }

    /**
     * Removes intent.
     *
     * @param place what
     * @throws IllegalArgumentException if it is refused, or nothing is there
     * @throws IllegalStateException if the datastore does not answer
     */
    void delete(final DataPath place) {
        if (read(LogicalDatastoreType.CONFIGURATION, place.id()).isEmpty()) {
            throw new IllegalArgumentException(place.text() + ": nothing is there; peregrine:intent shows what is");
        }
        final var tx = broker.newWriteOnlyTransaction();
        tx.delete(LogicalDatastoreType.CONFIGURATION, place.id());
        commit(tx);
    }

    private static void commit(final DOMDataTreeWriteTransaction tx) {
        await(tx.commit());
    }

    private static <T> T await(final FluentFuture<T> future) {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; whether it is done shows peregrine:intent", e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the datastore does not answer; whether it is done shows"
                + " peregrine:intent", e);
        } catch (ExecutionException e) {
            for (var cause : Throwables.getCausalChain(e)) {
                if (cause instanceof DataValidationFailedException) {
                    throw new IllegalArgumentException(cause.getMessage(), e);
                }
            }
            throw new IllegalArgumentException(Throwables.getRootCause(e).getMessage(), e);
        }
    }
}
