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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The desired program of one switch, made of named fragments. All methods are thread-safe and return at once; changes
 * are sent in the order of the calls.
 */
public interface SwitchProgram extends AutoCloseable {
    /**
     * How far a switch is.
     */
    enum State {
        /** No OpenFlow session with us as master. Changes are remembered. */
        DISCONNECTED,
        /** Connected; what it has is being read and missing entries are added. */
        SYNCING,
        /**
         * Has all that is desired, apart from what is reported as a problem. What is merely unknown is deleted only
         * once {@link #setComplete} was called.
         */
        IN_SYNC
    }

    /**
     * Hears of a switch's connection and health.
     */
    interface Listener {
        /**
         * The state changed.
         *
         * @param state the new state
         */
        void onState(State state);

        /**
         * What is wrong has changed. Nothing is before the first call; without a session nothing can be.
         *
         * @param problems all that is wrong now, immutable, in a constant order; empty if nothing is
         */
        void onProblems(List<Problem> problems);
    }

    /**
     * Something that a person should know of a switch, as long as it is so.
     *
     * @param kind what sort of thing
     * @param text what, in one sentence
     */
    record Problem(Kind kind, String text) {
        /** Sorts of problems. */
        public enum Kind {
            /** A foreign entry is where one of ours belongs. */
            BLOCKED(true),
            /** The switch refuses a change for good. */
            REFUSED(true),
            /** The switch cannot be read back. */
            UNREADABLE(false),
            /** Somebody changed entries of ours a short while ago, which was repaired. */
            CHANGED_FROM_OUTSIDE(false);

            private final boolean lacking;

            Kind(final boolean lacking) {
                this.lacking = lacking;
            }

            /**
             * Whether the switch is known not to be as desired and will stay so until a person does something.
             *
             * @return true if so
             */
            public boolean isLacking() {
                return lacking;
            }
        }

        public Problem {
            requireNonNull(kind);
            requireNonNull(text);
        }
    }

    DatapathId datapath();

    State state();

    /**
     * Replaces fragments. The difference to what was desired is sent pipelined with one barrier, in an order in which
     * every intermediate state forwards rightly: groups added or changed, flows added or changed, flows removed,
     * groups removed. The desired state has changed when this returns, whether or not the switch is there.
     *
     * @param changes fragment name to new content, {@link Fragment#EMPTY} removes it
     * @return completes when the switch has answered the barrier and refused nothing; exceptionally with
     *     {@link SwitchUnavailableException} if there is no session (the change is made at the next one), or with
     *     {@link SwitchRefusedException} if the switch refused a part (a repair is already under way)
     * @throws IllegalArgumentException if a flow identity or group number belongs to another fragment too; nothing is
     *     changed then
     */
    CompletableFuture<Void> apply(Map<String, Fragment> changes);

    /**
     * Asks whether the switch has all of some fragments. An answer to {@link #apply} says that of what was sent then,
     * but not of what was sent before to a switch that was away, or that keeps an entry of somebody else in its place.
     *
     * @param names the fragments' names
     * @return completes when the switch has answered all that was sent before, is in line, and no entry of theirs is
     *     blocked or refused; exceptionally with {@link SwitchUnavailableException} if there is no session, or with
     *     {@link SwitchRefusedException} that says what is lacking
     */
    CompletableFuture<Void> confirm(Set<String> names);

    /**
     * Sends the fragment's entries that have a hard timeout once more, which starts their time anew.
     *
     * @param fragment the fragment's name
     * @return as of {@link #apply}
     */
    CompletableFuture<Void> renew(String fragment);

    /**
     * Says whether the desired program is whole, that is, all its sources have been heard. Until then nothing is
     * deleted on the switch that is not known to be obsolete.
     *
     * @param complete true if what is not desired may be deleted
     */
    void setComplete(boolean complete);

    /**
     * The fragments as desired now.
     *
     * @return an immutable copy
     */
    Map<String, Fragment> fragments();

    @Override
    void close();
}
