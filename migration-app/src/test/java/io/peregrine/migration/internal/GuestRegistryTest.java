/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.migration.internal.core.DomainXml;
import io.peregrine.migration.internal.core.Forecast;
import io.peregrine.migration.internal.core.LevelState;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.LifecycleEvent;
import io.peregrine.migration.internal.core.Manner;
import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.Mode;
import io.peregrine.migration.internal.core.Phase;
import io.peregrine.migration.internal.core.Probed;
import io.peregrine.migration.internal.libvirt.DomainReport;
import io.peregrine.migration.internal.records.GuestView;
import io.peregrine.migration.internal.records.Records;
import io.peregrine.migration.internal.records.SessionView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuestRegistryTest {
    private static final UUID WEB = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final UUID COPY = UUID.fromString("66666666-2222-3333-4444-555555555555");
    private static final LevelState RUNS = new LevelState(1, 1, false);
    private static final LevelState WAITS = new LevelState(3, 2, false);
    private static final LevelState HANDS_OVER = new LevelState(3, 2, true);
    private static final LifecycleEvent BOOTED = new LifecycleEvent(2, 0);
    private static final LifecycleEvent STARTED = new LifecycleEvent(2, 1);
    private static final LifecycleEvent SUSPENDED = new LifecycleEvent(3, 1);
    private static final LifecycleEvent RESUMED = new LifecycleEvent(4, 1);
    private static final LifecycleEvent UNPAUSED = new LifecycleEvent(4, 0);
    private static final LifecycleEvent FAILED = new LifecycleEvent(5, 5);
    private static final LifecycleEvent DESTROYED = new LifecycleEvent(5, 1);
    private static final LifecycleEvent LEFT = new LifecycleEvent(5, 3);

    private static final class Shown implements Records {
        final Map<UUID, GuestView> guests = new HashMap<>();
        final Map<String, SessionView> sessions = new TreeMap<>();
        final List<Migration.Snapshot> migrations = new ArrayList<>();

        @Override
        public void guest(final GuestView view) {
            guests.put(view.uuid(), view);
        }

        @Override
        public void noGuest(final UUID uuid) {
            guests.remove(uuid);
        }

        @Override
        public void session(final SessionView view) {
            sessions.put(view.host(), view);
        }

        @Override
        public void noSession(final String host) {
            sessions.remove(host);
        }

        @Override
        public void migration(final Migration.Snapshot migration) {
            migrations.add(migration);
        }

        @Override
        public void refresh(final UUID uuid) {
            // Shown from what is told only
        }
    }

    private final FakePorts ports = new FakePorts();
    private final Shown shown = new Shown();
    private final FakeProber prober = new FakeProber();
    private final List<String> asked = new ArrayList<>();
    private final List<String> watched = new ArrayList<>();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final GuestRegistry registry = new GuestRegistry(ports, shown, prober, executor);
    private final Set<String> following = new TreeSet<>();

    @BeforeEach
    void hosts() throws Exception {
        registry.sessions(wanted -> {
            final var begun = new TreeSet<>(wanted.keySet());
            begun.removeAll(following);
            following.clear();
            following.addAll(wanted.keySet());
            return begun;
        }, (host, uuid) -> asked.add(host + " " + uuid.toString().substring(0, 4)),
            (host, uuid, on, hold) -> watched.add(host + (on ? "" : " off")),
            (host, uuid, who) -> watched.add(host + " stopped by " + who));
        intend("h1", "h2");
    }

    @AfterEach
    void close() {
        executor.shutdownNow();
    }

    private void intend(final String... hosts) throws Exception {
        final var wanted = new HashMap<String, LibvirtUri>();
        for (final var host : hosts) {
            wanted.put(host, LibvirtUri.parse("qemu:///system"));
        }
        registry.onIntent(wanted, Map.of());
        drain();
    }

    private void drain() throws InterruptedException, ExecutionException {
        // Twice: what a task hands to the executor comes after the first.
        executor.submit(() -> { }).get();
        executor.submit(() -> { }).get();
    }

    private static String port(final String id) {
        return "<interface type='bridge'><mac address='52:54:00:00:00:0" + id + "'/>"
            + "<virtualport type='openvswitch'><parameters interfaceid='" + id + "' profileid='demo'/></virtualport>"
            + "</interface>";
    }

    private static DomainReport report(final UUID uuid, final LevelState level, final String... interfaces) {
        return new DomainReport(uuid, level, Optional.of(DomainXml.parse("<domain><uuid>" + uuid + "</uuid><name>web"
            + "</name><devices>" + String.join("", interfaces) + "</devices></domain>")));
    }

    private void inventory(final String host, final DomainReport... reports) throws Exception {
        registry.onConnected(host);
        registry.onInventory(host, List.of(reports), System.nanoTime());
        drain();
    }

    private void event(final String host, final LifecycleEvent event) throws Exception {
        registry.onEvent(host, WEB, event, System.nanoTime());
        drain();
    }

    private void answer(final String host, final DomainReport report) throws Exception {
        registry.onAnswer(host, report.uuid(), Optional.of(report), System.nanoTime());
        drain();
    }

    private void assertCalls(final String... expected) {
        assertEquals(List.of(expected), ports.calls());
        synchronized (ports) {
            ports.calls.clear();
        }
    }

    @Test
    void declaresAndAttachesBeforeAHostIsHeard() throws Exception {
        assertEquals(Set.of(), ports.heard());
        inventory("h1", report(WEB, RUNS, port("1"), port("2")));
        assertCalls("declare 1", "declare 2", "attach h1 [1, 2]");
        assertEquals(Set.of("h1"), ports.heard());
        assertEquals(GuestView.State.RUNNING, shown.guests.get(WEB).state());
        assertEquals(SessionView.State.IN_SYNC, shown.sessions.get("h1").state());
        inventory("h1", report(WEB, RUNS, port("1"), port("2")));
        assertCalls();
    }

    @Test
    void movesAllInterfacesTogether() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1"), port("2")));
        inventory("h2");
        assertCalls("declare 1", "declare 2", "attach h1 [1, 2]");
        event("h2", STARTED);
        assertEquals(List.of("h2 1111"), asked);
        answer("h2", report(WEB, WAITS, port("1"), port("2")));
        event("h1", SUSPENDED);
        event("h2", RESUMED);
        event("h1", LEFT);
        assertCalls("prepare h2 [1, 2]", "open h2 [1, 2]", "commit h2 [1, 2]", "detach h1 [1, 2]");
        registry.onDowntime("h1", WEB, 178);
        drain();
        assertEquals(List.of("begin [1, 2]", "hurry", "end"), prober.calls);
        prober.result.accept(Probed.unprobed("why"));
        drain();
        final var record = shown.migrations.get(shown.migrations.size() - 1);
        assertEquals(Optional.of(Probed.unprobed("why")), record.probed(), "as late as it is known");
        assertEquals(Phase.COMPLETED, record.phase());
        assertEquals(178, record.pause().orElseThrow());
        assertEquals(Map.of("h1", 2, "h2", 6), record.changes());
        assertEquals(Optional.of("h2"), shown.guests.get(WEB).host());
    }

    @Test
    void aGuestIsAskedWhetherItHasTakenWhatCameBeforeItIsStopped() throws Exception {
        registry.modes(guest -> new Manner(Mode.PREDICTIVE, true, Optional.empty()));
        inventory("h1", report(WEB, RUNS, port("1")));
        inventory("h2");
        event("h2", STARTED);
        registry.onForecast("h1", WEB, Forecast.STOP_SOON);
        drain();
        assertEquals(List.of("h1"), watched);
        assertTrue(prober.calls.contains("drain h1"), prober.calls::toString);
        prober.drained.accept(true);
        drain();
        assertEquals(List.of("h1", "h1 stopped by CONTROLLER"), watched);
        final var record = shown.migrations.get(shown.migrations.size() - 1);
        assertEquals("drained", record.steps().get(record.steps().size() - 1).name());
    }

    @Test
    void recordsAnEndThatNeedsNoCommand() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1")));
        inventory("h2");
        event("h2", STARTED);
        event("h1", SUSPENDED);
        event("h1", UNPAUSED);
        event("h2", FAILED);
        assertCalls("declare 1", "attach h1 [1]", "prepare h2 [1]", "open h2 [1]", "detach h2 [1]");
        assertEquals(Phase.ROLLING_BACK, shown.migrations.get(shown.migrations.size() - 1).phase());
        assertEquals("h1 1111", asked.get(asked.size() - 1));
        answer("h1", report(WEB, RUNS, port("1")));
        assertCalls();
        assertEquals(Phase.ROLLED_BACK, shown.migrations.get(shown.migrations.size() - 1).phase());
        assertEquals(GuestView.State.RUNNING, shown.guests.get(WEB).state());
    }

    @Test
    void aMoveThatWasNeverPreparedIsUnprobed() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1")));
        inventory("h2");
        event("h1", LEFT);
        event("h2", RESUMED);
        final var record = shown.migrations.get(shown.migrations.size() - 1);
        assertEquals(Phase.COMPLETED, record.phase());
        assertEquals(Optional.of(Probed.unprobed("it was over before it was prepared")), record.probed());
        assertEquals(List.of(), prober.calls);
    }

    @Test
    void recordStaysOpenForAnEdgeThatIsAwayAndTheGuestIsAtRest() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1")));
        inventory("h2");
        event("h2", STARTED);
        event("h1", SUSPENDED);
        ports.fail("edge h3: no OpenFlow session");
        event("h2", RESUMED);
        ports.fail(null);
        event("h1", LEFT);
        final var record = shown.migrations.get(shown.migrations.size() - 1);
        assertEquals(Phase.SWITCHED, record.phase());
        assertEquals(List.of("switch: edge h3: no OpenFlow session"), record.problems());
        assertEquals(List.of("begin [1]", "hurry", "end"), prober.calls);
        assertEquals(GuestView.State.RUNNING, shown.guests.get(WEB).state());
        assertCalls("declare 1", "attach h1 [1]", "prepare h2 [1]", "open h2 [1]", "commit h2 [1]", "detach h1 [1]");
        answer("h2", report(WEB, RUNS, port("1"), port("2")));
        assertCalls("declare 2", "attach h2 [2]");
        registry.onInLine();
        drain();
        assertCalls("commit h2 [1, 2]");
        assertEquals(Phase.COMPLETED, shown.migrations.get(shown.migrations.size() - 1).phase());
    }

    @Test
    void guestThatIsLostIsNotShownAnyMore() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1")));
        inventory("h2");
        event("h2", STARTED);
        event("h1", DESTROYED);
        event("h2", FAILED);
        assertCalls("declare 1", "attach h1 [1]", "prepare h2 [1]", "detach h2 [1]", "withdraw - [1]");
        assertEquals(Phase.LOST, shown.migrations.get(shown.migrations.size() - 1).phase());
        assertEquals(Map.of(), shown.guests);
    }

    @Test
    void guestOnlyKnownByItsEventIsServedWhenItsXmlIsKnown() throws Exception {
        inventory("h1");
        event("h1", BOOTED);
        assertCalls();
        assertEquals(List.of("h1 1111"), asked);
        answer("h1", report(WEB, RUNS, port("1")));
        assertCalls("declare 1", "attach h1 [1]");
        event("h1", DESTROYED);
        assertCalls("withdraw - [1]");
        assertTrue(shown.guests.isEmpty());
    }

    @Test
    void interfacesComeAndGo() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1")));
        registry.onDevices("h1", WEB);
        answer("h1", report(WEB, RUNS, port("2"), port("3")));
        assertEquals(List.of("h1 1111"), asked);
        assertCalls("declare 1", "attach h1 [1]", "withdraw - [1]", "declare 2", "declare 3", "attach h1 [2, 3]");
    }

    @Test
    void unsupportedInterfacesAreShownAndNotServed() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1"),
            "<interface type='direct'><mac address='52:54:00:00:00:09'/></interface>"));
        assertCalls("declare 1", "attach h1 [1]");
        final var shownInterfaces = shown.guests.get(WEB).interfaces();
        assertEquals(Optional.empty(), shownInterfaces.get(0).problem());
        assertEquals(Optional.of("type direct (macvtap) bypasses Open vSwitch"), shownInterfaces.get(1).problem());
    }

    @Test
    void guestWithoutUsableInterfacesStillHasARecord() throws Exception {
        inventory("h1", report(WEB, RUNS));
        inventory("h2");
        event("h2", STARTED);
        event("h1", SUSPENDED);
        event("h2", RESUMED);
        event("h1", LEFT);
        assertCalls();
        assertEquals(Phase.COMPLETED, shown.migrations.get(shown.migrations.size() - 1).phase());
    }

    @Test
    void secondGuestWithTheSameInterfaceIdIsNotServed() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1")), report(COPY, RUNS, port("1")));
        assertCalls("declare 1", "attach h1 [1]");
        assertEquals(Optional.of("its interfaceid is also that of guest " + WEB),
            shown.guests.get(COPY).interfaces().get(0).problem());
        assertEquals(Optional.empty(), shown.guests.get(WEB).interfaces().get(0).problem());
    }

    @Test
    void hostIsNotHeardWhileItsGuestsHomeIsNotKnown() throws Exception {
        inventory("h1", report(WEB, HANDS_OVER, port("1")));
        assertCalls();
        assertEquals(Set.of(), ports.heard());
        assertEquals(GuestView.State.UNKNOWN, shown.guests.get(WEB).state());
        inventory("h2", report(WEB, WAITS, port("1")));
        assertCalls("declare 1", "attach h1 [1]", "prepare h2 [1]", "open h2 [1]");
        assertEquals(Set.of("h1", "h2"), ports.heard());
    }

    @Test
    void disconnectedHostsGuestsKeepTheirPlace() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1")));
        registry.onDisconnected("h1", "the connection failed");
        drain();
        assertCalls("declare 1", "attach h1 [1]");
        assertEquals(Set.of("h1"), ports.heard());
        assertEquals(GuestView.State.UNKNOWN, shown.guests.get(WEB).state());
        assertEquals(Optional.of("the connection failed"), shown.sessions.get("h1").problem());
        final var since = shown.sessions.get("h1").since();
        registry.onDisconnected("h1", "refused");
        drain();
        assertEquals(since, shown.sessions.get("h1").since());
        inventory("h1", report(WEB, RUNS, port("1")));
        assertCalls();
        assertEquals(GuestView.State.RUNNING, shown.guests.get(WEB).state());
    }

    @Test
    void hostOutsideOfIntentIsForgotten() throws Exception {
        inventory("h1", report(WEB, RUNS, port("1")));
        intend("h2");
        assertCalls("declare 1", "attach h1 [1]", "withdraw - [1]");
        assertEquals(Set.of("h2"), shown.sessions.keySet());
        assertEquals(Set.of(), ports.heard());
        event("h1", BOOTED);
        assertTrue(shown.guests.isEmpty());
    }

    @Test
    void refusedUriIsShown() throws Exception {
        registry.onIntent(Map.of(), Map.of("h1", "the libvirt URI has no driver"));
        drain();
        assertEquals(Optional.of("the libvirt URI has no driver"), shown.sessions.get("h1").problem());
        assertEquals(SessionView.State.DISCONNECTED, shown.sessions.get("h1").state());
    }
}
