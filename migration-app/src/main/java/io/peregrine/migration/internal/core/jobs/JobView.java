/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A job at one moment. Immutable.
 *
 * @param task what it does
 * @param state how far it is
 * @param cancelling whether it has been cancelled and has not ended
 * @param created when it was asked for
 * @param started when it began
 * @param finished when it ended
 * @param error why it failed
 * @param progress how far the copy is; empty before libvirt has told
 * @param results an evacuation's guests
 */
public record JobView(Task task, State state, boolean cancelling, Instant created, Optional<Instant> started,
        Optional<Instant> finished, Optional<String> error, Optional<Progress> progress, List<Result> results) {
    public JobView {
        results = List.copyOf(results);
    }

    /** How far a job is. */
    public enum State {
        /** It has not begun. */
        WAITING,
        /** It is under way. */
        RUNNING,
        /** It has ended as wanted. */
        DONE,
        /** It has ended otherwise. */
        FAILED,
        /** It was cancelled before it ended. */
        CANCELLED,
        /** The controller's process has ended before it had, and it has not come to its aim. */
        INTERRUPTED;

        /**
         * Whether the job has ended.
         *
         * @return true if nothing changes any more
         */
        public boolean over() {
            return this != WAITING && this != RUNNING;
        }
    }

    /** What a job does. */
    public sealed interface Task {
        /**
         * The job's identifier.
         *
         * @return unique over restarts
         */
        String id();

        /**
         * The hypervisor that is left.
         *
         * @return its name
         */
        String source();
    }

    /**
     * Moving one guest.
     *
     * @param id the job
     * @param evacuation the job that it is part of
     * @param guest the domain
     * @param name the domain's name
     * @param source where it is
     * @param destination where it is moved
     */
    public record Move(String id, Optional<String> evacuation, UUID guest, String name, String source,
            String destination) implements Task {
    }

    /**
     * Moving all guests of a hypervisor.
     *
     * @param id the job
     * @param source the hypervisor
     */
    public record Evacuation(String id, String source) implements Task {
    }

    /**
     * What becomes of one guest in an evacuation.
     *
     * @param guest the domain
     * @param name the domain's name
     * @param job the job that moves it
     * @param destination where it is moved
     * @param state how far that is
     * @param error why it was not moved
     */
    public record Result(UUID guest, String name, Optional<String> job, Optional<String> destination, State state,
            Optional<String> error) {
    }
}
