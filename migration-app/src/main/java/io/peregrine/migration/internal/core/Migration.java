/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The record of one move, and the notes that the guest's tracker makes while it lasts. Confined to the thread of the
 * trackers; {@link #snapshot()} gives a value for others.
 */
public final class Migration {
    /**
     * Something seen or done.
     *
     * @param name what
     * @param offset when, nanoseconds after the first sign
     */
    public record Step(String name, long offset) {
    }

    /**
     * A migration at one moment. Immutable.
     *
     * @param guest the domain
     * @param guestName the domain's name
     * @param source where it came from
     * @param destination where it goes to
     * @param manner how it is moved
     * @param phase how far it is
     * @param started time of the first sign, nanoseconds of the monotonic clock
     * @param finished when it ended, empty while it lasts
     * @param steps what was seen and done, in order of time, names unique
     * @param pause how long the guest was paused as QEMU says, milliseconds
     * @param probed what probing it has shown, empty until that is known
     * @param changes changes to flows and groups, by edge
     * @param reason why it was rolled back or lost
     * @param problems what went wrong without ending it
     */
    public record Snapshot(UUID guest, String guestName, String source, String destination, Manner manner, Phase phase,
            long started, OptionalLong finished, List<Step> steps, OptionalLong pause, Optional<Probed> probed,
            Map<String, Integer> changes, Optional<String> reason, List<String> problems) {
        public Snapshot {
            steps = List.copyOf(steps);
            changes = Map.copyOf(changes);
            problems = List.copyOf(problems);
        }
    }

    /** How far a command to the network is that has to be confirmed before the migration is complete. */
    enum Confirmation {
        /** Not sent, or an edge could not confirm it: to be given again. */
        NONE,
        /** Given and not answered yet. */
        AWAITED,
        /** Confirmed. */
        GIVEN
    }

    private static final int MOST_STEPS = 60;

    final String source;
    final String destination;
    final Manner manner;

    /** What has been commanded, in this attempt. */
    boolean prepareSent;
    boolean openSent;
    boolean detachSent;
    /** When the gate was opened, or senders were turned for good: time of the sign that told to. */
    long openedAt;
    /** The destination is announced by its QEMU, which has all of the guest's memory: when. */
    OptionalLong announced = OptionalLong.empty();
    /** The source has been forecast to pause the guest. */
    boolean stopSoon;
    /** Senders have been turned to the destination by a forecast: when. */
    OptionalLong turnedAt = OptionalLong.empty();
    /** How often that was. */
    int turns;
    /** The last turn of senders to the destination by a forecast, the very object; else null. */
    Command.TurnTo turn;
    /** What asks whether the guest has taken what came before that turn, the very object; else null. */
    Command.Drain drain;
    /** Who is to stop the guest at a source that has been held. */
    Stopper stopper = Stopper.NOBODY;
    /** Since when that is somebody, or the source has been told to stop the guest. */
    OptionalLong stopperSince = OptionalLong.empty();
    /** The source is being watched for a forecast. */
    boolean watched;
    /** Whether every edge sends to the destination only, and its gate is open. */
    Confirmation committed = Confirmation.NONE;
    /** Whether the source's edge has nothing of the guest any more. */
    Confirmation detached = Confirmation.NONE;

    /** The source went on after the gate had been opened: closed again, waiting for word of the destination. */
    boolean rearming;
    /** When it was closed again; only a newer word of the destination counts. */
    long rearmedAt;
    /** Past the point of no return. */
    boolean forward;
    /** Answers in a row of a source that runs and has no job. */
    int idleSource;
    /** When it was seen that the destination has ended before the point of no return; the source's answer is newer. */
    OptionalLong destinationEnd = OptionalLong.empty();
    /** When the question was asked that the source has answered last. */
    OptionalLong sourceAnswer = OptionalLong.empty();
    /** The source has answered since that it has the guest paused for a migration, but none under way. */
    boolean sourceStuck;

    private final UUID guest;
    private final long started;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Integer> changes = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private String guestName;
    private Phase phase = Phase.PREPARING;
    private OptionalLong finished = OptionalLong.empty();
    private OptionalLong pause = OptionalLong.empty();
    private boolean pauseFromSource;
    private boolean probing;
    private Probed probed;
    private String reason;

    Migration(final UUID guest, final String guestName, final String source, final String destination,
            final Manner manner, final long started) {
        this.guest = guest;
        this.guestName = guestName;
        this.source = source;
        this.destination = destination;
        this.manner = manner;
        this.started = started;
    }

    /**
     * How far it is.
     *
     * @return the phase
     */
    public Phase phase() {
        return phase;
    }

    void phase(final Phase newPhase) {
        phase = newPhase;
    }

    void finish(final Phase end, final long at) {
        phase = end;
        finished = OptionalLong.of(at);
    }

    void reason(final String text) {
        if (reason == null) {
            reason = text;
        }
    }

    /** Says why it ended, where that was thought to be otherwise. */
    void instead(final String text) {
        reason = text;
    }

    boolean predictive() {
        return manner.mode() == Mode.PREDICTIVE;
    }

    /** Whether every switch has confirmed what had to be confirmed. */
    boolean confirmed() {
        return committed == Confirmation.GIVEN && detached == Confirmation.GIVEN;
    }

    void rename(final String name) {
        guestName = name;
    }

    /** Notes a problem; returns whether it is a new one. */
    boolean problem(final String text) {
        return !problems.contains(text) && problems.size() < MOST_STEPS && problems.add(text);
    }

    /** Notes a step; a name that is taken gets a number. */
    void step(final String name, final long at) {
        if (steps.size() >= MOST_STEPS) {
            return;
        }
        String unique = name;
        for (int count = 2; has(unique); count++) {
            unique = name + "-" + count;
        }
        steps.add(new Step(unique, at - started));
    }

    boolean has(final String step) {
        return steps.stream().anyMatch(known -> known.name().equals(step));
    }

    void count(final Map<String, Integer> more) {
        more.forEach((edge, number) -> changes.merge(edge, number, Integer::sum));
    }

    /** QEMU measures at the source; the destination's figure is taken where the source's cannot be had. */
    boolean pause(final long milliseconds, final boolean fromSource) {
        if (pause.isPresent() && (pauseFromSource || !fromSource)) {
            return false;
        }
        pause = OptionalLong.of(milliseconds);
        pauseFromSource = fromSource;
        return true;
    }

    /**
     * Takes in that its guest is about to be probed.
     *
     * @return whether that is the first time
     */
    public boolean beginProbing() {
        final boolean first = !probing;
        probing = true;
        return first;
    }

    /**
     * Takes in what probing has shown.
     *
     * @param outcome that
     */
    public void probed(final Probed outcome) {
        probed = outcome;
    }

    /**
     * The record as it is now.
     *
     * @return a value that does not change
     */
    public Snapshot snapshot() {
        final var ordered = new ArrayList<>(steps);
        ordered.sort(Comparator.comparingLong(Step::offset));
        return new Snapshot(guest, guestName, source, destination, manner, phase, started, finished, ordered, pause,
            Optional.ofNullable(probed), changes, Optional.ofNullable(reason), problems);
    }
}
