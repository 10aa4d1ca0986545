/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.jdt.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file of lines that is read as a whole and replaced as a whole: after a crash at any time it has either the
 * old lines or the new ones. Its first line tells its name and format, its last the number of entries, so that a file
 * that somebody has cut is known. Only its owner may read and write it: there are keys among these files.
 *
 * <pre>
 *   peregrine-NAME 1
 *   SETTING
 *   ENTRY
 *   ENTRY
 *   end 2
 * </pre>
 *
 * <p>Not thread-safe; the methods block until the disk has answered.
 */
public final class JournalFile {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final String title;
    private final String header;
    private final int settings;

    JournalFile(final Path path, final int settings) {
        this.path = requireNonNull(path);
        this.settings = settings;
        title = "peregrine-" + path.getFileName() + " ";
        header = title + "1";
    }

    /**
     * Where the file is or shall be.
     *
     * @return its path
     */
    public Path path() {
        return path;
    }

    /**
     * Reads the file.
     *
     * @return settings and entries, empty if there is no file yet
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is incomplete or no such file
     */
    public Optional<List<String>> read() throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        final List<String> lines;
        try {
            lines = List.of(Files.readString(path, UTF_8).split("\n", -1));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is no text", e);
        }
        if (lines.get(0).startsWith(title) && !lines.get(0).equals(header)) {
            throw new IllegalArgumentException("its format is not 1 but " + lines.get(0).substring(title.length())
                + ": another version has written it");
        }
        final int end = lines.size() - 2;
        if (end < 1 + settings || !lines.get(0).equals(header)
                || !lines.get(end).equals("end " + (end - 1 - settings)) || !lines.get(end + 1).isEmpty()) {
            throw new IllegalArgumentException("it is incomplete");
        }
        return Optional.of(lines.subList(1, end));
    }

    /**
     * Reads what there is of a file that {@link #read} refuses because it is incomplete or damaged.
     *
     * @return the lines after the first that are whole, the last line of a whole file not among them; some may be
     *     garbled. None if it is no such file or of another format
     * @throws IOException if the file cannot be read
     */
    public List<String> salvage() throws IOException {
        // Unlike readString, this puts a sign in the place of what is no text
        final var lines = List.of(new String(Files.readAllBytes(path), UTF_8).split("\n", -1));
        if (!lines.get(0).equals(header)) {
            return List.of();
        }
        final int last = lines.size() - 1;
        return lines.subList(1, last > 1 && lines.get(last - 1).startsWith("end ") ? last - 1 : Math.max(1, last));
    }

    /**
     * Reads a file without settings entry by entry. One of which only a part can be read is set aside, and the part is
     * taken.
     *
     * @param parser makes something of an entry; throws {@link IllegalArgumentException} if it cannot
     * @param taken gets what was made
     * @param content what the file is, for the log, a sentence's beginning such as "It is a part of the history"
     * @param <T> what an entry stands for
     * @return false if the file has been set aside
     */
    public <T> boolean readEach(final Function<String, T> parser, final List<T> taken, final String content) {
        final int before = taken.size();
        Exception problem;
        try {
            problem = parse(read().orElse(List.of()), parser, taken);
            if (problem == null) {
                return true;
            }
        } catch (IOException | IllegalArgumentException e) {
            problem = e;
            try {
                parse(salvage(), parser, taken);
            } catch (IOException again) {
                problem.addSuppressed(again);
            }
        }
        setAside(problem, content + ", of which " + (taken.size() - before) + " entries could be read");
        return false;
    }

    /** Takes what can be read; returns why something cannot, or null. */
    private static <T> @Nullable IllegalArgumentException parse(final List<String> lines,
            final Function<String, T> parser, final List<T> taken) {
        IllegalArgumentException unreadable = null;
        for (var line : lines) {
            try {
                taken.add(parser.apply(line));
            } catch (IllegalArgumentException e) {
                unreadable = e;
            }
        }
        return unreadable;
    }

    /**
     * Removes the file, if there is one.
     *
     * @throws IOException if that failed
     */
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    /**
     * Replaces the file, making its directory if there is none.
     *
     * @param lines settings and entries, without line ends
     * @throws IOException if that failed; the old file is still there
     */
    public void write(final List<String> lines) throws IOException {
        final var text = new StringBuilder(header).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        text.append("end ").append(lines.size() - settings).append('\n');

        Files.createDirectories(path.getParent());
        final var fresh = path.resolveSibling(path.getFileName() + ".new");
        try (var channel = FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING), PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            // One that a crash has left keeps the permissions that it has
            Files.setPosixFilePermissions(fresh, OWNER_ONLY);
            final var bytes = ByteBuffer.wrap(text.toString().getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Keeps a file that cannot be used under another name, for a person to look at.
     *
     * @param cause why it cannot be used
     * @param consequence what that means, in one sentence
     */
    public void setAside(final Exception cause, final String consequence) {
        final var aside = path.resolveSibling(path.getFileName() + ".bad-" + System.currentTimeMillis());
        LOG.error("{} cannot be used; it is kept as {}. {}", path, aside.getFileName(), consequence, cause);
        try {
            Files.move(path, aside);
        } catch (IOException e) {
            LOG.error("Cannot set {} aside", path, e);
        }
    }
}
