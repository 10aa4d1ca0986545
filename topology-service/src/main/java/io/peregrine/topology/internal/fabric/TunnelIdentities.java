/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Packets;
import io.peregrine.topology.Fabric.OverlayLink;
import io.peregrine.topology.PortId;
import io.peregrine.topology.PortView;
import io.peregrine.topology.Topology;
import io.peregrine.topology.discovery.Link;
import io.peregrine.topology.discovery.ProbeCodec;
import io.peregrine.topology.discovery.SizedProbe;
import io.peregrine.topology.discovery.TunnelProbes;
import io.peregrine.topology.discovery.TunnelProbes.Identity;
import io.peregrine.topology.discovery.TunnelProbes.Tunnel;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the overlay's tunnels probed, and tells a person of those that lead to a wrong edge. Every method is called on
 * one thread, that of {@code loop}, and none blocks; {@link #view()} may be called on any.
 */
final class TunnelIdentities {
    /**
     * What is shown of a tunnel.
     *
     * @param identity what is known of its other end
     * @param problem what is wrong, for people
     */
    record Shown(Identity identity, Optional<String> problem) {
        static final Shown NOTHING = new Shown(Identity.UNVERIFIED, Optional.empty());

        Shown {
            requireNonNull(identity);
            requireNonNull(problem);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(TunnelIdentities.class);
    /** How long to wait for more of what comes in crowds: all tunnels at a start. */
    private static final long CROWD_MILLIS = 20;

    private final TunnelProbes probes;
    private final ScheduledExecutorService loop;
    private final LongSupplier clock;
    private final Runnable changed;
    private final WakeUp wakeUp;

    private List<OverlayLink> links = List.of();
    private Topology topology = Topology.EMPTY;
    /** Those that were told to be miswired, and not to be right again. */
    private final Set<Link> reported = new HashSet<>();
    private boolean showPending;

    private volatile Map<Link, Shown> view = Map.of();

    /**
     * Knows no tunnel yet.
     *
     * @param packets sends the probes
     * @param codec seals the probes and opens them
     * @param epoch tells this run of the controller from all others
     * @param loop the thread
     * @param clock nanoseconds
     * @param changed is called when the view has changed
     */
    TunnelIdentities(final Packets packets, final ProbeCodec codec, final long epoch,
            final ScheduledExecutorService loop, final LongSupplier clock, final Runnable changed) {
        this.loop = requireNonNull(loop);
        this.clock = requireNonNull(clock);
        this.changed = requireNonNull(changed);
        wakeUp = new WakeUp(loop, clock, this::tick);
        probes = new TunnelProbes(codec, epoch, (port, frame) -> packets.send(port.datapath(), port.port(), frame),
            clock.getAsLong());
    }

    void onLinks(final Collection<OverlayLink> now) {
        links = List.copyOf(now);
        tellTunnels();
        // They may only have got other names
        showLater();
    }

    void onTopology(final Topology now) {
        topology = now;
        if (!links.isEmpty()) {
            tellTunnels();
        }
    }

    private void tellTunnels() {
        follow(probes.setTunnels(links.stream().map(link -> new Tunnel(new Link(link.from(), link.to()), link.up(),
            sender(link))).toList(), clock.getAsLong()));
    }

    private Optional<MacAddress> sender(final OverlayLink link) {
        return topology.find(link.to().datapath()).isEmpty() ? Optional.empty()
            : topology.find(link.from().datapath()).flatMap(found -> found.port(link.from().port())).map(PortView::mac);
    }

    /**
     * Takes in a frame that a switch outside of the fabric has sent here. What only tries a tunnel's size is others'.
     *
     * @param at the port that received it
     * @param frame the frame
     */
    void onPacket(final PortId at, final byte[] frame) {
        if (Frames.etherType(frame) == Frames.LLDP && SizedProbe.secret(frame).isEmpty()) {
            follow(probes.received(at, frame, clock.getAsLong()));
        }
    }

    private void tick() {
        follow(probes.tick(clock.getAsLong()));
    }

    private void follow(final boolean statusChanged) {
        if (statusChanged) {
            showLater();
        }
        wakeUp.by(probes.nextTick());
    }

    // ---- what is shown ----

    /**
     * The tunnels' other ends.
     *
     * @return a snapshot
     */
    Map<Link, Shown> view() {
        return view;
    }

    /**
     * What was counted.
     *
     * @return the counts since the start
     */
    Map<String, Long> counters() {
        final var count = probes.counters();
        return Map.of("tunnel-probe-foreign", count.foreign(), "tunnel-probe-forged", count.forged(),
            "tunnel-probe-replayed", count.replayed(), "tunnel-probe-malformed", count.malformed(),
            "tunnel-probe-unexpected-port", count.unexpectedPort());
    }

    private void showLater() {
        if (!showPending) {
            showPending = true;
            loop.schedule(this::show, CROWD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void show() {
        showPending = false;
        final var names = new HashMap<PortId, String>();
        links.forEach(link -> {
            names.put(link.from(), link.fromName());
            names.put(link.to(), link.toName());
        });
        final var now = new HashMap<Link, Shown>();
        probes.statuses().forEach((link, status) -> now.put(link, new Shown(status.identity(), status.arrivesAt()
            .map(at -> "frames of " + names.get(link.from()) + " arrive at "
                + names.computeIfAbsent(at, this::nameOfStranger) + ", not at " + names.get(link.to())))));
        report(now, names);
        if (!now.equals(view)) {
            view = Map.copyOf(now);
            changed.run();
        }
    }

    /** A port that no tunnel that is known ends at. */
    private String nameOfStranger(final PortId port) {
        return port.datapath() + " " + topology.find(port.datapath()).flatMap(found -> found.port(port.port()))
            .map(PortView::name).orElse(Long.toUnsignedString(port.port()));
    }

    private void report(final Map<Link, Shown> now, final Map<PortId, String> names) {
        reported.retainAll(now.keySet());
        now.forEach((link, shown) -> {
            if (shown.identity() == Identity.MISWIRED && reported.add(link)) {
                LOG.warn("Miswired tunnel: {}", shown.problem().orElseThrow());
            } else if (shown.identity() == Identity.VERIFIED && reported.remove(link)) {
                LOG.info("Tunnel right again: frames of {} arrive at {}", names.get(link.from()),
                    names.get(link.to()));
            }
        });
    }
}
