/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.Action;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.OxmField;
import io.peregrine.flow.SwitchRefusedException;
import io.peregrine.flow.trace.Packet;
import io.peregrine.flow.trace.TableWalk;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.plan.EdgeSnapshot.Liveness;
import io.peregrine.vxlan.plan.EdgeSnapshot.Tap;
import io.peregrine.vxlan.plan.EdgeSnapshot.TunnelPort;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Hypervisors and a border, joined by tunnels, whose switches do what an {@link Overlay} tells them. Answers of a
 * switch can be held back, so that the network can be looked at between a change at one edge and the next at another.
 */
final class FakeSites implements EdgeSwitches {
    static final int VNI = 5001;
    static final String NETWORK = "blue";
    static final String BORDER = "border";
    static final String NO_SESSION = "no session";
    static final String BEHIND = "its switch is being brought into line";
    static final String BLOCKED = "a foreign entry is where one of ours belongs";
    static final long BORDER_PORT = 900;
    /** A host behind the border that intent does not know. */
    static final MacAddress OUTSIDE = MacAddress.parse("0a:00:00:00:00:99");

    final Overlay overlay;
    final Map<String, Map<String, Fragment>> programs = new TreeMap<>();
    final Map<String, Integer> messages = new HashMap<>();
    /** What was sent, by edge: the fragments' names. */
    final Map<String, List<Set<String>>> applied = new HashMap<>();
    final CountingGroupIds groupIds = new CountingGroupIds();
    /** Where leases have been renewed. */
    final Set<String> renewed = new HashSet<>();
    final Map<String, Set<String>> unheard = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final Map<MacAddress, List<InetAddress>> addresses = new HashMap<>();
    private final Map<String, Map<String, Tap>> taps = new HashMap<>();
    /** What every switch says of a change, if it does not take it. */
    String refused;
    private final Set<String> held = new HashSet<>();
    private final Set<String> away = new HashSet<>();
    private final Set<String> behind = new HashSet<>();
    /** By edge, the fragment in whose place a foreign entry is. */
    private final Map<String, String> blocked = new HashMap<>();
    private final Deque<Runnable> answers = new ArrayDeque<>();
    private final Set<String> silent = new HashSet<>();
    private final Deque<Runnable> patience = new ArrayDeque<>();
    private final Deque<Runnable> transit = new ArrayDeque<>();
    private final Map<String, MacAddress> macs = new HashMap<>();
    private int tapsMade;

    /**
     * Sites all connected, heard and with a network on them.
     *
     * @param hypervisors how many hypervisors, named hv1 and so on
     */
    FakeSites(final int hypervisors) {
        overlay = new Overlay(new EdgePlan(groupIds), this, Runnable::run, patience::add, transit::add);
        for (int i = 1; i <= hypervisors; i++) {
            edges.add(new Edge("hv" + i, true, Map.of()));
        }
        edges.add(new Edge(BORDER, false, Map.of("out0", new Edge.BorderPort(NETWORK, Map.of()))));
        edges.forEach(edge -> names.add(edge.name()));
        intend();
        names.forEach(this::report);
        edges.stream().filter(Edge::hypervisor).forEach(edge -> overlay.setHeard(edge.name(), true));
    }

    private void intend() {
        intend(List.of(new Network(NETWORK, VNI, addresses), new Network("red", VNI + 1, Map.of())));
    }

    /** Intent has other networks, and perhaps more edges. */
    void intend(final List<Network> networks, final Edge... more) {
        overlay.setIntent(networks, Stream.concat(edges.stream(), Stream.of(more)).toList());
    }

    /** Intent says the addresses of a guest. */
    void addresses(final String guest, final String... texts) {
        addresses.put(mac(guest), Stream.of(texts).map(InetAddresses::forString).toList());
        intend();
    }

    static String port(final String guest) {
        return "if-" + guest;
    }

    MacAddress mac(final String guest) {
        return macs.computeIfAbsent(guest, name -> new MacAddress(0x5254_0000_0000L + macs.size() + 1));
    }

    /** A running guest with its tap. */
    void guest(final String guest, final String edge) {
        overlay.declare(new GuestPort(port(guest), mac(guest), Optional.of(NETWORK), guest));
        tap(guest, edge);
        overlay.attach(List.of(port(guest)), edge);
    }

    void tap(final String guest, final String edge) {
        final var there = taps.computeIfAbsent(edge, name -> new HashMap<>());
        tapsMade++;
        there.put(port(guest), new Tap(UUID.randomUUID(), "tap-" + guest, BORDER_PORT + tapsMade, true));
        report(edge);
    }

    void untap(final String guest, final String edge) {
        taps.get(edge).remove(port(guest));
        report(edge);
    }

    /** A copy of what every switch has. */
    Map<String, Map<String, Fragment>> programs() {
        final var copy = new HashMap<String, Map<String, Fragment>>();
        programs.forEach((edge, program) -> copy.put(edge, new HashMap<>(program)));
        return copy;
    }

    void report(final String edge) {
        overlay.setSnapshot(edge, snapshot(edge));
    }

    EdgeSnapshot snapshot(final String edge) {
        final var tunnels = new HashMap<String, TunnelPort>();
        for (var other : names) {
            if (!other.equals(edge)) {
                tunnels.put(other, new TunnelPort("vx-" + other, OptionalLong.of(tunnelPort(other)), Liveness.UP,
                    Optional.empty()));
            }
        }
        return new EdgeSnapshot(Optional.of(datapath(edge)), tunnels,
            taps.getOrDefault(edge, Map.of()), edge.equals(BORDER) ? Map.of("out0", BORDER_PORT) : Map.of(),
            List.of());
    }

    DatapathId datapath(final String edge) {
        return new DatapathId(names.indexOf(edge) + 1L);
    }

    long tunnelPort(final String towards) {
        return 10L + names.indexOf(towards);
    }

    /** From now on an edge applies changes, and answers only at {@link #answer}. */
    void hold(final String edge) {
        held.add(edge);
    }

    void answer() {
        held.clear();
        runAll(answers);
    }

    /** From now on nothing reaches an edge's switch, and nobody is told until {@link #disconnect}. */
    void silence(final String edge) {
        silent.add(edge);
    }

    /** Time passes in which every switch that is well would have answered. */
    void losePatience() {
        runAll(patience);
    }

    /** Time passes in which what an edge has sent has been handled at the others. */
    void passTransit() {
        runAll(transit);
    }

    private static void runAll(final Deque<Runnable> tasks) {
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    /** An edge's switch loses its session; it keeps what it has. */
    void disconnect(final String edge) {
        away.add(edge);
        silent.remove(edge);
        answer();
    }

    /** The switch has a session again, and still what it had. */
    void beginSession(final String edge) {
        away.remove(edge);
        behind.add(edge);
    }

    /** The switch is back and in line. */
    void reconnect(final String edge) {
        if (silent.contains(edge)) {
            disconnect(edge);
        }
        away.remove(edge);
        behind.remove(edge);
        final var whole = new HashMap<>(desired.getOrDefault(edge, Map.of()));
        final var stays = programs.put(edge, whole).get(blocked.get(edge));
        if (stays != null) {
            whole.put(blocked.get(edge), stays);
        }
        overlay.onInSync(edge);
    }

    /** Somebody puts an entry in the place of one of a fragment's; the switch keeps its session. */
    void block(final String edge, final String fragment) {
        blocked.put(edge, fragment);
    }

    void unblock(final String edge) {
        blocked.remove(edge);
        reconnect(edge);
    }

    private final Map<String, Map<String, Fragment>> desired = new HashMap<>();

    @Override
    public void use(final String edge, final Optional<DatapathId> datapath) {
        desired.put(edge, new HashMap<>());
        programs.putIfAbsent(edge, new HashMap<>());
    }

    @Override
    public CompletableFuture<Void> apply(final String edge, final Map<String, Fragment> changes) {
        update(desired.get(edge), changes);
        if (!changes.isEmpty()) {
            applied.computeIfAbsent(edge, name -> new ArrayList<>()).add(Set.copyOf(changes.keySet()));
        }
        if (refused != null) {
            return CompletableFuture.failedFuture(new SwitchRefusedException(new DatapathId(0), refused));
        }
        if (away.contains(edge)) {
            return CompletableFuture.failedFuture(new IllegalStateException(NO_SESSION));
        }
        if (silent.contains(edge)) {
            final var lost = new CompletableFuture<Void>();
            answers.add(() -> lost.completeExceptionally(new IllegalStateException(NO_SESSION)));
            return lost;
        }
        messages.merge(edge, changes.size(), Integer::sum);
        final var taken = new HashMap<>(changes);
        if (taken.remove(blocked.get(edge)) != null) {
            update(programs.get(edge), taken);
            return CompletableFuture.failedFuture(new SwitchRefusedException(new DatapathId(0), BLOCKED));
        }
        update(programs.get(edge), changes);
        final var done = new CompletableFuture<Void>();
        if (held.contains(edge)) {
            answers.add(() -> done.complete(null));
        } else {
            done.complete(null);
        }
        return done;
    }

    private static void update(final Map<String, Fragment> program, final Map<String, Fragment> changes) {
        changes.forEach((name, content) -> {
            if (content.isEmpty()) {
                program.remove(name);
            } else {
                program.put(name, content);
            }
        });
    }

    @Override
    public boolean inSync(final String edge) {
        return !away.contains(edge) && !behind.contains(edge);
    }

    @Override
    public CompletableFuture<Void> confirm(final String edge, final Set<String> fragments) {
        final var lacking = blocked.get(edge);
        if (!away.contains(edge) && behind.contains(edge)) {
            return CompletableFuture.failedFuture(new IllegalStateException(BEHIND));
        } else if (lacking != null && fragments.contains(lacking)) {
            return CompletableFuture.failedFuture(new IllegalStateException(BLOCKED));
        }
        return apply(edge, Map.of());
    }

    @Override
    public CompletableFuture<Void> renew(final String edge, final String fragment) {
        renewed.add(edge);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void setUnheard(final String edge, final Set<String> awaited) {
        unheard.put(edge, awaited);
    }

    /**
     * Sends a frame and follows every copy to where it ends.
     *
     * @param edge where it enters
     * @param inPort the port it enters by
     * @param frame the frame
     * @return {@code edge/port} of every copy that leaves the overlay, sorted
     */
    List<String> send(final String edge, final long inPort, final Packet frame) {
        final var arrived = new ArrayList<String>();
        walk(edge, inPort, frame, arrived, 0);
        arrived.sort(null);
        return arrived;
    }

    private void walk(final String edge, final long inPort, final Packet frame, final List<String> arrived,
            final int hops) {
        if (hops > 4) {
            throw new IllegalStateException("loop at " + edge);
        }
        for (var out : new TableWalk(programs.getOrDefault(edge, Map.of()).values()).receive(inPort, frame)) {
            if (out.port() >= 10 && out.port() < 10 + names.size()) {
                walk(names.get((int) out.port() - 10), tunnelPort(edge), out.packet(), arrived, hops + 1);
            } else {
                arrived.add(edge + "/" + describe(edge, out.port()));
            }
        }
    }

    private String describe(final String edge, final long port) {
        if (port == Action.CONTROLLER) {
            return "controller";
        }
        return edge.equals(BORDER) && port == BORDER_PORT ? "out0"
            : taps.getOrDefault(edge, Map.of()).values().stream().filter(tap -> tap.port() == port).map(Tap::name)
                .findFirst().orElse("port " + port);
    }

    /** How many entries send frames of edges that have missed a move on. */
    long redirects() {
        return programs.values().stream().flatMap(program -> program.values().stream())
            .flatMap(fragment -> fragment.flows().values().stream())
            .filter(flow -> flow.key().priority() == Tables.PRIORITY_REDIRECT).count();
    }

    /** A frame from a guest's tap. */
    List<String> fromGuest(final String guest, final String edge, final MacAddress destination) {
        return send(edge, tapPort(guest, edge), frame(mac(guest), destination));
    }

    long tapPort(final String guest, final String edge) {
        return taps.get(edge).get(port(guest)).port();
    }

    /** A frame from behind the border. */
    List<String> fromOutside(final MacAddress destination) {
        return send(BORDER, BORDER_PORT, frame(OUTSIDE, destination));
    }

    static Packet frame(final MacAddress source, final MacAddress destination) {
        return Packet.ethernet(source, destination, 0x0800).with(OxmField.IPV4_SRC, 1).with(OxmField.IPV4_DST, 2);
    }

    /** Group numbers in order of demand. */
    static final class CountingGroupIds implements GroupIds {
        private final Map<String, Long> ids = new HashMap<>();
        private long next;
        /** How often numbers were asked for: once for each group that is compiled. */
        int asked;

        @Override
        public long idOf(final String name) {
            asked++;
            return ids.computeIfAbsent(name, key -> ++next);
        }

        @Override
        public void release(final String name) {
            ids.remove(name);
        }
    }
}
