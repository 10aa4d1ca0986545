/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableClassToInstanceMap;
import com.google.common.util.concurrent.Futures;
import io.peregrine.flow.MacAddress;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.Placement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.eclipse.jdt.annotation.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.binding.dom.codec.api.BindingNormalizedNodeSerializer;
import org.opendaylight.mdsal.common.api.DataValidationFailedException;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.common.api.PostCanCommitStep;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCandidate;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohort;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohortRegistration;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohortRegistry;
import org.opendaylight.mdsal.dom.api.DOMDataTreeIdentifier;
import org.opendaylight.netconf.api.NetconfDocumentedException;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.HypervisorBuilder;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifier;
import org.opendaylight.yangtools.yang.data.api.schema.DataContainerChild;
import org.opendaylight.yangtools.yang.data.api.schema.NormalizedNode;
import org.opendaylight.yangtools.yang.data.impl.schema.Builders;
import org.opendaylight.yangtools.yang.data.tree.api.DataTreeCandidateNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.SchemaContext;

class IntentGuardTest {
    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };
    private final DOMDataTreeCommitCohortRegistration<?> registration =
        mock(DOMDataTreeCommitCohortRegistration.class);

    private final PlacedGuests guests = new PlacedGuests();

    private BindingNormalizedNodeSerializer serializer;
    private IntentGuard guard;
    private DOMDataTreeCommitCohort cohort;

    @BeforeEach
    void before() throws Exception {
        md.setup();
        serializer = md.getDataBrokerTestCustomizer().getAdapterContext().currentSerializer();
        final var registry = mock(DOMDataTreeCommitCohortRegistry.class);
        doReturn(registration).when(registry).registerCommitCohort(any(), any());
        final var dataBroker = mock(DOMDataBroker.class);
        doReturn(ImmutableClassToInstanceMap.of(DOMDataTreeCommitCohortRegistry.class, registry))
            .when(dataBroker).getExtensions();
        guard = new IntentGuard(dataBroker, serializer, guests);
        final var captor = ArgumentCaptor.forClass(DOMDataTreeCommitCohort.class);
        verify(registry).registerCommitCohort(
            eq(new DOMDataTreeIdentifier(LogicalDatastoreType.CONFIGURATION, YangInstanceIdentifier.of())),
            captor.capture());
        cohort = captor.getValue();
    }

    @AfterEach
    void after() {
        guard.close();
        verify(registration).close();
    }

    @Test
    void letsPassWhatIsRight() throws Exception {
        final var networks = node(IntentReader.NETWORKS, Bindings.networks(Bindings.network("blue", 10).build()));
        assertEquals(PostCanCommitStep.NOOP, commit(root(), root(networks)));
        assertEquals(PostCanCommitStep.NOOP, commit(root(networks), root()));
        assertEquals(PostCanCommitStep.NOOP, commit(root(networks), null));
    }

    @Test
    void seesTheContainersThatATransactionDoesNotTouch() throws Exception {
        final var networks = node(IntentReader.NETWORKS, Bindings.networks(Bindings.network("blue", 10).build()));
        final var borders = node(IntentReader.BORDERS,
            Bindings.borders(Bindings.border("out", "10.0.9.1", Bindings.port("eth1", "blue")).build()));
        final var failure = assertThrows(ExecutionException.class,
            () -> commit(root(networks, borders), root(borders)));
        final var cause = Throwables.getCausalChain(failure);
        assertInstanceOf(DataValidationFailedException.class, cause.get(1));
        assertEquals("refused{}", cause.get(1).toString());
        final var documented = (NetconfDocumentedException) cause.get(2);
        assertEquals(ErrorTag.INVALID_VALUE, documented.getErrorTag());
        assertEquals("/peregrine-edge:borders/border=out/port=eth1/network: there is no network 'blue'; add the network"
            + " first, and remove this port before the network", documented.getMessage());
    }

    @Test
    void lastingProblemsDoNotHinder() throws Exception {
        final var broken = node(IntentReader.NETWORKS, Bindings.networks(
            Bindings.network("a", 10).build(), Bindings.network("b", 10).build(), Bindings.network("c", 10).build()));
        final var better = node(IntentReader.NETWORKS, Bindings.networks(
            Bindings.network("a", 10).build(), Bindings.network("b", 10).build(), Bindings.network("c", 11).build()));
        assertEquals(PostCanCommitStep.NOOP, commit(root(broken), root(better)));
        assertThrows(ExecutionException.class, () -> commit(root(better), root(broken)));
    }

    @Test
    void aHypervisorWithGuestsIsNotLetGo() throws Exception {
        final var hypervisor = Bindings.hypervisor("hv1", "10.0.1.1").build();
        final var with = root(node(IntentReader.HYPERVISORS, Bindings.hypervisors(hypervisor)));
        final var other = root(node(IntentReader.HYPERVISORS, Bindings.hypervisors(
            Bindings.hypervisor("hv2", "10.0.2.1").build())));
        assertEquals(PostCanCommitStep.NOOP, commit(with, other), "unknown is not guests");

        final var port = new GuestPort("id", MacAddress.parse("52:54:00:00:00:01"), Optional.empty(), "web1");
        guests.put(port, Placement.at("hv1"));
        for (var after : Arrays.asList(other, root(), null)) {
            final var failure = assertThrows(ExecutionException.class, () -> commit(with, after));
            assertEquals("/peregrine-edge:hypervisors/hypervisor=hv1: it cannot be removed while guest 'web1' is at"
                + " 'hv1': move them away, or first set abandon-guests of 'hv1' to true to cut them off",
                ((NetconfDocumentedException) Throwables.getCausalChain(failure).get(2)).getMessage());
        }
        final var abandoned = root(node(IntentReader.HYPERVISORS, Bindings.hypervisors(
            new HypervisorBuilder(hypervisor).setAbandonGuests(true).build())));
        assertEquals(PostCanCommitStep.NOOP, commit(with, abandoned));
        assertEquals(PostCanCommitStep.NOOP, commit(abandoned, root()));

        guests.put(port, Placement.at("hv1").with("hv2", Placement.Attachment.SERVING).committedTo("hv2"));
        assertEquals(PostCanCommitStep.NOOP, commit(with, root()), "the guest has left");
    }

    @Test
    void namesTheFirstOfManyProblems() {
        final var networks = new org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.Network[9];
        for (int i = 0; i < networks.length; i++) {
            networks[i] = Bindings.network("n" + i, 0).build();
        }
        final var after = root(node(IntentReader.NETWORKS, Bindings.networks(networks)));
        final var failure = assertThrows(ExecutionException.class, () -> commit(root(), after));
        final var message = failure.getCause().getMessage();
        assertEquals(true, message.startsWith("/peregrine-network:networks/network=n0/vni: 0 is not between"), message);
        assertEquals(true, message.endsWith("; and 4 problems more"), message);
    }

    private PostCanCommitStep commit(final @Nullable NormalizedNode before, final @Nullable NormalizedNode after)
            throws ExecutionException {
        final var node = mock(DataTreeCandidateNode.class);
        doReturn(before).when(node).dataBefore();
        doReturn(after).when(node).dataAfter();
        final var candidate = mock(DOMDataTreeCandidate.class);
        doReturn(node).when(candidate).getRootNode();
        return Futures.getDone(cohort.canCommit("tx", mock(EffectiveModelContext.class), List.of(candidate)));
    }

    private <T extends DataObject> DataContainerChild node(final InstanceIdentifier<T> path, final T data) {
        return (DataContainerChild) serializer.toNormalizedDataObject(path, data).node();
    }

    private static NormalizedNode root(final DataContainerChild... children) {
        final var builder = Builders.containerBuilder().withNodeIdentifier(new NodeIdentifier(SchemaContext.NAME));
        for (var child : children) {
            builder.withChild(child);
        }
        return builder.build();
    }
}
