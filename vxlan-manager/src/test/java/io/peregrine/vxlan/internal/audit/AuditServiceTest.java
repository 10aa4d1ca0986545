/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import com.google.common.util.concurrent.Futures;
import io.peregrine.flow.Audit;
import io.peregrine.flow.Audit.Finding;
import io.peregrine.flow.Audit.Kind;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.SwitchAudits;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.ReadTransaction;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.audit.output.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.SessionState;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricStateBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.SwitchKey;
import org.opendaylight.yangtools.util.concurrent.FluentFutures;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.RpcResult;

class AuditServiceTest {
    private static final DatapathId HV1 = new DatapathId(0xA1);
    private static final DatapathId S1 = new DatapathId(0xB1);
    private static final DatapathId NAMELESS = new DatapathId(0xC1);

    private final Map<DatapathId, SwitchAudits.Report> reports = new HashMap<>();
    private final DataBroker broker = mock(DataBroker.class);
    private AuditService service;

    @BeforeEach
    void before() {
        final var state = Map.<Object, Object>of(
            InstanceIdentifier.create(Edges.class), new EdgesBuilder().setEdge(BindingMap.of(
                new EdgeBuilder().withKey(new EdgeKey(new EdgeName("hv1"))).setDatapathId(HV1.hex()).build(),
                new EdgeBuilder().withKey(new EdgeKey(new EdgeName("hv2"))).setOvsdb(SessionState.Disconnected)
                    .build())).build(),
            InstanceIdentifier.create(FabricState.class), new FabricStateBuilder().setSwitch(BindingMap.of(
                new SwitchBuilder().withKey(new SwitchKey("s1")).setDatapathId(
                    new org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.DatapathId(S1.hex())).build()))
                .build());
        final var tx = mock(ReadTransaction.class, call -> call.getMethod().getName().equals("read")
            ? FluentFutures.immediateFluentFuture(Optional.ofNullable(state.get(call.getArgument(1)))) : null);
        doReturn(tx).when(broker).newReadOnlyTransaction();
        reports.put(HV1, clean(HV1));
        reports.put(S1, clean(S1));
        service = new AuditService(broker, mock(RpcProviderService.class), new SwitchAudits() {
            @Override
            public Set<DatapathId> switches() {
                return reports.keySet();
            }

            @Override
            public CompletableFuture<List<Report>> audit(final Collection<DatapathId> switches) {
                return CompletableFuture.completedFuture(switches.stream().map(reports::get).toList());
            }
        });
    }

    private static SwitchAudits.Report clean(final DatapathId datapath) {
        return report(datapath, List.of());
    }

    private static SwitchAudits.Report report(final DatapathId datapath, final List<Finding> findings) {
        return new SwitchAudits.Report(datapath, Optional.of(new Audit(3, 2, true, 1, findings)),
            Optional.empty());
    }

    private RpcResult<AuditOutput> ask(final String... switches) throws Exception {
        return Futures.getDone(service.audit(new AuditInputBuilder().setSwitch(Set.of(switches)).build()));
    }

    private static Switch only(final RpcResult<AuditOutput> result) {
        assertEquals(1, result.getResult().nonnullSwitch().size());
        return result.getResult().nonnullSwitch().values().iterator().next();
    }

    @Test
    void everySwitchIsReportedByItsName() throws Exception {
        reports.put(NAMELESS, clean(NAMELESS));
        final var output = ask().getResult();
        assertEquals(List.of(NAMELESS.hex(), "hv1", "hv2", "s1"),
            output.nonnullSwitch().values().stream().map(Switch::getName).toList());
        assertFalse(output.getClean());
        assertEquals("its bridge is not known; its OVSDB session is disconnected", only(ask("hv2")).getUnread());
    }

    @Test
    void onesAskedForAreReportedOnly() throws Exception {
        assertEquals("s1", only(ask("s1")).getName());
        assertEquals("hv1", only(ask(HV1.hex())).getName());
        assertTrue(ask("hv1", "s1").getResult().getClean());
        final var unknown = ask("hv1", "hv9");
        assertFalse(unknown.isSuccessful());
        assertTrue(unknown.getErrors().iterator().next().getMessage().contains("'hv9'"));
    }

    @Test
    void findingsAreCountedAndListed() throws Exception {
        reports.put(HV1, report(HV1, List.of(
            new Finding(Kind.DIFFERING, "a", Optional.of("b"), Optional.of("note")),
            new Finding(Kind.FOREIGN, "c", Optional.empty(), Optional.empty()))));
        final var result = ask("hv1");
        assertFalse(result.getResult().getClean());
        final var one = only(result);
        assertEquals(List.of(3, 2, 1, 1, 0), List.of(one.getDesired().intValue(), one.getFound().intValue(),
            one.getDiffering().intValue(), one.getForeign().intValue(), one.getStale().intValue()));
        final var first = one.nonnullFinding().values().iterator().next();
        assertEquals(List.of("a", "b", "note", "differing"),
            List.of(first.getEntry(), first.getThere(), first.getNote(), first.getKind().getName()));
    }

    @Test
    void foreignEntriesAreNotWrong() throws Exception {
        reports.put(HV1, report(HV1, List.of(new Finding(Kind.FOREIGN, "c", Optional.empty(), Optional.empty()))));
        assertTrue(ask("hv1").getResult().getClean());
    }

    @Test
    void aSwitchThatCannotBeReadIsNotClean() throws Exception {
        reports.put(S1, new SwitchAudits.Report(S1, Optional.empty(), Optional.of("no session")));
        assertEquals("no session", only(ask("s1")).getUnread());
        assertFalse(ask("s1").getResult().getClean());
        assertTrue(ask("hv1").getResult().getClean());
    }
}
