/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import io.peregrine.topology.discovery.PortCounters.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Tells whose other end a tunnel has. That it lives, others say (BFD); where the underlay translates addresses, or a
 * host is a copy of another one, it may live and lead to a wrong edge. So a probe goes out of each tunnel that lives,
 * at first at once and then rarely, and where it arrives is compared with where the tunnel is to end.
 *
 * <pre>
 *   UNVERIFIED  a probe arrives where it should                                --&gt; VERIFIED
 *   any         two in a row arrive at one other port                          --&gt; MISWIRED
 *   MISWIRED    three in a row arrive where they should                        --&gt; VERIFIED
 *   any         the tunnel is down, or three in a row have arrived nowhere     --&gt; UNVERIFIED
 * </pre>
 *
 * <p>It is a diagnosis: neither liveness nor forwarding follow it. Two probes make a tunnel miswired, the second sent
 * a second after the first has arrived, because ports may have got new numbers that nobody has told yet; three make it
 * right again, so that one whose frames arrive now here and now there is not told to be right in between.
 *
 * <p>Times are nanoseconds of a monotonic clock; a time that lies before one told earlier counts as that one. Methods
 * that return a boolean tell whether a status has changed. Not thread-safe: one thread calls.
 */
public final class TunnelProbes {
    /** Between two probes of a tunnel that is known. */
    static final Duration INTERVAL = Duration.ofSeconds(10);
    /** Between the first probes of a tunnel, until one arrives: its ends' switches may not have their flows yet. */
    static final Duration RETRY = Duration.ofSeconds(1);
    /** How many of these there are. */
    static final int TRIES = 3;
    /** How many probes in a row must be missed for a tunnel to be unverified. */
    static final int MISSED = 3;
    /** How many probes in a row must arrive where they should for a miswired tunnel to be right again. */
    static final int RIGHT = 3;
    /** At most so many first probes are sent together: all tunnels may come up at once. */
    static final int BURST = 20;
    /** Between two such lots. */
    static final Duration PACE = Duration.ofMillis(10);

    private static final long NEVER = Long.MAX_VALUE;

    /** What is known of a tunnel's other end. */
    public enum Identity {
        /** Nothing yet, or nothing any more. */
        UNVERIFIED,
        /** It is the one that it should be. */
        VERIFIED,
        /** It is another one. */
        MISWIRED
    }

    /**
     * A tunnel, in one direction.
     *
     * @param link the port it begins at, and the port that its frames should arrive at
     * @param up whether it lives
     * @param sender the MAC address of the port it begins at; empty while one of the two switches has no session, and
     *     nothing can be found out
     */
    public record Tunnel(Link link, boolean up, Optional<MacAddress> sender) {
        public Tunnel {
            requireNonNull(link);
            requireNonNull(sender);
        }
    }

    /**
     * What has been found out of a tunnel.
     *
     * @param identity what is known of its other end
     * @param arrivesAt the port that its frames arrive at instead, if it is miswired
     */
    public record Status(Identity identity, Optional<PortId> arrivesAt) {
        /** Nothing is known. */
        public static final Status UNVERIFIED = new Status(Identity.UNVERIFIED, Optional.empty());
        /** All is as it should be. */
        public static final Status VERIFIED = new Status(Identity.VERIFIED, Optional.empty());

        public Status {
            requireNonNull(identity);
            requireNonNull(arrivesAt);
        }
    }

    private static final class Way {
        final Link link;
        Status status = Status.UNVERIFIED;
        boolean up;
        MacAddress mac;
        /** Null while no probes are sent. */
        ProbeCodec.Template probes;
        /** The number of the last probe: in the upper half how often tunnels had come up when this one did. */
        long sent;
        /** The newest that has arrived. */
        long newest;
        /** Probes sent in turn since one has arrived. */
        int silent;
        /** How many in a row have arrived where they should. */
        int right;
        /** Where the last probe has arrived, if elsewhere and not told yet. */
        PortId suspect;
        /** How many probes out of turn may follow. */
        int tries;
        /** The next probe out of turn, null for none. */
        Extra extra;

        Way(final Link link) {
            this.link = link;
        }
    }

    /** A probe out of turn. */
    private record Extra(Way way, long time, long order) {
        static final Comparator<Extra> ORDER = Comparator.comparingLong(Extra::time).thenComparingLong(Extra::order);
    }

    private final ProbeCodec codec;
    private final long epoch;
    private final ProbeSender sender;
    private final long origin;
    /** By the port they begin at. */
    private final Map<PortId, Way> ways = new HashMap<>();
    private final ProbeWheel<Way> wheel = new ProbeWheel<>(INTERVAL.toNanos());
    private final SortedSet<Extra> extras = new TreeSet<>(Extra.ORDER);
    private final long[] counts = new long[Kind.values().length];

    /** The present time, counted from the origin. */
    private long now;
    /** Before this time no probe is sent out of turn. */
    private long pause;
    private long extraCount;
    private long generation;
    private boolean changed;

    /**
     * Knows no tunnel yet.
     *
     * @param codec seals the probes and opens them
     * @param epoch tells this run of the controller from all others: the time of its start, milliseconds
     * @param sender sends the probes
     * @param now the present time
     */
    public TunnelProbes(final ProbeCodec codec, final long epoch, final ProbeSender sender, final long now) {
        this.codec = requireNonNull(codec);
        this.epoch = epoch;
        this.sender = requireNonNull(sender);
        origin = now;
    }

    /**
     * Replaces the tunnels. What is known of those that stay is kept.
     *
     * @param tunnels all there are; of several that begin at one port the first counts
     * @param time the present time
     * @return true if a status has changed, or tunnels are others
     */
    public boolean setTunnels(final Collection<Tunnel> tunnels, final long time) {
        begin(time);
        // Turns that have passed are not those of who joins now
        wheel.advance(now, this::takeTurn);
        final var told = new HashSet<PortId>();
        for (var tunnel : tunnels) {
            final var link = tunnel.link();
            if (told.add(link.from())) {
                var way = ways.get(link.from());
                if (way == null || !way.link.equals(link)) {
                    stop(way);
                    way = new Way(link);
                    ways.put(link.from(), way);
                    changed = true;
                }
                tell(way, tunnel);
            }
        }
        for (var from : List.copyOf(ways.keySet())) {
            if (!told.contains(from)) {
                stop(ways.remove(from));
                changed = true;
            }
        }
        return changed;
    }

    /**
     * Takes in an LLDP frame.
     *
     * @param at the port that received it
     * @param frame an Ethernet frame without its checksum, of whatever content
     * @param time the present time
     * @return true if a status has changed
     */
    public boolean received(final PortId at, final byte[] frame, final long time) {
        begin(time);
        counts[judge(at, codec.decode(frame)).ordinal()]++;
        return changed;
    }

    /**
     * Takes in that time has passed: sends probes, and sees which have been missed. May come late, at some cost in
     * speed only.
     *
     * @param time the present time
     * @return true if a status has changed
     */
    public boolean tick(final long time) {
        begin(time);
        wheel.advance(now, this::takeTurn);
        if (now >= pause) {
            int count = 0;
            while (count < BURST && !extras.isEmpty() && extras.first().time() <= now) {
                sendExtra(extras.first().way());
                count++;
            }
            if (count > 0) {
                pause = now + PACE.toNanos();
            }
        }
        return changed;
    }

    /**
     * When to call {@link #tick} next.
     *
     * @return the time, which may have come already; empty if there is nothing to wait for
     */
    public OptionalLong nextTick() {
        final long next = Math.min(wheel.next().orElse(NEVER),
            extras.isEmpty() ? NEVER : Math.max(pause, extras.first().time()));
        return next == NEVER ? OptionalLong.empty() : OptionalLong.of(origin + next);
    }

    /**
     * What is known of the tunnels.
     *
     * @return a snapshot
     */
    public Map<Link, Status> statuses() {
        final var result = new HashMap<Link, Status>();
        ways.values().forEach(way -> result.put(way.link, way.status));
        return result;
    }

    /**
     * What has become of the frames that were received.
     *
     * @return the counts since the start; a probe that has arrived elsewhere is genuine
     */
    public PortCounters counters() {
        return PortCounters.of(counts);
    }

    private void begin(final long time) {
        now = Math.max(now, time - origin);
        changed = false;
    }

    private void tell(final Way way, final Tunnel tunnel) {
        if (!tunnel.up()) {
            way.up = false;
            stop(way);
            way.suspect = null;
            set(way, Status.UNVERIFIED);
            return;
        }
        if (!way.up) {
            way.up = true;
            // Whatever was sent before is older than what is sent from now on
            generation++;
            way.sent = generation << Integer.SIZE;
            way.newest = way.sent;
        }
        if (tunnel.sender().isEmpty()) {
            stop(way);
            return;
        }
        final var mac = tunnel.sender().orElseThrow();
        if (way.probes == null || !mac.equals(way.mac)) {
            way.probes = codec.template(way.link.from(), mac, epoch);
            way.mac = mac;
        }
        if (wheel.add(way)) {
            way.silent = 0;
            way.tries = TRIES;
            sendExtraAt(way, now);
        }
    }

    private void stop(final Way way) {
        if (way != null) {
            wheel.remove(way);
            way.probes = null;
            sendNoExtra(way);
        }
    }

    private void sendNoExtra(final Way way) {
        if (way.extra != null) {
            extras.remove(way.extra);
            way.extra = null;
        }
    }

    private void sendExtraAt(final Way way, final long time) {
        sendNoExtra(way);
        way.extra = new Extra(way, time, extraCount++);
        extras.add(way.extra);
    }

    private void sendExtra(final Way way) {
        sendNoExtra(way);
        way.tries--;
        probe(way);
        if (way.tries > 0) {
            sendExtraAt(way, now + RETRY.toNanos());
        }
    }

    private void takeTurn(final Way way) {
        if (way.silent >= MISSED) {
            way.suspect = null;
            set(way, Status.UNVERIFIED);
        }
        way.silent++;
        probe(way);
    }

    private void probe(final Way way) {
        way.sent++;
        sender.send(way.link.from(), way.probes.frame(way.sent));
    }

    private Kind judge(final PortId at, final Decoded frame) {
        if (frame instanceof Decoded.Rejected rejected) {
            return Kind.of(rejected);
        }
        if (!(frame instanceof Decoded.Genuine probe)) {
            // Echoes do not go through tunnels
            return Kind.UNEXPECTED_PORT;
        }
        if (probe.epoch() != epoch) {
            return Kind.REPLAYED;
        }
        final var way = ways.get(probe.from());
        if (way == null || way.probes == null) {
            return Kind.UNEXPECTED_PORT;
        }
        final long counter = probe.counter();
        if (counter <= way.newest || counter > way.sent || way.sent - counter > MISSED) {
            return Kind.REPLAYED;
        }
        way.newest = counter;
        way.silent = 0;
        way.tries = 0;
        sendNoExtra(way);
        arrive(way, at);
        return Kind.GENUINE;
    }

    private void arrive(final Way way, final PortId at) {
        if (at.equals(way.link.to())) {
            way.suspect = null;
            way.right++;
            if (way.status.identity() != Identity.MISWIRED || way.right >= RIGHT) {
                set(way, Status.VERIFIED);
            }
            return;
        }
        way.right = 0;
        final var elsewhere = new Status(Identity.MISWIRED, Optional.of(at));
        if (at.equals(way.suspect)) {
            set(way, elsewhere);
        } else if (!elsewhere.equals(way.status)) {
            way.suspect = at;
            sendExtraAt(way, now + RETRY.toNanos());
        }
    }

    private void set(final Way way, final Status status) {
        if (!status.equals(way.status)) {
            way.status = status;
            changed = true;
        }
    }
}
