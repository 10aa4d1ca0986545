/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import io.peregrine.topology.discovery.PortCounters.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the links between switches: sends probes out of their ports, and tells from where they arrive which port is
 * wired to which.
 *
 * <pre>
 *                  a fresh probe arrives
 *    (no link) ---------------------------&gt; UP, or DAMPED if it has flapped
 *        ^                                   |  ^
 *        |  port down, silent, moved         |  | a fresh probe arrives
 *        +-----------------------------------+  |
 *        |                                   v  | an end's switch disconnects
 *        +------------------------------ UNCONFIRMED &lt;--- restored from a journal
 *           other end down, silent after
 *           both have connected, or echoes
 *           do not come back
 * </pre>
 *
 * <p>Silence is counted in probes sent and not answered, so a controller that has been held up takes no link for gone.
 * A port has at most one link out and one in. A newer one takes an older one's place at once: a cable has been moved.
 * If one probe arrives at several ports, there is a hub or a LAN between; of its ports then only the lowest one, and
 * the next one of another switch, are linked.
 *
 * <p>Times are nanoseconds of a monotonic clock; a time that lies before one told earlier counts as that one. Methods
 * that return a boolean tell whether {@link #links()} has changed. Not thread-safe: one thread calls. What is returned
 * may be handed to others.
 */
public final class LinkDiscovery {
    /**
     * How fast, and how wary.
     *
     * @param probeInterval between two probes of a port, 10 ms to 1 min
     * @param missedProbes how many probes in a row must be missed for a link to be gone, 1 to 100
     * @param flaps how often a link may come back within the window before it is damped, 1 to 1000
     * @param flapWindow the window, up to a day
     * @param hold how long a damped link must last before it is up, doubled each further time
     * @param longestHold the longest such time, up to a day
     */
    public record Settings(Duration probeInterval, int missedProbes, int flaps, Duration flapWindow, Duration hold,
            Duration longestHold) {
        /** A silent link is found within a second. */
        public static final Settings DEFAULT = new Settings(Duration.ofMillis(300), 3, 4, Duration.ofSeconds(10),
            Duration.ofSeconds(5), Duration.ofMinutes(1));

        public Settings {
            final var day = Duration.ofDays(1);
            check("probe interval", probeInterval, Duration.ofMillis(10), Duration.ofMinutes(1));
            check("missed probes", missedProbes, 100);
            check("flaps", flaps, 1000);
            check("flap window", flapWindow, Duration.ofNanos(1), day);
            check("hold", hold, Duration.ofNanos(1), day);
            check("longest hold", longestHold, hold, day);
        }

        /**
         * How long after its last probe a link counts as gone: the missed probes and a quarter of an interval, within
         * which the last of them may still arrive.
         *
         * @return the time
         */
        public Duration silence() {
            return probeInterval.multipliedBy(missedProbes).plus(probeInterval.dividedBy(4));
        }

        private static void check(final String name, final Duration value, final Duration least, final Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(name + " is not within " + least + " and " + most + ": " + value);
            }
        }

        private static void check(final String name, final int value, final int most) {
            if (value < 1 || value > most) {
                throw new IllegalArgumentException(name + " is not within 1 and " + most + ": " + value);
            }
        }
    }

    private static final class Switch {
        final SortedMap<Long, Port> ports = new TreeMap<>();
        boolean connected;
        /** When a frame of one of its ports was last received. */
        long lastWord;
    }

    private static final class Port {
        final PortId id;
        final Switch at;
        final long[] counts = new long[Kind.values().length];
        /** Where this port's latest probes have arrived, and the newest of them at each. */
        final Map<Port, Long> heardAt = new HashMap<>();

        PortRole role = PortRole.FABRIC;
        MacAddress mac;
        /** Null while the port is not known to be up. */
        ProbeCodec.Template probes;
        /** The number of the last probe: in the upper half how often ports had come up when this one did. */
        long sent;
        /** The newest that has arrived anywhere. */
        long newest;
        /** The newest that has arrived at several ports. */
        long shared;
        /** Turns since the last probe, where they are rare. */
        int skipped;
        /** Not null while the switch at the other end of the link is asked by echoes. */
        EchoWatch echo;
        /** The last echo's number. */
        long echoSent;
        /** The newest that has come back. */
        long echoHeard;
        Entry out;
        Entry in;

        Port(final PortId id, final Switch at) {
            this.id = id;
            this.at = at;
        }

        boolean mayHaveLinks() {
            return probes != null && at.connected && role == PortRole.FABRIC;
        }

        /** Whether somebody hangs here who cannot be asked by the controller. */
        boolean hasLostNeighbour() {
            return mayHaveLinks() && (out != null && !out.to.at.connected || in != null && !in.from.at.connected);
        }
    }

    private static final class Entry {
        final Port from;
        final Port to;
        final Link link;
        LinkState state;
        long since;
        /** Probes up to this one count as answered, at this time. */
        long heard;
        long heardTime;
        long release;
        /** When it is to be looked at. */
        long alarm = NEVER;
        boolean gone;

        Entry(final Port from, final Port to, final LinkState state, final long since) {
            this.from = from;
            this.to = to;
            this.state = state;
            this.since = since;
            link = new Link(from.id, to.id);
        }

        boolean connected() {
            return from.at.connected && to.at.connected;
        }
    }

    private record Alarm(long time, long order, Runnable action) {
        static final Comparator<Alarm> ORDER = Comparator.comparingLong(Alarm::time).thenComparingLong(Alarm::order);
    }

    private static final long NEVER = Long.MAX_VALUE;
    /** Of how many turns a port that leads to a host uses one. */
    private static final int RARELY = 10;
    /** How many times as long an unconfirmed link may be silent: when sessions begin, everybody is busy. */
    private static final int GRACE = 3;
    /** Intervals that a neighbour has to come after a switch has connected before it is asked by echoes. */
    private static final int PATIENCE = 10;

    private final ProbeCodec codec;
    private final long epoch;
    private final Settings settings;
    private final ProbeSender sender;
    private final long origin;
    private final long interval;
    private final long silence;
    private final int missed;

    private final Map<DatapathId, Switch> switches = new HashMap<>();
    private final Map<PortId, Port> ports = new HashMap<>();
    private final SortedMap<Link, Entry> entries = new TreeMap<>();
    private final Map<Link, FlapHistory> histories = new HashMap<>();
    private final ProbeWheel<Port> wheel;
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Alarm.ORDER);

    /** The present time, counted from the origin. */
    private long now;
    private long alarmCount;
    private long generation;
    private boolean changed;
    private Links links = Links.NONE;

    /**
     * A discovery that knows nothing yet.
     *
     * @param codec seals the probes and opens them
     * @param epoch tells this run of the controller from all others: the time of its start, milliseconds
     * @param settings the settings
     * @param sender sends the probes
     * @param now the present time
     */
    public LinkDiscovery(final ProbeCodec codec, final long epoch, final Settings settings, final ProbeSender sender,
            final long now) {
        this.codec = requireNonNull(codec);
        this.epoch = epoch;
        this.settings = requireNonNull(settings);
        this.sender = requireNonNull(sender);
        origin = now;
        interval = settings.probeInterval().toNanos();
        silence = settings.silence().toNanos();
        missed = settings.missedProbes();
        wheel = new ProbeWheel<>(interval);
    }

    /**
     * Takes in links of an earlier run. They are unconfirmed; one whose port has a link already is left out.
     *
     * @param remembered the links
     * @param time the present time
     * @return true if the links have changed
     */
    public boolean restore(final Collection<Link> remembered, final long time) {
        begin(time);
        for (var link : new TreeSet<>(remembered)) {
            final var from = port(link.from());
            final var to = port(link.to());
            if (from.out == null && to.in == null && from.role == PortRole.FABRIC && to.role == PortRole.FABRIC) {
                countAnew(add(from, to, LinkState.UNCONFIRMED));
            }
        }
        return changed;
    }

    /**
     * Takes in that a switch's session has begun. The states of its ports are told by {@link #portUp} and
     * {@link #portDown}; a link at a port of which nothing is told falls silent.
     *
     * @param datapath the switch
     * @param time the present time
     * @return true if the links have changed
     */
    public boolean switchConnected(final DatapathId datapath, final long time) {
        begin(time);
        final var at = switchOf(datapath);
        if (!at.connected) {
            at.connected = true;
            at.lastWord = now;
            at.ports.values().forEach(port -> {
                countAnew(port.out);
                countAnew(port.in);
                schedule(port);
                askNeighbour(port, false);
            });
        }
        return changed;
    }

    /**
     * Takes in that a switch's session has ended. What was told of its ports is no longer known; its links are kept,
     * unconfirmed.
     *
     * @param datapath the switch
     * @param time the present time
     * @return true if the links have changed
     */
    public boolean switchDisconnected(final DatapathId datapath, final long time) {
        begin(time);
        final var at = switchOf(datapath);
        if (at.connected) {
            at.connected = false;
            at.ports.values().forEach(port -> {
                port.probes = null;
                schedule(port);
                doubt(port.out);
                doubt(port.in);
            });
            at.ports.values().forEach(port -> {
                if (port.out != null) {
                    askNeighbour(port.out.to, true);
                }
                if (port.in != null) {
                    askNeighbour(port.in.from, true);
                }
            });
        }
        return changed;
    }

    /**
     * Forgets a switch that will not come back, with its links and its ports' roles and counters.
     *
     * @param datapath the switch
     * @param time the present time
     * @return true if the links have changed
     */
    public boolean switchRemoved(final DatapathId datapath, final long time) {
        begin(time);
        final var at = switches.remove(datapath);
        if (at != null) {
            at.connected = false;
            at.ports.values().forEach(port -> {
                port.probes = null;
                schedule(port);
                unlink(port);
                ports.remove(port.id);
            });
        }
        return changed;
    }

    /**
     * Takes in that a port is up. Its first probe is sent at once if its switch is connected. Nothing is done if this
     * is known.
     *
     * @param id the port
     * @param mac its MAC address
     * @param time the present time
     * @return true if the links have changed
     * @throws IllegalArgumentException if the port has no number of a physical or logical port
     */
    public boolean portUp(final PortId id, final MacAddress mac, final long time) {
        begin(time);
        final var port = port(id);
        if (port.probes != null && mac.equals(port.mac)) {
            return false;
        }
        final var probes = codec.template(id, mac, epoch);
        port.mac = mac;
        if (port.probes == null) {
            // Whatever was sent before the port came up is older than what is sent from now on.
            generation++;
            port.sent = generation << Integer.SIZE;
            port.newest = port.sent;
            port.shared = port.sent - missed - 1;
            port.heardAt.clear();
            port.echoSent = port.sent;
            port.echoHeard = port.sent;
            countAnew(port.out);
            countAnew(port.in);
        }
        port.probes = probes;
        schedule(port);
        askNeighbour(port, false);
        return changed;
    }

    /**
     * Takes in that a port is down or has been removed. Its links are gone, unless its switch is not connected: then
     * nothing is known of them.
     *
     * @param id the port
     * @param time the present time
     * @return true if the links have changed
     */
    public boolean portDown(final PortId id, final long time) {
        begin(time);
        final var port = ports.get(id);
        if (port != null) {
            port.probes = null;
            schedule(port);
            if (port.at.connected) {
                unlink(port);
            }
        }
        return changed;
    }

    /**
     * Sets what may hang at a port.
     *
     * @param id the port, which need not be known yet
     * @param role its role, {@link PortRole#FABRIC} unless set
     * @param time the present time
     * @return true if the links have changed
     */
    public boolean setRole(final PortId id, final PortRole role, final long time) {
        requireNonNull(role);
        begin(time);
        final var port = port(id);
        if (port.role != role) {
            final boolean again = port.role == PortRole.HOST_LEARNED && role == PortRole.FABRIC;
            port.role = role;
            if (role != PortRole.FABRIC) {
                unlink(port);
            }
            if (!schedule(port) && again && port.mayHaveLinks()) {
                probe(port);
            }
        }
        return changed;
    }

    /**
     * Takes in an LLDP frame, or an echo that has come back.
     *
     * @param at the port that received it
     * @param frame an Ethernet frame without its checksum, of whatever content
     * @param time the present time
     * @return true if the links have changed
     */
    public boolean received(final PortId at, final byte[] frame, final long time) {
        begin(time);
        final var to = port(at);
        to.at.lastWord = now;
        final var kind = judge(to, codec.decode(frame));
        to.counts[kind.ordinal()]++;
        return changed;
    }

    /**
     * Takes in that time has passed: sends probes and finds silent links. May come late, at some cost in speed only.
     *
     * @param time the present time
     * @return true if the links have changed
     */
    public boolean tick(final long time) {
        begin(time);
        wheel.advance(now, this::takeTurn);
        while (!alarms.isEmpty() && alarms.element().time() <= now) {
            alarms.remove().action().run();
        }
        return changed;
    }

    /**
     * When to call {@link #tick} next. The times lie on a grid of a sixtieth of the probe interval.
     *
     * @return the time, which may have come already; empty if there is nothing to wait for
     */
    public OptionalLong nextTick() {
        final var turn = wheel.next();
        if (alarms.isEmpty()) {
            return turn.isEmpty() ? turn : OptionalLong.of(origin + turn.orElseThrow());
        }
        return OptionalLong.of(origin + Math.min(turn.orElse(NEVER), alarms.element().time()));
    }

    /**
     * The links as they are known now.
     *
     * @return a snapshot, the same one until something changes
     */
    public Links links() {
        if (links == null) {
            final var all = new TreeMap<Link, Links.Status>();
            entries.forEach((link, entry) -> all.put(link, new Links.Status(entry.state, origin + entry.since)));
            links = new Links(all);
        }
        return links;
    }

    /**
     * What has become of the frames that a port received.
     *
     * @param id the port
     * @return the counts since the start
     */
    public PortCounters counters(final PortId id) {
        final var port = ports.get(id);
        return PortCounters.of(port == null ? new long[Kind.values().length] : port.counts);
    }

    private void begin(final long time) {
        now = Math.max(now, time - origin);
        changed = false;
    }

    private Switch switchOf(final DatapathId datapath) {
        return switches.computeIfAbsent(datapath, key -> new Switch());
    }

    private Port port(final PortId id) {
        var port = ports.get(id);
        if (port == null) {
            final var at = switchOf(id.datapath());
            port = new Port(id, at);
            ports.put(id, port);
            at.ports.put(id.port(), port);
        }
        return port;
    }

    /** Gives a port its turns, and a first probe at once, or takes its turns away. Tells whether a probe was sent. */
    private boolean schedule(final Port port) {
        if (port.probes == null || !port.at.connected || port.role == PortRole.HOST_DECLARED) {
            wheel.remove(port);
            return false;
        }
        if (wheel.add(port)) {
            probe(port);
            return true;
        }
        return false;
    }

    private void takeTurn(final Port port) {
        port.skipped++;
        if (port.role == PortRole.FABRIC || port.skipped >= RARELY) {
            probe(port);
        }
    }

    private void probe(final Port port) {
        port.skipped = 0;
        port.sent++;
        sender.send(port.id, port.probes.frame(port.sent));
    }

    private Kind judge(final Port to, final Decoded frame) {
        if (frame instanceof Decoded.Rejected rejected) {
            return Kind.of(rejected);
        }
        if (frame instanceof Decoded.Echo echo) {
            return judge(to, echo);
        }
        final var probe = (Decoded.Genuine) frame;
        if (probe.epoch() != epoch) {
            return Kind.REPLAYED;
        }
        if (probe.from().equals(to.id)) {
            return Kind.LOOPED;
        }
        final var from = ports.get(probe.from());
        // Comes before freshness, so that whoever gets hold of a probe cannot use it up at a host's port.
        if (from == null || !from.mayHaveLinks() || !to.mayHaveLinks()) {
            return Kind.UNEXPECTED_PORT;
        }
        final long counter = probe.counter();
        if (counter < from.newest || counter > from.sent || from.sent - counter > missed) {
            return Kind.REPLAYED;
        }
        final boolean fresh = counter > from.newest;
        final var before = from.heardAt.put(to, counter);
        if (fresh) {
            from.newest = counter;
            from.heardAt.values().removeIf(heard -> heard < counter - missed);
        } else if (before == null || before < counter) {
            from.shared = counter;
        } else {
            return Kind.REPLAYED;
        }
        arrive(from, to);
        return fresh ? Kind.GENUINE : Kind.REPLAYED;
    }

    private Kind judge(final Port to, final Decoded.Echo echo) {
        if (!echo.from().equals(to.id)) {
            return Kind.UNEXPECTED_PORT;
        }
        if (echo.epoch() != epoch || echo.counter() <= to.echoHeard || echo.counter() > to.echoSent) {
            return Kind.REPLAYED;
        }
        to.echoHeard = echo.counter();
        if (to.echo != null) {
            to.echo.answered();
        }
        return Kind.GENUINE;
    }

    /**
     * Asks whether a neighbour without a session still forwards. If that is being done it goes on, but for haste.
     *
     * @param urgent whether it has left just now
     */
    private void askNeighbour(final Port port, final boolean urgent) {
        if ((urgent || port.echo == null) && port.hasLostNeighbour()) {
            final var echo = new EchoWatch(interval, silence, missed, urgent ? now : now + PATIENCE * interval, urgent);
            port.echo = echo;
            alarms.add(new Alarm(wheel.roundUp(echo.due()), alarmCount++, () -> ask(port, echo)));
        }
    }

    private void ask(final Port port, final EchoWatch echo) {
        if (port.echo != echo) {
            return;
        }
        if (!port.hasLostNeighbour()) {
            port.echo = null;
            return;
        }
        if (echo.step(now, port.at.lastWord) == EchoWatch.Step.GIVE_UP) {
            port.echo = null;
            unlink(port);
        } else {
            sendEcho(port);
            if (echo.urgent(now)) {
                // Whose answer shows in time that the asking switch itself is heard
                port.at.ports.values().stream()
                    .filter(other -> other.mayHaveLinks() && other.out != null && !other.hasLostNeighbour())
                    .findFirst().ifPresent(this::sendEcho);
            }
            alarms.add(new Alarm(wheel.roundUp(echo.due()), alarmCount++, () -> ask(port, echo)));
        }
    }

    private void sendEcho(final Port port) {
        port.echoSent++;
        sender.send(port.id, port.probes.echo(port.echoSent));
    }

    /** The newest probe of one port has arrived at another. */
    private void arrive(final Port from, final Port to) {
        final var receiver = receiver(from, to);
        if (receiver == null) {
            remove(from.out);
        } else if (from.heardAt.get(receiver) == from.newest) {
            if (from.out == null || from.out.to != receiver) {
                remove(from.out);
                remove(receiver.in);
                appear(from, receiver);
            }
            answer(from.out);
        }
    }

    /**
     * Where a port's link leads: to where its probe has arrived, or, if probes arrive at several ports, from one to the
     * other of the two that are chosen in the same way whoever of them sends.
     */
    private Port receiver(final Port from, final Port to) {
        if (from.newest - from.shared > missed) {
            return to;
        }
        final var members = new TreeMap<PortId, Port>();
        members.put(from.id, from);
        from.heardAt.keySet().stream().filter(Port::mayHaveLinks).forEach(port -> members.put(port.id, port));
        final var first = members.pollFirstEntry().getValue();
        final var second = members.values().stream().filter(port -> port.at != first.at).findFirst()
            .orElseGet(() -> members.firstEntry().getValue());
        if (from == first) {
            return second;
        }
        return from == second ? first : null;
    }

    private void appear(final Port from, final Port to) {
        final var history = histories.get(new Link(from.id, to.id));
        if (history != null) {
            history.onBack(now);
        }
        confirm(add(from, to, LinkState.UP));
    }

    private Entry add(final Port from, final Port to, final LinkState state) {
        final var entry = new Entry(from, to, state, now);
        from.out = entry;
        to.in = entry;
        entries.put(entry.link, entry);
        markChanged();
        return entry;
    }

    /** Notes that probes arrive. */
    private void answer(final Entry entry) {
        entry.heard = entry.from.newest;
        entry.heardTime = now;
        if (entry.state == LinkState.UNCONFIRMED) {
            confirm(entry);
        }
        setAlarm(entry, now + silence);
    }

    private void confirm(final Entry entry) {
        final var history = histories.get(entry.link);
        if (history != null && history.held()) {
            entry.release = history.hold(now);
            change(entry, LinkState.DAMPED);
            setAlarm(entry, entry.release);
        } else {
            change(entry, LinkState.UP);
        }
    }

    private void doubt(final Entry entry) {
        if (entry != null) {
            change(entry, LinkState.UNCONFIRMED);
        }
    }

    /** Starts to count an unconfirmed link's silence, once both its ends can be heard. */
    private void countAnew(final Entry entry) {
        if (entry != null && entry.connected()) {
            entry.heard = entry.from.sent;
            entry.heardTime = now;
            setAlarm(entry, now + silence(entry));
        }
    }

    private int missed(final Entry entry) {
        return entry.state == LinkState.UNCONFIRMED ? GRACE * missed : missed;
    }

    private long silence(final Entry entry) {
        return silence + (missed(entry) - missed) * interval;
    }

    private void change(final Entry entry, final LinkState state) {
        if (entry.state != state) {
            entry.state = state;
            entry.since = now;
            markChanged();
        }
    }

    private void unlink(final Port port) {
        remove(port.out);
        remove(port.in);
    }

    private void remove(final Entry entry) {
        if (entry == null) {
            return;
        }
        entry.gone = true;
        entry.from.out = null;
        entry.to.in = null;
        entries.remove(entry.link);
        var history = histories.get(entry.link);
        if (history == null) {
            history = new FlapHistory(settings);
            histories.put(entry.link, history);
            history.onGone(now);
            forgetLater(entry.link, history);
        } else {
            history.onGone(now);
        }
        markChanged();
    }

    private void markChanged() {
        changed = true;
        links = null;
    }

    private void setAlarm(final Entry entry, final long time) {
        final long rounded = wheel.roundUp(time);
        if (rounded < entry.alarm) {
            entry.alarm = rounded;
            alarms.add(new Alarm(rounded, alarmCount++, () -> look(entry, rounded)));
        }
    }

    private void look(final Entry entry, final long alarm) {
        if (entry.gone || entry.alarm != alarm) {
            return;
        }
        entry.alarm = NEVER;
        if (!entry.connected()) {
            // Begins again when both ends have connected.
            return;
        }
        final long limit = silence(entry);
        if (now >= entry.heardTime + limit) {
            final long unanswered = entry.from.sent - entry.heard;
            if (entry.from.probes == null || unanswered >= missed(entry)) {
                remove(entry);
                return;
            }
            // Probes have been sent late: that they are missed is our own doing.
            setAlarm(entry, now + limit - unanswered * interval);
        } else {
            setAlarm(entry, entry.heardTime + limit);
        }
        if (entry.state == LinkState.DAMPED) {
            if (now >= entry.release) {
                final var history = histories.get(entry.link);
                if (history != null) {
                    history.onReleased(now);
                }
                change(entry, LinkState.UP);
            } else {
                setAlarm(entry, entry.release);
            }
        }
    }

    private void forgetLater(final Link link, final FlapHistory history) {
        alarms.add(new Alarm(wheel.roundUp(history.end()), alarmCount++, () -> {
            if (history.end() > now) {
                forgetLater(link, history);
            } else {
                histories.remove(link);
            }
        }));
    }
}
