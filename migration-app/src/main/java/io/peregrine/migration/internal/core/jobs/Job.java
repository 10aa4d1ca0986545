/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static java.util.Objects.requireNonNull;

import com.google.common.base.VerifyException;
import io.peregrine.migration.internal.core.jobs.JobView.State;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A job's states. Thread-safe; whoever loses a race is told so.
 *
 * <pre>
 *   waiting ---begin---&gt; running ---end without error---------------&gt; done
 *      |                    +------end with error------------------&gt; failed
 *      |                    +------end with error, cancelled before-&gt; cancelled
 *      +----cancel-----------------------------------------------------^
 *   waiting, running ---interrupt, not cancelled before--------------&gt; interrupted
 * </pre>
 */
public final class Job {
    /** What cancelling a job comes to. */
    public enum Cancel {
        /** It had not begun, and will not. */
        NEVER_BEGINS,
        /** It runs, and is to be aborted. */
        ABORT,
        /** It runs, and cannot be aborted any more: post-copy has begun. */
        TOO_LATE,
        /** It had ended before. */
        OVER
    }

    private final JobView.Task task;
    private final Instant created;
    private final Consumer<JobView> changed;
    private final CompletableFuture<JobView> ended = new CompletableFuture<>();

    // all guarded by this
    private final Map<UUID, JobView.Result> results = new LinkedHashMap<>();
    private State state = State.WAITING;
    private boolean cancelled;
    private boolean postCopy;
    private Optional<String> abortedFor = Optional.empty();
    private Optional<Instant> started = Optional.empty();
    private Optional<Instant> finished = Optional.empty();
    private Optional<String> error = Optional.empty();
    private Optional<Progress> progress = Optional.empty();

    /**
     * A job that waits.
     *
     * @param task what it does
     * @param now the present
     * @param changed told after each change, perhaps late; it must return at once
     */
    public Job(final JobView.Task task, final Instant now, final Consumer<JobView> changed) {
        this.task = requireNonNull(task);
        created = requireNonNull(now);
        this.changed = requireNonNull(changed);
    }

    /**
     * A job as an earlier process of the controller has left it.
     *
     * @param view how it was
     * @param changed told after each change, perhaps late; it must return at once
     */
    public Job(final JobView view, final Consumer<JobView> changed) {
        this(view.task(), view.created(), changed);
        view.results().forEach(result -> results.put(result.guest(), result));
        state = view.state();
        cancelled = view.cancelling();
        started = view.started();
        finished = view.finished();
        error = view.error();
        if (state.over()) {
            ended.complete(view);
        }
    }

    /**
     * What it does.
     *
     * @return the task
     */
    public JobView.Task task() {
        return task;
    }

    /**
     * Begins the job.
     *
     * @param now the present
     * @return false if it has been cancelled: nothing is to be done
     */
    public boolean begin(final Instant now) {
        synchronized (this) {
            if (state != State.WAITING) {
                return false;
            }
            state = State.RUNNING;
            started = Optional.of(now);
        }
        changed.accept(view());
        return true;
    }

    /**
     * Cancels the job. Cancelling again is not wrong: the first abort may have come before there was anything to abort.
     *
     * @param now the present
     * @return what is to be done
     */
    public Cancel cancel(final Instant now) {
        final Cancel result;
        synchronized (this) {
            if (state.over()) {
                return Cancel.OVER;
            }
            if (postCopy) {
                return Cancel.TOO_LATE;
            }
            cancelled = true;
            result = state == State.WAITING ? Cancel.NEVER_BEGINS : Cancel.ABORT;
            if (result == Cancel.NEVER_BEGINS) {
                enter(State.CANCELLED, Optional.empty(), now);
            }
        }
        told(result == Cancel.NEVER_BEGINS);
        return result;
    }

    /**
     * Says that the job is going to be aborted for a reason of its own, such as its time limit.
     *
     * @param why the error that it then has
     * @return false if it has ended
     */
    public synchronized boolean abortFor(final String why) {
        if (state.over()) {
            return false;
        }
        abortedFor = Optional.of(why);
        return true;
    }

    /**
     * Ends the job.
     *
     * @param failure why it failed, empty if it did not
     * @param now the present
     */
    public void end(final Optional<String> failure, final Instant now) {
        synchronized (this) {
            if (state != State.RUNNING) {
                throw new VerifyException(task.id() + " ends, and is " + state);
            }
            if (failure.isEmpty()) {
                // What libvirt has told last may be a second old
                progress = progress.map(Progress::complete);
                enter(State.DONE, Optional.empty(), now);
            } else if (cancelled) {
                enter(State.CANCELLED, Optional.empty(), now);
            } else {
                enter(State.FAILED, Optional.of(abortedFor.map(why -> why + ": " + failure.orElseThrow())
                    .orElseGet(failure::orElseThrow)), now);
            }
        }
        told(true);
    }

    /**
     * Ends the job, unless it has ended, because the process that did it is no more.
     *
     * @param why what that means, for the job's error
     * @param now the present
     */
    public void interrupt(final String why, final Instant now) {
        synchronized (this) {
            if (state.over()) {
                return;
            }
            if (cancelled) {
                enter(State.CANCELLED, Optional.empty(), now);
            } else {
                enter(State.INTERRUPTED, Optional.of(why), now);
            }
        }
        told(true);
    }

    private void enter(final State last, final Optional<String> why, final Instant now) {
        state = last;
        error = why;
        finished = Optional.of(now);
    }

    private void told(final boolean over) {
        changed.accept(view());
        if (over) {
            ended.complete(view());
        }
    }

    /**
     * Takes in what libvirt says.
     *
     * @param now how far the copy is
     */
    public void progress(final Progress now) {
        synchronized (this) {
            if (state.over() || progress.filter(now::equals).isPresent()) {
                return;
            }
            progress = Optional.of(now);
        }
        changed.accept(view());
    }

    /** Takes in that post-copy has begun, after which nothing can be aborted. */
    public synchronized void postCopyBegun() {
        postCopy = true;
    }

    /**
     * Takes in what becomes of a guest, for an evacuation.
     *
     * @param result how far it is
     */
    public void result(final JobView.Result result) {
        synchronized (this) {
            // What was said earlier may come later
            results.merge(result.guest(), result, (before, now) -> before.state().over() ? before : now);
        }
        changed.accept(view());
    }

    /**
     * Whether somebody has cancelled it.
     *
     * @return true also after it has ended
     */
    public synchronized boolean cancelled() {
        return cancelled;
    }

    /**
     * Whether it has ended.
     *
     * @return true if nothing changes any more
     */
    public synchronized boolean over() {
        return state.over();
    }

    /**
     * Its end.
     *
     * @return completes with the job as it ended
     */
    public CompletableFuture<JobView> ended() {
        return ended.copy();
    }

    /**
     * The job as it is now.
     *
     * @return the view
     */
    public synchronized JobView view() {
        return new JobView(task, state, cancelled && !state.over(), created, started, finished, error, progress,
            List.copyOf(results.values()));
    }
}
