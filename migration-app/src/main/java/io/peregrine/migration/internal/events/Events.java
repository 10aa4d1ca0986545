/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.events;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.GuestChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.GuestChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.JobChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.JobChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.LinkChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.LinkChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.MigrationChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.MigrationChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.TunnelChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.TunnelChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkLayer;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.Interface;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;

/**
 * Makes events of entries of the operational data store: of what an entry was, null if there was none, and what it has
 * become, null if it is gone. Empty if nothing has changed that anybody would want to be told.
 */
final class Events {
    /** The state of what is no more. */
    static final String GONE = "gone";
    /** The initiator of a migration that no job of ours has begun. */
    private static final String OTHERS = "libvirt";

    private Events() {
        // Static methods only
    }

    static Optional<LinkChanged> link(final @Nullable Link was, final @Nullable Link is, final Instant now) {
        final var any = any(was, is);
        final var before = get(was, link -> link.getState().getName());
        final var state = is == null ? GONE : is.getState().getName();
        // A tunnel has events of its own
        if (any.getLayer() != LinkLayer.Fabric || state.equals(before)) {
            return Optional.empty();
        }
        return Optional.of(new LinkChangedBuilder().setTime(time(now)).setSource(any.getSourceName())
            .setTarget(any.getTargetName()).setState(state).setWas(before)
            .setText("link " + any.getSourceName() + " > " + any.getTargetName() + ": " + state + formerly(before))
            .build());
    }

    static Optional<TunnelChanged> tunnel(final @Nullable Tunnel was, final @Nullable Tunnel is, final Instant now) {
        final var any = any(was, is);
        final var before = get(was, tunnel -> tunnel.getLiveness().getName());
        final var state = is == null ? GONE : is.getLiveness().getName();
        final var problem = get(is, Tunnel::getProblem);
        if (state.equals(before) && Objects.equals(problem, get(was, Tunnel::getProblem))) {
            return Optional.empty();
        }
        return Optional.of(new TunnelChangedBuilder().setTime(time(now)).setSource(any.getSource())
            .setDestination(any.getDestination()).setState(state).setWas(before).setProblem(problem)
            .setText("tunnel " + any.getSource().getValue() + " > " + any.getDestination().getValue() + ": " + state
                + formerly(before) + because(problem)).build());
    }

    static Optional<EdgeChanged> edge(final @Nullable Edge was, final @Nullable Edge is, final Instant now) {
        final var any = any(was, is);
        final var state = is == null ? EdgeChanged.State.Gone
            : is.getReady() ? EdgeChanged.State.Ready : EdgeChanged.State.NotReady;
        final var problems = Optional.ofNullable(get(is, Edge::getProblem)).orElse(List.of());
        if (was != null && is != null && was.getReady().equals(is.getReady())
                && problems.equals(Optional.ofNullable(was.getProblem()).orElse(List.of()))) {
            return Optional.empty();
        }
        return Optional.of(new EdgeChangedBuilder().setTime(time(now)).setName(any.getName()).setState(state)
            .setProblem(problems).setText("edge " + any.getName().getValue() + ": " + state.getName().replace('-', ' ')
                + because(problems.isEmpty() ? null : String.join("; ", problems))).build());
    }

    static Optional<GuestChanged> guest(final @Nullable Guest was, final @Nullable Guest is, final Instant now) {
        final var event = guest(any(was, is), is == null ? GONE : is.getState().getName(), now);
        if (was == null || is == null) {
            return Optional.of(event.build());
        }
        final var before = guest(was, was.getState().getName(), now);
        return event.getText().equals(before.getText()) ? Optional.empty() : Optional.of(event.build());
    }

    private static GuestChangedBuilder guest(final Guest guest, final String state, final Instant now) {
        final var interfaces = guest.nonnullInterface();
        final boolean served = interfaces.stream().allMatch(port -> Boolean.TRUE.equals(port.getAttached()));
        final var problem = guest.getProblem() != null ? guest.getProblem()
            : interfaces.stream().map(Interface::getProblem).filter(Objects::nonNull).findFirst().orElse(null);
        final var place = guest.getHypervisor() == null ? "" : " at " + guest.getHypervisor().getValue();
        final boolean gone = state.equals(GONE);
        return new GuestChangedBuilder().setTime(time(now)).setUuid(guest.getUuid()).setName(guest.getName())
            .setHypervisor(guest.getHypervisor()).setState(state).setServed(gone ? null : served)
            .setProblem(gone ? null : problem)
            .setText("guest " + guest.getName() + ": " + state + place + (gone || served ? "" : ", not served")
                + (gone ? "" : because(problem)));
    }

    /** None for what an earlier process has ended; the history brings that back at the start. */
    static Optional<MigrationChanged> migration(final @Nullable Migration was, final @Nullable Migration is,
            final Instant began, final Instant now) {
        // One that the history drops has not changed
        if (is == null || was == null && (is.getPhase() == Phase.Interrupted || isBefore(is.getFinished(), began))
                || was != null && was.getPhase() == is.getPhase()
                && Objects.equals(was.getPause(), is.getPause()) && Objects.equals(was.getProblem(), is.getProblem())) {
            return Optional.empty();
        }
        final var problems = Optional.ofNullable(is.getProblem()).orElse(List.of());
        return Optional.of(new MigrationChangedBuilder().setTime(time(now)).setId(is.getId()).setGuest(is.getGuest())
            .setGuestName(is.getGuestName()).setSource(is.getSource()).setDestination(is.getDestination())
            .setPhase(is.getPhase()).setPause(is.getPause()).setReason(is.getReason()).setProblem(problems)
            .setText("migration " + is.getId() + " of " + is.getGuestName() + ", " + is.getSource().getValue() + " > "
                + is.getDestination().getValue() + byJob(is.getInitiator())
                + ": " + is.getPhase().getName()
                + (is.getPause() == null ? "" : ", paused " + is.getPause() + " ms") + because(is.getReason())
                + because(problems.isEmpty() ? null : String.join("; ", problems))).build());
    }

    /** None for what an earlier process has ended. */
    static Optional<JobChanged> job(final @Nullable Job was, final @Nullable Job is, final Instant began,
            final Instant now) {
        if (is == null || was == null && isBefore(is.getFinished(), began)
                || was != null && was.getState() == is.getState()) {
            return Optional.empty();
        }
        final var what = is.getGuestName() == null ? "leaving " + name(is.getSource())
            : "moving " + is.getGuestName() + ", " + name(is.getSource()) + " > " + name(is.getDestination());
        return Optional.of(new JobChangedBuilder().setTime(time(now)).setId(is.getId()).setState(is.getState())
            .setGuestName(is.getGuestName()).setSource(is.getSource()).setDestination(is.getDestination())
            .setError(is.getError()).setText("job " + is.getId().getValue() + ", " + what + ": "
                + is.getState().getName() + because(is.getError())).build());
    }

    private static String byJob(final @Nullable String initiator) {
        return initiator == null || initiator.equals(OTHERS) ? "" : ", job " + initiator;
    }

    private static boolean isBefore(final @Nullable DateAndTime time, final Instant began) {
        return time != null && OffsetDateTime.parse(time.getValue()).toInstant().isBefore(began);
    }

    private static String name(final @Nullable EdgeName edge) {
        return edge == null ? "?" : edge.getValue();
    }

    private static <T> T any(final @Nullable T was, final @Nullable T is) {
        return Objects.requireNonNull(is == null ? was : is);
    }

    private static <T, R> @Nullable R get(final @Nullable T entry, final Function<T, @Nullable R> getter) {
        return entry == null ? null : getter.apply(entry);
    }

    private static String formerly(final @Nullable String state) {
        return state == null ? "" : " (was " + state + ")";
    }

    private static String because(final @Nullable String why) {
        return why == null ? "" : "; " + why;
    }

    private static DateAndTime time(final Instant now) {
        return new DateAndTime(now.truncatedTo(ChronoUnit.MILLIS).toString());
    }
}
