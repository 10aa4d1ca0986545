/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.Optional;

/**
 * The outcome of probing a guest while it moved. Immutable.
 *
 * @param outcome what came of it
 * @param reason why it was not measured, or not to the end
 * @param whom who was probed, empty if nobody was
 * @param gap the figures, empty if nobody was
 */
public record Probed(Outcome outcome, Optional<String> reason, Optional<Whom> whom, Optional<Gap> gap) {
    /** What can come of it. */
    public enum Outcome {
        /** Answers came. */
        MEASURED,
        /** Probes were sent, and none was answered. */
        UNANSWERED,
        /** Probes could not be sent any more; figures are those until then. */
        BROKEN_OFF,
        /** The guest moved, and no probe could be sent. */
        UNPROBED
    }

    /**
     * Who was probed.
     *
     * @param interfaceId the guest's port
     * @param address its address
     * @param edge where probes began
     */
    public record Whom(String interfaceId, InetAddress address, String edge) {
    }

    public Probed {
        requireNonNull(outcome);
        requireNonNull(reason);
        requireNonNull(whom);
        requireNonNull(gap);
    }

    /**
     * No probe could be sent.
     *
     * @param why the reason
     * @return that
     */
    public static Probed unprobed(final String why) {
        return new Probed(Outcome.UNPROBED, Optional.of(why), Optional.empty(), Optional.empty());
    }

    /**
     * Probes were sent.
     *
     * @param whom to whom
     * @param gap the figures
     * @param broken why no more could be sent, empty if it went on to the end
     * @return the outcome
     */
    public static Probed of(final Whom whom, final Gap gap, final Optional<String> broken) {
        if (gap.sent() == 0 && broken.isPresent()) {
            return unprobed(broken.orElseThrow());
        }
        final var outcome = broken.isPresent() ? Outcome.BROKEN_OFF
            : gap.answered() == 0 ? Outcome.UNANSWERED : Outcome.MEASURED;
        return new Probed(outcome, broken, Optional.of(whom), Optional.of(gap));
    }
}
