/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.search;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.topology.Found;
import io.peregrine.topology.RpcAnswers;
import io.peregrine.topology.search.HostSearch;
import io.peregrine.topology.search.LinkSearch;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinks;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.hosts.output.HostBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.links.output.LinkBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Offers operators to find links and hosts among those that are shown.
 */
@Component(service = { })
public final class FabricSearchService implements AutoCloseable {
    private final DataBroker broker;
    private final Registration registration;

    /**
     * Begins to offer it.
     *
     * @param broker has the state
     * @param rpcs takes the RPCs
     */
    @Activate
    public FabricSearchService(@Reference final DataBroker broker, @Reference final RpcProviderService rpcs) {
        this.broker = requireNonNull(broker);
        registration = rpcs.registerRpcImplementations((FindLinks) this::findLinks, (FindHosts) this::findHosts);
    }

    @Deactivate
    @Override
    public void close() {
        registration.close();
    }

    ListenableFuture<RpcResult<FindLinksOutput>> findLinks(final FindLinksInput input) {
        return Found.in(broker, Links.class, Links::nonnullLink, new LinkSearch(input), LinkSearch.ORDER,
            input.getLimit(), found -> new FindLinksOutputBuilder().setMatched(found.matched())
                .setLink(found.entries().stream().map(link -> new LinkBuilder(link).build()).toList()).build());
    }

    ListenableFuture<RpcResult<FindHostsOutput>> findHosts(final FindHostsInput input) {
        final HostSearch search;
        try {
            search = HostSearch.of(input);
        } catch (IllegalArgumentException e) {
            return RpcAnswers.refused(e);
        }
        return Found.in(broker, Hosts.class, Hosts::nonnullHost, search, HostSearch.ORDER, input.getLimit(),
            found -> new FindHostsOutputBuilder().setMatched(found.matched())
                .setHost(found.entries().stream().map(host -> new HostBuilder(host).build()).toList()).build());
    }
}
