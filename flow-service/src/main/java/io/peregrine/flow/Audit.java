/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What an audit found: a switch as it was read, compared with its desired program. An entry whose time is up is not
 * desired any more, even if the switch still has it.
 *
 * @param desired how many flow entries and groups it should have
 * @param found how many of ours it has: of our cookie, or of our range of group numbers
 * @param whole whether all sources of the desired program have been heard; what is stale before that may be wanted yet
 * @param unjudged how many entries and groups could not be judged, since they were being changed whenever the switch
 *     was read, or since it does not show them
 * @param findings what is not as desired, and what is foreign; by kind, immutable
 */
public record Audit(int desired, int found, boolean whole, int unjudged, List<Finding> findings) {
    /** Sorts of findings. */
    public enum Kind {
        /** Desired, and not there. */
        MISSING,
        /** Desired, and there with another content. */
        DIFFERING,
        /** Ours, and not desired. */
        STALE,
        /** Desired, and something foreign is in its place. */
        BLOCKED,
        /** Not ours and in nobody's way; never touched. */
        FOREIGN;

        /**
         * Whether the switch is not as desired because of it.
         *
         * @return true if so
         */
        public boolean isWrong() {
            return this != FOREIGN;
        }
    }

    /**
     * One entry or group that is not as desired, or foreign. Texts are as {@code ovs-ofctl} writes and reads them.
     *
     * @param kind what is the matter with it
     * @param entry as it is desired; of {@code STALE} and {@code FOREIGN} as it is there
     * @param there what is there instead, of {@code DIFFERING} and {@code BLOCKED}
     * @param note what else is known, such as the switch's refusal to take it
     */
    public record Finding(Kind kind, String entry, Optional<String> there, Optional<String> note) {
        public Finding {
            requireNonNull(kind);
            requireNonNull(entry);
            requireNonNull(there);
            requireNonNull(note);
        }
    }

    public Audit {
        findings = List.copyOf(findings);
    }

    /**
     * Counts findings.
     *
     * @param kind of which kind
     * @return how many there are
     */
    public int count(final Kind kind) {
        return (int) findings.stream().filter(finding -> finding.kind() == kind).count();
    }

    /**
     * Whether anything that was judged is not as desired.
     *
     * @return true if so
     */
    public boolean isWrong() {
        return findings.stream().anyMatch(finding -> finding.kind().isWrong());
    }
}
