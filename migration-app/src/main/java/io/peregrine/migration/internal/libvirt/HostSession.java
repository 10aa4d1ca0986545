/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.BackOff;
import io.peregrine.migration.internal.core.DomainXml;
import io.peregrine.migration.internal.core.GuestDescription;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.LifecycleEvent;
import io.peregrine.migration.internal.core.Stopper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session with one hypervisor: connects, reads all domains, answers questions, reads all again from time to time,
 * and connects again when the connection is lost. Every blocking call is made on this session's own threads, so that a
 * host which is slow or dead stalls nothing else.
 */
final class HostSession implements AutoCloseable {
    /**
     * How long things take.
     *
     * @param connect when an attempt to connect is given up
     * @param probe when a host is taken for unreachable by TCP
     * @param firstRetry the first wait before connecting again
     * @param lastRetry the longest such wait
     * @param resync between two readings of all domains
     * @param answer when a domain's QEMU is taken for one that does not answer; everybody waits that long, once
     */
    record Timing(Duration connect, Duration probe, Duration firstRetry, Duration lastRetry, Duration resync,
            Duration answer) {
        static final Timing DEFAULT = new Timing(Duration.ofSeconds(20), Duration.ofSeconds(3), Duration.ofMillis(250),
            Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(3));
    }

    private sealed interface Task {
    }

    private record Question(UUID uuid) implements Task {
    }

    private record Lost(LibvirtDriver.Link link, String why) implements Task {
    }

    private record Closed() implements Task {
    }

    private static final Logger LOG = LoggerFactory.getLogger(HostSession.class);

    private final String host;
    private final LibvirtUri uri;
    private final LibvirtDriver driver;
    private final HostListener listener;
    private final LongSupplier turnTime;
    private final Timing timing;
    private final BackOff backOff;
    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final Set<UUID> asked = ConcurrentHashMap.newKeySet();
    private final Map<UUID, CopyWatch> watches = new ConcurrentHashMap<>();
    private final Attempts attempts;
    /** Asks what only a domain's QEMU can answer. */
    private final Attempts questions;
    /** What it has not answered yet; on the session's thread. */
    private final Map<UUID, CompletableFuture<?>> unanswered = new HashMap<>();
    /** What the last inventory had; on the session's thread. */
    private final Map<UUID, DomainReport> last = new HashMap<>();
    private final Thread thread;

    /** The connection while there is one. */
    private volatile LibvirtDriver.Link current;
    private volatile boolean closed;

    HostSession(final String host, final LibvirtUri uri, final LibvirtDriver driver, final HostListener listener,
            final LongSupplier turnTime, final Timing timing) {
        this.host = requireNonNull(host);
        this.uri = requireNonNull(uri);
        this.driver = requireNonNull(driver);
        this.listener = requireNonNull(listener);
        this.turnTime = requireNonNull(turnTime);
        this.timing = requireNonNull(timing);
        attempts = new Attempts(host);
        questions = new Attempts(host);
        backOff = new BackOff(timing.firstRetry(), timing.lastRetry(), Math::random);
        thread = new Thread(this::run, "libvirt-" + host);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean alive() {
        return thread.isAlive();
    }

    LibvirtUri uri() {
        return uri;
    }

    /**
     * Asks about one domain; the listener gets the answer. Without a connection there is none: what is asked then is
     * answered by the inventory that follows the next one. Returns at once.
     */
    void ask(final UUID uuid) {
        if (asked.add(uuid)) {
            tasks.add(new Question(uuid));
        }
    }

    /** Begins or ends watching the copy of a migrating domain; the listener gets forecasts. Returns at once. */
    void watch(final UUID uuid, final boolean on, final boolean hold) {
        if (on) {
            watches.computeIfAbsent(uuid, key -> {
                final var watch = new CopyWatch(uuid, () -> current,
                    hold ? Optional.of(() -> driver.control(uri)) : Optional.empty(),
                    forecast -> listener.onForecast(host, uuid, forecast), () -> heldHere(uuid), turnTime);
                watch.start(host);
                return watch;
            });
        } else {
            final var watch = watches.remove(uuid);
            if (watch != null) {
                watch.close();
            }
        }
        if (closed) {
            endWatches();
        }
    }

    /** Says who stops a domain that is watched and held. Returns at once. */
    void stopBy(final UUID uuid, final Stopper who) {
        final var watch = watches.get(uuid);
        if (watch != null) {
            watch.stopBy(who);
        }
    }

    private void endWatches() {
        watches.values().forEach(CopyWatch::close);
        watches.clear();
    }

    /** Ends the session. Returns at once; the listener is told nothing more. */
    @Override
    public void close() {
        closed = true;
        endWatches();
        tasks.add(new Closed());
    }

    /**
     * Waits for the session's thread to end.
     *
     * @param limit how long at most
     * @return whether it has ended
     */
    boolean join(final Duration limit) throws InterruptedException {
        thread.join(Math.max(1, limit.toMillis()));
        return !thread.isAlive();
    }

    private void run() {
        boolean retry = false;
        while (!closed) {
            String problem;
            try {
                if (retry) {
                    Attempts.probe(uri, timing.probe());
                }
                problem = connected();
            } catch (IOException e) {
                problem = e.getMessage() == null ? e.toString() : e.getMessage();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (closed) {
                return;
            }
            retry = true;
            LOG.debug("{}: no connection: {}", host, problem);
            listener.onDisconnected(host, problem);
            try {
                await(backOff.next());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Connects and serves the connection until it ends; returns why it did. */
    private String connected() throws IOException, InterruptedException {
        final var events = new Events();
        try (var link = attempts.make(timing.connect(), () -> driver.open(uri, events),
                LibvirtDriver.Link::close)) {
            events.link.complete(link);
            if (closed) {
                return "";
            }
            listener.onConnected(host);
            inventory(link);
            try {
                current = link;
                backOff.reset();
                LOG.debug("{}: connected, all domains read", host);
                return serve(link);
            } finally {
                // Before it is closed
                current = null;
            }
        } finally {
            events.ended = true;
        }
    }

    private String serve(final LibvirtDriver.Link link) throws IOException, InterruptedException {
        long resyncAt = System.nanoTime() + timing.resync().toNanos();
        while (!closed) {
            final var task = tasks.poll(resyncAt - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (task == null) {
                if (!link.alive()) {
                    return "the connection is dead";
                }
                inventory(link);
                resyncAt = System.nanoTime() + timing.resync().toNanos();
            } else if (task instanceof Question question) {
                asked.remove(question.uuid());
                reply(link, question.uuid());
            } else if (task instanceof Lost lost && lost.link() == link) {
                return lost.why();
            }
        }
        return "";
    }

    /** Answers a question, but for a domain that does not answer: what is known of it stays, and it is asked again. */
    private void reply(final LibvirtDriver.Link link, final UUID uuid) throws IOException, InterruptedException {
        final long at = System.nanoTime();
        final var busy = answer(uuid, () -> link.busy(uuid)).flatMap(Function.identity());
        if (busy.isEmpty()) {
            return;
        }
        final var report = report(link, uuid, busy.orElseThrow());
        if (!closed) {
            listener.onAnswer(host, uuid, report, at);
        }
    }

    private void inventory(final LibvirtDriver.Link link) throws IOException, InterruptedException {
        final long at = System.nanoTime();
        unanswered.values().removeIf(CompletableFuture::isDone);
        final var reports = new ArrayList<DomainReport>();
        for (final var uuid : link.domains()) {
            final var answer = answer(uuid, () -> link.busy(uuid));
            final var busy = answer.flatMap(Function.identity());
            // Of a domain that does not answer: as it was; a QEMU that has to be waited for is asked about a job.
            final var before = busy.isPresent() ? null : last.get(uuid);
            (before == null ? report(link, uuid, busy.orElse(answer.isEmpty())) : Optional.of(before))
                .ifPresent(reports::add);
        }
        last.clear();
        reports.forEach(report -> last.put(report.uuid(), report));
        if (!closed) {
            listener.onInventory(host, reports, at);
        }
        for (final var report : reports) {
            final var uuid = report.uuid();
            // asked again: a watch may have begun to hold since
            if (report.level().outgoing() && !heldHere(uuid) && isHeld(link, uuid) && !heldHere(uuid)) {
                releaseLeftBehind(uuid);
            }
        }
    }

    private boolean heldHere(final UUID uuid) {
        final var watch = watches.get(uuid);
        return watch != null && watch.holds();
    }

    private boolean isHeld(final LibvirtDriver.Link link, final UUID uuid) throws InterruptedException {
        try {
            return answer(uuid, () -> link.copyProgress(uuid)).flatMap(Function.identity())
                .filter(copy -> copy.downtimeLimit() <= CopyWatch.HELD).isPresent();
        } catch (IOException e) {
            // Its job may have ended since it was reported; the connection is no worse for that.
            LOG.debug("{}: domain {}: its limit is not known", host, uuid, e);
            return false;
        }
    }

    /** A controller that held a domain has ended before it let go; without a limit to meet the copy may never end. */
    private void releaseLeftBehind(final UUID uuid) {
        LOG.info("{}: domain {} was kept from being stopped by an earlier controller; letting go", host, uuid);
        final var release = new Thread(() -> {
            try (var control = driver.control(uri)) {
                control.setMaxDowntime(uuid, CopyWatch.USUAL);
            } catch (IOException e) {
                LOG.warn("{}: the longest pause of domain {} could not be set back to {} ms: {}", host, uuid,
                    CopyWatch.USUAL, e.getMessage());
            }
        }, "libvirt-release-" + host);
        release.setDaemon(true);
        release.start();
    }

    /**
     * Asks what a domain's QEMU may have to answer. One that has not answered before is not asked again, for others are
     * waiting.
     *
     * @return empty if there is no answer in time
     */
    private <T> Optional<T> answer(final UUID uuid, final Attempts.Opener<T> question)
            throws IOException, InterruptedException {
        final var before = unanswered.get(uuid);
        if (before != null && !before.isDone()) {
            return Optional.empty();
        }
        unanswered.remove(uuid);
        final CompletableFuture<T> answer;
        try {
            answer = questions.begin(Duration.ZERO, question, late -> { });
        } catch (IOException e) {
            LOG.debug("{}: domain {}: too many others do not answer", host, uuid, e);
            return Optional.empty();
        }
        try {
            return Optional.of(answer.get(timing.answer().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            LOG.warn("{}: domain {} does not answer", host, uuid);
            unanswered.put(uuid, answer);
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        }
    }

    /** A domain, empty if it is not there. */
    private Optional<DomainReport> report(final LibvirtDriver.Link link, final UUID uuid, final boolean busy)
            throws IOException {
        final var domain = link.domain(uuid, busy);
        if (domain.isEmpty()) {
            return Optional.empty();
        }
        final var text = domain.orElseThrow();
        Optional<GuestDescription> description = Optional.empty();
        try {
            description = Optional.of(DomainXml.parse(text.xml()));
        } catch (IllegalArgumentException e) {
            LOG.warn("{}: domain {}: {}", host, uuid, e.getMessage());
        }
        return Optional.of(new DomainReport(uuid, text.level(), description));
    }

    /** Waits before the next attempt, unless the session is closed. */
    private void await(final Duration length) throws InterruptedException {
        final long until = System.nanoTime() + length.toNanos();
        asked.clear();
        while (!closed) {
            final long left = until - System.nanoTime();
            if (left <= 0 || tasks.poll(left, TimeUnit.NANOSECONDS) instanceof Closed) {
                return;
            }
            asked.clear();
        }
    }

    /** One connection's events; they may come before the connection is known here. */
    private final class Events implements LibvirtDriver.EventListener {
        final CompletableFuture<LibvirtDriver.Link> link = new CompletableFuture<>();
        /** Another connection tells of everything now; this one may not be closed yet. */
        volatile boolean ended;

        private boolean count() {
            return !closed && !ended;
        }

        @Override
        public void onLifecycle(final UUID uuid, final LifecycleEvent event, final long at) {
            if (count()) {
                listener.onEvent(host, uuid, event, at);
            }
        }

        @Override
        public void onDevices(final UUID uuid) {
            if (count()) {
                listener.onDevices(host, uuid);
            }
        }

        @Override
        public void onDowntime(final UUID uuid, final long downtime) {
            if (count()) {
                listener.onDowntime(host, uuid, downtime);
            }
        }

        @Override
        public void onIteration(final UUID uuid) {
            final var watch = watches.get(uuid);
            if (watch != null) {
                watch.look();
            }
        }

        @Override
        public void onLost(final String why) {
            link.thenAccept(known -> tasks.add(new Lost(known, why)));
        }
    }
}
