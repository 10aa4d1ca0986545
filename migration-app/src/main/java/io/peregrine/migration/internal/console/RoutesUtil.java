/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.common.net.InetAddresses;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutes;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yangtools.yang.common.RpcError;

/**
 * Prints ways through the fabric.
 */
public final class RoutesUtil {
    private static final long ANSWER_SECONDS = 10;

    private RoutesUtil() {
        // Static methods only
    }

    /**
     * Prints the ways between two places, or between all hosts.
     *
     * @param broker the datastore
     * @param rpc finds ways
     * @param out where to
     * @param from where they begin, null for every host
     * @param to where they end, null for every host
     * @param json whether as JSON rather than as a table
     * @throws IllegalArgumentException if a place is not known; the message says what to do
     */
    public static void print(final DataBroker broker, final FindRoutes rpc, final PrintStream out,
            final @Nullable String from, final @Nullable String to, final boolean json) {
        final var table = new Table("FROM", "TO", "COST", "WAY");
        final var objects = new ArrayList<JsonObject>();
        for (var start : places(broker, from)) {
            for (var end : places(broker, to)) {
                if (!start.equals(end)) {
                    final var answer = find(rpc, start, end);
                    final var ways = answer.nonnullWay().values().stream()
                        .sorted((one, other) -> one.getNumber().compareTo(other.getNumber())).toList();
                    ways.forEach(way -> {
                        table.row(start, end, answer.getCost(), String.join(" > ", way.getHop()));
                        objects.add(Shown.object("from", start, "to", end, "cost", answer.getCost(), "hops",
                            way.getHop()));
                    });
                    if (ways.isEmpty()) {
                        table.row(start, end, null, "no way");
                    }
                }
            }
        }
        if (json) {
            Shown.json(out, "routes", objects);
        } else {
            table.print(out);
        }
    }

    private static List<String> places(final DataBroker broker, final @Nullable String named) {
        return named != null ? List.of(named) : Shown.read(broker, Hosts.class).stream()
            .flatMap(hosts -> hosts.nonnullHost().values().stream())
            .map(host -> host.getAddress().getValue())
            .sorted(Comparator.comparingLong(address -> Integer.toUnsignedLong(
                InetAddresses.coerceToInteger(InetAddresses.forString(address))))).toList();
    }

    private static FindRoutesOutput find(final FindRoutes rpc, final String from, final String to) {
        try {
            final var result = rpc.invoke(new FindRoutesInputBuilder().setFrom(from).setTo(to).build())
                .get(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (!result.isSuccessful()) {
                throw new IllegalArgumentException(result.getErrors().stream().map(RpcError::getMessage)
                    .collect(Collectors.joining("; ")));
            }
            return result.getResult();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the fabric does not answer: " + e.getMessage(), e);
        }
    }
}
