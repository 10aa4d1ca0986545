/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.VerifyException;
import io.peregrine.migration.internal.core.jobs.JobView.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JobTest {
    private static final UUID GUEST = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final Instant FIRST = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant SECOND = FIRST.plusSeconds(1);
    private static final Instant THIRD = FIRST.plusSeconds(2);
    private static final Optional<String> BROKEN = Optional.of("operation failed: Connection refused");

    private final List<State> told = new ArrayList<>();
    private final Job job = new Job(new JobView.Move("j1", Optional.empty(), GUEST, "web", "hv1", "hv2"), FIRST,
        view -> told.add(view.state()));

    @Test
    void ends() {
        assertTrue(job.begin(SECOND));
        assertFalse(job.ended().isDone());
        job.end(Optional.empty(), THIRD);
        assertEquals(List.of(State.RUNNING, State.DONE), told);
        final var view = job.ended().join();
        assertEquals(Optional.of(SECOND), view.started());
        assertEquals(Optional.of(THIRD), view.finished());
        assertEquals(Optional.empty(), view.error());
    }

    @Test
    void failsInLibvirtsWords() {
        job.begin(SECOND);
        job.end(BROKEN, THIRD);
        assertEquals(State.FAILED, job.view().state());
        assertEquals(BROKEN, job.view().error());
    }

    @Test
    void doesNotBeginWhenCancelledBefore() {
        assertEquals(Job.Cancel.NEVER_BEGINS, job.cancel(SECOND));
        assertEquals(State.CANCELLED, job.ended().join().state());
        assertFalse(job.begin(THIRD));
        assertEquals(Optional.empty(), job.view().started());
    }

    @Test
    void isCancelledWhenTheAbortWorks() {
        job.begin(SECOND);
        assertEquals(Job.Cancel.ABORT, job.cancel(SECOND));
        assertTrue(job.view().cancelling());
        assertEquals(State.RUNNING, job.view().state());
        job.end(Optional.of("operation aborted: migration out job: canceled by client"), THIRD);
        assertEquals(State.CANCELLED, job.view().state());
        assertEquals(Optional.empty(), job.view().error());
        assertFalse(job.view().cancelling());
    }

    @Test
    void isDoneWhenTheAbortComesTooLate() {
        job.begin(SECOND);
        job.cancel(SECOND);
        job.end(Optional.empty(), THIRD);
        assertEquals(State.DONE, job.view().state());
    }

    @Test
    void isAbortedAgainWhenCancelledTwice() {
        job.begin(SECOND);
        assertEquals(Job.Cancel.ABORT, job.cancel(SECOND));
        assertEquals(Job.Cancel.ABORT, job.cancel(SECOND));
    }

    @Test
    void staysAsItEnded() {
        job.begin(SECOND);
        job.end(BROKEN, THIRD);
        assertEquals(Job.Cancel.OVER, job.cancel(THIRD));
        job.progress(Progress.of(Map.of("data_total", 5L)));
        assertEquals(State.FAILED, job.view().state());
        assertEquals(Optional.empty(), job.view().progress());
        assertThrows(VerifyException.class, () -> job.end(Optional.empty(), THIRD));
    }

    @Test
    void isNotAbortedAfterPostCopyHasBegun() {
        job.begin(SECOND);
        job.postCopyBegun();
        assertEquals(Job.Cancel.TOO_LATE, job.cancel(SECOND));
        assertFalse(job.view().cancelling());
        job.end(BROKEN, THIRD);
        assertEquals(State.FAILED, job.view().state());
    }

    @Test
    void saysThatItsTimeWasOver() {
        job.begin(SECOND);
        assertTrue(job.abortFor("it took longer than 5 s, and was aborted"));
        job.end(BROKEN, THIRD);
        assertEquals(Optional.of("it took longer than 5 s, and was aborted: " + BROKEN.orElseThrow()),
            job.view().error());
        assertFalse(job.abortFor("again"));
    }

    @Test
    void keepsTheLastResultOfAGuest() {
        final var late = new JobView.Result(GUEST, "web", Optional.of("j2"), Optional.of("hv2"), State.RUNNING,
            Optional.empty());
        final var last = new JobView.Result(GUEST, "web", Optional.of("j2"), Optional.of("hv2"), State.DONE,
            Optional.empty());
        job.result(last);
        job.result(late);
        assertEquals(List.of(last), job.view().results());
    }

    @Test
    void isInterruptedBeforeItHasEndedOnly() {
        job.interrupt("gone", SECOND);
        assertEquals(State.INTERRUPTED, job.ended().join().state());
        assertEquals(Optional.of("gone"), job.view().error());
        assertFalse(job.begin(THIRD));
        final var other = new Job(job.view().task(), FIRST, view -> { });
        other.begin(SECOND);
        other.end(Optional.empty(), THIRD);
        other.interrupt("gone", THIRD);
        assertEquals(State.DONE, other.view().state());
    }

    @Test
    void isCancelledIfItIsInterruptedWhileItIsCancelled() {
        job.begin(SECOND);
        job.cancel(SECOND);
        job.interrupt("gone", THIRD);
        assertEquals(State.CANCELLED, job.view().state());
        assertEquals(Optional.empty(), job.view().error());
    }

    @Test
    void isAsAnEarlierProcessLeftIt() {
        job.begin(SECOND);
        job.cancel(SECOND);
        final var running = new Job(job.view(), view -> { });
        assertEquals(job.view(), running.view());
        assertTrue(running.cancelled());
        job.end(BROKEN, THIRD);
        final var ended = new Job(job.view(), view -> { });
        assertEquals(job.view(), ended.ended().join());
    }
}
