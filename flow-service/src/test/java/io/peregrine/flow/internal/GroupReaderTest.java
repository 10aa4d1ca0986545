/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GetGroupDescription;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeKey;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;

// No other RPC returns buckets
@SuppressWarnings("deprecation")
class GroupReaderTest {
    private static final NodeId ID = new NodeId("openflow:1");

    @Test
    void aPluginThatCannotBeAskedIsNotAsked() {
        final var rpc = mock(GetGroupDescription.class);
        final var rpcs = mock(RpcConsumerRegistry.class);
        when(rpcs.getRpc(GetGroupDescription.class)).thenReturn(rpc);
        final var reader = new GroupReader(rpcs, mock(NotificationService.class), Runnable::run,
            Optional.of("restart it"));
        final var read = reader.new Inbox(ID).read(new NodeRef(
            InstanceIdentifier.create(Nodes.class).child(Node.class, new NodeKey(ID))));
        assertEquals("restart it", assertThrows(ExecutionException.class, read::get).getCause().getMessage());
        verify(rpc, never()).invoke(any());
    }
}
