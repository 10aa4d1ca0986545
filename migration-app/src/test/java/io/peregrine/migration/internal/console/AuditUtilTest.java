/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.Audit;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output._switch.Finding;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output._switch.FindingBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;

class AuditUtilTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Screen screen =
        new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 0, false, null);

    private static SwitchBuilder read(final String name, final int missing, final int differing, final int foreign) {
        return new SwitchBuilder().setName(name).setDatapathId("00000000000000a1").setWhole(true)
            .setDesired(Uint32.valueOf(40)).setFound(Uint32.valueOf(41)).setMissing(Uint32.valueOf(missing))
            .setDiffering(Uint32.valueOf(differing)).setStale(Uint32.ZERO).setBlocked(Uint32.ZERO)
            .setForeign(Uint32.valueOf(foreign)).setUnjudged(Uint32.ZERO);
    }

    private static Audit answering(final boolean clean, final SwitchBuilder... switches) {
        final AuditOutput output = new AuditOutputBuilder().setClean(clean)
            .setSwitch(BindingMap.ordered(List.of(switches).stream().map(SwitchBuilder::build).toList())).build();
        return input -> RpcResultBuilder.success(output).buildFuture();
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void cleanSwitchesAreCounted() {
        AuditUtil.print(answering(true, read("hv1", 0, 0, 0)), List.of(), screen);
        assertEquals("""
            SWITCH  DESIRED  FOUND  MISSING  DIFFERING  STALE  BLOCKED  FOREIGN  UNJUDGED
            hv1     40       41     0        0          0      0        0        0
            """, printed());
    }

    @Test
    void whatIsWrongHasALineAndFailsTheCommand() {
        final var audit = answering(false, read("hv1", 1, 1, 0).setWhole(false).setFinding(BindingMap.ordered(
            new FindingBuilder().setNumber(Uint32.ONE).setKind(Finding.Kind.Missing).setEntry("table=4 actions=drop")
                .setNote("the switch refuses it").build(),
            new FindingBuilder().setNumber(Uint32.TWO).setKind(Finding.Kind.Differing).setEntry("group_id=1,type=all")
                .setThere("group_id=1,type=select").build())),
            new SwitchBuilder().setName("hv2").setUnread("no session"));
        assertThrows(IllegalStateException.class, () -> AuditUtil.print(audit, List.of(), screen));
        assertEquals("""
            SWITCH  DESIRED  FOUND  MISSING  DIFFERING  STALE  BLOCKED  FOREIGN  UNJUDGED
            hv1     40       41     1        1          0      0        0        0
            hv2     -        -      -        -          -      -        -        -

            hv1: not all sources have been heard; what is stale may be desired yet
            hv1: missing: table=4 actions=drop (the switch refuses it)
            hv1: differing: group_id=1,type=all; there is: group_id=1,type=select
            hv2: not read: no session
            """, printed());
    }

    @Test
    void jsonFailsTheCommandToo() {
        final var json = Jsons.of(Audit.class);
        assertThrows(IllegalStateException.class, () -> AuditUtil.print(answering(false,
            new SwitchBuilder().setName("hv2").setUnread("no session")), List.of(),
            new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 0, false, json)));
        assertTrue(printed().contains("\"unread\": \"no session\""), printed());
    }

    @Test
    void namesAreHandedOn() {
        final Audit audit = input -> {
            assertEquals(Set.of("hv1"), input.getSwitch());
            return RpcResultBuilder.<AuditOutput>failed().withError(ErrorType.APPLICATION, ErrorTag.INVALID_VALUE,
                "switch: 'hv1' is not known").buildFuture();
        };
        assertEquals("switch: 'hv1' is not known", assertThrows(IllegalArgumentException.class,
            () -> AuditUtil.print(audit, List.of("hv1"), screen)).getMessage());
    }
}
