/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import static java.util.Objects.requireNonNull;

import io.peregrine.topology.search.Wishes;
import java.time.Instant;
import java.util.function.Predicate;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;

/**
 * What is looked for among records: those for which all that is given is so.
 *
 * @param wanted what is given
 * @param since the time that is in it, {@link Instant#MIN} if there is none
 */
record Search(FindMigrationsInput wanted, Instant since) implements Predicate<Migration> {
    Search {
        requireNonNull(wanted);
        requireNonNull(since);
    }

    @Override
    public boolean test(final Migration record) {
        return Wishes.isOneOf(wanted.getPhase(), record.getPhase())
            && Wishes.isGuest(wanted.getGuest(), record.getGuestName(), record.getGuest()) && isHypervisor(record)
            && (wanted.getInitiator() == null || wanted.getInitiator().equals(record.getInitiator()))
            && !History.began(record).isBefore(since);
    }

    private boolean isHypervisor(final Migration record) {
        final var host = wanted.getHypervisor();
        return host == null || host.equals(record.getSource()) || host.equals(record.getDestination());
    }
}
