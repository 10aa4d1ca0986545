/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import com.google.common.net.InetAddresses;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Decides which hosts there are, from the ARP packets that reach the controller and from what ports and switches do.
 *
 * <pre>
 *                 heard                          port down
 *   (unknown) -----------------> CONFIRMED -----------------------> UNREACHABLE
 *       |                        ^   |  ^        heard                  |
 *       | restore          heard |   |  +-------------------------------+
 *       +---------> UNVERIFIED --+   | silent, port gone                | grace over, silent after port up
 *                       | silent     v                                  v
 *                       +-----> (unknown)                           (unknown)
 * </pre>
 *
 * <p>A host that is heard elsewhere has moved if its old place is silent. Else the address is contested: the old place
 * keeps it until it falls silent, and if both are still heard a little later, that is a conflict.
 *
 * <p>Not thread-safe: one thread at a time. Times are nanoseconds of a monotonic clock and never go back; what the
 * methods return is immutable. None of them throws for anything that comes from the network.
 */
public final class HostTracker {
    private static final int VERIFY_PROBES = 2;
    /** How often a place is asked at most because of another's claims. */
    private static final long VERIFY_HOLD = 1_000_000_000L;
    /** Between the probes of hosts whose port came up. */
    private static final long PORT_UP_PACE = 2_000_000L;
    /** How long the answer to a station's address probe is waited for. */
    private static final long PROBER_LIFE = 2_000_000_000L;
    private static final int MAX_PROBERS = 1024;

    /** A place where an address is, or may be. */
    private final class Binding implements Timers.Alarm {
        final Claim claim;
        final MacAddress mac;
        final PortId port;
        Host.Status status;
        int unanswered;
        /** Whether it has been heard when the contest had lasted for a while. */
        boolean insists;

        Binding(final Claim claim, final MacAddress mac, final PortId port, final Host.Status status) {
            this.claim = claim;
            this.mac = mac;
            this.port = port;
            this.status = status;
        }

        boolean is(final MacAddress otherMac, final PortId otherPort) {
            return mac.equals(otherMac) && port.equals(otherPort);
        }

        Host host() {
            return new Host(claim.address, mac, port, status);
        }

        @Override
        public void ring(final long now) {
            probeAgain(this, now);
        }
    }

    /** An address, who has it, and who else says so. */
    private final class Claim implements Timers.Alarm {
        final Inet4Address address;
        Binding owner;
        /** Null if there is none. */
        Binding rival;
        /** Whether the owner has answered in spite of the rival, and when it first did. */
        boolean contested;
        long contestedSince;
        /** Whether both insist, which is a conflict. */
        boolean disputed;
        long claims;
        int verifySent;
        long verifyStart;

        Claim(final Inet4Address address, final long now) {
            this.address = address;
            verifyStart = now - VERIFY_HOLD;
        }

        Conflict conflict() {
            return new Conflict(owner.host(), rival.mac, rival.port, contestedSince, claims);
        }

        @Override
        public void ring(final long now) {
            verify(this, now);
        }
    }

    private record Prober(Inet4Address target, MacAddress mac) {
    }

    private record Place(PortId port, long since) {
    }

    private final HostTrackerSettings settings;
    private final Timers timers = new Timers();
    private final Ports ports = new Ports();
    private final Counters counters = new Counters();
    private final Searches searches;
    private final Map<Inet4Address, Claim> claims = new HashMap<>();
    private final Map<PortId, Set<Binding>> bindings = new HashMap<>();
    /** Stations without an address that have asked for one, the oldest first. */
    private final Map<Prober, Place> probers = new LinkedHashMap<>();
    private final List<Transmission> transmissions = new ArrayList<>();
    private final List<HostChange> changes = new ArrayList<>();
    private Segments segments = new Segments(List.of());
    private boolean segmentsKnown;
    private MacAddress gatewayMac;
    private ImmutableMap<Inet4Address, Host> hosts = ImmutableMap.of();

    /**
     * Creates a tracker that knows no segment, switch, port or host.
     *
     * @param settings how hosts are tracked
     * @param gatewayMac the fabric's MAC address in every segment
     * @throws IllegalArgumentException if that is a group address
     */
    public HostTracker(final HostTrackerSettings settings, final MacAddress gatewayMac) {
        this.settings = requireNonNull(settings);
        this.gatewayMac = station(gatewayMac);
        searches = new Searches(settings, timers, counters, this::isMissing, this::askAll);
    }

    // What is told to the tracker: intent and the network's elements

    /**
     * Replaces the segments. Hosts that are in none of them are removed.
     *
     * @param all the segments
     * @param now the time
     * @return what follows
     * @throws IllegalArgumentException if segments overlap
     */
    public Reaction setSegments(final Collection<Segment> all, final long now) {
        segments = new Segments(all);
        segmentsKnown = true;
        List.copyOf(claims.values()).stream()
            .filter(claim -> segments.ofHost(claim.address).isEmpty())
            .forEach(claim -> {
                dropRival(claim);
                remove(claim, HostCounter.REMOVED_SEGMENT, now);
            });
        searches.wake(now);
        return reaction(now);
    }

    /**
     * Changes the fabric's MAC address. Hosts learn it with the next probe.
     *
     * @param mac the address
     * @throws IllegalArgumentException if it is a group address
     */
    public void setGatewayMac(final MacAddress mac) {
        gatewayMac = station(mac);
    }

    /**
     * Replaces the ports behind which hosts may be. Hosts at a port that is no longer one are removed, unless its
     * switch is not connected: what is said of its ports then is unknown, not absent.
     *
     * @param all the ports
     * @param now the time
     * @return what follows
     */
    public Reaction setHostPorts(final Set<PortId> all, final long now) {
        final var before = ports.host();
        ports.setHost(all);
        before.stream().filter(port -> !ports.host().contains(port) && ports.isConnected(port)).sorted()
            .forEach(port -> evict(port, now));
        if (!before.containsAll(ports.host())) {
            searches.wake(now);
        }
        return reaction(now);
    }

    /**
     * Replaces the ports that lead to other switches. Hosts there are removed.
     *
     * @param all the ends of the links between switches
     * @param now the time
     * @return what follows
     */
    public Reaction setFabricPorts(final Set<PortId> all, final long now) {
        final var before = ports.fabric();
        ports.setFabric(all);
        ports.fabric().stream().filter(port -> !before.contains(port)).sorted().forEach(port -> evict(port, now));
        if (!ports.fabric().containsAll(before)) {
            searches.wake(now);
        }
        return reaction(now);
    }

    /**
     * A port has no link, or is administratively down.
     *
     * @param port the port
     * @param now the time
     * @return what follows: hosts there are unreachable
     */
    public Reaction portDown(final PortId port, final long now) {
        if (ports.setDown(port)) {
            dropRivals(port);
            at(port).forEach(binding -> lose(binding, () -> {
                setStatus(binding, Host.Status.UNREACHABLE);
                timers.set(binding, now + settings.portGrace().toNanos());
                searches.lost(binding.claim.address, now);
            }));
        }
        return reaction(now);
    }

    /**
     * A port has link (again).
     *
     * @param port the port
     * @param now the time
     * @return what follows: hosts that were there are asked at once
     */
    public Reaction portUp(final PortId port, final long now) {
        if (ports.setUp(port)) {
            long when = now;
            for (final var binding : at(port)) {
                verifySoon(binding, when);
                when += PORT_UP_PACE;
            }
            if (ports.refusal(port).isEmpty()) {
                searches.wake(now);
            }
        }
        return reaction(now);
    }

    /**
     * A port does not exist any more. Hosts there are removed at once.
     *
     * @param port the port
     * @param now the time
     * @return what follows
     */
    public Reaction portGone(final PortId port, final long now) {
        ports.setUp(port);
        ports.setHost(Sets.difference(ports.host(), Set.of(port)));
        evict(port, now);
        return reaction(now);
    }

    /**
     * A switch's OpenFlow session is up. Hosts there are verified within some seconds. Whoever calls this says which
     * of its ports are down; the others count as up.
     *
     * @param datapath the switch
     * @param now the time
     * @return what follows
     */
    public Reaction switchConnected(final DatapathId datapath, final long now) {
        if (ports.connect(datapath)) {
            portsOf(datapath).forEach(port -> at(port).forEach(binding -> verifySoon(binding,
                now + phase(binding.claim.address, settings.restoreSpread().toNanos()))));
            searches.wake(now);
        }
        return reaction(now);
    }

    /**
     * A switch's OpenFlow session is down. Hosts there stay as they are: unknown is not absent.
     *
     * @param datapath the switch
     * @param now the time
     * @return what follows
     */
    public Reaction switchDisconnected(final DatapathId datapath, final long now) {
        if (ports.disconnect(datapath)) {
            for (final var port : portsOf(datapath)) {
                dropRivals(port);
                at(port).forEach(timers::cancel);
            }
        }
        return reaction(now);
    }

    /**
     * A switch does not belong to the network any more. Hosts there are removed at once.
     *
     * @param datapath the switch
     * @param now the time
     * @return what follows
     */
    public Reaction switchRemoved(final DatapathId datapath, final long now) {
        ports.disconnect(datapath);
        portsOf(datapath).forEach(port -> evict(port, now));
        return reaction(now);
    }

    /**
     * Replaces the addresses that are known to exist, wherever they are. They are looked for whenever they are not
     * known.
     *
     * @param addresses the addresses; those in no segment wait for one
     * @param now the time
     * @return what follows
     */
    public Reaction expect(final Set<Inet4Address> addresses, final long now) {
        searches.expect(addresses, now);
        return reaction(now);
    }

    /**
     * Takes over the hosts of an earlier run. They are known, but unverified until they answer a probe; what has been
     * heard meanwhile goes before.
     *
     * @param earlier the hosts
     * @param now the time
     * @return what follows
     */
    public Reaction restore(final Collection<Host> earlier, final long now) {
        for (final var host : earlier) {
            if (claims.containsKey(host.address()) || ports.fabric().contains(host.port())
                || segmentsKnown && segments.ofHost(host.address()).isEmpty()
                || limit(host.address(), host.port()).isPresent()) {
                continue;
            }
            counters.count(HostCounter.RESTORED);
            final var claim = add(host.address(), host.mac(), host.port(), Host.Status.UNVERIFIED, now);
            if (ports.isConnected(host.port())) {
                verifySoon(claim.owner, now + phase(host.address(), settings.restoreSpread().toNanos()));
            }
        }
        return reaction(now);
    }

    // What comes from the network

    /**
     * A frame reached the controller that may be ARP.
     *
     * @param at the port it came in
     * @param frame the frame without its check sequence, whatever is in it
     * @param now the time
     * @return what follows
     */
    public Reaction arp(final PortId at, final byte[] frame, final long now) {
        final var parsed = ArpFrame.parse(frame);
        if (parsed instanceof ArpPacket packet) {
            return arp(at, packet, now);
        }
        counters.count(HostCounter.of(((ArpFrame.Refused) parsed).fault()), at);
        return reaction(now);
    }

    /**
     * An ARP packet reached the controller.
     *
     * @param at the port it came in
     * @param packet the packet
     * @param now the time
     * @return what follows
     */
    public Reaction arp(final PortId at, final ArpPacket packet, final long now) {
        final var refusal = ports.refusal(at);
        if (refusal.isPresent()) {
            counters.count(refusal.orElseThrow(), at);
        } else if (packet.senderMac().equals(gatewayMac)) {
            counters.count(HostCounter.GATEWAY_MAC, at);
        } else if (packet.isProbe()) {
            counters.count(HostCounter.ADDRESS_PROBE, at);
            if (packet.operation() == ArpPacket.Operation.REQUEST) {
                segments.of(packet.target()).ifPresent(segment -> request(at, packet, segment, now));
            }
        } else {
            segments.ofHost(packet.sender()).ifPresentOrElse(segment -> heard(at, packet, segment, now),
                () -> counters.count(segments.refusal(packet.sender()), at));
        }
        return reaction(now);
    }

    /**
     * Somebody sent an IP packet to an address of which the switches do not know where it is.
     *
     * @param at the port it came in
     * @param target the address
     * @param now the time
     * @return what follows
     */
    public Reaction wanted(final PortId at, final Inet4Address target, final long now) {
        glean(at, target, Optional.empty(), now);
        return reaction(now);
    }

    /**
     * Does what is due.
     *
     * @param now the time
     * @return what follows
     */
    public Reaction tick(final long now) {
        return reaction(now);
    }

    // What can be read

    /**
     * When something is due next. Everything else may change that.
     *
     * @return the time; empty if nothing is
     */
    public OptionalLong nextTick() {
        return timers.next();
    }

    /**
     * The hosts by address. A new object if there was a change, else the same.
     *
     * @return all hosts
     */
    public Map<Inet4Address, Host> hosts() {
        if (hosts == null) {
            final var all = ImmutableMap.<Inet4Address, Host>builderWithExpectedSize(claims.size());
            claims.forEach((address, claim) -> all.put(address, claim.owner.host()));
            hosts = all.build();
        }
        return hosts;
    }

    /**
     * The addresses that two places have.
     *
     * @return the conflicts in the addresses' order
     */
    public List<Conflict> conflicts() {
        return claims.values().stream()
            .filter(claim -> claim.disputed)
            .sorted((one, other) -> Integer.compareUnsigned(bits(one.address), bits(other.address)))
            .map(Claim::conflict)
            .collect(ImmutableList.toImmutableList());
    }

    /**
     * What has been counted since the tracker was made.
     *
     * @return the counters that are not zero
     */
    public Map<HostCounter, HostCounter.Tally> counters() {
        return counters.snapshot();
    }

    /** How many addresses are remembered that are no hosts. */
    int strangers() {
        return searches.size() + probers.size();
    }

    // Who has which address

    private void heard(final PortId at, final ArpPacket packet, final Segment segment, final long now) {
        final var claim = claims.get(packet.sender());
        if (claim == null) {
            final var limit = limit(packet.sender(), at);
            if (limit.isPresent()) {
                counters.count(limit.orElseThrow(), at);
                return;
            }
            counters.count(HostCounter.LEARNED, at);
            revive(add(packet.sender(), packet.senderMac(), at, Host.Status.CONFIRMED, now).owner, now);
            found(packet.sender());
        } else if (claim.owner.is(packet.senderMac(), at)) {
            final boolean missing = isMissing(packet.sender());
            revive(claim.owner, now);
            if (missing) {
                found(packet.sender());
            }
            // Only an answer shows that the owner is there now: another packet may have been on its way for long
            if (isAnswer(packet, segment)) {
                defend(claim, now);
            }
        } else if (!admitRival(claim, packet.senderMac(), at, isAnswer(packet, segment), now)) {
            return;
        }
        if (packet.operation() == ArpPacket.Operation.REQUEST) {
            request(at, packet, segment, now);
        } else {
            reply(at, packet, segment, now);
        }
    }

    private static boolean isAnswer(final ArpPacket packet, final Segment segment) {
        return packet.operation() == ArpPacket.Operation.REPLY && packet.target().equals(segment.gateway());
    }

    private boolean admitRival(final Claim claim, final MacAddress mac, final PortId at, final boolean answer,
            final long now) {
        // Asked because of the contest, it claims nothing anew
        boolean claiming = !answer || !claim.contested;
        if (claim.rival == null || !claim.rival.is(mac, at)) {
            // The owner itself may turn up at a third place, and a rival at a fourth
            if (claim.rival != null && !mac.equals(claim.rival.mac) && !mac.equals(claim.owner.mac)) {
                counters.count(HostCounter.THIRD_CLAIM, at);
                return false;
            }
            if (!at.equals(claim.owner.port) && isFull(at)) {
                counters.count(HostCounter.LIMIT_PORT, at);
                return false;
            }
            dropRival(claim);
            claim.rival = new Binding(claim, mac, at, Host.Status.CONFIRMED);
            index(claim.rival);
            claiming = true;
        }
        claim.claims += claiming ? 1 : 0;
        revive(claim.rival, now);
        insist(claim.rival, now);
        if (!ports.isAudible(claim.owner.port)) {
            if (!ports.isConnected(claim.owner.port)) {
                counters.count(HostCounter.MOVED_UNVERIFIED, at);
            }
            promote(claim);
        } else if (claiming && !timers.isSet(claim)) {
            claim.verifySent = 0;
            final long soonest = claim.verifyStart + VERIFY_HOLD;
            if (soonest - now > 0) {
                timers.set(claim, soonest);
            } else {
                verify(claim, now);
            }
        }
        return true;
    }

    private void verify(final Claim claim, final long now) {
        if (claim.verifySent == VERIFY_PROBES || !ports.isAudible(claim.owner.port)) {
            promote(claim);
            return;
        }
        if (claim.verifySent == 0) {
            claim.verifyStart = now;
        }
        claim.verifySent++;
        probe(claim.owner);
        timers.set(claim, now + settings.verifyWait().toNanos());
    }

    private void defend(final Claim claim, final long now) {
        if (claim.rival != null && claim.verifySent > 0) {
            timers.cancel(claim);
            claim.verifySent = 0;
            if (!claim.contested) {
                claim.contested = true;
                claim.contestedSince = now;
                verifySoon(claim.owner, now + settings.probeRetry().toNanos());
                verifySoon(claim.rival, now + settings.probeRetry().toNanos());
            }
        }
        insist(claim.owner, now);
    }

    /** A place has been heard. In a takeover that is not quite simultaneous, only one is heard a little later. */
    private void insist(final Binding binding, final long now) {
        final var claim = binding.claim;
        if (!claim.contested || now - claim.contestedSince < settings.probeRetry().toNanos()) {
            return;
        }
        binding.insists = true;
        if (!claim.disputed && claim.owner.insists && claim.rival.insists) {
            claim.disputed = true;
            counters.count(HostCounter.CONFLICT, claim.rival.port);
            changes.add(new HostChange.ConflictBegan(claim.conflict()));
        }
    }

    /** The rival is the owner now. */
    private void promote(final Claim claim) {
        final var from = claim.owner;
        final var to = claim.rival;
        unindex(from);
        endDispute(claim);
        claim.owner = to;
        changed(from.port.equals(to.port) ? new HostChange.MacChanged(from.host(), to.host())
            : new HostChange.Moved(from.host(), to.host()));
        counters.count(from.port.equals(to.port) ? HostCounter.MAC_CHANGED : HostCounter.MOVED, to.port);
        found(claim.address);
    }

    private void dropRival(final Claim claim) {
        if (claim.rival != null) {
            unindex(claim.rival);
            endDispute(claim);
        }
    }

    private void endDispute(final Claim claim) {
        if (claim.disputed) {
            counters.count(HostCounter.CONFLICT_ENDED, claim.rival.port);
            changes.add(new HostChange.ConflictEnded(claim.conflict()));
        }
        timers.cancel(claim);
        claim.owner.insists = false;
        claim.rival.insists = false;
        claim.rival = null;
        claim.contested = false;
        claim.disputed = false;
        claim.claims = 0;
        claim.verifySent = 0;
    }

    private Claim add(final Inet4Address address, final MacAddress mac, final PortId port, final Host.Status status,
            final long now) {
        final var claim = new Claim(address, now);
        claim.owner = new Binding(claim, mac, port, status);
        claims.put(address, claim);
        index(claim.owner);
        changed(new HostChange.Added(claim.owner.host()));
        return claim;
    }

    private void remove(final Claim claim, final HostCounter why, final long now) {
        unindex(claim.owner);
        claims.remove(claim.address);
        counters.count(why, claim.owner.port);
        changed(new HostChange.Removed(claim.owner.host()));
        searches.lost(claim.address, now);
    }

    /** A place is no good any more: the rival takes over, if there is one, else something else is done. */
    private void lose(final Binding binding, final Runnable otherwise) {
        final var claim = binding.claim;
        if (binding == claim.rival) {
            dropRival(claim);
        } else if (claim.rival != null) {
            promote(claim);
        } else {
            otherwise.run();
        }
    }

    private void evict(final PortId port, final long now) {
        dropRivals(port);
        at(port).forEach(binding -> lose(binding,
            () -> remove(binding.claim, HostCounter.REMOVED_PORT, now)));
    }

    private void dropRivals(final PortId port) {
        at(port).forEach(binding -> {
            if (binding == binding.claim.rival) {
                dropRival(binding.claim);
            }
        });
    }

    private Optional<HostCounter> limit(final Inet4Address address, final PortId port) {
        if (isFull(port)) {
            return Optional.of(HostCounter.LIMIT_PORT);
        }
        return claims.size() < settings.hosts() || searches.isExpected(address) ? Optional.empty()
            : Optional.of(HostCounter.LIMIT_TOTAL);
    }

    private boolean isFull(final PortId port) {
        return bindings.getOrDefault(port, Set.of()).size() >= settings.hostsPort();
    }

    private boolean isMissing(final Inet4Address address) {
        final var claim = claims.get(address);
        return claim == null || claim.owner.status == Host.Status.UNREACHABLE;
    }

    // Whether it is still there

    /** A place has been heard. */
    private void revive(final Binding binding, final long now) {
        if (binding.unanswered > 0 || !timers.isSet(binding) || binding.status != Host.Status.CONFIRMED) {
            binding.unanswered = 0;
            timers.set(binding, binding.claim.contested ? now + settings.probeRetry().toNanos()
                : nextTurn(binding.claim.address, now));
        }
        setStatus(binding, Host.Status.CONFIRMED);
    }

    /** Each address has its own point in every interval, so that probes never come in bursts. */
    private long nextTurn(final Inet4Address address, final long now) {
        final long interval = settings.probeInterval().toNanos();
        final long past = Math.floorMod(now, interval) - phase(address, interval);
        return now + interval - Math.floorMod(past, interval);
    }

    private void verifySoon(final Binding binding, final long when) {
        binding.unanswered = 0;
        timers.set(binding, when);
    }

    private void probeAgain(final Binding binding, final long now) {
        if (!ports.isConnected(binding.port)) {
            return;
        }
        final boolean down = ports.isDown(binding.port);
        if (down || binding.unanswered == settings.probesMissed()) {
            final var why = down ? HostCounter.REMOVED_PORT_DOWN : HostCounter.REMOVED_SILENT;
            lose(binding, () -> remove(binding.claim, why, now));
        } else {
            // Because of another's claims it is being asked, or will be soon
            if (binding != binding.claim.owner || !timers.isSet(binding.claim)) {
                probe(binding);
                binding.unanswered++;
            }
            timers.set(binding, now + settings.probeRetry().toNanos());
        }
    }

    private void probe(final Binding binding) {
        final var address = binding.claim.address;
        segments.of(address).ifPresent(segment -> {
            counters.count(HostCounter.PROBE_SENT);
            send(Set.of(binding.port), ArpPacket.request(gatewayMac, segment.gateway(), binding.mac, address));
        });
    }

    private void setStatus(final Binding binding, final Host.Status status) {
        if (binding.status != status) {
            final var from = binding.host();
            binding.status = status;
            if (binding == binding.claim.owner) {
                changed(new HostChange.StatusChanged(from, binding.host()));
            }
        }
    }

    // What hosts want to know

    private void request(final PortId at, final ArpPacket packet, final Segment segment, final long now) {
        final var target = packet.target();
        if (packet.isAnnouncement()) {
            return;
        }
        if (target.equals(segment.gateway())) {
            counters.count(HostCounter.GATEWAY_REPLY, at);
            send(Set.of(at), ArpPacket.reply(gatewayMac, target, packet.senderMac(), packet.sender()));
        } else if (!segment.hasHost(target)) {
            counters.count(segments.refusal(target) == HostCounter.GATEWAY_ADDRESS ? HostCounter.OTHER_GATEWAY
                : HostCounter.TARGET_OUTSIDE, at);
        } else if (!packet.isProbe() && !isOwner(packet, at)) {
            // It would overwrite what the target knows of the true owner
            counters.count(HostCounter.SENDER_DISPUTED, at);
        } else if (isMissing(target)) {
            glean(at, target, Optional.of(new Searches.Waiting(at, packet)), now);
        } else {
            if (packet.isProbe()) {
                remember(new Prober(target, packet.senderMac()), new Place(at, now));
            }
            passOn(at, packet, claims.get(target).owner);
        }
    }

    private void reply(final PortId at, final ArpPacket packet, final Segment segment, final long now) {
        final var target = packet.target();
        if (packet.isAnnouncement() || target.equals(segment.gateway())) {
            return;
        }
        if (!isOwner(packet, at)) {
            counters.count(HostCounter.SENDER_DISPUTED, at);
            return;
        }
        final var prober = probers.get(new Prober(packet.sender(), packet.targetMac()));
        final var claim = claims.get(target);
        if (InetAddresses.coerceToInteger(target) == 0 && prober != null && now - prober.since <= PROBER_LIFE) {
            counters.count(HostCounter.PASSED_ON, at);
            send(Set.of(prober.port), packet.to(packet.targetMac()));
        } else if (claim != null && segment.contains(target) && claim.owner.mac.equals(packet.targetMac())) {
            passOn(at, packet, claim.owner);
        } else {
            counters.count(HostCounter.REPLY_UNCLAIMED, at);
        }
    }

    private void glean(final PortId at, final Inet4Address target, final Optional<Searches.Waiting> waiting,
            final long now) {
        if (segments.ofHost(target).isEmpty()) {
            counters.count(HostCounter.GLEAN_OUTSIDE, at);
        } else if (!isMissing(target)) {
            counters.count(HostCounter.GLEAN_KNOWN, at);
        } else {
            searches.glean(at, target, waiting, now);
        }
    }

    private void found(final Inet4Address address) {
        searches.found(address).ifPresent(waiting -> {
            if (isOwner(waiting.packet(), waiting.port())) {
                passOn(waiting.port(), waiting.packet(), claims.get(address).owner);
            }
        });
    }

    private boolean isOwner(final ArpPacket packet, final PortId at) {
        final var claim = claims.get(packet.sender());
        return claim != null && claim.owner.is(packet.senderMac(), at);
    }

    private void passOn(final PortId from, final ArpPacket packet, final Binding to) {
        // Behind the same port they hear each other, and what cannot arrive is not sent
        if (!to.port.equals(from) && ports.isAudible(to.port)) {
            counters.count(HostCounter.PASSED_ON, from);
            send(Set.of(to.port), packet.to(to.mac));
        }
    }

    private void remember(final Prober prober, final Place place) {
        probers.remove(prober);
        probers.put(prober, place);
        if (probers.size() > MAX_PROBERS) {
            probers.remove(probers.keySet().iterator().next());
        }
    }

    private boolean askAll(final Inet4Address target) {
        final var segment = segments.ofHost(target);
        final var open = ports.open();
        if (segment.isEmpty() || open.isEmpty()) {
            return false;
        }
        send(open, ArpPacket.request(gatewayMac, segment.orElseThrow().gateway(), target));
        return true;
    }

    // Small things

    private void index(final Binding binding) {
        bindings.computeIfAbsent(binding.port, port -> new LinkedHashSet<>()).add(binding);
    }

    private void unindex(final Binding binding) {
        timers.cancel(binding);
        final var there = bindings.get(binding.port);
        there.remove(binding);
        if (there.isEmpty()) {
            bindings.remove(binding.port);
        }
    }

    private List<Binding> at(final PortId port) {
        return List.copyOf(bindings.getOrDefault(port, Set.of()));
    }

    private List<PortId> portsOf(final DatapathId datapath) {
        return bindings.keySet().stream().filter(port -> port.datapath().equals(datapath)).sorted().toList();
    }

    private void send(final Set<PortId> out, final ArpPacket packet) {
        transmissions.add(new Transmission(out, packet));
    }

    private void changed(final HostChange change) {
        hosts = null;
        changes.add(change);
    }

    private Reaction reaction(final long now) {
        // Last, so that an answer counts that came in time and was read late
        timers.run(now);
        final var reaction = new Reaction(transmissions, changes);
        transmissions.clear();
        changes.clear();
        return reaction;
    }

    private static long phase(final Inet4Address address, final long interval) {
        // Addresses follow one another; spread them (Knuth's multiplicative method)
        final long mixed = (bits(address) * 0x9E37_79B9L & 0xFFFF_FFFFL) + 1;
        return (long) (interval * (mixed / 0x1.0p32)) % interval;
    }

    private static int bits(final Inet4Address address) {
        return InetAddresses.coerceToInteger(address);
    }

    private static MacAddress station(final MacAddress mac) {
        if (!ArpPacket.isStation(mac)) {
            throw new IllegalArgumentException("not a station's MAC address: " + mac);
        }
        return mac;
    }
}
