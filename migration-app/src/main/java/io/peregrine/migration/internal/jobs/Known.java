/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.jobs.Target;
import io.peregrine.migration.internal.records.GuestView;
import io.peregrine.migration.internal.records.Records;
import io.peregrine.migration.internal.records.SessionView;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What jobs need to know of guests and hypervisors: listens to what the registry says on its way to being shown.
 * Thread-safe, and never waits for anything.
 */
public final class Known implements Records {
    /**
     * A guest on its way.
     *
     * @param name the guest's name
     * @param source where it comes from
     * @param destination where it goes to
     * @param began its first sign, {@link System#nanoTime()}
     */
    record Course(String name, String source, String destination, long began) {
    }

    private final Records next;
    private final Map<UUID, GuestView> guests = new ConcurrentHashMap<>();
    private final Map<String, SessionView> sessions = new ConcurrentHashMap<>();
    private final Map<UUID, Course> courses = new ConcurrentHashMap<>();

    private volatile Optional<Map<String, Target>> intent = Optional.empty();
    private volatile Consumer<UUID> listener = guest -> { };

    /**
     * Nothing is known yet.
     *
     * @param next hears all that is heard here
     */
    public Known(final Records next) {
        this.next = requireNonNull(next);
    }

    /** Sets who is told of guests whose move begins or ends; called on the registry's thread. */
    void listen(final Consumer<UUID> newListener) {
        listener = requireNonNull(newListener);
    }

    /**
     * Takes in the hypervisors of intent.
     *
     * @param hypervisors all of them
     */
    public void follow(final Map<String, Target> hypervisors) {
        intent = Optional.of(Map.copyOf(hypervisors));
    }

    /** The hypervisors of intent; empty as long as that has not been read. */
    Optional<Map<String, Target>> intent() {
        return intent;
    }

    Map<String, Target> targets() {
        return intent.orElse(Map.of());
    }

    Optional<Course> course(final UUID guest) {
        return Optional.ofNullable(courses.get(guest));
    }

    Optional<GuestView> view(final UUID uuid) {
        return Optional.ofNullable(guests.get(uuid));
    }

    /** All guests that are at a hypervisor, by name. */
    List<GuestView> at(final String host) {
        return guests.values().stream().filter(guest -> guest.host().filter(host::equals).isPresent())
            .sorted(Comparator.comparing(GuestView::name).thenComparing(GuestView::uuid)).toList();
    }

    /** The guests that are on their way to a hypervisor, whoever moves them; those that run there have arrived. */
    Set<UUID> arriving(final String host) {
        final var result = new HashSet<UUID>();
        courses.forEach((uuid, course) -> {
            final var guest = guests.get(uuid);
            if (course.destination().equals(host) && (guest == null || guest.state() == GuestView.State.MIGRATING
                    || guest.host().filter(host::equals).isEmpty())) {
                result.add(uuid);
            }
        });
        return result;
    }

    /** Finds a guest by its UUID or name. */
    GuestView find(final String reference) throws Refusal {
        final var all = guests.values().stream()
            .filter(guest -> guest.name().equals(reference) || guest.uuid().toString().equalsIgnoreCase(reference))
            .toList();
        if (all.isEmpty()) {
            throw new Refusal(Refusal.Kind.MISSING, "guest: no active guest has the name or UUID '" + reference
                + "'; peregrine:guests shows all");
        }
        if (all.size() > 1) {
            throw new Refusal(Refusal.Kind.INVALID, "guest: " + all.size() + " guests are called '" + reference
                + "'; give the UUID, one of " + String.join(", ", all.stream().map(guest -> guest.uuid().toString())
                    .sorted().toList()));
        }
        return all.get(0);
    }

    /** The hypervisors of intent whose libvirt is not connected, with the reason. */
    Map<String, String> disconnected() {
        final var result = new TreeMap<String, String>();
        targets().keySet().forEach(host -> {
            final var session = sessions.get(host);
            if (session == null || session.state() != SessionView.State.IN_SYNC) {
                result.put(host, session == null ? "it has not been tried yet" : session.problem()
                    .orElse("its guests are being read"));
            }
        });
        return result;
    }

    @Override
    public void guest(final GuestView view) {
        guests.put(view.uuid(), view);
        next.guest(view);
    }

    @Override
    public void noGuest(final UUID uuid) {
        guests.remove(uuid);
        next.noGuest(uuid);
    }

    @Override
    public void session(final SessionView view) {
        sessions.put(view.host(), view);
        next.session(view);
    }

    @Override
    public void noSession(final String host) {
        sessions.remove(host);
        next.noSession(host);
    }

    @Override
    public void migration(final Migration.Snapshot migration) {
        next.migration(migration);
        final var guest = migration.guest();
        final var course = new Course(migration.guestName(), migration.source(), migration.destination(),
            migration.started());
        if (!migration.phase().over()) {
            if (!course.equals(courses.put(guest, course))) {
                listener.accept(guest);
            }
        } else if (courses.computeIfPresent(guest, (key, now) -> now.began() == course.began() ? null : now) == null) {
            // What is said of an earlier move later does not end the present one
            listener.accept(guest);
        }
    }

    @Override
    public void refresh(final UUID uuid) {
        next.refresh(uuid);
    }
}
