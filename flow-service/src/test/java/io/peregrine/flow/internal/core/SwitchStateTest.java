/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import static io.peregrine.flow.internal.core.Samples.G1;
import static io.peregrine.flow.internal.core.Samples.G2;
import static io.peregrine.flow.internal.core.Samples.G3;
import static io.peregrine.flow.internal.core.Samples.all;
import static io.peregrine.flow.internal.core.Samples.flow;
import static io.peregrine.flow.internal.core.Samples.foreign;
import static io.peregrine.flow.internal.core.Samples.fragment;
import static io.peregrine.flow.internal.core.Samples.key;
import static io.peregrine.flow.internal.core.Samples.lease;
import static io.peregrine.flow.internal.core.Samples.out;
import static io.peregrine.flow.internal.core.Samples.own;
import static io.peregrine.flow.internal.core.Samples.subjects;
import static io.peregrine.flow.internal.core.Samples.via;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.Audit;
import io.peregrine.flow.Audit.Finding;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchProgram.Problem.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SwitchStateTest {
    private final DesiredProgram desired = new DesiredProgram();
    private final SwitchState state = new SwitchState();
    private final SimulatedSwitch device = new SimulatedSwitch();
    private long now = 1_000;

    private SwitchState.Outcome want(final String name, final Object... parts) {
        return state.change(desired.replace(Map.of(name, fragment(parts))), now);
    }

    private void put(final Entry entry) {
        device.flows.put(entry.key(), entry);
    }

    private List<Op> sync() {
        state.merge(device.observe(), state.beginRead(), now);
        return repair();
    }

    private List<Op> repair() {
        final var ops = state.repair(Integer.MAX_VALUE, now);
        device.takeAll(ops);
        assertEquals(List.of(), state.repair(Integer.MAX_VALUE, now));
        return ops;
    }

    @Test
    void whatWasDesiredWhileAwayIsMade() {
        assertEquals(List.of(), want("a", all(G1, out(1)), flow(4, 1, via(G1))).ops());
        state.connect();
        assertTrue(state.needsRead());

        assertEquals(List.of(G1, key(4, 1)), subjects(sync()));
        assertFalse(state.needsRead());
        assertEquals(Set.of(all(G1, out(1)), own("a", flow(4, 1, via(G1)))), device.contents());
    }

    @Test
    void aRestartOfOursChangesNothing() {
        put(own("a", flow(4, 1, via(G1))));
        device.groups.put(G1, all(G1, out(1)));
        want("a", all(G1, out(1)), flow(4, 1, via(G1)));
        state.connect();
        assertEquals(List.of(), sync());
    }

    @Test
    void whatDiffersIsMadeRight() {
        put(own("a", flow(4, 1, out(9))));
        put(own("b", flow(4, 2, out(2))));
        device.groups.put(G1, all(G1, out(9)));
        want("a", all(G1, out(1)), flow(4, 1, via(G1)), flow(4, 2, out(2)));
        state.connect();
        sync();
        assertEquals(Set.of(all(G1, out(1)), own("a", flow(4, 1, via(G1))), own("a", flow(4, 2, out(2)))),
            device.contents());
    }

    @Test
    void unknownEntriesGoOnlyOnceTheProgramIsComplete() {
        put(own("x", flow(4, 7, via(G2))));
        device.groups.put(G2, all(G2, via(G3)));
        device.groups.put(G3, all(G3, out(1)));
        put(foreign(flow(4, 8, out(1))));
        device.groups.put(77L, all(77, out(1)));
        state.connect();
        assertEquals(List.of(), sync());

        state.setComplete(true);
        assertEquals(List.of(key(4, 7), G2, G3), subjects(repair()));
        assertEquals(Set.of(foreign(flow(4, 8, out(1))), all(77, out(1))), device.contents());
    }

    @Test
    void whatWeDroppedOurselvesGoesAtOnce() {
        want("a", all(G1, out(1)), flow(4, 1, via(G1)));
        state.connect();
        sync();
        device.takeAll(state.change(desired.replace(Map.of("a", Fragment.EMPTY)), now).ops());
        assertEquals(Set.of(), device.contents());
    }

    @Test
    void whatWeDroppedWhileAwayGoesWhenItIsBack() {
        want("a", all(G1, out(1)), flow(4, 1, via(G1)));
        state.connect();
        sync();
        state.disconnect();
        state.change(desired.replace(Map.of("a", Fragment.EMPTY)), now);
        put(own("x", flow(4, 7, out(1))));
        state.connect();
        sync();
        assertEquals(Set.of(own("x", flow(4, 7, out(1)))), device.contents());
    }

    @Test
    void aGroupThatUnknownEntriesUseStaysUntilTheyGo() {
        want("a", all(G1, out(1)));
        put(own("x", flow(4, 7, via(G1))));
        device.groups.put(G1, all(G1, out(1)));
        state.connect();
        sync();
        device.takeAll(state.change(desired.replace(Map.of("a", Fragment.EMPTY)), now).ops());
        repair();
        assertEquals(Set.of(own("x", flow(4, 7, via(G1))), all(G1, out(1))), device.contents());

        state.setComplete(true);
        repair();
        assertEquals(Set.of(), device.contents());
    }

    @Test
    void aGroupThatForeignEntriesUseStays() {
        put(foreign(flow(4, 7, via(G1))));
        device.groups.put(G1, all(G1, out(1)));
        state.setComplete(true);
        state.connect();
        assertEquals(List.of(), sync());
    }

    @Test
    void aForeignEntryIsNotOverwrittenAndAProblemAsLongAsItIsThere() {
        put(foreign(flow(4, 1, out(9))));
        want("a", flow(4, 1, out(1)), flow(4, 2, out(1)));
        state.connect();
        assertEquals(List.of(key(4, 2)), subjects(sync()));
        assertEquals(List.of(Kind.BLOCKED), problems());

        sync();
        assertEquals(List.of(Kind.BLOCKED), problems());
        assertEquals(1, want("a", flow(4, 1, out(2)), flow(4, 2, out(1))).blocked().size());
        assertEquals(List.of(), state.change(desired.replace(Map.of("a", fragment(flow(4, 2, out(1))))), now).ops());
        assertTrue(device.contents().contains(foreign(flow(4, 1, out(9)))));
        assertEquals(List.of(), problems(), "we no longer want what it blocks");
        want("a", flow(4, 1, out(1)), flow(4, 2, out(1)));
        assertEquals(List.of(Kind.BLOCKED), problems());
        state.disconnect();
        assertEquals(List.of(), problems());
    }

    private List<Kind> problems() {
        return state.problems(now).stream().map(SwitchProgram.Problem::kind).toList();
    }

    @Test
    void manyProblemsAreTold() {
        state.connect();
        final var flows = new Object[SwitchState.MAX_PROBLEMS + 5];
        for (int i = 0; i < flows.length; i++) {
            flows[i] = flow(4, i + 1);
            put(foreign(flow(4, i + 1, out(9))));
        }
        want("a", flows);
        sync();
        final var problems = state.problems(now);
        assertEquals(SwitchState.MAX_PROBLEMS + 1, problems.size());
        assertEquals("5 more foreign entries are where ours belong", problems.get(SwitchState.MAX_PROBLEMS).text());
    }

    @Test
    void inWarmUpNothingIsSentBeforeTheFirstReadBack() {
        device.groups.put(G1, all(G1, out(1), out(2)));
        state.connect();
        final var outcome = want("a", all(G1, out(1)), flow(4, 1, via(G1)));
        assertTrue(outcome.held());
        assertEquals(List.of(), outcome.ops());

        // One bucket of two is known so far: losing the other would be a deletion
        assertEquals(List.of(key(4, 1)), subjects(sync()));
        state.setComplete(true);
        assertEquals(List.of(G1), subjects(repair()));
    }

    @Test
    void inWarmUpAGroupWeChangedOurselvesMayShrink() {
        device.groups.put(G1, all(G1, out(1), out(2)));
        want("a", all(G1, out(1), out(2)));
        state.connect();
        sync();
        device.takeAll(want("a", all(G1, out(1))).ops());
        assertEquals(Set.of(all(G1, out(1))), device.contents());
    }

    @Test
    void aHotChangeGoesOutWhileTheSwitchIsBeingRead() {
        state.setComplete(true);
        want("a", all(G1, out(1)), flow(4, 1, via(G1)));
        state.connect();
        final var reading = state.beginRead();
        final var empty = device.observe();
        device.takeAll(want("b", all(G2, out(2)), flow(4, 2, via(G2))).ops());
        device.takeAll(want("b", flow(4, 2, out(5))).ops());
        state.merge(empty, reading, now);

        // What the answer could not know of yet is not repaired, but for the group, which only now may go
        assertEquals(List.of(G1, key(4, 1)), subjects(repair()).subList(0, 2));
        assertEquals(Set.of(all(G1, out(1)), own("a", flow(4, 1, via(G1))), own("b", flow(4, 2, out(5)))),
            withoutGroup(G2));
    }

    private Set<Object> withoutGroup(final long id) {
        final var contents = device.contents();
        contents.remove(all(id, out(2)));
        return contents;
    }

    @Test
    void aLeaseThatRanOutIsNotBroughtBack() {
        want("a", lease(5, 1, 30));
        state.connect();
        sync();
        now += 20_000;
        device.clear();
        assertEquals(List.of(own("a", lease(5, 1, 10))), sync().stream().map(op -> ((Op.PutFlow) op).entry()).toList());
        now += 10_000;
        device.clear();
        assertEquals(List.of(), sync());

        device.takeAll(state.renew(desired.leasesOf("a"), now).ops());
        assertEquals(Set.of(own("a", lease(5, 1, 30))), device.contents());
        assertEquals(List.of(), sync());
    }

    @Test
    void aLeaseOfAnEarlierLifeOfOursIsRenewedOnce() {
        put(own("a", lease(5, 1, 30)));
        want("a", lease(5, 1, 30), flow(5, 2));
        put(own("a", flow(5, 2)));
        state.connect();
        assertEquals(List.of(key(5, 1)), subjects(sync()), "nobody knows when it runs out");
        assertEquals(List.of(), sync());
        state.disconnect();
        state.connect();
        now += 20_000;
        assertEquals(List.of(), sync(), "now we know");

        now += 10_000;
        device.flows.remove(key(5, 1));
        assertEquals(List.of(), sync());
    }

    @Test
    void aLeaseWhoseRenewalFailedIsSentAgainWithTheRestOfItsTime() {
        put(own("a", lease(5, 1, 30)));
        want("a", lease(5, 1, 30));
        state.connect();
        final var renewal = sync().get(0);
        state.failed(renewal, "no answer");
        now += 10_000;
        assertEquals(List.of(own("a", lease(5, 1, 20))), sync().stream().map(op -> ((Op.PutFlow) op).entry()).toList());
        assertEquals(List.of(), sync());
    }

    @Test
    void aLeaseRenewedWhileAwayIsSentInFull() {
        want("a", lease(5, 1, 30));
        state.connect();
        sync();
        state.disconnect();
        now += 20_000;
        state.renew(desired.leasesOf("a"), now);
        state.connect();
        assertEquals(List.of(key(5, 1)), subjects(sync()), "though the old one is still there");
        state.disconnect();
        now += 60_000;
        device.clear();
        state.renew(desired.leasesOf("a"), now);
        state.connect();
        sync();
        assertEquals(Set.of(own("a", lease(5, 1, 30))), device.contents());
    }

    private int look() {
        return state.merge(device.observe(), state.beginRead(), now);
    }

    @Test
    void whatSomebodyElseChangesIsCounted() {
        want("a", all(G1, out(1)), all(G2, out(1)), flow(4, 1, via(G1)), flow(4, 2, out(1)), flow(4, 3, out(1)),
            lease(5, 1, 30));
        state.connect();
        sync();
        assertEquals(0, look());

        device.flows.remove(key(4, 1));
        device.groups.remove(G2);
        put(own("a", flow(4, 2, out(9))));
        // Not ours to repair
        put(foreign(flow(4, 3, out(9))));
        // Run out
        now += 30_000;
        device.flows.remove(key(5, 1));
        // May be from an earlier life of ours, until the program is complete
        put(own("x", flow(4, 7, out(1))));
        assertEquals(3, look());
        assertEquals(Set.of(G2, key(4, 2), key(4, 1)), Set.copyOf(subjects(repair())));
        assertEquals(0, look());

        state.setComplete(true);
        repair();
        put(own("x", flow(4, 7, out(1))));
        device.groups.put(G3, all(G3));
        assertEquals(2, look());
        repair();
        assertEquals(0, look());
    }

    @Test
    void whatFailedIsNotBlamedOnOthers() {
        state.connect();
        sync();
        state.failed(want("a", flow(4, 1)).ops().get(0), "no answer");
        assertEquals(0, look());

        final var reading = state.beginRead();
        final var observed = device.observe();
        want("a", flow(4, 1), flow(4, 2));
        assertEquals(0, state.merge(observed, reading, now));
    }

    @Test
    void entriesFromBeforeRemovalsWereToldAreSentOnceASession() {
        final var old = new Entry(flow(4, 1), OwnRange.cookieOf("a"), false);
        put(old);
        want("a", flow(4, 1));
        state.connect();
        assertEquals(List.of(key(4, 1)), subjects(sync()));
        assertTrue(device.flows.get(key(4, 1)).tellsRemoval());

        // A switch that does not keep the flag
        put(old);
        assertEquals(0, look());
        assertEquals(List.of(), repair());
    }

    @Test
    void onlyAnEntryThatShouldBeThereIsMissed() {
        want("a", flow(4, 1), flow(4, 2), flow(4, 3));
        assertFalse(state.isMissed(key(4, 1)));
        state.connect();
        put(foreign(flow(4, 2, out(9))));
        sync();
        assertTrue(state.isMissed(key(4, 1)));
        assertFalse(state.isMissed(key(4, 2)), "foreign");
        want("a", flow(4, 1), flow(4, 2));
        assertFalse(state.isMissed(key(4, 3)), "our own doing");
    }

    @Test
    void aFailureLeadsToAReadBack() {
        state.connect();
        sync();
        final var op = want("a", flow(4, 1, out(1))).ops().get(0);
        state.failed(op, "no answer");
        assertTrue(state.needsRead());
        assertEquals(List.of(), state.repair(9, now));
        assertEquals(List.of(key(4, 1)), subjects(sync()));
        state.succeeded(op);
        assertEquals(0, state.attempts());
        assertEquals(List.of(), problems());
    }

    @Test
    void aGroupThatCannotBeReadIsChangedAllTheSame() {
        device.groups.put(G1, all(G1, out(9)));
        want("a", all(G1, out(1)));
        state.connect();
        final var unread = new SimulatedSwitch().observe();
        state.merge(unread, state.beginRead(), now);
        final var add = state.repair(9, now).get(0);
        state.failed(add, device.take(add));
        state.merge(unread, state.beginRead(), now);
        repair().forEach(state::succeeded);
        assertEquals(Map.of(G1, all(G1, out(1))), device.groups);

        // And once it has been, there is no need to do so over and over
        assertEquals(0, state.merge(unread, state.beginRead(), now));
        assertEquals(List.of(), repair());
        device.groups.clear();
        final var user = want("a", all(G1, out(1)), flow(4, 1, via(G1))).ops().get(0);
        state.failed(user, device.take(user));
        state.merge(unread, state.beginRead(), now);
        assertEquals(List.of(G1, key(4, 1)), subjects(repair()), "it is gone");
    }

    @Test
    void aFailureDuringAReadBackNeedsAnother() {
        state.connect();
        sync();
        final var op = want("a", flow(4, 1, out(1))).ops().get(0);
        final var reading = state.beginRead();
        state.failed(op, "no answer");
        state.merge(device.observe(), reading, now);
        assertTrue(state.needsRead());
    }

    @Test
    void whatIsRefusedForGoodIsAProblemAndLeftAlone() {
        state.setComplete(true);
        state.connect();
        sync();
        var ops = want("a", flow(4, 1, via(G1))).ops();
        for (int i = 0; i < SwitchState.MAX_ATTEMPTS; i++) {
            assertEquals(List.of(key(4, 1)), subjects(ops));
            assertEquals("BADOUTGROUP", device.take(ops.get(0)));
            state.failed(ops.get(0), "BADOUTGROUP");
            state.merge(device.observe(), state.beginRead(), now);
            ops = state.repair(9, now);
        }
        assertEquals(List.of(), ops);
        assertEquals(List.of(Kind.REFUSED), problems());
        assertEquals(0, state.attempts());

        // Now what it lacked is there
        device.takeAll(want("b", all(G1, out(1))).ops());
        assertEquals(List.of(key(4, 1)), subjects(repair()));
        assertEquals(List.of(), problems());
    }

    private Audit audit() {
        return state.audit(device.observe(), state.beginRead(), now);
    }

    private static String text(final Flow flow) {
        return OfctlText.of(own("a", flow));
    }

    private static Finding found(final Audit.Kind kind, final String entry) {
        return new Finding(kind, entry, Optional.empty(), Optional.empty());
    }

    private static Finding found(final Audit.Kind kind, final String entry, final String there) {
        return new Finding(kind, entry, Optional.of(there), Optional.empty());
    }

    @Test
    void anAuditNamesWhatIsNotAsDesiredAndChangesNothing() {
        state.setComplete(true);
        want("a", all(G1, out(1)), all(G2), flow(4, 1, via(G1)), flow(4, 2, out(1)), flow(4, 3, out(1)));
        state.connect();
        sync();
        assertEquals(new Audit(5, 5, true, 0, List.of()), audit());
        assertFalse(audit().isWrong());

        device.flows.remove(key(4, 2));
        put(own("a", flow(4, 3, out(2))));
        device.groups.put(G1, all(G1, out(3)));
        device.groups.remove(G2);
        put(own("a", flow(4, 7, out(1))));
        device.groups.put(G3, all(G3));
        put(foreign(flow(4, 8, out(1))));
        device.groups.put(77L, all(77));

        final var audit = audit();
        assertEquals(List.of(
            found(Audit.Kind.MISSING, text(flow(4, 2, out(1)))),
            found(Audit.Kind.MISSING, OfctlText.of(all(G2))),
            found(Audit.Kind.DIFFERING, text(flow(4, 3, out(1))), text(flow(4, 3, out(2)))),
            found(Audit.Kind.DIFFERING, OfctlText.of(all(G1, out(1))), OfctlText.of(all(G1, out(3)))),
            found(Audit.Kind.STALE, text(flow(4, 7, out(1)))),
            found(Audit.Kind.STALE, OfctlText.of(all(G3))),
            found(Audit.Kind.FOREIGN, OfctlText.of(foreign(flow(4, 8, out(1))))),
            found(Audit.Kind.FOREIGN, OfctlText.of(all(77)))), audit.findings());
        assertEquals(5, audit.desired());
        assertEquals(5, audit.found());
        assertTrue(audit.isWrong());
        assertEquals(List.of(), state.repair(9, now));
    }

    @Test
    void anAuditCountsForeignEntriesAsWrongOnlyWhereOursBelong() {
        state.setComplete(true);
        put(foreign(flow(4, 8, out(1))));
        want("a", flow(4, 1, out(1)));
        state.connect();
        sync();
        assertEquals(1, audit().count(Audit.Kind.FOREIGN));
        assertFalse(audit().isWrong());

        put(foreign(flow(4, 1, out(9))));
        assertEquals(List.of(found(Audit.Kind.BLOCKED, text(flow(4, 1, out(1))),
            OfctlText.of(foreign(flow(4, 1, out(9)))))), audit().findings().subList(0, 1));
        assertTrue(audit().isWrong());
    }

    @Test
    void anAuditKnowsWhoseAnEntryIsThatCannotBeSaid() {
        state.setComplete(true);
        want("a", flow(4, 1, out(1)), flow(4, 2, out(1)));
        state.connect();
        sync();
        final var others = List.of(new Observed.Other(OwnRange.COOKIE, Optional.of(key(4, 1)), "one"),
            new Observed.Other(7, Optional.of(key(4, 2)), "two"),
            new Observed.Other(OwnRange.COOKIE, Optional.of(key(4, 3)), "three"),
            new Observed.Other(7, Optional.empty(), "four"));
        assertEquals(List.of(
            found(Audit.Kind.DIFFERING, text(flow(4, 1, out(1))), "one"),
            found(Audit.Kind.STALE, "three"),
            found(Audit.Kind.BLOCKED, text(flow(4, 2, out(1))), "two"),
            found(Audit.Kind.FOREIGN, "four")),
            state.audit(new Observed(Map.of(), others, Map.of(), Set.of()), state.beginRead(), now).findings());
    }

    @Test
    void aForeignEntryThatCannotBeSaidIsLeftAloneToo() {
        state.setComplete(true);
        want("a", flow(4, 1, out(1)), flow(4, 2, out(1)));
        state.connect();
        sync();
        put(foreign(flow(4, 3, out(1))));
        device.flows.remove(key(4, 1));
        device.flows.remove(key(4, 2));
        final var observed = new Observed(device.flows, List.of(
            new Observed.Other(7, Optional.of(key(4, 1)), "theirs"),
            new Observed.Other(OwnRange.COOKIE, Optional.of(key(4, 2)), "ours")), Map.of(), Set.of());
        assertEquals(1, state.merge(observed, state.beginRead(), now));
        assertEquals(List.of(key(4, 2)), subjects(state.repair(9, now)));
        assertEquals(List.of(Kind.BLOCKED, Kind.CHANGED_FROM_OUTSIDE), problems());
        assertEquals(1, want("a", flow(4, 1, out(2)), flow(4, 2, out(1))).blocked().size());

        sync();
        assertEquals(List.of(Kind.CHANGED_FROM_OUTSIDE), problems());
        assertTrue(device.flows.containsKey(key(4, 1)));
    }

    @Test
    void anAuditDoesNotJudgeWhatIsChangedMeanwhile() {
        state.setComplete(true);
        want("a", all(G1, out(1)), flow(4, 1, via(G1)), flow(4, 2, out(1)));
        state.connect();
        sync();
        device.flows.remove(key(4, 2));

        final var reading = state.beginRead();
        assertFalse(reading.isDisturbed());
        final var before = device.observe();
        device.takeAll(want("a", all(G1, out(2)), flow(4, 3, via(G1)), flow(4, 2, out(1))).ops());
        assertTrue(reading.isDisturbed());
        final var audit = state.audit(before, reading, now);
        assertEquals(List.of(found(Audit.Kind.MISSING, text(flow(4, 2, out(1))))), audit.findings());
        assertEquals(3, audit.unjudged());
        assertEquals(0, audit().unjudged());
    }

    @Test
    void anAuditDoesNotJudgeWhatFailedMeanwhile() {
        state.setComplete(true);
        state.connect();
        sync();
        final var op = want("a", flow(4, 1, out(1))).ops().get(0);
        final var reading = state.beginRead();
        state.failed(op, "no answer");
        assertTrue(reading.isDisturbed());
        assertEquals(new Audit(1, 0, true, 1, List.of()), state.audit(device.observe(), reading, now));
    }

    @Test
    void anAuditWantsALeaseWhileItLasts() {
        state.setComplete(true);
        want("a", lease(5, 1, 30));
        state.connect();
        sync();
        assertEquals(new Audit(1, 1, true, 0, List.of()), audit());

        final var there = device.flows.remove(key(5, 1));
        assertEquals(List.of(found(Audit.Kind.MISSING, text(lease(5, 1, 30)))), audit().findings());
        now += 30_000;
        assertEquals(new Audit(0, 0, true, 0, List.of()), audit());
        put(there);
        assertEquals(new Audit(1, 1, true, 0, List.of()), audit());
    }

    @Test
    void anAuditSaysWhatIsKeptBecauseItMayBeWanted() {
        put(own("a", flow(4, 9, out(1))));
        device.groups.put(G1, all(G1, out(1), out(2)));
        want("a", all(G1, out(1)));
        state.connect();
        sync();
        final var early = audit();
        assertFalse(early.whole());
        assertEquals(List.of(Audit.Kind.DIFFERING, Audit.Kind.STALE),
            early.findings().stream().map(Finding::kind).toList());
        assertTrue(early.findings().stream().allMatch(finding -> finding.note().isPresent()), early.toString());

        state.setComplete(true);
        repair();
        assertEquals(new Audit(1, 1, true, 0, List.of()), audit());
    }

    @Test
    void anAuditSaysWhatTheSwitchRefuses() {
        want("a", flow(4, 1, via(G1)));
        state.connect();
        state.merge(device.observe(), state.beginRead(), now);
        for (int i = 0; i < SwitchState.MAX_ATTEMPTS; i++) {
            final var ops = state.repair(9, now);
            state.failed(ops.get(0), "BADOUTGROUP");
            state.merge(device.observe(), state.beginRead(), now);
        }
        final var finding = audit().findings().get(0);
        assertEquals(Audit.Kind.MISSING, finding.kind());
        assertTrue(finding.note().orElseThrow().contains("BADOUTGROUP"), finding.toString());
    }

    @Test
    void aRepairComesInPieces() {
        want("a", all(G1, out(1)), flow(4, 1, via(G1)), flow(4, 2, via(G1)));
        state.connect();
        state.merge(device.observe(), state.beginRead(), now);
        for (int left = 3; left > 0; left--) {
            final var piece = state.repair(1, now);
            assertEquals(1, piece.size());
            device.takeAll(piece);
        }
        assertEquals(List.of(), state.repair(1, now));
        assertEquals(3, device.contents().size());
    }

    @Test
    void aBatchIsOrderedSoThatEachStepForwards() {
        state.setComplete(true);
        state.connect();
        sync();
        device.takeAll(want("a", all(G1, out(1)), all(G2, via(G1)), flow(4, 1, via(G1)), flow(5, 1, out(1)),
            flow(0, 9, out(1)), flow(5, 9, out(1))).ops());
        final var ops = want("a", all(G3, out(3)), all(G2, via(G3)), flow(4, 1, via(G2)), flow(5, 1, out(2)),
            flow(3, 1, out(2))).ops();
        assertEquals(List.of(G3, G2, key(5, 1), key(4, 1), key(3, 1), key(0, 9), key(5, 9), G1), subjects(ops));
        device.takeAll(ops);
    }
}
