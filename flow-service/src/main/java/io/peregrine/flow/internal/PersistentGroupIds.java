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

import io.peregrine.flow.GroupIds;
import io.peregrine.flow.internal.core.OwnRange;
import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.journal.JournalFile;
import io.peregrine.flow.journal.LateWriter;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
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
@Component(service = { GroupIds.class, PersistentGroupIds.class })
public final class PersistentGroupIds implements GroupIds, AutoCloseable {
    static final String FILE = "group-ids";
    static final int BLOCK = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(PersistentGroupIds.class);
    private static final String RESERVED = "reserved ";

    private final JournalFile file;
    private final LateWriter writer = new LateWriter("group numbers", "peregrine-group-ids", this::write);

    // Guarded by this
    private final Map<String, Long> ids = new HashMap<>();
    private final Set<Long> taken = new HashSet<>();
    private final Set<Long> seen = new HashSet<>();
    private long next;
    private long reserved;

    /**
     * Loads what an earlier life kept.
     *
     * @param journal where numbers are or shall be kept
     */
    @Activate
    public PersistentGroupIds(@Reference final Journal journal) {
        file = journal.file(FILE, 1);
        synchronized (this) {
            load();
            reserved = clamp(next + BLOCK);
        }
        try {
            write();
        } catch (IOException e) {
            LOG.warn("Cannot keep group numbers in {} yet", file.path(), e);
            writer.changed();
        }
    }

    private static long clamp(final long id) {
        return Math.min(id, OwnRange.LAST_GROUP + 1);
    }

    private synchronized void load() {
        next = ThreadLocalRandom.current().nextLong(OwnRange.FIRST_GROUP, OwnRange.LAST_GROUP - BLOCK);
        try {
            final var lines = file.read();
            if (lines.isEmpty()) {
                LOG.info("No group numbers are kept in {} yet", file.path());
                return;
            }
            parse(lines.orElseThrow());
            LOG.info("{} group numbers are kept in {}", ids.size(), file.path());
        } catch (IOException | IllegalArgumentException e) {
            ids.clear();
            taken.clear();
            file.setAside(e, "Groups get new numbers, apart from those that switches report");
        }
    }

    private synchronized void parse(final List<String> lines) {
        if (!lines.get(0).startsWith(RESERVED)) {
            throw new IllegalArgumentException("line 2");
        }
        for (int i = 1; i < lines.size(); i++) {
            final var line = lines.get(i);
            final int blank = line.indexOf(' ');
            if (blank < 0) {
                throw new IllegalArgumentException("line " + (i + 2));
            }
            final long id = Long.parseLong(line.substring(0, blank));
            final var name = URLDecoder.decode(line.substring(blank + 1), UTF_8);
            if (!OwnRange.isOwnGroup(id) || !taken.add(id) || ids.put(name, id) != null) {
                throw new IllegalArgumentException("line " + (i + 2));
            }
        }
        final long bound = Long.parseLong(lines.get(0).substring(RESERVED.length()));
        if (bound < OwnRange.FIRST_GROUP || bound > OwnRange.LAST_GROUP + 1) {
            throw new IllegalArgumentException("line 2");
        }
        next = bound;
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
        writer.changed();
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
            writer.changed();
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

    private void write() throws IOException {
        final var lines = new ArrayList<String>();
        synchronized (this) {
            lines.add(RESERVED + reserved);
            ids.forEach((name, id) -> lines.add(id + " " + URLEncoder.encode(name, UTF_8)));
        }
        file.write(lines);
    }

    @Deactivate
    @Override
    public void close() {
        writer.close();
    }
}
