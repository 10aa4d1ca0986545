/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.TunnelBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.Event;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.DatapathId;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkLayer;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.InterfaceBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;

class EventsTest {
    private static final Instant BEGAN = Instant.parse("2026-11-26T01:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-26T01:02:03.004Z");
    private static final Uuid UUID = new Uuid("00000000-0000-0000-0000-000000000001");

    private static Link link(final LinkLayer layer, final LinkState state) {
        return new LinkBuilder().setSourceSwitch(new DatapathId("0000000000000001")).setSourcePort(Uint32.ONE)
            .setTargetSwitch(new DatapathId("0000000000000002")).setTargetPort(Uint32.TWO).setSourceName("s1 p1")
            .setTargetName("s2 p2").setLayer(layer).setState(state).build();
    }

    private static Tunnel tunnel(final TunnelLiveness liveness, final String problem) {
        return new TunnelBuilder().setSource(new EdgeName("hv1")).setDestination(new EdgeName("hv2"))
            .setLiveness(liveness).setProblem(problem).build();
    }

    private static Edge edge(final boolean ready, final String... problems) {
        return new EdgeBuilder().setName(new EdgeName("hv1")).setReady(ready).setProblem(List.of(problems)).build();
    }

    private static Guest guest(final GuestState state, final String host, final boolean attached,
            final String problem) {
        return new GuestBuilder().setUuid(UUID).setName("web").setState(state).setHypervisor(new EdgeName(host))
            .setInterface(List.of(new InterfaceBuilder().setMacAddress(new MacAddress("52:54:00:00:00:01"))
                .setAttached(attached).setProblem(problem).build())).build();
    }

    private static MigrationBuilder migration(final Phase phase) {
        return new MigrationBuilder().setId("20261126-1").setGuest(UUID).setGuestName("web")
            .setSource(new EdgeName("hv1")).setDestination(new EdgeName("hv2")).setPhase(phase);
    }

    private static Job job(final JobState state, final String guest, final String error) {
        return new JobBuilder().setId(new JobId("7")).setState(state).setGuestName(guest)
            .setSource(new EdgeName("hv1")).setDestination(guest == null ? null : new EdgeName("hv2")).setError(error)
            .build();
    }

    private static String text(final Optional<? extends Event> event) {
        event.ifPresent(one -> assertEquals(NOW.toString(), one.getTime().getValue()));
        return event.map(Event::getText).orElse("");
    }

    @Test
    void links() {
        final var up = link(LinkLayer.Fabric, LinkState.Up);
        assertEquals("link s1 p1 > s2 p2: up", text(Events.link(null, up, NOW)));
        assertEquals("", text(Events.link(up, up, NOW)));
        assertEquals("link s1 p1 > s2 p2: one-way (was up)",
            text(Events.link(up, link(LinkLayer.Fabric, LinkState.OneWay), NOW)));
        assertEquals("link s1 p1 > s2 p2: gone (was up)", text(Events.link(up, null, NOW)));
        assertEquals("", text(Events.link(null, link(LinkLayer.Overlay, LinkState.Up), NOW)));
    }

    @Test
    void tunnels() {
        final var up = tunnel(TunnelLiveness.Up, null);
        assertEquals("tunnel hv1 > hv2: up", text(Events.tunnel(null, up, NOW)));
        assertEquals("tunnel hv1 > hv2: down (was up)",
            text(Events.tunnel(up, tunnel(TunnelLiveness.Down, null), NOW)));
        assertEquals("tunnel hv1 > hv2: up (was up); no port",
            text(Events.tunnel(up, tunnel(TunnelLiveness.Up, "no port"), NOW)));
        assertEquals("tunnel hv1 > hv2: gone (was up)", text(Events.tunnel(up, null, NOW)));
        assertEquals("", text(Events.tunnel(up, up, NOW)));
    }

    @Test
    void edges() {
        assertEquals("edge hv1: not ready", text(Events.edge(null, edge(false), NOW)));
        assertEquals("edge hv1: ready", text(Events.edge(edge(false), edge(true), NOW)));
        assertEquals("edge hv1: not ready; one; two",
            text(Events.edge(edge(false), edge(false, "one", "two"), NOW)));
        assertEquals("", text(Events.edge(edge(false, "one"), edge(false, "one"), NOW)));
        assertEquals(EdgeChanged.State.Gone, Events.edge(edge(true), null, NOW).orElseThrow().getState());
    }

    @Test
    void guests() {
        final var served = guest(GuestState.Running, "hv1", true, null);
        assertEquals("guest web: running at hv1", text(Events.guest(null, served, NOW)));
        assertEquals("guest web: migrating at hv1",
            text(Events.guest(served, guest(GuestState.Migrating, "hv1", true, null), NOW)));
        assertEquals("guest web: running at hv2",
            text(Events.guest(served, guest(GuestState.Running, "hv2", true, null), NOW)));
        assertEquals("guest web: running at hv1, not served; no such network",
            text(Events.guest(served, guest(GuestState.Running, "hv1", false, "no such network"), NOW)));
        assertEquals("", text(Events.guest(served, served, NOW)));
        final var gone = Events.guest(served, null, NOW);
        assertEquals("guest web: gone at hv1", text(gone));
        assertNull(gone.orElseThrow().getServed());
    }

    @Test
    void migrations() {
        final var open = migration(Phase.Open).build();
        assertEquals("migration 20261126-1 of web, hv1 > hv2: open", text(Events.migration(null, open, BEGAN, NOW)));
        assertEquals("", text(Events.migration(open, open, BEGAN, NOW)));
        assertEquals("migration 20261126-1 of web, hv1 > hv2: completed, paused 90 ms; edge hv3: away",
            text(Events.migration(open, migration(Phase.Completed).setPause(Uint32.valueOf(90))
                .setProblem(List.of("edge hv3: away")).build(), BEGAN, NOW)));
        assertEquals("migration 20261126-1 of web, hv1 > hv2: rolled-back; it failed",
            text(Events.migration(open, migration(Phase.RolledBack).setReason("it failed").build(), BEGAN, NOW)));
        assertEquals("", text(Events.migration(open, null, BEGAN, NOW)), "the history forgets");
        assertEquals("migration 20261126-1 of web, hv1 > hv2, job 7: preparing",
            text(Events.migration(null, migration(Phase.Preparing).setInitiator("7").build(), BEGAN, NOW)));
        assertEquals("migration 20261126-1 of web, hv1 > hv2: preparing",
            text(Events.migration(null, migration(Phase.Preparing).setInitiator("libvirt").build(), BEGAN, NOW)));
    }

    @Test
    void whatIsRememberedAtTheStartIsNoNews() {
        final var before = new DateAndTime("2026-11-26T00:59:59.999Z");
        final var after = new DateAndTime("2026-11-26T01:00:00.001Z");
        assertEquals("", text(Events.migration(null, migration(Phase.Completed).setFinished(before).build(), BEGAN,
            NOW)));
        assertEquals("", text(Events.migration(null, migration(Phase.Interrupted).build(), BEGAN, NOW)));
        assertEquals("migration 20261126-1 of web, hv1 > hv2: completed",
            text(Events.migration(null, migration(Phase.Completed).setFinished(after).build(), BEGAN, NOW)));
        final var done = job(JobState.Done, "web", null);
        assertEquals("", text(Events.job(null, new JobBuilder(done).setFinished(before).build(), BEGAN, NOW)));
        assertEquals("job 7, moving web, hv1 > hv2: done",
            text(Events.job(null, new JobBuilder(done).setFinished(after).build(), BEGAN, NOW)));
    }

    @Test
    void jobs() {
        final var waiting = job(JobState.Waiting, "web", null);
        assertEquals("job 7, moving web, hv1 > hv2: waiting", text(Events.job(null, waiting, BEGAN, NOW)));
        assertEquals("", text(Events.job(waiting, waiting, BEGAN, NOW)));
        assertEquals("job 7, leaving hv1: failed; 1 of 3 guests have not been moved",
            text(Events.job(job(JobState.Running, null, null),
                job(JobState.Failed, null, "1 of 3 guests have not been moved"), BEGAN, NOW)));
        assertEquals("", text(Events.job(waiting, null, BEGAN, NOW)));
    }
}
