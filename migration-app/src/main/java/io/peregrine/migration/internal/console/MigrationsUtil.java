/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.MigrationsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.RecordedMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;
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
    /** What the RPC answers with at most. */
    private static final int MOST = 1000;
    private static final String NEWEST = "newest";
    private static final FindMigrationsInput ALL = new FindMigrationsInputBuilder().build();

    private MigrationsUtil() {
        // Static methods only
    }

    /**
     * Which migrations the user wants. What is null or empty leaves the choice open.
     *
     * @param which a guest, or a migration's identifier
     * @param hypervisor where they leave or go to
     * @param phases in one of which they are
     * @param initiator who has started them
     * @param since when they began, or later
     * @param limit how many at most
     * @return the input of the RPC
     * @throws IllegalArgumentException if something cannot be meant; the message names the option
     */
    static FindMigrationsInput wanted(final @Nullable String which, final @Nullable String hypervisor,
            final List<String> phases, final @Nullable String initiator, final @Nullable String since,
            final @Nullable Integer limit) {
        return new FindMigrationsInputBuilder()
            .setGuest(which)
            .setHypervisor(Calls.input("--hypervisor", hypervisor, EdgeName::new))
            .setPhase(Calls.named("--phase", phases, Phase.class))
            .setInitiator(initiator)
            .setSince(Calls.input("--since", since, DateAndTime::new))
            .setLimit(Calls.limit(limit, MOST))
            .build();
    }

    /** The names of all phases. */
    static Stream<String> phases() {
        return Arrays.stream(Phase.values()).map(Phase::getName);
    }

    /**
     * Prints migrations, the newest last.
     *
     * @param broker the datastore
     * @param rpc finds migrations
     * @param screen where to
     * @param steps whether the table is followed by the steps of each
     * @param wanted which; its guest may be a migration's identifier instead, for all about that one
     * @throws IllegalArgumentException if there is no such guest or identifier, or the RPC refuses
     * @throws IllegalStateException if there are more in JSON than the RPC answers with; those have been printed
     */
    public static void print(final DataBroker broker, final FindMigrations rpc, final Screen screen,
            final boolean steps, final FindMigrationsInput wanted) {
        final var found = find(broker, rpc, wanted);
        final var migrations = found.entries().stream().sorted(Comparator.comparing(RecordedMigration::getId))
            .toList();
        if (screen.isJson()) {
            screen.container(Migrations.class, new MigrationsBuilder().setMigration(BindingMap.of(
                migrations.stream().map(migration -> new MigrationBuilder(migration).build()).toList())).build());
            found.requireWhole(wanted.getLimit(), NEWEST);
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
        screen.problems(found.cut(NEWEST));
        if (migrations.size() == 1 && migrations.get(0).getId().equals(wanted.getGuest())) {
            details(screen.out(), migrations.get(0));
        } else if (steps) {
            migrations.forEach(migration -> steps(screen.out(), migration));
        }
    }

    /** All that there are do not fit into an answer of the RPC. */
    private static Chosen<RecordedMigration> find(final DataBroker broker, final FindMigrations rpc,
            final FindMigrationsInput wanted) {
        if (wanted.equals(ALL)) {
            return Chosen.all(all(broker).values());
        }
        final var which = wanted.getGuest();
        final var found = ask(rpc, wanted);
        if (which == null || found.matched() > 0) {
            return found;
        }
        final var one = all(broker).get(new MigrationKey(which));
        final var anyOfIt = new FindMigrationsInputBuilder().setGuest(which).setLimit(wanted.getLimit()).build();
        if (one == null && (wanted.equals(anyOfIt) || ask(rpc, anyOfIt).matched() == 0)) {
            throw new IllegalArgumentException("there is no record of a migration of a guest '" + which
                + "', nor of a migration with that identifier");
        }
        if (one != null && !wanted.equals(anyOfIt)) {
            throw new IllegalArgumentException(which + " is one migration; leave out the options that choose others");
        }
        return one == null ? found : Chosen.all(List.of(one));
    }

    private static Map<MigrationKey, Migration> all(final DataBroker broker) {
        return Published.read(broker, Migrations.class).map(Migrations::nonnullMigration).orElse(Map.of());
    }

    private static Chosen<RecordedMigration> ask(final FindMigrations rpc, final FindMigrationsInput wanted) {
        return Chosen.found(rpc.invoke(wanted.getLimit() != null ? wanted
            : new FindMigrationsInputBuilder(wanted).setLimit(Uint32.valueOf(MOST)).build()),
            FindMigrationsOutput::nonnullMigration, FindMigrationsOutput::getMatched);
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

    private static void details(final PrintStream out, final RecordedMigration migration) {
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

    private static void steps(final PrintStream out, final RecordedMigration migration) {
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

    private static List<Step> steps(final RecordedMigration migration) {
        return migration.getStep() == null ? List.of() : migration.getStep();
    }

    private static List<Changes> changes(final RecordedMigration migration) {
        return migration.nonnullChanges().values().stream()
            .sorted(Comparator.comparing(change -> change.getEdge().getValue())).toList();
    }

    private static String took(final RecordedMigration migration) {
        if (migration.getStarted() == null || migration.getFinished() == null) {
            return null;
        }
        return Duration.between(Instant.parse(migration.getStarted().getValue()),
            Instant.parse(migration.getFinished().getValue())).toMillis() + " ms";
    }
}
