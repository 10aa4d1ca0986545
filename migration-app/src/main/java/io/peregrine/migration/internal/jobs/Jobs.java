/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.jobs.Answer;
import io.peregrine.migration.internal.core.jobs.Checks;
import io.peregrine.migration.internal.core.jobs.DestinationChoice;
import io.peregrine.migration.internal.core.jobs.DestinationChoice.Candidate;
import io.peregrine.migration.internal.core.jobs.Facts;
import io.peregrine.migration.internal.core.jobs.GuestNeeds;
import io.peregrine.migration.internal.core.jobs.Job;
import io.peregrine.migration.internal.core.jobs.JobView;
import io.peregrine.migration.internal.core.jobs.JobView.Evacuation;
import io.peregrine.migration.internal.core.jobs.JobView.Move;
import io.peregrine.migration.internal.core.jobs.JobView.Result;
import io.peregrine.migration.internal.core.jobs.JobView.State;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.Point;
import io.peregrine.migration.internal.core.jobs.Progress;
import io.peregrine.migration.internal.records.GuestView;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs: moves of single guests, and evacuations made of them. Methods block while libvirt is asked, unless they say
 * otherwise; nothing of this runs on the thread on which guests are tracked.
 */
final class Jobs implements Started, AutoCloseable {
    /** Finds out what is to be known before a move; blocks. */
    interface Finder {
        /** Everything about one guest and one destination. */
        Facts find(GuestView guest, String destination, MoveOptions options, long promised);

        /** Memory that is free at a hypervisor, bytes. */
        Answer<Long> available(String host);

        /** What a guest needs. */
        Answer<GuestNeeds> needs(GuestView guest);
    }

    /**
     * How much, and how long things take.
     *
     * @param moves the most that run at the same time
     * @param evacuations the most that run at the same time
     * @param unfinished the most jobs that have not ended
     * @param finished how many are kept of those that have
     * @param abortEvery between two attempts to abort
     * @param abortLimit when aborting is given up
     * @param poll between two questions about progress
     */
    record Limits(int moves, int evacuations, int unfinished, int finished, Duration abortEvery, Duration abortLimit,
            Duration poll) {
        static final Limits DEFAULT = new Limits(8, 4, 2_000, 200, Duration.ofMillis(250), Duration.ofSeconds(30),
            Duration.ofSeconds(1));
    }

    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final DateTimeFormatter ID_TIME =
        DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);
    private static final long IDLE_SECONDS = 30;
    /** After its first pass over the memory libvirt counts the second. */
    private static final long SECOND_PASS = 2;
    private static final String NOT_BEGUN = "the controller ended before it was begun; begin it again if it is to be";

    private final Known known;
    private final Finder finder;
    private final Mover mover;
    private final Limits limits;
    private final ThreadPoolExecutor moves;
    private final ThreadPoolExecutor evacuations;
    /** Aborts, and switches to post-copy. */
    private final ThreadPoolExecutor helpers;
    private final ScheduledThreadPoolExecutor timer;
    private final ProgressWatch watch;
    /** The guests that Peregrine is moving, with the job. */
    private final Map<UUID, String> started = new ConcurrentHashMap<>();
    /** How far the guests are that are being moved, whoever started it. */
    private final Map<UUID, Progress> progress = new ConcurrentHashMap<>();
    /** Jobs whose switch to post-copy has been asked for. */
    private final Set<String> postCopies = ConcurrentHashMap.newKeySet();
    /** Guests whose move an earlier process has begun, as long as that has not ended. */
    private final Map<UUID, LeftMove> left = new ConcurrentHashMap<>();

    private volatile Runnable changed = () -> { };
    private volatile Runnable keep = () -> { };

    // all guarded by jobs
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Map<String, MoveOptions> options = new HashMap<>();
    private final Map<String, Long> memory = new HashMap<>();
    /** In the order in which they ended: an evacuation outlives its moves. */
    private final Deque<String> finished = new ArrayDeque<>();
    private int count;
    private boolean closed;

    /**
     * No jobs yet.
     *
     * @param known guests and hypervisors
     * @param finder asks libvirt before a move
     * @param mover moves
     * @param limits how much
     */
    Jobs(final Known known, final Finder finder, final Mover mover, final Limits limits) {
        this.known = requireNonNull(known);
        this.finder = requireNonNull(finder);
        this.mover = requireNonNull(mover);
        this.limits = requireNonNull(limits);
        moves = queueing("peregrine-move", limits.moves());
        evacuations = queueing("peregrine-evacuation", limits.evacuations());
        // Those that wait for an abort to work must not keep others from being aborted: a thread each, which ends soon
        helpers = new ThreadPoolExecutor(0, limits.unfinished(), IDLE_SECONDS, TimeUnit.SECONDS,
            new SynchronousQueue<>(), threads("peregrine-move-helper"));
        timer = new ScheduledThreadPoolExecutor(1, threads("peregrine-move-timer"));
        timer.setRemoveOnCancelPolicy(true);
        watch = new ProgressWatch(mover, this::onProgress, limits.poll());
        known.listen(this::follow);
    }

    private static ThreadPoolExecutor queueing(final String name, final int threads) {
        final var result = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), threads(name));
        result.allowCoreThreadTimeOut(true);
        return result;
    }

    private static ThreadFactory threads(final String name) {
        return task -> {
            final var thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Sets who hears of changes.
     *
     * @param listener called when there is something new to show; it returns at once
     * @param keeper called before something is begun that outlives this process; it blocks until that is kept
     */
    void listen(final Runnable listener, final Runnable keeper) {
        changed = requireNonNull(listener);
        keep = requireNonNull(keeper);
    }

    @Override
    public Optional<String> job(final UUID guest) {
        return Optional.ofNullable(started.get(guest));
    }

    @Override
    public boolean begunHere(final UUID guest) {
        return started.containsKey(guest) && !left.containsKey(guest);
    }

    /** All jobs as they are to outlive this process, in the order in which they were made. Does not block. */
    List<KeptJob> kept() {
        synchronized (jobs) {
            return jobs.values().stream().map(job -> new KeptJob(job.view(),
                options.getOrDefault(job.task().id(), MoveOptions.NONE), memory.getOrDefault(job.task().id(), 0L)))
                .toList();
        }
    }

    /**
     * Takes over the jobs that an earlier process has left; to be called once, before anything else. What it had begun
     * is followed to its end, what it had not is not begun.
     */
    void restore(final List<KeptJob> found) {
        final var unfinished = new ArrayList<Job>();
        synchronized (jobs) {
            found.stream().map(KeptJob::view).filter(view -> view.state().over())
                .sorted(Comparator.comparing(view -> view.finished().orElse(view.created())))
                .forEach(view -> finished.add(view.task().id()));
            for (final var kept : found) {
                final var task = kept.view().task();
                final var evacuation = task instanceof Move move ? move.evacuation().map(jobs::get)
                    : Optional.<Job>empty();
                final var job = new Job(kept.view(), changes(evacuation));
                jobs.put(task.id(), job);
                if (!job.over()) {
                    options.put(task.id(), kept.options());
                    memory.put(task.id(), kept.memory());
                    unfinished.add(job);
                    evacuation.ifPresent(whole -> whole.result(result(kept.view())));
                    job.ended().thenAccept(view -> ended(task.id()));
                }
            }
            count = jobs.size();
        }
        for (final var job : unfinished) {
            LOG.info("Job {} has been left {} by an earlier process", job.task().id(), job.view().state());
            if (job.task() instanceof Move move) {
                restore(job, move);
            } else {
                restore(job);
            }
        }
        changed.run();
        judge();
    }

    private void restore(final Job job, final Move move) {
        if (job.view().state() == State.WAITING) {
            job.interrupt(NOT_BEGUN, Instant.now());
            return;
        }
        left.put(move.guest(), new LeftMove(job, move));
        started.put(move.guest(), move.id());
        follow(move.guest());
        final Optional<Duration> limit;
        synchronized (jobs) {
            limit = options.get(move.id()).timeout();
        }
        limit.ifPresent(time -> timer.schedule(() -> timeOut(job, move, time), Math.max(0, time.toMillis()
            - Duration.between(job.view().started().orElse(job.view().created()), Instant.now()).toMillis()),
            TimeUnit.MILLISECONDS));
        if (job.cancelled()) {
            abort(job, move);
        }
    }

    /** An evacuation places no more guests, and ends when those have that it has placed. */
    private void restore(final Job job) {
        job.view().results().stream().filter(result -> result.state() == State.WAITING && result.job().isEmpty())
            .forEach(result -> job.result(new Result(result.guest(), result.name(), Optional.empty(),
                Optional.empty(), State.INTERRUPTED, Optional.of(NOT_BEGUN))));
        CompletableFuture.allOf(children(job).stream().map(Job::ended).toArray(CompletableFuture<?>[]::new))
            .thenRun(() -> {
                final var results = job.view().results();
                final long stayed = stayed(results);
                if (stayed == 0 && !results.isEmpty()) {
                    job.end(Optional.empty(), Instant.now());
                } else {
                    job.interrupt(results.isEmpty() ? NOT_BEGUN : stayed + " of " + results.size()
                        + " guests have not been moved, since the controller ended; evacuate again to go on",
                        Instant.now());
                }
            });
    }

    /** Looks what has become of the moves that an earlier process had begun. Does not block. */
    private void judge() {
        for (final var one : left.values()) {
            if (one.judge(known)) {
                over(one.move());
                left.remove(one.move().guest());
            }
        }
        if (!left.isEmpty()) {
            try {
                timer.schedule(this::judge, limits.poll().toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("Closing", e);
            }
        }
    }

    /** All jobs that are shown. Does not block. */
    Map<String, JobView> views() {
        final List<Job> all;
        synchronized (jobs) {
            all = List.copyOf(jobs.values());
        }
        final var result = new HashMap<String, JobView>();
        all.forEach(job -> result.put(job.task().id(), job.view()));
        return result;
    }

    /** The guests that are being moved, whoever started it. Does not block. */
    Map<UUID, Moving> moving() {
        final var guests = new TreeSet<>(progress.keySet());
        final var result = new HashMap<UUID, Moving>();
        for (final var guest : guests) {
            final var job = job(guest);
            final var move = job.flatMap(this::move);
            final var course = known.course(guest);
            final var now = Optional.ofNullable(progress.get(guest)).filter(told -> !told.equals(Progress.NONE));
            if (move.isPresent()) {
                final var own = move.orElseThrow();
                result.put(guest, new Moving(guest, own.name(), own.source(), own.destination(), job, now));
            } else if (course.isPresent()) {
                final var others = course.orElseThrow();
                result.put(guest, new Moving(guest, others.name(), others.source(), others.destination(), job, now));
            }
        }
        return result;
    }

    /** Says whether a guest can be moved. */
    List<Point> check(final String guest, final String destination, final MoveOptions how) throws Refusal {
        refuse(how);
        return check(known.find(guest), destination, how);
    }

    private List<Point> check(final GuestView guest, final String destination, final MoveOptions how) {
        return Checks.points(finder.find(guest, destination, how, promised(destination)));
    }

    private static void refuse(final MoveOptions how) throws Refusal {
        final var contradiction = how.contradiction();
        if (contradiction.isPresent()) {
            throw new Refusal(Refusal.Kind.INVALID, contradiction.orElseThrow());
        }
    }

    /** Begins to move a guest; returns the job's identifier before it has moved. */
    String migrate(final String reference, final String destination, final MoveOptions how, final boolean skipCheck)
            throws Refusal {
        refuse(how);
        final var guest = known.find(reference);
        if (!known.targets().containsKey(destination)) {
            throw new Refusal(Refusal.Kind.MISSING, "destination: there is no hypervisor '" + destination
                + "' in intent");
        }
        if (guest.host().filter(destination::equals).isPresent()) {
            throw new Refusal(Refusal.Kind.INVALID, "destination: " + guest.name() + " is at " + destination
                + " already; choose another hypervisor");
        }
        if (!skipCheck) {
            final var failed = Checks.failed(check(guest, destination, how));
            if (!failed.isEmpty()) {
                throw new Refusal(Refusal.Kind.IMPOSSIBLE, failed.stream()
                    .map(point -> (point.name().equals("guest") || point.name().equals("destination") ? ""
                        : "destination: ") + point.text()).toList());
            }
        }
        final var source = guest.host().orElseThrow(() -> new Refusal(Refusal.Kind.IMPOSSIBLE,
            "guest: it is not known where " + guest.name() + " runs now"));
        final long need = finder.needs(guest).value().map(GuestNeeds::memory).orElse(0L);
        return begin(guest, source, destination, how, need, Optional.empty()).task().id();
    }

    /** Makes a move and hands it to the threads. */
    private Job begin(final GuestView guest, final String source, final String destination, final MoveOptions how,
            final long need, final Optional<Job> evacuation) throws Refusal {
        final Job job;
        final Move move;
        synchronized (jobs) {
            for (final var other : jobs.values()) {
                if (!other.over() && other.task() instanceof Move busy && busy.guest().equals(guest.uuid())) {
                    throw new Refusal(Refusal.Kind.BUSY, "guest: job " + busy.id() + " moves " + guest.name() + " to "
                        + busy.destination() + "; wait for it, or cancel it with peregrine:cancel " + busy.id());
                }
            }
            final var leaving = evacuationOf(destination);
            if (leaving.isPresent()) {
                throw new Refusal(Refusal.Kind.BUSY, "destination: " + leaving.orElseThrow());
            }
            room();
            move = new Move(newId(), evacuation.map(whole -> whole.task().id()), guest.uuid(), guest.name(), source,
                destination);
            job = new Job(move, Instant.now(), changes(evacuation));
            add(job);
            options.put(move.id(), how);
            memory.put(move.id(), need);
        }
        changed.run();
        if (!execute(moves, () -> run(job, move, how))) {
            job.interrupt(NOT_BEGUN, Instant.now());
        }
        return job;
    }

    private Consumer<JobView> changes(final Optional<Job> evacuation) {
        return view -> {
            evacuation.ifPresent(whole -> whole.result(result(view)));
            changed.run();
        };
    }

    private static Result result(final JobView view) {
        final var move = (Move) view.task();
        return new Result(move.guest(), move.name(), Optional.of(move.id()), Optional.of(move.destination()),
            view.state(), view.error());
    }

    private void room() throws Refusal {
        if (closed) {
            throw new Refusal(Refusal.Kind.BUSY, "the controller is stopping");
        }
        if (jobs.values().stream().filter(job -> !job.over()).count() >= limits.unfinished()) {
            throw new Refusal(Refusal.Kind.BUSY, limits.unfinished() + " jobs have not ended; wait for some of them");
        }
    }

    private String newId() {
        count++;
        return ID_TIME.format(Instant.now()) + "-" + count;
    }

    private void add(final Job job) {
        jobs.put(job.task().id(), job);
        job.ended().thenAccept(view -> ended(view.task().id()));
    }

    private void ended(final String id) {
        synchronized (jobs) {
            options.remove(id);
            memory.remove(id);
            finished.add(id);
            if (finished.size() > limits.finished()) {
                jobs.remove(finished.remove());
            }
        }
        changed.run();
    }

    /** Has something done; returns whether it will be. */
    private static boolean execute(final ThreadPoolExecutor executor, final Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("Closing", e);
            return false;
        }
    }

    private void run(final Job job, final Move move, final MoveOptions how) {
        if (!job.begin(Instant.now())) {
            return;
        }
        started.put(move.guest(), move.id());
        follow(move.guest());
        // A move goes on without this process, which another one has to know
        keep.run();
        final var limit = how.timeout().map(time -> timer.schedule(() -> timeOut(job, move, time), time.toMillis(),
            TimeUnit.MILLISECONDS));
        Optional<String> failure = Optional.of("it ended unexpectedly; the controller's log tells more");
        try {
            mover.migrate(move.source(), move.guest(), move.destination(), how);
            failure = Optional.empty();
        } catch (IOException e) {
            failure = Optional.of(e.getMessage());
        } finally {
            limit.ifPresent(task -> task.cancel(false));
            over(move);
            job.end(failure, Instant.now());
        }
    }

    /** Peregrine does not move the guest any more. */
    private void over(final Move move) {
        started.remove(move.guest(), move.id());
        follow(move.guest());
        postCopies.remove(move.id());
    }

    private void timeOut(final Job job, final Move move, final Duration limit) {
        if (job.abortFor("it took longer than " + limit.toSeconds() + " s, and was aborted")) {
            abort(job, move);
        }
    }

    /** Aborts a move that runs. The first attempt may come before libvirt has begun, so there are others. */
    private void abort(final Job job, final Move move) {
        execute(helpers, () -> {
            final long until = System.nanoTime() + limits.abortLimit().toNanos();
            String problem = "";
            while (!job.over()) {
                if (System.nanoTime() - until > 0) {
                    LOG.warn("Job {}: it cannot be aborted: {}", move.id(), problem);
                    return;
                }
                try {
                    mover.abort(move.source(), move.guest());
                } catch (IOException e) {
                    problem = e.getMessage();
                    LOG.debug("Job {}: not aborted yet: {}", move.id(), problem);
                }
                if (!awaited(job)) {
                    return;
                }
            }
        });
    }

    private boolean awaited(final Job job) {
        try {
            job.ended().get(limits.abortEvery().toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Cancels a job; returns its identifier. Does not wait for its end. */
    String cancel(final String id) throws Refusal {
        final Job job;
        synchronized (jobs) {
            job = jobs.get(id);
        }
        if (job == null) {
            throw new Refusal(Refusal.Kind.MISSING, "job: there is no job '" + id + "'; peregrine:jobs shows all");
        }
        switch (cancel(job)) {
            case OVER -> throw new Refusal(Refusal.Kind.IMPOSSIBLE, "job: " + id + " has ended already: "
                + job.view().state().name().toLowerCase(Locale.ROOT));
            case TOO_LATE -> throw new Refusal(Refusal.Kind.IMPOSSIBLE, "job: post-copy has begun, which cannot be"
                + " aborted; wait until the guest has arrived");
            default -> {
                return id;
            }
        }
    }

    private Job.Cancel cancel(final Job job) {
        final var result = job.cancel(Instant.now());
        if (result == Job.Cancel.ABORT) {
            if (job.task() instanceof Move move) {
                abort(job, move);
            } else {
                children(job).forEach(this::cancel);
            }
        }
        return result;
    }

    private List<Job> children(final Job evacuation) {
        synchronized (jobs) {
            return jobs.values().stream().filter(job -> job.task() instanceof Move move
                && move.evacuation().filter(evacuation.task().id()::equals).isPresent()).toList();
        }
    }

    /** Cancels a guest's move; returns the job's identifier if Peregrine has started it. */
    Optional<String> cancelGuest(final String reference) throws Refusal {
        final var guest = known.find(reference);
        final Optional<String> own;
        synchronized (jobs) {
            own = jobs.values().stream().filter(job -> !job.over() && job.task() instanceof Move move
                && move.guest().equals(guest.uuid())).map(job -> job.task().id()).findFirst();
        }
        if (own.isPresent()) {
            return Optional.of(cancel(own.orElseThrow()));
        }
        final var source = known.course(guest.uuid()).map(Known.Course::source).or(guest::host).orElseThrow(
            () -> new Refusal(Refusal.Kind.IMPOSSIBLE, "guest: it is not known where " + guest.name() + " runs now"));
        try {
            mover.abort(source, guest.uuid());
        } catch (IOException e) {
            throw new Refusal("guest: " + guest.name() + " at " + source
                + " is not being moved, or cannot be stopped: " + e.getMessage(), e);
        }
        LOG.info("The move of {} away from {}, which somebody else had started, is cancelled", guest.name(), source);
        return Optional.empty();
    }

    /** Begins to move all guests of a hypervisor; returns the job's identifier. */
    String evacuate(final String host, final int parallel, final Set<String> wanted, final MoveOptions how)
            throws Refusal {
        refuse(how);
        final var all = known.targets().keySet();
        if (!all.contains(host)) {
            throw new Refusal(Refusal.Kind.MISSING, "hypervisor: there is no hypervisor '" + host + "' in intent");
        }
        final var to = new TreeSet<>(wanted.isEmpty() ? all : wanted);
        final var strangers = new TreeSet<>(to);
        strangers.removeAll(all);
        if (!strangers.isEmpty()) {
            throw new Refusal(Refusal.Kind.MISSING, "destination: there is no hypervisor '" + strangers.first()
                + "' in intent");
        }
        to.remove(host);
        if (to.isEmpty()) {
            throw new Refusal(Refusal.Kind.INVALID, "destination: there is none but " + host + " itself");
        }
        final var why = known.disconnected().get(host);
        if (why != null) {
            throw new Refusal(Refusal.Kind.IMPOSSIBLE, "hypervisor: libvirt at " + host + " is not connected: " + why);
        }
        final Job job;
        synchronized (jobs) {
            final var other = evacuationOf(host);
            if (other.isPresent()) {
                throw new Refusal(Refusal.Kind.BUSY, "hypervisor: " + other.orElseThrow());
            }
            room();
            job = new Job(new Evacuation(newId(), host), Instant.now(), view -> changed.run());
            add(job);
        }
        changed.run();
        if (!execute(evacuations, () -> evacuate(job, host, parallel, to, how))) {
            job.interrupt(NOT_BEGUN, Instant.now());
        }
        return job.task().id();
    }

    private void evacuate(final Job job, final String host, final int parallel, final Set<String> to,
            final MoveOptions how) {
        if (!job.begin(Instant.now())) {
            return;
        }
        Optional<String> failure = Optional.of("it ended unexpectedly; the controller's log tells more");
        boolean stopped = false;
        try {
            final var tried = new HashSet<UUID>();
            var guests = untried(host, tried);
            do {
                LOG.info("Job {}: moving {} guests away from {}", job.task().id(), guests.size(), host);
                guests.forEach(guest -> tried.add(guest.uuid()));
                evacuate(job, guests, host, parallel, to, how);
                // Who was on the way here before has to leave, too
                while (!job.cancelled() && !arriving(host).isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(limits.poll().toMillis());
                }
                guests = untried(host, tried);
            } while (!guests.isEmpty() && !job.cancelled());
            final long stayed = stayed(job.view().results());
            if (stayed > 0) {
                failure = Optional.of(stayed + " of " + tried.size() + " guests have not been moved");
            } else {
                failure = guests.isEmpty() && arriving(host).isEmpty() ? Optional.empty()
                    : Optional.of("others are there, or on their way");
            }
        } catch (InterruptedException e) {
            // Its moves go on without this process; the next one sees how it ends
            stopped = true;
            Thread.currentThread().interrupt();
        } finally {
            // Interrupted, what it asked may have failed as well
            if (!stopped && !Thread.currentThread().isInterrupted()) {
                job.end(failure, Instant.now());
            }
        }
    }

    /** Moves guests, and waits for that. */
    private void evacuate(final Job job, final List<GuestView> guests, final String host, final int parallel,
            final Set<String> to, final MoveOptions how) throws InterruptedException {
        guests.forEach(guest -> job.result(none(guest, State.WAITING, Optional.empty())));
        final var slots = new Semaphore(parallel);
        for (final var guest : guests) {
            slots.acquire();
            if (job.cancelled()) {
                job.result(none(guest, State.CANCELLED, Optional.empty()));
                slots.release();
            } else {
                place(job, guest, host, to, how).ifPresentOrElse(
                    move -> move.ended().whenComplete((view, none) -> slots.release()), slots::release);
            }
        }
        slots.acquire(parallel);
    }

    /** What keeps a hypervisor from taking guests, with the fix, if it is being evacuated. */
    private Optional<String> evacuationOf(final String host) {
        synchronized (jobs) {
            return jobs.values().stream().filter(job -> !job.over() && job.task() instanceof Evacuation evacuation
                && evacuation.source().equals(host)).findFirst().map(job -> "job " + job.task().id() + " evacuates "
                    + host + "; wait for it, or cancel it with peregrine:cancel " + job.task().id());
        }
    }

    /** The guests of a hypervisor that an evacuation has not tried yet, without those that are still arriving. */
    private List<GuestView> untried(final String host, final Set<UUID> tried) {
        final var arriving = arriving(host);
        return known.at(host).stream()
            .filter(guest -> !tried.contains(guest.uuid()) && !arriving.contains(guest.uuid())).toList();
    }

    /** The guests that are on their way to a hypervisor, or going to be. */
    private Set<UUID> arriving(final String host) {
        final var result = known.arriving(host);
        synchronized (jobs) {
            jobs.values().stream().filter(job -> !job.over()).map(Job::task)
                .filter(task -> task instanceof Move move && move.destination().equals(host))
                .forEach(task -> result.add(((Move) task).guest()));
        }
        return result;
    }

    private static long stayed(final List<Result> results) {
        return results.stream().filter(result -> result.state() != State.DONE).count();
    }

    private static Result none(final GuestView guest, final State state, final Optional<String> why) {
        return new Result(guest.uuid(), guest.name(), Optional.empty(), Optional.empty(), state, why);
    }

    /** Begins to move one guest of an evacuation to the best place; empty if there is none, which is told then. */
    private Optional<Job> place(final Job job, final GuestView guest, final String host, final Set<String> to,
            final MoveOptions how) {
        // What was known when the evacuation began may be old now
        final var now = known.view(guest.uuid());
        if (now.flatMap(GuestView::host).filter(host::equals).isEmpty()) {
            job.result(none(guest, State.DONE, Optional.of("it has left or ended by itself")));
            return Optional.empty();
        }
        try {
            final var needs = finder.needs(now.orElseThrow());
            final long need = needs.value().map(GuestNeeds::memory).orElseThrow(() -> new Refusal(
                Refusal.Kind.IMPOSSIBLE, "what it needs is not known: " + needs.why()));
            final var move = begin(now.orElseThrow(), host, destination(now.orElseThrow(), need, to, how), how, need,
                Optional.of(job));
            if (job.cancelled()) {
                // It was cancelled when this move was not known yet
                cancel(move);
            }
            return Optional.of(move);
        } catch (Refusal e) {
            job.result(none(guest, State.FAILED, Optional.of(e.getMessage())));
            return Optional.empty();
        }
    }

    private String destination(final GuestView guest, final long need, final Set<String> to, final MoveOptions how)
            throws Refusal {
        final var candidates = new ArrayList<Candidate>();
        final var reasons = new ArrayList<String>();
        for (final var host : to) {
            final var leaving = evacuationOf(host);
            final var available = leaving.isPresent() ? Answer.<Long>none(leaving.orElseThrow())
                : finder.available(host);
            available.value().ifPresentOrElse(free -> candidates.add(new Candidate(host, free, promised(host))),
                () -> reasons.add(host + ": " + available.why()));
        }
        final var ranked = DestinationChoice.ranked(candidates, need);
        candidates.stream().filter(candidate -> !ranked.contains(candidate.name()))
            .forEach(candidate -> reasons.add(candidate.name() + ": too little memory"));
        for (final var host : ranked) {
            final var failed = Checks.failed(check(guest, host, how));
            if (failed.isEmpty()) {
                return host;
            }
            reasons.add(host + ": " + String.join(", ", failed.stream().map(Point::text).toList()));
        }
        throw new Refusal(Refusal.Kind.IMPOSSIBLE, "no hypervisor can take it: " + String.join("; ", reasons));
    }

    /** Memory of guests that are on the way to a hypervisor, bytes. */
    private long promised(final String host) {
        synchronized (jobs) {
            return jobs.values().stream().filter(job -> !job.over() && job.task() instanceof Move move
                && move.destination().equals(host)).mapToLong(job -> memory.getOrDefault(job.task().id(), 0L)).sum();
        }
    }

    private Optional<Move> move(final String id) {
        synchronized (jobs) {
            return Optional.ofNullable(jobs.get(id)).map(job -> job.task() instanceof Move move ? move : null);
        }
    }

    /** Watches a guest as long as it is being moved, whoever started that. Returns at once. */
    private void follow(final UUID guest) {
        // Whoever comes last sees all that has changed
        synchronized (watch) {
            final var source = job(guest).flatMap(this::move).map(Move::source)
                .or(() -> known.course(guest).map(Known.Course::source));
            if (source.isPresent()) {
                progress.putIfAbsent(guest, Progress.NONE);
            } else {
                progress.remove(guest);
            }
            watch.watch(guest, source);
        }
        changed.run();
    }

    private void onProgress(final UUID guest, final Optional<Progress> told) {
        final var unfinished = left.get(guest);
        if (unfinished != null) {
            unfinished.told(told.isPresent());
        }
        // Before it begins to copy, QEMU has nothing to tell
        told.filter(now -> now.total() != 0 && progress.replace(guest, now) != null)
            .ifPresent(now -> onProgress(guest, now));
    }

    private void onProgress(final UUID guest, final Progress now) {
        final Optional<Job> job;
        final boolean postCopy;
        synchronized (jobs) {
            job = job(guest).map(jobs::get);
            postCopy = job.map(own -> options.get(own.task().id())).filter(MoveOptions::postCopy).isPresent();
        }
        job.ifPresent(own -> {
            own.progress(now);
            if (postCopy && now.iteration() >= SECOND_PASS && postCopies.add(own.task().id())) {
                execute(helpers, () -> startPostCopy(own, (Move) own.task()));
            }
        });
        changed.run();
    }

    private void startPostCopy(final Job job, final Move move) {
        try {
            mover.startPostCopy(move.source(), move.guest());
            job.postCopyBegun();
            LOG.info("Job {}: post-copy of {} has begun", move.id(), move.name());
        } catch (IOException e) {
            LOG.info("Job {}: no post-copy yet: {}", move.id(), e.getMessage());
            postCopies.remove(move.id());
        }
    }

    /** Begins nothing more. Moves under way go on: libvirt does them, and the next process sees how they end. */
    @Override
    public void close() {
        known.listen(guest -> { });
        final List<Job> all;
        synchronized (jobs) {
            closed = true;
            all = List.copyOf(jobs.values());
        }
        all.stream().filter(job -> job.view().state() == State.WAITING)
            .forEach(job -> job.interrupt(NOT_BEGUN, Instant.now()));
        moves.shutdown();
        evacuations.shutdownNow();
        helpers.shutdownNow();
        timer.shutdownNow();
        watch.close();
    }
}
