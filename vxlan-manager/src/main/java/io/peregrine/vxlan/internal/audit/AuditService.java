/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.audit;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.SwitchAudits;
import io.peregrine.topology.RpcAnswers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.Audit;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.AuditOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Offers the audit to operators. What switches are called is taken from the state that is shown of edges and fabric: so
 * an edge whose bridge nobody knows yet is reported, too.
 */
@Component(service = { })
public final class AuditService implements AutoCloseable {
    private final DataBroker broker;
    private final SwitchAudits audits;
    private final Registration rpc;

    /**
     * Begins to offer it.
     *
     * @param broker has the state
     * @param rpcs takes the RPC
     * @param audits makes audits
     */
    @Activate
    public AuditService(@Reference final DataBroker broker, @Reference final RpcProviderService rpcs,
            @Reference final SwitchAudits audits) {
        this.broker = requireNonNull(broker);
        this.audits = requireNonNull(audits);
        rpc = rpcs.registerRpcImplementations((Audit) this::audit);
    }

    @Deactivate
    @Override
    public void close() {
        rpc.close();
    }

    ListenableFuture<RpcResult<AuditOutput>> audit(final AuditInput input) {
        final var names = input.getSwitch() == null ? Set.<String>of() : Set.copyOf(input.getSwitch());
        return Futures.transformAsync(subjects(), all -> {
            final List<Subject> subjects;
            try {
                subjects = Subject.named(all, names);
            } catch (IllegalArgumentException e) {
                return RpcAnswers.refused(e);
            }
            final var answer = SettableFuture.<RpcResult<AuditOutput>>create();
            audits.audit(subjects.stream().flatMap(subject -> subject.datapath().stream()).distinct().toList())
                .thenAccept(reports -> answer.set(RpcResultBuilder.success(AuditEntries.output(subjects,
                    reports.stream().collect(Collectors.toMap(SwitchAudits.Report::datapath, Function.identity()))))
                    .build()));
            return answer;
        }, MoreExecutors.directExecutor());
    }

    private ListenableFuture<List<Subject>> subjects() {
        try (var tx = broker.newReadOnlyTransaction()) {
            final var edges = tx.read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(Edges.class));
            final var fabric = tx.read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(FabricState.class));
            return Futures.whenAllSucceed(edges, fabric).call(
                () -> subjects(Futures.getDone(edges), Futures.getDone(fabric), audits.switches()),
                MoreExecutors.directExecutor());
        }
    }

    static List<Subject> subjects(final Optional<Edges> edges, final Optional<FabricState> fabric,
            final Set<DatapathId> programmed) {
        final var subjects = new HashMap<String, Subject>();
        final var nameless = new HashSet<>(programmed);
        edges.ifPresent(all -> all.nonnullEdge().values().forEach(edge -> {
            final var datapath = Optional.ofNullable(edge.getDatapathId()).map(DatapathId::parseHex);
            subjects.put(edge.getName().getValue(), new Subject(edge.getName().getValue(), datapath, unknown(edge)));
            datapath.ifPresent(nameless::remove);
        }));
        fabric.ifPresent(all -> all.nonnullSwitch().values().forEach(one -> {
            final var datapath = DatapathId.parseHex(one.getDatapathId().getValue());
            // An edge may be called the same: then this one goes by its datapath
            final var name = subjects.containsKey(one.getName()) ? datapath.hex() : one.getName();
            subjects.put(name, new Subject(name, Optional.of(datapath), ""));
            nameless.remove(datapath);
        }));
        nameless.forEach(datapath -> subjects.put(datapath.hex(), new Subject(datapath.hex(), Optional.of(datapath),
            "")));
        final var sorted = new ArrayList<>(subjects.values());
        sorted.sort(Comparator.comparing(Subject::name));
        return sorted;
    }

    private static String unknown(final Edge edge) {
        return "its bridge is not known; its OVSDB session is "
            + (edge.getOvsdb() == null ? "not there" : edge.getOvsdb().getName());
    }
}
