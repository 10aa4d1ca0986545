/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.search;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.topology.Found;
import io.peregrine.vxlan.search.TunnelSearch;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.find.tunnels.output.TunnelBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Offers operators to find tunnels among those that are shown.
 */
@Component(service = { })
public final class TunnelSearchService implements AutoCloseable {
    private final DataBroker broker;
    private final Registration rpc;

    /**
     * Begins to offer it.
     *
     * @param broker has the state
     * @param rpcs takes the RPC
     */
    @Activate
    public TunnelSearchService(@Reference final DataBroker broker, @Reference final RpcProviderService rpcs) {
        this.broker = requireNonNull(broker);
        rpc = rpcs.registerRpcImplementations((FindTunnels) this::find);
    }

    @Deactivate
    @Override
    public void close() {
        rpc.close();
    }

    ListenableFuture<RpcResult<FindTunnelsOutput>> find(final FindTunnelsInput input) {
        return Found.in(broker, Tunnels.class, Tunnels::nonnullTunnel, new TunnelSearch(input), TunnelSearch.ORDER,
            input.getLimit(), found -> new FindTunnelsOutputBuilder().setMatched(found.matched())
                .setTunnel(found.entries().stream().map(tunnel -> new TunnelBuilder(tunnel).build()).toList()).build());
    }
}
