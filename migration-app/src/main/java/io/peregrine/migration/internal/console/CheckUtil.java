/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.List;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigrationOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.check.migration.output.Point;
import org.opendaylight.yangtools.yang.common.RpcResult;

/**
 * Prints whether a guest can be moved.
 */
public final class CheckUtil {
    private static final long ANSWER_SECONDS = 120;

    private CheckUtil() {
        // Static methods only
    }

    /**
     * Prints the points that were looked at.
     *
     * @param call asks for them
     * @param guest the guest
     * @param destination where it is to go
     * @param screen where to
     * @throws IllegalArgumentException if the question is refused; the message says what to do
     * @throws IllegalStateException if the guest cannot be moved
     */
    public static void print(final ListenableFuture<RpcResult<CheckMigrationOutput>> call, final String guest,
            final String destination, final Screen screen) {
        final var answer = Calls.answer(call, ANSWER_SECONDS, "the checks do");
        final var points = answer.getPoint() == null ? List.<Point>of() : answer.getPoint();
        if (screen.isJson()) {
            screen.output(CheckMigration.QNAME, answer);
        } else {
            final var table = new Table("POINT", "RESULT", "FOUND");
            points.forEach(point -> {
                table.row(point.getName(), point.getResult().getName(), point.getFound());
                if (point.getFix() != null) {
                    table.row(" ", " ", "  to do: " + point.getFix());
                }
            });
            screen.table(table);
        }
        if (!Boolean.TRUE.equals(answer.getPossible())) {
            throw new IllegalStateException(guest + " cannot be moved to " + destination
                + " as things are; do what the failed points say");
        }
    }
}
