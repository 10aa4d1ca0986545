/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Where one guest is, and its migration while there is one.
 *
 * <p>Signs set what is known of the domain at each host; rules then look at that knowledge, not at the order in which
 * it came. So a sign that is late, doubled or missing changes when something is done, not what. For a migration from
 * S to D:
 *
 * <pre>
 *   D INCOMING                        prepare D               PREPARING, PREPARED when confirmed
 *   S HANDING_OVER, D announced       open D                  OPEN
 *   S RUNNING again                   detach D, ask; if D is still INCOMING prepare it anew
 *   D RUNNING, S LEFT or POST_COPY    commit D                SWITCHED      the point of no return
 *   S absent, the guest seen at D     detach S                COMPLETED when every switch has confirmed
 *   D absent before that point        detach D, ask S         ROLLING_BACK  S was served all the time
 *   then S present                                            ROLLED_BACK
 *   then S absent                                             LOST
 *   D absent after it                                         LOST
 * </pre>
 *
 * <p>In a predictive move all send to S until they are turned to D, by the first of
 *
 * <pre>
 *   D INCOMING                        make D ready            PREPARING, PREPARED when confirmed
 *   S forecast to stop soon           turn to D               TURNED
 *   S HANDING_OVER, D announced       turn to D if not yet,   OPEN
 *                                     open D
 *   the stop does not come            turn to S               PREPARED
 * </pre>
 *
 * <p>Before the point of no return a timer only asks both hosts. A host that is not heard keeps its last state, which
 * counts for nothing new. After it, commands that an edge could not confirm are given again at the timer, and when an
 * edge comes into line; once libvirt has no more to tell of a move, the guest is at rest and free for the next one, and
 * only the record waits for the switches. Not thread-safe: one thread calls.
 */
public final class GuestTracker {
    /**
     * How long the tracker waits before it asks, nanoseconds.
     *
     * @param lease between renewals of a closed gate's lease
     * @param handOver while something is about to happen
     * @param slow while nothing is
     * @param turn until senders that a forecast has turned are turned back, if the source has not paused the guest
     * @param stop the same for a source that is held, anew from when it is to be stopped, and from when libvirt is told
     *     to: that is done as soon as little enough remains, in the first pass over the memory not before its end
     * @param confirm how long such a source is held from the turn on for switches that have not confirmed it, and for
     *     the guest to take what came before. Somewhat longer than it takes until the frames of a switch that does not
     *     answer are sent on to the destination
     * @param still how long the guest stands still until that is told as a problem
     */
    public record Waits(long lease, long handOver, long slow, long turn, long stop, long confirm, long still) {
        public static final Waits DEFAULT = new Waits(TimeUnit.SECONDS.toNanos(15), TimeUnit.SECONDS.toNanos(1),
            TimeUnit.SECONDS.toNanos(15), TimeUnit.MILLISECONDS.toNanos(150), TimeUnit.SECONDS.toNanos(1),
            TimeUnit.MILLISECONDS.toNanos(600), TimeUnit.SECONDS.toNanos(5));
    }

    /**
     * A command and the migration that it belongs to.
     *
     * @param command the command
     * @param move the migration, empty if the guest does not move
     */
    public record Order(Command command, Optional<Migration> move) {
    }

    /** What is known of the domain at a host; kept when it has gone, until something newer is known. */
    private record Place(DomainState state, long at, boolean arrival, boolean ended, long heard, String text) {
    }

    private static final String SOURCE = "source-";
    private static final String DESTINATION = "destination-";
    /** Frames of a turn that was in vain arrive late; the next ones wait for the source's word. */
    private static final int MOST_TURNS = 2;
    private static final String TOO_EARLY = "the guest moved on or ended before every switch had confirmed";

    private final UUID guest;
    private final Hosts hosts;
    private final Modes modes;
    private final Waits waits;
    private final Map<String, Place> places = new TreeMap<>();
    private final TreeSet<String> asked = new TreeSet<>();

    private List<Order> orders = new ArrayList<>();
    private String name;
    private String owner;
    private Migration migration;
    /** The last move, if libvirt has no more to tell of it and switches have yet to confirm. */
    private Migration unconfirmed;
    private Migration last;
    private List<Migration> finished = new ArrayList<>();
    private boolean changed;
    private String problem;

    /** When to look again; kept as a time so that signs in between do not put it off. */
    private OptionalLong wake = OptionalLong.empty();
    private long wait;
    /** A lease to be renewed when both sides have answered what was asked at this time. */
    private OptionalLong leaseAsked = OptionalLong.empty();

    /**
     * Nothing is known yet.
     *
     * @param guest the domain
     * @param hosts the hosts there are
     * @param modes says how the guest is to be moved
     * @param waits how long to wait before asking
     */
    public GuestTracker(final UUID guest, final Hosts hosts, final Modes modes, final Waits waits) {
        this.guest = requireNonNull(guest);
        this.hosts = requireNonNull(hosts);
        this.modes = requireNonNull(modes);
        this.waits = requireNonNull(waits);
        name = guest.toString();
    }

    /**
     * Takes a sign in.
     *
     * @param sign the sign
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> on(final Sign sign, final long now) {
        final var before = places.get(sign.host());
        if (sign.asked()) {
            asked.remove(sign.host());
            if (before != null && sign.at() < before.at()) {
                // Asked before the last event came: the answer may be older than that event.
                return advance(now);
            }
        }
        final var place = place(sign, before);
        places.put(sign.host(), place);
        if (before == null || before.state() != place.state() || before.arrival() != place.arrival()) {
            note(sign, place);
            changed = true;
        }
        if (migration != null && sign.host().equals(migration.source)) {
            final boolean idle = sign.asked() && !sign.outgoing();
            if (sign.asked()) {
                migration.idleSource = idle && place.state() == DomainState.RUNNING ? migration.idleSource + 1 : 0;
                migration.sourceAnswer = OptionalLong.of(sign.at());
            }
            migration.sourceStuck = idle && place.state() == DomainState.HANDING_OVER;
        }
        return advance(now);
    }

    private Place place(final Sign sign, final Place before) {
        DomainState state = sign.state();
        // A guest that never ran here has not ended here.
        boolean ended = sign.ended() && (before == null || before.state() != DomainState.INCOMING);
        boolean arrival = sign.arrival();
        if (before != null && sign.asked()) {
            if (state == DomainState.ABSENT && !before.state().present()) {
                // A question tells less than the event that told why.
                state = before.state();
                ended |= before.ended();
            } else if (state == DomainState.INCOMING && before.state() == DomainState.HANDING_OVER) {
                // The source's job may be gone from view at the very end; it does not turn into a destination.
                state = DomainState.HANDING_OVER;
            }
        }
        if (state == DomainState.INCOMING && sign.asked() && sign.host().equals(owner) && before != null
                && before.state().present()) {
            state = DomainState.HANDING_OVER;
        }
        if (state == DomainState.RUNNING && before != null && before.state() == DomainState.RUNNING) {
            arrival |= before.arrival();
        }
        final boolean same = before != null && before.state() == state && sign.asked();
        return new Place(state, same ? before.at() : sign.at(), arrival, ended, sign.at(), sign.text());
    }

    /**
     * Whether it makes no difference to hear that a host, which is asked for all it has, does not have the guest: it is
     * at rest elsewhere, and was not there before. With many guests on many hosts that is nearly all that is heard.
     *
     * @param host the host
     * @return true if that need not be told
     */
    public boolean isIndifferentTo(final String host) {
        return migration == null && owner != null && !owner.equals(host) && stateAt(owner).settled()
            && !stateAt(host).present() && !asked.contains(host);
    }

    /**
     * Takes in that QEMU has announced the guest at a host: it has all of the guest's memory there, so the source has
     * paused it. The guest does not run there yet, and may still be given up.
     *
     * @param host the host
     * @param at when it was heard
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onAnnounced(final String host, final long at, final long now) {
        if (migration != null && host.equals(migration.destination) && migration.announced.isEmpty()) {
            migration.announced = OptionalLong.of(at);
            migration.step(DESTINATION + "announced", at);
            changed = true;
        }
        return advance(now);
    }

    /**
     * Takes in that the guest itself has been heard at a host where it was awaited: it runs there.
     *
     * @param host the host
     * @param at when it was heard
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onHeard(final String host, final long at, final long now) {
        if (migration == null || !host.equals(migration.destination) || stateAt(host) == DomainState.RUNNING
                || migration.destinationEnd.isPresent()) {
            return advance(now);
        }
        migration.step(DESTINATION + "heard", at);
        return on(new Sign(host, DomainState.RUNNING, at, false, true, false, false, "it was heard there"), now);
    }

    /**
     * Takes in what is to be expected of the copy.
     *
     * @param host the source
     * @param forecast what is expected
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onForecast(final String host, final Forecast forecast, final long now) {
        if (migration != null && host.equals(migration.source)) {
            migration.stopSoon = forecast != Forecast.COPY_GOES_ON;
            if (forecast == Forecast.STOP_UNDER_WAY && migration.phase() == Phase.TURNED) {
                // A stop that takes its time must not come just after senders have been turned back
                migration.stopperSince = OptionalLong.of(now);
                wake = OptionalLong.empty();
            }
        }
        return advance(now);
    }

    /**
     * Takes in that a host has been heard, lost, added to or removed from intent.
     *
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onHostsChanged(final long now) {
        asked.removeIf(host -> !hosts.heard(host));
        places.keySet().removeIf(host -> !hosts.names().contains(host) && !host.equals(owner)
            && (migration == null || !host.equals(migration.source) && !host.equals(migration.destination)));
        changed = true;
        return advance(now);
    }

    /**
     * Takes in that time has passed.
     *
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onTick(final long now) {
        if (wake.isPresent() && wake.orElseThrow() <= now) {
            wake = OptionalLong.empty();
            asked.clear();
            interested().forEach(this::ask);
            confirmAgain();
            if (leased()) {
                leaseAsked = OptionalLong.of(now);
            }
            if (migration != null && migration.watched && migration.phase() == Phase.PREPARING) {
                // A destination that cannot be prepared must not keep the copy from its end.
                stopBy(Stopper.SOURCE, now);
            }
            tellOfStandstill(now);
        }
        return advance(now);
    }

    /**
     * QEMU sends the last of a guest in one go, in which it neither answers nor can be told to give up. If that does
     * not come across, or the destination's word that it has come, only an end of its connection has the guest go on at
     * the source, and libvirt cannot bring that about.
     */
    private void tellOfStandstill(final long now) {
        final var move = migration;
        if (move == null || move.forward || move.sourceStuck || !hosts.heard(move.source)
                || !hosts.heard(move.destination) || stateAt(move.source) != DomainState.HANDING_OVER
                || stateAt(move.destination) != DomainState.INCOMING
                || now - places.get(move.source).at() < waits.still()) {
            return;
        }
        final var where = move.announced.isPresent()
            ? " is at " + move.destination + ", but it does not go on there; if " + move.source
                + " hears nothing from there any more"
            : " is not at " + move.destination + " yet; if nothing comes across from " + move.source + " any more";
        changed |= move.problem("the guest stands still, and its memory" + where + ", mend the network for that, or,"
            + " to have it go on at " + move.source + ", end all copies from there (tunnelled ones have no such port)"
            + " with: ss --kill --tcp dport ge :49152 and dport le :49215 and sport ge :32768");
    }

    /**
     * Takes in that an edge may confirm now what it could not before: asks for it without waiting for the timer.
     *
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onInLine(final long now) {
        confirmAgain();
        return advance(now);
    }

    /**
     * Takes in that switches have confirmed a command.
     *
     * @param move the migration that the command was for
     * @param command the command
     * @param changes how many entries were changed, by edge
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onConfirmed(final Migration move, final Command command, final Map<String, Integer> changes,
            final long now) {
        move.count(changes);
        if (command instanceof Command.Prepare || command instanceof Command.MakeReady) {
            move.step("prepared", now);
            if (move == migration && move.phase() == Phase.PREPARING && move.prepareSent) {
                move.phase(Phase.PREPARED);
            }
        } else if (command instanceof Command.Open) {
            move.step("opened", now);
        } else if (command instanceof Command.TurnTo turn) {
            final boolean back = turn.edge().equals(move.source);
            move.step(back ? "turned-back" : "turned", now);
            turned(move, turn);
        } else if (command instanceof Command.Commit) {
            move.step("switched", now);
            move.committed = Migration.Confirmation.GIVEN;
        } else if (command instanceof Command.Detach detach) {
            move.step("cleaned-up", now);
            if (detach.edge().equals(move.source)) {
                move.detached = Migration.Confirmation.GIVEN;
            }
        }
        changed = true;
        return advance(now);
    }

    /**
     * Takes in that an edge could not confirm a command. The network follows when the edge comes back; the migration
     * goes on, and past the point of no return it is asked again until the edge has confirmed.
     *
     * @param move the migration that the command was for
     * @param command the command
     * @param why what was said
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onUnconfirmed(final Migration move, final Command command, final String why,
            final long now) {
        move.problem(verb(command) + ": " + why);
        if (command instanceof Command.TurnTo turn) {
            // What an edge that is away sends is sent on after the stop; holding longer would not help it.
            turned(move, turn);
        } else if (command instanceof Command.Commit) {
            move.committed = Migration.Confirmation.NONE;
        } else if (command instanceof Command.Detach detach && detach.edge().equals(move.source)) {
            move.detached = Migration.Confirmation.NONE;
        }
        changed = true;
        return advance(now);
    }

    /** What senders have sent before may still wait for the guest, and would be lost with its tap. */
    private void turned(final Migration move, final Command.TurnTo turn) {
        // An earlier turn's confirmation says nothing of this one.
        if (turn == move.turn && move == migration && move.phase() == Phase.TURNED && move.manner.hold()
                && move.stopper != Stopper.CONTROLLER) {
            move.drain = new Command.Drain(move.source);
            order(move.drain);
        }
    }

    /**
     * Takes in whether a guest has taken what had come to it at the source. If it has not, that is not waited for.
     *
     * @param move the migration that this was asked for
     * @param drain what asked for it
     * @param taken whether it has; false also if that cannot be known
     * @param now the present time
     * @return what is to be done, in this order
     */
    public List<Order> onDrained(final Migration move, final Command.Drain drain, final boolean taken,
            final long now) {
        if (drain == move.drain && move == migration && move.phase() == Phase.TURNED) {
            if (taken) {
                move.step("drained", now);
                changed = true;
            }
            stopBy(Stopper.CONTROLLER, now);
        }
        return advance(now);
    }

    /**
     * Takes in what QEMU measured in a migration.
     *
     * @param host the host that reports it
     * @param milliseconds how long the guest was paused
     * @return the record that changed, if any
     */
    public Optional<Migration> onPause(final String host, final long milliseconds) {
        final var move = migration != null ? migration : last;
        if (move == null || !host.equals(move.source) && !host.equals(move.destination)) {
            return Optional.empty();
        }
        return move.pause(milliseconds, host.equals(move.source)) ? Optional.of(move) : Optional.empty();
    }

    /**
     * Takes in the guest's name.
     *
     * @param newName the name
     */
    public void rename(final String newName) {
        if (!name.equals(newName)) {
            name = newName;
            changed = true;
            migration().ifPresent(move -> move.rename(newName));
        }
    }

    /**
     * What has to be commanded for a port that was not known before, to bring it where the guest's others are.
     *
     * @return the commands, in order
     */
    public List<Command> replay() {
        final var result = new ArrayList<Command>();
        if (migration != null && !migration.forward) {
            result.add(new Command.Attach(migration.source));
            if (migration.prepareSent) {
                result.add(prepare(migration));
            }
            if (migration.predictive() && (migration.openSent || migration.turnedAt.isPresent())) {
                result.add(new Command.TurnTo(migration.destination));
            }
            if (migration.openSent) {
                result.add(new Command.Open(migration.destination));
            }
        } else if (owner != null) {
            result.add(new Command.Attach(owner));
        }
        return result;
    }

    public String name() {
        return name;
    }

    /**
     * Where the guest is at home: the source until the point of no return.
     *
     * @return the host, empty if it is nowhere or not known yet
     */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }

    /**
     * What the guest does at its owner, as last heard.
     *
     * @return empty if there is no owner
     */
    public Optional<DomainState> state() {
        return Optional.ofNullable(owner).map(places::get).map(Place::state);
    }

    /**
     * The migration whose record is open.
     *
     * @return empty if there is none
     */
    public Optional<Migration> migration() {
        return Optional.ofNullable(migration != null ? migration : unconfirmed);
    }

    /**
     * Whether the guest moves; not if only switches have yet to confirm its last move.
     *
     * @return true if it does
     */
    public boolean moving() {
        return migration != null;
    }

    /**
     * What is wrong with the guest as a whole.
     *
     * @return a sentence, empty if all is well
     */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Whether something that is shown has changed since the last call.
     *
     * @return true if it has
     */
    public boolean takeChanged() {
        final boolean result = changed;
        changed = false;
        return result;
    }

    /**
     * The migrations that have ended since the last call.
     *
     * @return their records
     */
    public List<Migration> takeEnded() {
        if (finished.isEmpty()) {
            return List.of();
        }
        final var result = finished;
        finished = new ArrayList<>();
        return result;
    }

    /**
     * When {@link #onTick} wants to be called.
     *
     * @return the time, empty for never
     */
    public OptionalLong wake() {
        return wake;
    }

    /**
     * Whether the guest is seen on a host without it being known where it is at home: two hosts have it paused for
     * migration, or one has while another has not been heard.
     *
     * @return true until that is settled
     */
    public boolean undecided() {
        if (owner != null) {
            return false;
        }
        final var moving = places.entrySet().stream().filter(entry -> inMove(entry.getValue().state())).count();
        return moving > 1 || moving == 1 && !hosts.names().stream().allMatch(hosts::heard);
    }

    /**
     * Whether a host has the domain, as last heard.
     *
     * @param host the host
     * @return true if it has
     */
    public boolean seenAt(final String host) {
        return stateAt(host).present();
    }

    /**
     * Whether nothing is known of the guest any more.
     *
     * @return true if it can be forgotten
     */
    public boolean gone() {
        return owner == null && migration == null
            && places.values().stream().noneMatch(place -> place.state().present());
    }

    private List<Order> advance(final long now) {
        boolean again = true;
        // Each turn that changes something makes progress towards an end; the bound is a safeguard.
        for (int turn = 0; again && turn < 20; turn++) {
            again = migration == null ? settle(now) : move(now);
        }
        if (unconfirmed != null && unconfirmed.confirmed()) {
            closeRecord(unconfirmed, Phase.COMPLETED, now);
        }
        renewLease();
        schedule(now);
        final var result = orders;
        orders = new ArrayList<>();
        return result;
    }

    /** The rules while the guest does not move. Returns true if the rules are to be looked at again. */
    private boolean settle(final long now) {
        problem = null;
        if (owner == null) {
            final var home = places.entrySet().stream()
                .filter(entry -> entry.getValue().state().settled() && hosts.heard(entry.getKey()))
                .max(Comparator.comparing((Map.Entry<String, Place> entry) ->
                        entry.getValue().state() == DomainState.RUNNING)
                    .thenComparingLong(entry -> entry.getValue().at()));
            if (home.isEmpty()) {
                // Paused for a move that began before anyone looked: the one with a job is the source.
                final var source = places.entrySet().stream()
                    .filter(entry -> entry.getValue().state() == DomainState.HANDING_OVER
                        && hosts.heard(entry.getKey()))
                    .findFirst();
                if (source.isEmpty() || others(source.orElseThrow().getKey()).stream().noneMatch(
                        host -> stateAt(host) == DomainState.INCOMING)) {
                    return false;
                }
                attach(source.orElseThrow().getKey(), now);
                return true;
            }
            attach(home.orElseThrow().getKey(), now);
            return true;
        }

        if (!hosts.names().contains(owner)) {
            places.remove(owner);
        }
        final var here = places.get(owner);
        for (final var host : others(owner)) {
            final var there = places.get(host);
            if (there == null || !hosts.heard(host)) {
                continue;
            }
            switch (there.state()) {
                case INCOMING -> {
                    begin(host, there, here, now);
                    return true;
                }
                case RUNNING -> {
                    if (moved(here, there)) {
                        begin(host, there, here, now);
                        return true;
                    }
                    if (here == null || !here.state().present() || !hosts.heard(owner)) {
                        attach(host, now);
                        return true;
                    }
                    if (here.heard() <= there.at()) {
                        ask(owner);
                    } else {
                        problem = "runs at " + owner + " and at " + host + "; served at " + owner;
                    }
                }
                case PAUSED -> {
                    if (here != null && here.state() == DomainState.LEFT) {
                        begin(host, there, here, now);
                        return true;
                    }
                    if (here == null || !here.state().present()) {
                        attach(host, now);
                        return true;
                    }
                }
                default -> {
                    // Not there, or left behind by a move that is over.
                }
            }
        }
        if (here != null && here.state().present()) {
            return false;
        }
        return leave(here, now);
    }

    /** Whether a guest that runs there came from here by migration. */
    private boolean moved(final Place here, final Place there) {
        if (here != null && (here.state() == DomainState.HANDING_OVER || here.state() == DomainState.POST_COPY
                || here.state() == DomainState.LEFT)) {
            return true;
        }
        // An arrival that was told later than the guest's running here: the source's own signs are on their way.
        return there.arrival() && here != null && here.state().present() && there.at() > here.at()
            && there.at() >= here.heard();
    }

    /** The guest is not at its home any more, and nowhere else as far as is known. */
    private boolean leave(final Place here, final long now) {
        if (here != null && !here.ended()) {
            boolean waiting = false;
            for (final var host : others(owner)) {
                final var there = places.get(host);
                if (!hosts.absenceKnown(host)) {
                    problem = "not at " + owner + " any more, and " + host + " is not heard";
                    waiting = true;
                } else if (hosts.heard(host) && (there == null || there.heard() < here.at())) {
                    ask(host);
                    waiting = true;
                }
            }
            if (waiting) {
                return false;
            }
        }
        moveOn(now);
        order(new Command.Withdraw());
        owner = null;
        changed = true;
        return true;
    }

    private void order(final Command command) {
        orders.add(new Order(command, Optional.ofNullable(migration)));
    }

    private void commit(final Migration move) {
        move.committed = Migration.Confirmation.AWAITED;
        orders.add(new Order(new Command.Commit(move.destination), Optional.of(move)));
    }

    private void detachSource(final Migration move) {
        move.detachSent = true;
        move.detached = Migration.Confirmation.AWAITED;
        orders.add(new Order(new Command.Detach(move.source), Optional.of(move)));
    }

    /** Gives commands again that an edge could not confirm; where nothing is left to do they only ask for that. */
    private void confirmAgain() {
        migration().filter(move -> move.forward).ifPresent(move -> {
            if (move.committed == Migration.Confirmation.NONE) {
                commit(move);
            }
            if (move.detachSent && move.detached == Migration.Confirmation.NONE) {
                detachSource(move);
            }
        });
    }

    /** The guest's place changes again: commands of its last move must not be given any more. */
    private void moveOn(final long now) {
        if (unconfirmed != null) {
            unconfirmed.problem(TOO_EARLY);
            closeRecord(unconfirmed, Phase.COMPLETED, now);
        }
    }

    private void attach(final String host, final long now) {
        moveOn(now);
        order(new Command.Attach(host));
        owner = host;
        changed = true;
    }

    private void begin(final String destination, final Place there, final Place here, final long now) {
        moveOn(now);
        long started = there.at();
        final boolean known = here != null && (here.state() == DomainState.HANDING_OVER
            || here.state() == DomainState.LEFT || here.state() == DomainState.POST_COPY);
        if (known) {
            started = Math.min(started, here.at());
        }
        migration = new Migration(guest, name, owner, destination, modes.of(guest), Math.min(started, now));
        if (known) {
            migration.step(SOURCE + word(here.state()), here.at());
        }
        migration.step(DESTINATION + word(there.state()), there.at());
        changed = true;
    }

    /** The rules while the guest moves. Returns true if the rules are to be looked at again. */
    private boolean move(final long now) {
        final var move = migration;
        final var source = places.get(move.source);
        final var there = places.get(move.destination);
        final var atSource = known(move.source, source);
        final var atDestination = known(move.destination, there);

        // One that has failed may have been started there anew since.
        final boolean failed = move.destinationEnd.isPresent();
        if (!move.forward && (atDestination == DomainState.RUNNING && (!failed || there.arrival())
                || atDestination == DomainState.LEFT || atSource == DomainState.LEFT
                || atSource == DomainState.POST_COPY
                || atSource == DomainState.ABSENT && atDestination == DomainState.PAUSED && !failed)) {
            forward(now);
            return true;
        }
        if (move.forward) {
            return finishForward(atSource, atDestination, now);
        }

        if (failed || atDestination != null && !atDestination.present()) {
            return rollBack(atSource, atDestination, now);
        }
        if (superseded(now)) {
            return true;
        }
        if (move.idleSource > 1 && !hosts.heard(move.destination)) {
            // The destination cannot be asked, but the source runs and is migrating no more.
            move.reason("the source's libvirt has no migration under way, and the destination is not heard");
            end(Phase.ROLLED_BACK, now);
            places.remove(move.destination);
            return true;
        }
        if (move.idleSource > 1 && atDestination == DomainState.INCOMING && move.sourceAnswer.orElse(0) > there.at()) {
            move.reason("the source's libvirt has no migration under way; what the destination has is left behind by"
                + " an earlier one: remove it there with: virsh destroy " + name);
            end(Phase.ROLLED_BACK, now);
            places.remove(move.destination);
            return true;
        }
        if (move.openSent && atSource == DomainState.RUNNING && source.heard() > move.openedAt) {
            // It was not the end of the copy. An open gate would fill the tap's queue with frames that get stale.
            move.step("closed", now);
            order(new Command.Detach(move.destination));
            unprepare(move);
            move.announced = OptionalLong.empty();
            move.rearming = true;
            move.rearmedAt = now;
            move.phase(Phase.PREPARING);
            wake = OptionalLong.empty();
            ask(move.destination);
            changed = true;
            return false;
        }
        if (move.rearming) {
            if (atDestination != DomainState.INCOMING || there.heard() < move.rearmedAt) {
                return false;
            }
            move.rearming = false;
        }
        if (!move.prepareSent) {
            move.prepareSent = true;
            move.step("prepare", now);
            order(prepare(move));
            changed = true;
            return true;
        }
        final boolean paused = atSource == DomainState.HANDING_OVER;
        if (!move.openSent && (paused || move.announced.isPresent())) {
            move.openSent = true;
            move.openedAt = paused ? source.at() : move.announced.orElseThrow();
            // The wait for the stop may be as long as the next one, and would be taken for it.
            wake = OptionalLong.empty();
            move.step("open", now);
            move.phase(Phase.OPEN);
            unwatch(move);
            if (move.predictive() && move.turnedAt.isEmpty()) {
                order(new Command.TurnTo(move.destination));
            }
            order(new Command.Open(move.destination));
            changed = true;
            return true;
        }
        return !move.openSent && move.predictive() && foresee(move, now);
    }

    private void stopBy(final Stopper who, final long now) {
        if (migration.manner.hold() && migration.stopper != who) {
            migration.stopper = who;
            migration.stopperSince = who == Stopper.NOBODY ? OptionalLong.empty() : OptionalLong.of(now);
            wake = OptionalLong.empty();
            order(new Command.StopBy(migration.source, who));
        }
    }

    /** Turns senders before the source pauses the guest, and back if it does not. */
    private boolean foresee(final Migration move, final long now) {
        if (!move.watched) {
            move.watched = true;
            // Without a turn left there would be nothing to hold it for, nor to let it go after.
            order(new Command.Watch(move.source, true, move.manner.hold() && move.turns < MOST_TURNS));
        }
        if (move.turnedAt.isEmpty() && move.stopSoon && move.phase() == Phase.PREPARED && move.turns < MOST_TURNS) {
            move.turns++;
            move.turnedAt = OptionalLong.of(now);
            move.step("turn", now);
            move.phase(Phase.TURNED);
            move.turn = new Command.TurnTo(move.destination);
            move.drain = null;
            order(move.turn);
            changed = true;
        } else if (move.turnedAt.isPresent() && (!move.stopSoon
                || now - waitsForStopSince(move) >= waitForStop(move))) {
            move.turnedAt = OptionalLong.empty();
            move.stopSoon = false;
            move.step("turn-back", now);
            move.phase(Phase.PREPARED);
            order(new Command.TurnTo(move.source));
            // The source must not stop while senders send there: it is held until the next turn, if there may be one.
            stopBy(move.turns == MOST_TURNS || !hosts.heard(move.source) ? Stopper.SOURCE : Stopper.NOBODY, now);
            changed = true;
        } else if (move.turnedAt.isPresent() && move.stopper == Stopper.NOBODY
                && now - move.turnedAt.orElseThrow() >= waits.confirm()) {
            // Holding longer would not help those who have not been turned.
            stopBy(Stopper.CONTROLLER, now);
        }
        return false;
    }

    private static long waitsForStopSince(final Migration move) {
        final long turned = move.turnedAt.orElseThrow();
        return turned + Math.max(0, move.stopperSince.orElse(turned) - turned);
    }

    private long waitForStop(final Migration move) {
        return move.manner.hold() ? waits.stop() : waits.turn();
    }

    private static Command prepare(final Migration move) {
        return move.predictive() ? new Command.MakeReady(move.destination) : new Command.Prepare(move.destination);
    }

    /** The destination has been left. */
    private static void unprepare(final Migration move) {
        move.prepareSent = false;
        move.openSent = false;
        move.turnedAt = OptionalLong.empty();
        move.stopper = Stopper.NOBODY;
        move.stopperSince = OptionalLong.empty();
        move.stopSoon = false;
    }

    /**
     * The destination has ended. Whether the guest lives on at the source, or was what ended, only the source can say,
     * asked since: events of two hosts come in any order.
     */
    private boolean rollBack(final DomainState atSource, final DomainState atDestination, final long now) {
        final var move = migration;
        final var source = places.get(move.source);
        final var there = places.get(move.destination);
        if (move.destinationEnd.isEmpty()) {
            move.reason(there != null && !there.state().present() ? "the destination ended: " + there.text()
                : "the destination is no hypervisor any more");
            move.destinationEnd = OptionalLong.of(now);
            changed = true;
        }
        final long end = move.destinationEnd.orElseThrow();
        if (atSource == DomainState.ABSENT) {
            move.instead(hosts.names().contains(move.source) ? "the guest ended at the source: "
                + (source == null ? "not there" : source.text()) : "the source is no hypervisor any more");
            end(Phase.LOST, now);
            return true;
        }
        // A new attempt tells as much as the source's own word: it has the guest.
        if (superseded(now)) {
            return true;
        }
        final boolean answered = move.sourceAnswer.orElse(end) > end;
        if (answered && (atSource != DomainState.HANDING_OVER || move.sourceStuck)
                || atDestination == DomainState.INCOMING && there.at() > end) {
            end(Phase.ROLLED_BACK, now);
            return true;
        }
        final var anew = others(move.source).stream().filter(host -> hosts.heard(host)
            && stateAt(host) == DomainState.RUNNING && places.get(host).at() > end).findFirst();
        if (anew.isPresent() && !hosts.heard(move.source)) {
            move.instead("the guest was started anew at " + anew.orElseThrow() + ", and the source is not heard");
            end(Phase.LOST, now);
            return true;
        }
        if (move.phase() != Phase.ROLLING_BACK) {
            move.phase(Phase.ROLLING_BACK);
            changed = true;
            if (move.prepareSent || move.openSent) {
                move.step("clean-up", now);
                order(new Command.Detach(move.destination));
                unprepare(move);
            }
            unwatch(move);
        }
        if (!hosts.heard(move.source)) {
            changed |= move.problem("waits for libvirt at " + move.source + " to say whether the guest is there");
        } else if (!answered) {
            ask(move.source);
        }
        return false;
    }

    /** The point of no return. */
    private void forward(final long now) {
        final var move = migration;
        move.forward = true;
        move.rearming = false;
        unwatch(move);
        move.step("switch", now);
        move.phase(Phase.SWITCHED);
        commit(move);
        owner = move.destination;
        leaseAsked = OptionalLong.empty();
        changed = true;
    }

    private boolean finishForward(final DomainState atSource, final DomainState atDestination, final long now) {
        final var move = migration;
        final boolean leftBehind = atSource == DomainState.HANDING_OVER && move.sourceStuck
            && places.get(move.source).heard() > Optional.ofNullable(places.get(move.destination)).map(Place::at)
                .orElse(Long.MAX_VALUE);
        final boolean sourceGone = leftBehind || atSource != null && !atSource.present();
        if (atDestination == DomainState.LEFT) {
            // It has moved on already.
            end(Phase.COMPLETED, now);
            return true;
        }
        if (atDestination == DomainState.ABSENT) {
            move.reason("the guest ended at the destination: "
                + Optional.ofNullable(places.get(move.destination)).map(Place::text).orElse("no hypervisor any more"));
            end(Phase.LOST, now);
            return true;
        }
        if (sourceGone && !move.detachSent) {
            if (leftBehind) {
                move.problem("libvirt at " + move.source + " has not seen the end of the move, and keeps the guest"
                    + " there, paused; remove it there with: virsh destroy " + name);
            }
            move.step("clean-up", now);
            detachSource(move);
            changed = true;
        }
        final var source = places.get(move.source);
        final var there = places.get(move.destination);
        if (atSource == DomainState.RUNNING && atDestination == DomainState.RUNNING && source.heard() > there.at()
                && hosts.heard(move.source)) {
            move.problem("it runs at the source, too");
        }
        final boolean arrived = atDestination != null && atDestination.settled();
        if (arrived && (move.detachSent || newMove(move))) {
            end(Phase.COMPLETED, now);
            return true;
        }
        return false;
    }

    /** Whether the guest, having arrived, is leaving again; the next move's begin must not wait for this one's end. */
    private boolean newMove(final Migration move) {
        return others(move.destination).stream().anyMatch(host -> hosts.heard(host)
            && stateAt(host) == DomainState.INCOMING);
    }

    /** libvirt runs one migration of a domain at a time: a newer destination says that the older was given up. */
    private boolean superseded(final long now) {
        final var move = migration;
        final var since = places.get(move.destination);
        for (final var host : others(move.source)) {
            final var there = places.get(host);
            if (!host.equals(move.destination) && there != null && hosts.heard(host) && since != null
                    && there.at() > since.at() && (there.state() == DomainState.INCOMING
                    || there.state() == DomainState.RUNNING && there.arrival())) {
                if (since.state().settled() && move.destinationEnd.isEmpty()) {
                    // It has arrived, paused, and that is where the next move begins.
                    forward(now);
                    return true;
                }
                move.reason("given up for a migration to " + host);
                end(Phase.ROLLED_BACK, now);
                places.remove(move.destination);
                return true;
            }
        }
        return false;
    }

    private void unwatch(final Migration move) {
        if (move.watched) {
            move.watched = false;
            orders.add(new Order(new Command.Watch(move.source, false, false), Optional.of(move)));
        }
    }

    private void end(final Phase phase, final long now) {
        final var move = migration;
        unwatch(move);
        if (!move.forward && (move.prepareSent || move.openSent)) {
            order(new Command.Detach(move.destination));
        }
        if (move.forward && !move.detachSent) {
            detachSource(move);
        }
        if (phase == Phase.COMPLETED) {
            // Its XML may differ there.
            ask(move.destination);
        }
        migration = null;
        last = move;
        leaseAsked = OptionalLong.empty();
        wake = OptionalLong.empty();
        changed = true;
        if (phase == Phase.COMPLETED && !move.confirmed()) {
            unconfirmed = move;
        } else {
            closeRecord(move, phase, now);
        }
    }

    /** Ends a record. */
    private void closeRecord(final Migration move, final Phase phase, final long now) {
        move.finish(phase, now);
        finished.add(move);
        if (move == unconfirmed) {
            unconfirmed = null;
        }
        changed = true;
    }

    /** The state at a host: null if it is not known, absent if the host is heard and has not told of the guest. */
    private DomainState known(final String host, final Place place) {
        if (!hosts.names().contains(host)) {
            return DomainState.ABSENT;
        }
        if (place == null) {
            return hosts.heard(host) ? DomainState.ABSENT : null;
        }
        // What an event has said stays true of the past: gone is gone, and a guest that has run has run.
        return place.state();
    }

    private DomainState stateAt(final String host) {
        final var place = places.get(host);
        return place == null ? DomainState.ABSENT : place.state();
    }

    private List<String> others(final String host) {
        final var result = new TreeSet<>(hosts.names());
        result.remove(host);
        return List.copyOf(result);
    }

    private static boolean inMove(final DomainState state) {
        return state == DomainState.INCOMING || state == DomainState.HANDING_OVER || state == DomainState.POST_COPY;
    }

    private void ask(final String host) {
        if (hosts.heard(host) && asked.add(host)) {
            order(new Command.Ask(host));
        }
    }

    /** Whom to ask when a timer runs out. */
    private List<String> interested() {
        if (migration != null) {
            return List.of(migration.source, migration.destination);
        }
        if (owner != null && !restless()) {
            return List.of();
        }
        if (owner == null) {
            return places.entrySet().stream().filter(entry -> entry.getValue().state().present())
                .map(Map.Entry::getKey).toList();
        }
        return List.of(owner);
    }

    /** Whether there is a closed gate whose lease has to be renewed. */
    private boolean leased() {
        return migration != null && migration.prepareSent && !migration.openSent && !migration.forward
            && !migration.predictive();
    }

    private void renewLease() {
        if (leaseAsked.isEmpty() || !leased()) {
            leaseAsked = OptionalLong.empty();
            return;
        }
        final long since = leaseAsked.orElseThrow();
        final boolean source = answered(migration.source, since);
        final boolean destination = answered(migration.destination, since);
        // Where one is not heard the other's word is enough: the guest runs at one place only. If it arrives unheard,
        // its own frames open the gate.
        if ((source || !hosts.heard(migration.source)) && (destination || !hosts.heard(migration.destination))
                && (source || destination) && (!source || places.get(migration.source).state().present())
                && (!destination || stateAt(migration.destination) == DomainState.INCOMING)) {
            order(new Command.RenewLease(migration.destination));
            leaseAsked = OptionalLong.empty();
        }
    }

    /** Whether a host that is heard has told of the guest since. */
    private boolean answered(final String host, final long since) {
        final var place = places.get(host);
        return hosts.heard(host) && place != null && place.heard() >= since;
    }

    private void schedule(final long now) {
        final long wanted = wanted();
        if (wanted == 0) {
            wake = OptionalLong.empty();
            wait = 0;
        } else if (wake.isEmpty() || wait != wanted) {
            wake = OptionalLong.of(now + wanted);
            wait = wanted;
        }
    }

    /** How long to wait before asking; 0 for never. */
    private long wanted() {
        if (migration != null && migration.phase() == Phase.ROLLING_BACK) {
            return hosts.heard(migration.source) ? waits.handOver() : waits.slow();
        }
        if (migration != null && migration.phase() == Phase.TURNED) {
            return migration.manner.hold() && migration.stopper == Stopper.NOBODY ? waits.confirm()
                : waitForStop(migration);
        }
        if (migration != null) {
            final boolean soon = migration.openSent || migration.rearming || migration.forward
                || stateAt(migration.source) != DomainState.RUNNING && stateAt(migration.source) != DomainState.PAUSED;
            final boolean source = hosts.heard(migration.source);
            final boolean destination = hosts.heard(migration.destination);
            return soon && (source || destination) ? waits.handOver() : waits.lease();
        }
        if (owner == null) {
            final boolean moving = places.entrySet().stream().anyMatch(entry ->
                inMove(entry.getValue().state()) && hosts.heard(entry.getKey()));
            return !moving ? 0 : undecided() ? waits.handOver() : waits.slow();
        }
        return restless() || unconfirmed != null ? waits.slow() : 0;
    }

    /** Whether the guest is handing over to nobody known, or gone to nobody known: ask until it is settled. */
    private boolean restless() {
        final var here = places.get(owner);
        return here != null && !here.state().settled();
    }

    private void note(final Sign sign, final Place place) {
        if (migration == null) {
            return;
        }
        final String word = word(sign, place);
        if (sign.host().equals(migration.source)) {
            migration.step(SOURCE + word, sign.at());
        } else if (sign.host().equals(migration.destination)) {
            migration.step(DESTINATION + word, sign.at());
        }
    }

    private static String word(final Sign sign, final Place place) {
        return sign.asked() ? "found-" + word(place.state()) : word(place.state());
    }

    private static String word(final DomainState state) {
        return switch (state) {
            case ABSENT, LEFT -> "stopped";
            case RUNNING -> "resumed";
            case PAUSED, HANDING_OVER -> "suspended";
            case INCOMING -> "started";
            case POST_COPY -> "post-copy";
        };
    }

    private static String verb(final Command command) {
        if (command instanceof Command.Prepare || command instanceof Command.MakeReady) {
            return "prepare";
        } else if (command instanceof Command.TurnTo) {
            return "turn senders";
        } else if (command instanceof Command.Open) {
            return "open";
        } else if (command instanceof Command.Commit) {
            return "switch";
        } else if (command instanceof Command.Detach) {
            return "clean up";
        } else if (command instanceof Command.RenewLease) {
            return "renew the lease";
        }
        return "serve";
    }
}
