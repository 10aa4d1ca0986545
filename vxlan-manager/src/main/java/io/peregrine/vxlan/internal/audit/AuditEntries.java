/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.audit;

import io.peregrine.flow.Audit;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.SwitchAudits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output._switch.Finding;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output._switch.FindingBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Says in the model's words what audits found.
 */
final class AuditEntries {
    private static final int MOST_FINDINGS = 1000;

    private AuditEntries() {
        // static methods only
    }

    /**
     * The RPC's output.
     *
     * @param subjects what was asked for
     * @param reports of those whose switch is known
     * @return the output
     */
    static AuditOutput output(final List<Subject> subjects, final Map<DatapathId, SwitchAudits.Report> reports) {
        final var entries = subjects.stream().map(subject -> subject.datapath().map(reports::get)
            .map(report -> entry(subject.name(), report)).orElseGet(() -> new SwitchBuilder().setName(subject.name())
                .setUnread(subject.unknown()).build())).toList();
        return new AuditOutputBuilder().setSwitch(BindingMap.ordered(entries))
            .setClean(subjects.stream().allMatch(subject -> subject.datapath().map(reports::get)
                .flatMap(SwitchAudits.Report::audit).filter(audit -> !audit.isWrong()).isPresent()))
            .build();
    }

    private static Switch entry(final String name, final SwitchAudits.Report report) {
        final var builder = new SwitchBuilder().setName(name).setDatapathId(report.datapath().hex());
        report.unread().ifPresent(builder::setUnread);
        report.audit().ifPresent(audit -> builder
            .setWhole(audit.whole())
            .setDesired(Uint32.valueOf(audit.desired()))
            .setFound(Uint32.valueOf(audit.found()))
            .setMissing(count(audit, Audit.Kind.MISSING))
            .setDiffering(count(audit, Audit.Kind.DIFFERING))
            .setStale(count(audit, Audit.Kind.STALE))
            .setBlocked(count(audit, Audit.Kind.BLOCKED))
            .setForeign(count(audit, Audit.Kind.FOREIGN))
            .setUnjudged(Uint32.valueOf(audit.unjudged()))
            .setFinding(BindingMap.ordered(findings(audit))));
        return builder.build();
    }

    private static Uint32 count(final Audit audit, final Audit.Kind kind) {
        return Uint32.valueOf(audit.count(kind));
    }

    private static List<Finding> findings(final Audit audit) {
        final var findings = new ArrayList<Finding>();
        audit.findings().stream().limit(MOST_FINDINGS).forEach(found -> {
            final var builder = new FindingBuilder().setNumber(Uint32.valueOf(findings.size() + 1))
                .setKind(kind(found.kind())).setEntry(found.entry());
            found.there().ifPresent(builder::setThere);
            found.note().ifPresent(builder::setNote);
            findings.add(builder.build());
        });
        return findings;
    }

    private static Finding.Kind kind(final Audit.Kind kind) {
        return switch (kind) {
            case MISSING -> Finding.Kind.Missing;
            case DIFFERING -> Finding.Kind.Differing;
            case STALE -> Finding.Kind.Stale;
            case BLOCKED -> Finding.Kind.Blocked;
            case FOREIGN -> Finding.Kind.Foreign;
        };
    }
}
