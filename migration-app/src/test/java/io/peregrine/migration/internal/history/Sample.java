/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ChangesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ChangesKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Probed;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ProbedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepKey;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/** Records for tests. */
final class Sample {
    static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private Sample() {
        // static methods only
    }

    /** A record that began so many minutes after noon. */
    static Migration record(final String id, final int minute, final Phase phase) {
        return new MigrationBuilder().withKey(new MigrationKey(id)).setPhase(phase)
            .setStarted(new DateAndTime(NOON.plus(Duration.ofMinutes(minute)).toString()))
            .setStep(List.of()).setProblem(List.of()).build();
    }

    /** A record in which everything is said. */
    static Migration whole() {
        return new MigrationBuilder(record("a", 0, Phase.Completed))
            .setInitiator("libvirt")
            .setGuest(new Uuid("11111111-2222-3333-4444-555555555555")).setGuestName("a \"web\"\nserver plus")
            .setSource(new EdgeName("hv1")).setDestination(new EdgeName("hv2"))
            .setFinished(new DateAndTime("2026-11-25T12:00:01.5Z"))
            .setStep(List.of(new StepBuilder().withKey(new StepKey("prepare")).setOffset(0L).build(),
                new StepBuilder().withKey(new StepKey("open")).setOffset(363_249L).build()))
            .setPause(Uint32.valueOf(178))
            .setProbed(new ProbedBuilder().setOutcome(Probed.Outcome.BrokenOff).setReason("no session")
                .setInterface("p1").setAddress(IetfInetUtil.ipAddressNoZoneFor("2001:db8::5"))
                .setEdge(new EdgeName("border")).setSent(Uint32.valueOf(9)).setAnswered(Uint32.valueOf(7))
                .setLost(Uint32.TWO).setDuplicated(Uint32.ONE).setLongestGap(Uint32.valueOf(212))
                .setDoubt(Uint32.valueOf(20)).setGapBegan(-5L).setAnswering(false).build())
            .setChanges(BindingMap.of(
                new ChangesBuilder().withKey(new ChangesKey(new EdgeName("hv2"))).setCount(Uint32.TEN).build()))
            .setReason("why").setProblem(List.of("one", "two")).build();
    }
}
