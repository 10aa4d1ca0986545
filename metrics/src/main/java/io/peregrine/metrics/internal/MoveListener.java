/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.metrics.internal.core.Move;
import io.peregrine.metrics.internal.core.MoveStatistics;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Optional;
import java.util.OptionalLong;
import org.opendaylight.mdsal.binding.api.ClusteredDataTreeChangeListener;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Counts the records of migrations that are published.
 */
final class MoveListener implements ClusteredDataTreeChangeListener<Migration> {
    private final MoveStatistics statistics;

    private MoveListener(final MoveStatistics statistics) {
        this.statistics = requireNonNull(statistics);
    }

    /**
     * Begins to count.
     *
     * @param broker where records are published
     * @param statistics where they are counted
     * @return closing it ends that
     */
    static Registration follow(final DataBroker broker, final MoveStatistics statistics) {
        return broker.registerDataTreeChangeListener(DataTreeIdentifier.create(LogicalDatastoreType.OPERATIONAL,
            InstanceIdentifier.create(Migrations.class).child(Migration.class)), new MoveListener(statistics));
    }

    @Override
    public void onDataTreeChanged(final Collection<DataTreeModification<Migration>> changes) {
        for (var change : changes) {
            final var node = change.getRootNode();
            statistics.changed(change.getRootPath().getRootIdentifier().firstKeyOf(Migration.class).getId(),
                Optional.ofNullable(node.getDataBefore()).map(MoveListener::move),
                Optional.ofNullable(node.getDataAfter()).map(MoveListener::move));
        }
    }

    private static Move move(final Migration record) {
        final var steps = new HashMap<String, Long>();
        record.nonnullStep().forEach(step -> steps.put(step.getName(), step.getOffset()));
        return new Move(record.getMode().getName(), record.getPhase().getName(),
            Optional.ofNullable(record.getFinished()).map(time -> instant(time.getValue())),
            optional(record.getPause()),
            Optional.ofNullable(record.getProbed()).map(probed -> new Move.Probing(probed.getOutcome().getName(),
                optional(probed.getLost()), optional(probed.getDuplicated()).orElse(0),
                optional(probed.getLongestGap()))),
            steps);
    }

    private static Instant instant(final String time) {
        return OffsetDateTime.parse(time).toInstant();
    }

    private static OptionalLong optional(final Uint32 number) {
        return number == null ? OptionalLong.empty() : OptionalLong.of(number.toJava());
    }
}
