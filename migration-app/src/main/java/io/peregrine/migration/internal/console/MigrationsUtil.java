/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.MigrationsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Changes;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Probed;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Step;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Prints the migrations.
 */
public final class MigrationsUtil {
    private static final int MICROS_IN_MILLI = 1000;

    private MigrationsUtil() {
        // Static methods only
    }

    /**
     * Prints migrations, the newest last.
     *
     * @param broker the datastore
     * @param screen where to
     * @param steps whether the table is followed by the steps of each
     * @param limit how many to print at most, the newest
     * @param which a guest's name for those of that guest, a migration's identifier for all about that one, or null
     * @throws IllegalArgumentException if there is none of {@code which}, or the limit is negative
     */
    public static void print(final DataBroker broker, final Screen screen, final boolean steps, final int limit,
            final @Nullable String which) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit: " + limit + " is less than none");
        }
        final var chosen = new ArrayList<Migration>();
        Shown.read(broker, Migrations.class).ifPresent(all -> all.nonnullMigration().values().stream()
            .filter(migration -> which == null || which.equals(migration.getGuestName())
                || which.equals(migration.getId())).forEach(chosen::add));
        if (which != null && chosen.isEmpty()) {
            throw new IllegalArgumentException("there is no record of a migration of a guest '" + which
                + "', nor of a migration with that identifier");
        }
        chosen.sort(Comparator.comparing(Migration::getId));
        final var migrations = chosen.subList(Math.max(0, chosen.size() - limit), chosen.size());
        if (screen.isJson()) {
            screen.container(Migrations.class, new MigrationsBuilder().setMigration(BindingMap.of(migrations))
                .build());
            return;
        }
        final var table = new Table("ID", "STARTED", "GUEST", "FROM", "TO", "PHASE", "TOOK", "PAUSE", "GAP",
            "LOST", "DOUBLED", "CHANGES", "REASON");
        migrations.forEach(migration -> table.row(migration.getId(), Shown.text(migration.getStarted()),
            migration.getGuestName(), Shown.text(migration.getSource()), Shown.text(migration.getDestination()),
            migration.getPhase() == null ? null : migration.getPhase().getName(), took(migration),
            millis(migration.getPause()), gap(migration.getProbed()), lost(migration.getProbed()),
            doubled(migration.getProbed()),
            String.join(" ", changes(migration).stream()
                .map(change -> Shown.text(change.getEdge()) + ":" + change.getCount()).toList()),
            migration.getReason()));
        screen.table(table);
        if (which != null && migrations.size() == 1 && which.equals(migrations.get(0).getId())) {
            details(screen.out(), migrations.get(0));
        } else if (steps) {
            migrations.forEach(migration -> steps(screen.out(), migration));
        }
    }

    private static @Nullable String millis(final @Nullable Uint32 value) {
        return value == null ? null : value + " ms";
    }

    /** The longest gap, or why there is none. */
    private static @Nullable String gap(final @Nullable Probed probed) {
        if (probed == null || probed.getOutcome() == null) {
            return null;
        }
        return probed.getLongestGap() == null ? probed.getOutcome().getName()
            : millis(probed.getLongestGap()) + (Boolean.FALSE.equals(probed.getAnswering()) ? " and on" : "");
    }

    private static @Nullable String lost(final @Nullable Probed probed) {
        return probed == null || probed.getLost() == null ? null : probed.getLost() + " of " + probed.getSent();
    }

    private static @Nullable String doubled(final @Nullable Probed probed) {
        return probed == null || probed.getDuplicated() == null ? null : probed.getDuplicated().toString();
    }

    private static void probing(final PrintStream out, final Probed probed) {
        final var text = new StringBuilder("probed: ").append(probed.getOutcome() == null ? "" : probed.getOutcome()
            .getName());
        if (probed.getReason() != null) {
            text.append(", ").append(probed.getReason());
        }
        if (probed.getSent() != null) {
            text.append("; ").append(Shown.text(probed.getAddress())).append(" from ")
                .append(Shown.text(probed.getEdge())).append(", ").append(probed.getSent()).append(" probes, ")
                .append(probed.getAnswered()).append(" answered, ").append(probed.getLost()).append(" lost, ")
                .append(probed.getDuplicated()).append(" doubled");
        }
        if (probed.getLongestGap() != null) {
            text.append("; longest gap ").append(gap(probed)).append(", give or take ").append(probed.getDoubt())
                .append(" ms, from ")
                .append(String.format(Locale.ROOT, "%.3f", probed.getGapBegan() / (double) MICROS_IN_MILLI))
                .append(" ms on");
        }
        out.println(text);
    }

    private static void details(final PrintStream out, final Migration migration) {
        out.println();
        out.println("guest: " + migration.getGuestName() + " (" + Shown.text(migration.getGuest()) + ")");
        if (migration.getInitiator() != null) {
            out.println("started by: " + migration.getInitiator());
        }
        if (migration.getFinished() != null) {
            out.println("finished: " + Shown.text(migration.getFinished()));
        }
        if (migration.getProbed() != null) {
            probing(out, migration.getProbed());
        }
        steps(out, migration);
    }

    private static void steps(final PrintStream out, final Migration migration) {
        out.println();
        out.println(migration.getId() + " (" + migration.getGuestName() + ")");
        for (final var step : steps(migration)) {
            out.println(String.format(Locale.ROOT, "%12.3f ms  %s",
                step.getOffset() / (double) MICROS_IN_MILLI, step.getName()));
        }
        if (migration.getProblem() != null) {
            migration.getProblem().forEach(problem -> out.println("  problem: " + problem));
        }
    }

    private static List<Step> steps(final Migration migration) {
        return migration.getStep() == null ? List.of() : migration.getStep();
    }

    private static List<Changes> changes(final Migration migration) {
        return migration.nonnullChanges().values().stream()
            .sorted(Comparator.comparing(change -> change.getEdge().getValue())).toList();
    }

    private static String took(final Migration migration) {
        if (migration.getStarted() == null || migration.getFinished() == null) {
            return null;
        }
        return Duration.between(Instant.parse(migration.getStarted().getValue()),
            Instant.parse(migration.getFinished().getValue())).toMillis() + " ms";
    }
}
