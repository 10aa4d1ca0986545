/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import static io.peregrine.metrics.internal.core.Samples.edge;
import static io.peregrine.metrics.internal.core.Samples.observed;
import static io.peregrine.metrics.internal.core.Samples.well;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.metrics.internal.core.Health.Service;
import io.peregrine.metrics.internal.core.Health.State;
import io.peregrine.metrics.internal.core.Health.Status;
import io.peregrine.metrics.internal.core.Observed.Edge;
import io.peregrine.metrics.internal.core.Observed.FabricSwitch;
import io.peregrine.metrics.internal.core.Observed.Hypervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Optional<List<FabricSwitch>> NO_FABRIC = Optional.of(List.of());
    private static final Optional<List<Hypervisor>> NO_LIBVIRT = Optional.of(List.of());

    private long now = 1_000_000_000_000L;
    private final Health health = new Health(now);

    private Map<Service, Status> judge(final Observed state) {
        return health.judge(Optional.of(state), Map.of(), now);
    }

    private void pass(final Duration time) {
        now += time.toNanos();
    }

    /** Judges what has been so for long enough, long after a good start. */
    private Map<Service, Status> judgeForGood(final Observed state) {
        judge(observed());
        pass(Health.START);
        judge(state);
        pass(Health.PATIENCE);
        return judge(state);
    }

    private static Set<Service> inState(final Map<Service, Status> statuses, final State state) {
        final var result = EnumSet.noneOf(Service.class);
        statuses.forEach((service, status) -> {
            if (status.state() == state) {
                result.add(service);
            }
        });
        return result;
    }

    private static Observed edges(final Edge... edges) {
        return observed(Optional.of(List.of(edges)), NO_FABRIC, NO_LIBVIRT);
    }

    /** Only this service is in error, and says these words. */
    private static void assertError(final Map<Service, Status> statuses, final Service service,
            final String... words) {
        assertEquals(Set.of(service), inState(statuses, State.ERROR));
        final var text = statuses.get(service).text();
        for (var word : words) {
            assertTrue(text.contains(word), text);
        }
    }

    @Test
    void whereAllIsWellEachServiceSaysWhatIsThere() {
        final var statuses = judge(observed());
        assertEquals(EnumSet.allOf(Service.class), inState(statuses, State.OPERATIONAL));
        assertEquals("OVSDB sessions: 2", statuses.get(Service.OVSDB).text());
        assertEquals("switches: 3", statuses.get(Service.FLOWS).text());
        assertEquals("hypervisors: 1, guests: 7", statuses.get(Service.MIGRATION).text());
    }

    @Test
    void withoutIntentAllIsWell() {
        assertEquals(EnumSet.allOf(Service.class), inState(judge(edges()), State.OPERATIONAL));
    }

    @Test
    void aServiceStartsUntilItIsWellOrAMinuteIsOver() {
        final var nothing = observed(Optional.empty(), Optional.empty(), Optional.empty());
        final var first = judge(nothing);
        assertEquals(EnumSet.allOf(Service.class), inState(first, State.STARTING));
        assertTrue(first.get(Service.MIGRATION).text().contains("has published no state"));
        pass(Health.START.minusNanos(1));
        assertEquals(EnumSet.allOf(Service.class), inState(judge(nothing), State.STARTING));
        pass(Duration.ofNanos(1));
        assertEquals(EnumSet.allOf(Service.class), inState(judge(nothing), State.ERROR));
        assertEquals(EnumSet.allOf(Service.class), inState(judge(observed()), State.OPERATIONAL));
    }

    @Test
    void whatIsWrongForAMomentIsNotTold() {
        judge(observed());
        final var wrong = edges(edge("hv1", Session.DISCONNECTED, Session.IN_SYNC, false), well("out"));
        assertEquals(Set.of(), inState(judge(wrong), State.ERROR));
        pass(Health.PATIENCE.minusNanos(1));
        assertEquals(Set.of(), inState(judge(wrong), State.ERROR));
        judge(observed());
        pass(Duration.ofNanos(1));
        assertEquals(Set.of(), inState(judge(wrong), State.ERROR), "it has been well in between");
        pass(Health.PATIENCE);
        assertError(judge(wrong), Service.OVSDB);
    }

    @Test
    void anErrorSoonAfterAGoodStartIsNoStart() {
        judge(observed());
        final var wrong = edges(edge("hv1", Session.DISCONNECTED, Session.IN_SYNC, false));
        judge(wrong);
        pass(Health.PATIENCE);
        assertError(judge(wrong), Service.OVSDB);
    }

    @Test
    void aLostDatabaseSaysWhoseItIsAndWhatToLookAt() {
        assertError(judgeForGood(edges(well("out"), edge("hv1", Session.DISCONNECTED, Session.IN_SYNC, false,
            "OVSDB: Connection refused"))), Service.OVSDB, "edge hv1: no OVSDB session", "Connection refused",
            "does ovsdb-server run");
    }

    @Test
    void aLostSwitchIsAnErrorOfFlows() {
        assertError(judgeForGood(edges(edge("hv1", Session.IN_SYNC, Session.DISCONNECTED, false))), Service.FLOWS,
            "edge hv1: no OpenFlow session");
        assertError(judgeForGood(observed(Optional.of(List.of()), Optional.of(List.of(new FabricSwitch("s1",
            "0000000000000a01", Session.DISCONNECTED, List.of()))), NO_LIBVIRT)), Service.FLOWS, "fabric switch s1");
    }

    @Test
    void aSwitchThatLacksEntriesIsAnErrorOfFlows() {
        final var problem = "OpenFlow: table=0,priority=1 is somebody else's";
        assertError(judgeForGood(edges(edge("hv1", Session.IN_SYNC, Session.IN_SYNC, false, problem))), Service.FLOWS,
            "edge hv1: its switch lacks entries", problem);
        final var repaired = edges(edge("hv1", Session.IN_SYNC, Session.IN_SYNC, true, problem));
        assertEquals(Set.of(), inState(judgeForGood(repaired), State.ERROR), "what has been repaired is no error");
    }

    @Test
    void anEdgeThatIsNotReadyForAnotherReasonIsAnErrorOfTheOverlay() {
        assertError(judgeForGood(edges(edge("hv1", Session.IN_SYNC, Session.IN_SYNC, false, "br-int is in use"))),
            Service.OVERLAY, "edge hv1 is not ready (br-int is in use)");
    }

    @Test
    void aTunnelThatIsDownIsAnErrorOfTheOverlay() {
        assertError(judgeForGood(observed(Optional.of(List.of(well("hv1"), well("out"))), NO_FABRIC, NO_LIBVIRT,
            "hv1 to out")), Service.OVERLAY, "the tunnel hv1 to out is down", "UDP port 4789");
    }

    @Test
    void ofManyTroublesSomeAreToldAndTheRestCounted() {
        final var dead = new ArrayList<String>();
        for (int i = 0; i < Health.MOST_TOLD + 3; i++) {
            dead.add("hv1 to h" + i);
        }
        final var text = judgeForGood(observed(Optional.of(List.of()), NO_FABRIC, NO_LIBVIRT,
            dead.toArray(String[]::new))).get(Service.OVERLAY).text();
        assertTrue(text.endsWith("; and 3 more"), text);
        assertFalse(text.contains("h" + Health.MOST_TOLD + " "), text);
    }

    @Test
    void aProblemOfTheFabricIsToldAsItIs() {
        assertError(judgeForGood(observed(Optional.of(List.of()), Optional.of(List.of(new FabricSwitch("s1",
            "0000000000000a01", Session.IN_SYNC, List.of("port 3 is refused")))), NO_LIBVIRT)), Service.FABRIC,
            "fabric switch s1: port 3 is refused");
    }

    @Test
    void aLibvirtThatIsNotHeardIsAnErrorOfMigration() {
        assertError(judgeForGood(observed(Optional.of(List.of()), NO_FABRIC, Optional.of(List.of(
            new Hypervisor("hv2", Session.DISCONNECTED, Optional.of("timed out")))))), Service.MIGRATION,
            "hypervisor hv2: libvirt is not heard (timed out)", "does libvirtd run");
    }

    @Test
    void aThreadThatLetsWorkWaitIsAnErrorOfItsService() {
        judge(observed());
        final var late = Map.of("overlay", Health.STUCK.toNanos(), "fabric", Health.STUCK.toNanos() - 1);
        health.judge(Optional.of(observed()), late, now);
        pass(Health.PATIENCE);
        assertError(health.judge(Optional.of(observed()), late, now), Service.OVERLAY, "peregrine-overlay", "10 s");
    }

    @Test
    void aSilentDataStoreIsAnErrorOfAll() {
        judge(observed());
        health.judge(Optional.empty(), Map.of(), now);
        pass(Health.PATIENCE);
        final var statuses = health.judge(Optional.empty(), Map.of(), now);
        assertEquals(EnumSet.allOf(Service.class), inState(statuses, State.ERROR));
        assertTrue(statuses.get(Service.FABRIC).text().contains("data store does not answer"));
    }
}
