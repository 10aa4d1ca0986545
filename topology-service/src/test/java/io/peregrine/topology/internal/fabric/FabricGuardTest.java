/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableClassToInstanceMap;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.common.api.PostCanCommitStep;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCandidate;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohort;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohortRegistration;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohortRegistry;
import org.opendaylight.mdsal.dom.api.DOMDataTreeIdentifier;
import org.opendaylight.netconf.api.NetconfDocumentedException;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Fabric;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifier;
import org.opendaylight.yangtools.yang.data.api.schema.ContainerNode;
import org.opendaylight.yangtools.yang.data.api.schema.DataContainerChild;
import org.opendaylight.yangtools.yang.data.impl.schema.Builders;
import org.opendaylight.yangtools.yang.data.tree.api.DataTreeCandidateNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.SchemaContext;

class FabricGuardTest {
    private static final Fabric RIGHT = FabricReaderTest.switches(FabricReaderTest.aSwitch("a", "00000000000000a1"));
    private static final Fabric WRONG = FabricReaderTest.switches(FabricReaderTest.aSwitch("a", "00000000000000a1"),
        FabricReaderTest.aSwitch("b", "00000000000000a1"));

    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };
    private DOMDataTreeCommitCohort cohort;

    /** What the datastore's root is before a commit, and what it would be after. */
    private PostCanCommitStep commit(final Fabric before, final Fabric after) throws Exception {
        final var root = mock(DataTreeCandidateNode.class);
        doReturn(root(before)).when(root).dataBefore();
        doReturn(root(after)).when(root).dataAfter();
        final var candidate = mock(DOMDataTreeCandidate.class);
        doReturn(root).when(candidate).getRootNode();
        return cohort.canCommit("tx", mock(EffectiveModelContext.class), List.of(candidate)).get();
    }

    private ContainerNode root(final Fabric fabric) {
        final var serializer = md.getDataBrokerTestCustomizer().getAdapterContext().currentSerializer();
        return Builders.containerBuilder().withNodeIdentifier(new NodeIdentifier(SchemaContext.NAME))
            .withChild((DataContainerChild) serializer.toNormalizedDataObject(FabricReader.FABRIC, fabric).node())
            .build();
    }

    @Test
    void noCommitBreaksARule() throws Exception {
        md.setup();
        final var registration = mock(DOMDataTreeCommitCohortRegistration.class);
        final var registry = mock(DOMDataTreeCommitCohortRegistry.class);
        doReturn(registration).when(registry).registerCommitCohort(any(), any());
        final var dataBroker = mock(DOMDataBroker.class);
        doReturn(ImmutableClassToInstanceMap.of(DOMDataTreeCommitCohortRegistry.class, registry))
            .when(dataBroker).getExtensions();
        final var guard = new FabricGuard(dataBroker,
            md.getDataBrokerTestCustomizer().getAdapterContext().currentSerializer());
        final var captor = ArgumentCaptor.forClass(DOMDataTreeCommitCohort.class);
        verify(registry).registerCommitCohort(
            eq(new DOMDataTreeIdentifier(LogicalDatastoreType.CONFIGURATION, YangInstanceIdentifier.of())),
            captor.capture());
        cohort = captor.getValue();

        assertEquals(PostCanCommitStep.NOOP, commit(WRONG, RIGHT));
        final var failure = assertThrows(ExecutionException.class, () -> commit(RIGHT, WRONG));
        final var documented = Throwables.getCausalChain(failure).stream()
            .filter(NetconfDocumentedException.class::isInstance).map(NetconfDocumentedException.class::cast)
            .findFirst().orElseThrow();
        assertEquals(ErrorTag.INVALID_VALUE, documented.getErrorTag());
        assertEquals("/peregrine-fabric:fabric/switch=b/datapath-id: 00000000000000a1 is that of switch 'a', too; give "
            + "each switch its own", documented.getMessage());
        guard.close();
        verify(registration).close();
    }
}
