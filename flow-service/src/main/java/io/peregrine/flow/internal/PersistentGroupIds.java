/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.internal.core.OwnRange;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group numbers kept in a small file.
 *
 * <p>Numbers are handed out upwards and start again at the bottom only at the end of the range of 16 million, so one
 * that was given back is not met again soon. The file is written some time after a change, so a crash can lose names;
 * their numbers are not lost, because the file always says a number below which all may have been handed out. If there
 * is no good file, numbers start at a random place, and those seen on switches are left alone.
 *
 * <pre>
 *   peregrine-group-ids 1
 *   reserved 1342179328
 *   1342177280 remote%2Fguest-7
 *   end 1
 * </pre>
 */
@Component(service = { GroupIds.class, PersistentGroupIds.class }, configurationPid = FlowConfiguration.PID)
@Designate(ocd = FlowConfiguration.class)
public final class PersistentGroupIds implements GroupIds, AutoCloseable {
    static final String FILE = "group-ids";
    static final int BLOCK = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(PersistentGroupIds.class);
    private static final String HEADER = "peregrine-group-ids 1";
    private static final long WRITE_DELAY_MILLIS = 200;
    private static final long RETRY_DELAY_MILLIS = 5_000;

    private final Path file;
    private final ScheduledThreadPoolExecutor writer;

    // Guarded by this
    private final Map<String, Long> ids = new HashMap<>();
    private final Set<Long> taken = new HashSet<>();
    private final Set<Long> seen = new HashSet<>();
    private long next;
    private long reserved;
    private boolean scheduled;
    private boolean closed;

    @Activate
    public PersistentGroupIds(final FlowConfiguration configuration) {
        this(directory(configuration.journal$_$directory()));
    }

    /**
     * Loads what an earlier life kept.
     *
     * @param directory where the file is or shall be
     */
    PersistentGroupIds(final Path directory) {
        file = directory.resolve(FILE);
        writer = new ScheduledThreadPoolExecutor(1,
            new ThreadFactoryBuilder().setNameFormat("peregrine-group-ids").setDaemon(true).build());
        writer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        synchronized (this) {
            load();
            reserved = clamp(next + BLOCK);
        }
        write();
    }

    private static Path directory(final String configured) {
        return configured.isBlank() ? Path.of(System.getProperty("karaf.data", "data"), "peregrine")
            : Path.of(configured);
    }

    private static long clamp(final long id) {
        return Math.min(id, OwnRange.LAST_GROUP + 1);
    }

    private synchronized void load() {
        next = ThreadLocalRandom.current().nextLong(OwnRange.FIRST_GROUP, OwnRange.LAST_GROUP - BLOCK);
        if (!Files.exists(file)) {
            LOG.info("No group numbers are kept in {} yet", file);
            return;
        }
        try {
            parse(Files.readString(file, UTF_8));
            LOG.info("{} group numbers are kept in {}", ids.size(), file);
        } catch (IOException | IllegalArgumentException e) {
            ids.clear();
            taken.clear();
            setAside(e);
        }
    }

    private synchronized void parse(final String text) {
        final var lines = text.split("\n", -1);
        if (lines.length < 4 || !HEADER.equals(lines[0]) || !lines[1].startsWith("reserved ")
            || !lines[lines.length - 2].equals("end " + (lines.length - 4))) {
            throw new IllegalArgumentException("it is incomplete");
        }
        for (int i = 2; i < lines.length - 2; i++) {
            final int blank = lines[i].indexOf(' ');
            if (blank < 0) {
                throw new IllegalArgumentException("line " + (i + 1));
            }
            final long id = Long.parseLong(lines[i].substring(0, blank));
            final var name = URLDecoder.decode(lines[i].substring(blank + 1), UTF_8);
            if (!OwnRange.isOwnGroup(id) || !taken.add(id) || ids.put(name, id) != null) {
                throw new IllegalArgumentException("line " + (i + 1));
            }
        }
        final long bound = Long.parseLong(lines[1].substring("reserved ".length()));
        if (bound < OwnRange.FIRST_GROUP || bound > OwnRange.LAST_GROUP + 1) {
            throw new IllegalArgumentException("line 2");
        }
        next = bound;
    }

    private void setAside(final Exception cause) {
        final var aside = file.resolveSibling(FILE + ".bad-" + System.currentTimeMillis());
        LOG.error("The group numbers in {} cannot be used; the file is kept as {}. Groups get new numbers, apart"
            + " from those that switches report", file, aside.getFileName(), cause);
        try {
            Files.move(file, aside);
        } catch (IOException e) {
            LOG.error("Cannot set {} aside", file, e);
        }
    }

    @Override
    public synchronized long idOf(final String name) {
        final var known = ids.get(requireNonNull(name));
        if (known != null) {
            return known;
        }
        final long id = allocate();
        ids.put(name, id);
        taken.add(id);
        if (reserved - next < BLOCK / 2) {
            reserved = clamp(next + BLOCK);
        }
        schedule(WRITE_DELAY_MILLIS);
        return id;
    }

    private synchronized long allocate() {
        for (long tries = OwnRange.LAST_GROUP - OwnRange.FIRST_GROUP; tries >= 0; tries--) {
            if (next > OwnRange.LAST_GROUP) {
                next = OwnRange.FIRST_GROUP;
                reserved = clamp(next + BLOCK);
            }
            final long id = next++;
            if (!taken.contains(id) && !seen.contains(id)) {
                return id;
            }
        }
        throw new IllegalStateException("all group numbers are in use");
    }

    @Override
    public synchronized void release(final String name) {
        final var id = ids.remove(name);
        if (id != null) {
            taken.remove(id);
            schedule(WRITE_DELAY_MILLIS);
        }
    }

    /**
     * Learns which numbers a switch uses, so that they are not handed out for something else.
     *
     * @param groups numbers of any range
     */
    synchronized void seen(final Collection<Long> groups) {
        groups.stream().filter(OwnRange::isOwnGroup).forEach(seen::add);
    }

    private synchronized void schedule(final long delay) {
        if (!scheduled && !closed) {
            scheduled = true;
            writer.schedule(this::write, delay, TimeUnit.MILLISECONDS);
        }
    }

    private void write() {
        final var text = new StringBuilder(HEADER).append('\n');
        synchronized (this) {
            scheduled = false;
            text.append("reserved ").append(reserved).append('\n');
            ids.forEach((name, id) -> text.append(id).append(' ').append(URLEncoder.encode(name, UTF_8)).append('\n'));
            text.append("end ").append(ids.size()).append('\n');
        }
        try {
            Files.createDirectories(file.getParent());
            final var fresh = file.resolveSibling(FILE + ".new");
            try (var channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                final var bytes = ByteBuffer.wrap(text.toString().getBytes(UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.error("Cannot keep group numbers in {}", file, e);
            synchronized (this) {
                schedule(RETRY_DELAY_MILLIS);
            }
        }
    }

    @Deactivate
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        writer.shutdown();
        try {
            if (!writer.awaitTermination(RETRY_DELAY_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("The group numbers are still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        write();
    }
}
