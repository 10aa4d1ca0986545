/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.Guest;

/**
 * Prints how guests get on that are being moved, whoever started it, until none is: a line for each, all of them
 * written over and over on a terminal; else a line each time something has changed much.
 */
final class FollowingMoves {
    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final int STEP = 10;
    /** To the beginning of a line so many lines above, and nothing left below (ECMA-48, CPL and ED). */
    private static final String BACK = "\u001b[%dF\u001b[J";

    /** What has been printed of a guest. */
    private record Told(String name, int step) {
    }

    private final Supplier<List<Guest>> moving;
    private final Screen screen;
    private final String nobody;
    private final PrintStream out;
    private final Map<Uuid, Told> told = new HashMap<>();
    private int drawn;

    /**
     * Follows guests.
     *
     * @param moving gives those that are being moved, in the order to print them
     * @param screen where to print, in words
     * @param nobody what to print if none of them is being moved
     */
    FollowingMoves(final Supplier<List<Guest>> moving, final Screen screen, final String nobody) {
        this.moving = requireNonNull(moving);
        this.screen = requireNonNull(screen);
        this.nobody = requireNonNull(nobody);
        out = screen.out();
    }

    /**
     * Waits until no guest is being moved.
     *
     * @throws IllegalStateException if nobody reads what is printed
     * @throws InterruptedException if the user does not want to wait any more; the moves go on
     */
    void follow() throws InterruptedException {
        for (;;) {
            final var now = moving.get();
            print(now);
            if (now.isEmpty()) {
                return;
            }
            if (out.checkError()) {
                throw new IllegalStateException("nobody is there to read it; the moves go on");
            }
            TimeUnit.NANOSECONDS.sleep(PERIOD.toNanos());
        }
    }

    private void print(final List<Guest> now) {
        if (drawn > 0) {
            out.print(BACK.formatted(drawn));
        }
        if (now.isEmpty() && told.isEmpty()) {
            out.println(nobody);
        }
        final boolean over = screen.isTerminal();
        final var there = now.stream().map(Guest::getUuid).collect(Collectors.toSet());
        told.entrySet().stream().filter(entry -> !there.contains(entry.getKey())).map(entry -> entry.getValue().name())
            .sorted().forEach(name -> out.println(name + " is not being moved any more; peregrine:migrations " + name
                + " tells how it ended"));
        told.keySet().retainAll(there);
        for (final var guest : now) {
            final var news = new Told(JobsUtil.name(guest), step(guest));
            final boolean isNew = !news.equals(told.put(guest.getUuid(), news));
            if (over) {
                out.println(screen.fitting(JobsUtil.line(guest)));
            } else if (isNew) {
                out.println(JobsUtil.line(guest));
            }
        }
        drawn = over ? now.size() : 0;
        out.flush();
    }

    private static int step(final Guest guest) {
        return guest.getPercent() == null ? 0 : guest.getPercent().intValue() / STEP;
    }
}
