/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobKind;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.recorded.job.ResultBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;

class JobSearchTest {
    private static final Uuid WEB = new Uuid("11111111-2222-3333-4444-aaaaaaaaaaaa");
    private static final Uuid DB = new Uuid("11111111-2222-3333-4444-bbbbbbbbbbbb");
    /** The last one says no more than a job must. */
    private static final List<Job> JOBS = List.of(
        move("a", "12:00:00Z", WEB, "web", "hv1", "hv2", JobState.Done),
        move("b", "12:01:00.5Z", DB, "db", "hv2", "hv3", JobState.Failed),
        new JobBuilder(job("c", "12:02:00Z", JobState.Running)).setKind(JobKind.Evacuation)
            .setSource(new EdgeName("hv3")).setResult(BindingMap.of(
                new ResultBuilder().setGuest(DB).setGuestName("db").setDestination(new EdgeName("hv1")).build(),
                new ResultBuilder().setGuest(WEB).setGuestName("web").setError("nowhere to go").build())).build(),
        job("d", "12:03:00Z", JobState.Waiting));

    private static Job job(final String id, final String time, final JobState state) {
        return new JobBuilder().setId(new JobId(id)).setState(state)
            .setCreated(new DateAndTime("2026-11-25T" + time)).build();
    }

    private static Job move(final String id, final String time, final Uuid guest, final String name,
            final String source, final String destination, final JobState state) {
        return new JobBuilder(job(id, time, state)).setKind(JobKind.Migration).setGuest(guest).setGuestName(name)
            .setSource(new EdgeName(source)).setDestination(new EdgeName(destination)).build();
    }

    private static String found(final Consumer<FindJobsInputBuilder> wish) {
        final var wanted = new FindJobsInputBuilder();
        wish.accept(wanted);
        return names(JOBS.stream().filter(JobSearch.of(wanted.build())).toList());
    }

    private static String names(final List<Job> jobs) {
        return String.join("", jobs.stream().map(job -> job.getId().getValue()).toList());
    }

    @Test
    void whatIsNotGivenLeavesTheChoiceOpen() {
        assertEquals("abcd", found(wanted -> { }));
        assertEquals("abcd", found(wanted -> wanted.setState(Set.of())));
    }

    @Test
    void anEvacuationIsAboutEachOfItsGuests() {
        assertEquals("ac", found(wanted -> wanted.setGuest("web")));
        assertEquals("bc", found(wanted -> wanted.setGuest("11111111-2222-3333-4444-BBBBBBBBBBBB")));
        assertEquals("a", found(wanted -> wanted.setGuest("web").setKind(JobKind.Migration)));
        assertEquals("", found(wanted -> wanted.setGuest("nobody")));
    }

    @Test
    void aHypervisorIsLeftOrMovedTo() {
        assertEquals("ac", found(wanted -> wanted.setHypervisor(new EdgeName("hv1"))));
        assertEquals("bc", found(wanted -> wanted.setHypervisor(new EdgeName("hv3"))));
        assertEquals("", found(wanted -> wanted.setHypervisor(new EdgeName("hv9"))));
    }

    @Test
    void kindAndStateAreThose() {
        assertEquals("ab", found(wanted -> wanted.setKind(JobKind.Migration)));
        assertEquals("c", found(wanted -> wanted.setKind(JobKind.Evacuation)));
        assertEquals("bd", found(wanted -> wanted.setState(Set.of(JobState.Failed, JobState.Waiting))));
        assertEquals("", found(wanted -> wanted.setKind(JobKind.Evacuation).setState(Set.of(JobState.Done))));
    }

    @Test
    void whatWasAskedForThenIsFoundToo() {
        assertEquals("bcd", found(wanted -> wanted.setSince(new DateAndTime("2026-11-25T13:01:00.5+01:00"))));
        assertEquals("cd", found(wanted -> wanted.setSince(new DateAndTime("2026-11-25T12:01:00.51Z"))));
    }

    @Test
    void aTimeThatIsNoneIsRefusedByName() {
        assertEquals("since: there is no time 2026-02-30T25:00:00Z; give one such as 2026-11-25T12:00:00Z",
            assertThrows(IllegalArgumentException.class,
                () -> found(wanted -> wanted.setSince(new DateAndTime("2026-02-30T25:00:00Z")))).getMessage());
    }

    @Test
    void theirOrderIsThatOfTimeAndNotOfItsText() {
        assertEquals("xyz", names(List.of(job("z", "12:00:00.5Z", JobState.Done), job("y", "12:00:00Z", JobState.Done),
            job("x", "12:00:00Z", JobState.Done)).stream().sorted(JobSearch.OLDEST_FIRST).toList()));
    }
}
