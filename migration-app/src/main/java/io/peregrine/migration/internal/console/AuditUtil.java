/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Set;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.Audit;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output._switch.Finding;

/**
 * Prints what an audit finds.
 */
public final class AuditUtil {
    /** More than the RPC takes. */
    private static final long ANSWER_SECONDS = 120;

    private AuditUtil() {
        // Static methods only
    }

    /**
     * Audits switches and prints what was found.
     *
     * @param rpc makes the audit
     * @param names which switches, empty for all
     * @param screen where to
     * @throws IllegalArgumentException if a name is not known
     * @throws IllegalStateException if anything is wrong or could not be read; it has been printed then
     */
    public static void print(final Audit rpc, final Collection<String> names, final Screen screen) {
        final var answer = Calls.answer(rpc.invoke(new AuditInputBuilder().setSwitch(Set.copyOf(names)).build()),
            ANSWER_SECONDS, "the audit does");
        final var table = new Table("SWITCH", "DESIRED", "FOUND", "MISSING", "DIFFERING", "STALE", "BLOCKED", "FOREIGN",
            "UNJUDGED");
        final var lines = new ArrayList<String>();
        for (var one : answer.nonnullSwitch().values()) {
            table.row(one.getName(), one.getDesired(), one.getFound(), one.getMissing(), one.getDiffering(),
                one.getStale(), one.getBlocked(), one.getForeign(), one.getUnjudged());
            if (one.getUnread() != null) {
                lines.add(one.getName() + ": not read: " + one.getUnread());
            } else if (!one.getWhole()) {
                lines.add(one.getName() + ": not all sources have been heard; what is stale may be desired yet");
            }
            one.nonnullFinding().values().forEach(finding -> lines.add(one.getName() + ": " + line(finding)));
        }
        if (screen.isJson()) {
            screen.output(Audit.QNAME, answer);
        } else {
            screen.table(table);
            screen.problems(lines);
        }
        if (!answer.getClean()) {
            throw new IllegalStateException("not all switches are as desired; what is wrong is put right by their"
                + " routine read-back, but for what is blocked or not read");
        }
    }

    private static String line(final Finding finding) {
        return finding.getKind().getName() + ": " + finding.getEntry()
            + (finding.getThere() == null ? "" : "; there is: " + finding.getThere())
            + (finding.getNote() == null ? "" : " (" + finding.getNote() + ")");
    }
}
