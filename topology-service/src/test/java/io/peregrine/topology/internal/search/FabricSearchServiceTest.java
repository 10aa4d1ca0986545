/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jdt.annotation.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.ReadTransaction;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4Prefix;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.DatapathId;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinks;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkLayer;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinksBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.TunnelIdentity;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.Host;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.HostBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.LinkBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.util.concurrent.FluentFutures;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.Uint32;

class FabricSearchServiceTest {
    private final DataBroker broker = mock(DataBroker.class);
    private final ReadTransaction tx = mock(ReadTransaction.class);
    private final Registration registration = mock(Registration.class);
    private FabricSearchService service;

    private static DatapathId datapath(final int number) {
        return new DatapathId(String.format("%016x", number));
    }

    private static LinkBuilder link(final int from, final int to, final LinkState state) {
        return new LinkBuilder().setSourceSwitch(datapath(from)).setSourcePort(Uint32.valueOf(to))
            .setTargetSwitch(datapath(to)).setTargetPort(Uint32.valueOf(from)).setLayer(LinkLayer.Fabric)
            .setSourceName("leaf" + from + " eth" + to).setTargetName("leaf" + to + " eth" + from).setState(state);
    }

    private static LinkBuilder tunnel(final String from, final String to, final TunnelIdentity identity) {
        return new LinkBuilder().setSourceSwitch(datapath(from.hashCode())).setSourcePort(Uint32.ONE)
            .setTargetSwitch(datapath(to.hashCode())).setTargetPort(Uint32.ONE).setLayer(LinkLayer.Overlay)
            .setSourceName(from + " pg1").setTargetName(to + " pg1").setState(LinkState.Up).setIdentity(identity);
    }

    private static HostBuilder host(final String address, final int at, final HostState state) {
        return new HostBuilder().setAddress(new Ipv4AddressNoZone(address))
            .setMacAddress(new MacAddress("52:54:00:00:00:0" + at)).setSwitch(datapath(at)).setPort(Uint32.TEN)
            .setPortName("leaf" + at + " eth10").setSegment(new Ipv4Prefix("10." + at + ".0.0/24")).setState(state);
    }

    @BeforeEach
    void show() {
        doReturn(tx).when(broker).newReadOnlyTransaction();
        shown(Links.class, new LinksBuilder().setLink(BindingMap.of(
            link(11, 1, LinkState.Up).build(), link(1, 11, LinkState.Up).build(), link(2, 1, LinkState.Up).build(),
            link(1, 2, LinkState.OneWay).build(), tunnel("hv2", "hv1", TunnelIdentity.Miswired).build(),
            tunnel("hv1", "hv2", TunnelIdentity.Verified).build())).build());
        shown(Hosts.class, new HostsBuilder().setHost(BindingMap.of(
            host("10.2.0.10", 2, HostState.Confirmed).build(), host("10.1.0.10", 1, HostState.Confirmed).build(),
            host("10.1.0.9", 1, HostState.Unreachable).build(),
            new HostBuilder(host("203.0.113.1", 1, HostState.Unverified).build()).setSegment(null).build())).build());
        final var rpcs = mock(RpcProviderService.class);
        when(rpcs.registerRpcImplementations(any(FindLinks.class), any(FindHosts.class))).thenReturn(registration);
        service = new FabricSearchService(broker, rpcs);
    }

    @AfterEach
    void close() {
        service.close();
        verify(registration).close();
    }

    private <T extends ChildOf<? extends DataRoot>> void shown(final Class<T> type, final @Nullable T data) {
        doReturn(FluentFutures.immediateFluentFuture(Optional.ofNullable(data))).when(tx)
            .read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(type));
    }

    private FindLinksOutput links(final Consumer<FindLinksInputBuilder> wish) throws Exception {
        final var wanted = new FindLinksInputBuilder();
        wish.accept(wanted);
        return Futures.getDone(service.findLinks(wanted.build())).getResult();
    }

    private void assertLinks(final List<String> expected, final Consumer<FindLinksInputBuilder> wish)
            throws Exception {
        final var answer = links(wish);
        assertEquals(expected, answer.nonnullLink().stream()
            .map(one -> one.getSourceName().split(" ")[0] + " " + one.getTargetName().split(" ")[0]).toList());
        assertEquals(Uint32.valueOf(expected.size()), answer.getMatched());
    }

    private ListenableFuture<RpcResult<FindHostsOutput>> askedHosts(final Consumer<FindHostsInputBuilder> wish) {
        final var wanted = new FindHostsInputBuilder();
        wish.accept(wanted);
        return service.findHosts(wanted.build());
    }

    private void assertHosts(final List<String> expected, final Consumer<FindHostsInputBuilder> wish)
            throws Exception {
        final var answer = Futures.getDone(askedHosts(wish)).getResult();
        assertEquals(expected, answer.nonnullHost().stream().map(one -> one.getAddress().getValue()).toList());
        assertEquals(Uint32.valueOf(expected.size()), answer.getMatched());
    }

    private void assertRefused(final String why, final Consumer<FindHostsInputBuilder> wish) throws Exception {
        final var answer = Futures.getDone(askedHosts(wish));
        assertFalse(answer.isSuccessful());
        assertEquals(List.of(why), answer.getErrors().stream().map(error -> error.getMessage()).toList());
    }

    @Test
    void whatIsNotGivenLeavesTheChoiceOpen() throws Exception {
        final var all = List.of("leaf1 leaf11", "leaf1 leaf2", "leaf11 leaf1", "leaf2 leaf1", "hv1 hv2", "hv2 hv1");
        assertLinks(all, wanted -> { });
        assertLinks(all, wanted -> wanted.setState(Set.of()).setIdentity(Set.of()));
        assertHosts(List.of("10.1.0.9", "10.1.0.10", "10.2.0.10", "203.0.113.1"),
            wanted -> wanted.setState(Set.of()));
    }

    @Test
    void aSwitchIsEitherEndOfALink() throws Exception {
        assertLinks(List.of("leaf1 leaf11", "leaf11 leaf1"), wanted -> wanted.setSwitch("leaf11"));
        assertLinks(List.of("leaf1 leaf11", "leaf11 leaf1"), wanted -> wanted.setSwitch("000000000000000B"));
        assertLinks(List.of("hv1 hv2", "hv2 hv1"), wanted -> wanted.setSwitch("hv2"));
        assertLinks(List.of(), wanted -> wanted.setSwitch("leaf"));
        assertLinks(List.of(), wanted -> wanted.setSwitch(""));
    }

    @Test
    void ofSeveralStatesOneIsEnough() throws Exception {
        assertLinks(List.of("leaf1 leaf2"), wanted -> wanted.setState(Set.of(LinkState.OneWay, LinkState.Damped)));
        assertLinks(List.of("hv1 hv2", "hv2 hv1"),
            wanted -> wanted.setState(Set.of(LinkState.Up)).setLayer(LinkLayer.Overlay));
        assertLinks(List.of("hv2 hv1"),
            wanted -> wanted.setIdentity(Set.of(TunnelIdentity.Miswired, TunnelIdentity.Unverified)));
        assertHosts(List.of("10.1.0.9", "203.0.113.1"),
            wanted -> wanted.setState(Set.of(HostState.Unreachable, HostState.Unverified)));
    }

    @Test
    void hostsAreChosenByPlaceAndAddress() throws Exception {
        assertHosts(List.of("10.1.0.9", "10.1.0.10", "203.0.113.1"), wanted -> wanted.setSwitch("leaf1"));
        assertHosts(List.of("10.2.0.10"), wanted -> wanted.setSwitch("0000000000000002"));
        assertHosts(List.of("10.1.0.9", "10.1.0.10"), wanted -> wanted.setSegment(new Ipv4Prefix("10.1.0.0/24")));
        assertHosts(List.of("10.1.0.10"), wanted -> wanted.setAddress("10.1.0.10"));
        assertHosts(List.of("10.2.0.10"), wanted -> wanted.setAddress("52:54:00:00:00:02"));
        assertHosts(List.of(), wanted -> wanted.setAddress("10.1.0.10").setSwitch("leaf2"));
        assertHosts(List.of(), wanted -> wanted.setAddress("2001:db8::5"));
    }

    @Test
    void whatCannotBeMeantIsRefused() throws Exception {
        assertRefused("address: 'leaf1' is neither a MAC nor an IP address; give one such as 52:54:00:00:00:01,"
            + " 192.0.2.5 or 2001:db8::5", wanted -> wanted.setAddress("leaf1"));
        assertRefused("segment: 10.1.0.9/24 has host bits set; use 10.1.0.0/24",
            wanted -> wanted.setSegment(new Ipv4Prefix("10.1.0.9/24")));
    }

    @Test
    void aCutIsTold() throws Exception {
        final var cut = links(wanted -> wanted.setLimit(Uint32.TWO));
        assertEquals(Uint32.valueOf(6), cut.getMatched());
        assertEquals(List.of("leaf11 eth1", "leaf2 eth1"),
            cut.nonnullLink().stream().map(one -> one.getTargetName()).toList());
        final var hosts = Futures.getDone(askedHosts(wanted -> wanted.setLimit(Uint32.ONE))).getResult();
        assertEquals(Uint32.valueOf(4), hosts.getMatched());
        assertEquals(1, hosts.nonnullHost().size());
    }

    @Test
    void allOfAnEntryIsTold() throws Exception {
        final Link link = tunnel("hv1", "hv2", TunnelIdentity.Miswired).setProblem("hv1 arrives at hv3").build();
        shown(Links.class, new LinksBuilder().setLink(BindingMap.of(link)).build());
        assertEquals(List.of(link),
            links(wanted -> { }).nonnullLink().stream().map(one -> new LinkBuilder(one).build()).toList());
        final Host host = host("10.1.0.9", 1, HostState.Confirmed).build();
        shown(Hosts.class, new HostsBuilder().setHost(BindingMap.of(host)).build());
        assertEquals(List.of(host), Futures.getDone(askedHosts(wanted -> { })).getResult().nonnullHost().stream()
            .map(one -> new HostBuilder(one).build()).toList());
    }

    @Test
    void whereNothingIsShownNothingIsFound() throws Exception {
        shown(Links.class, null);
        shown(Hosts.class, null);
        assertLinks(List.of(), wanted -> { });
        assertHosts(List.of(), wanted -> { });
    }
}
