/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps plain passwords out of a users file. Others write the file in place, Karaf and editors among them, so it is
 * read only after it has been left alone for a while, and is replaced as a whole.
 *
 * <p>For one thread.
 */
final class UsersFile {
    /** For how long nobody has to have written. */
    static final Duration QUIET = Duration.ofSeconds(1);
    /** The same if the last line has no end: somebody may be about to write on. */
    static final Duration QUIET_WITHOUT_END = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(UsersFile.class);

    private final Path file;
    private final LongSupplier nanoTime;
    private final Consumer<String> warn;
    /** Null before the first look. */
    private byte[] seen;
    private long seenSince;
    private boolean done;
    private Set<String> warnedOf = Set.of();
    private String failure;

    UsersFile(final Path file, final LongSupplier nanoTime, final Consumer<String> warn) {
        this.file = file;
        this.nanoTime = nanoTime;
        this.warn = warn;
    }

    UsersFile(final Path file) {
        this(file, System::nanoTime, LOG::warn);
    }

    /** Replaces what is plain, if that is to be done now. To be called every now and then. */
    @SuppressWarnings("checkstyle:illegalCatch")
    void look() {
        try {
            replaceIfQuiet();
            failure = null;
        } catch (IOException | RuntimeException e) {
            // Looking goes on; interrupted, it ends anyway
            if (!Thread.currentThread().isInterrupted() && !e.toString().equals(failure)) {
                failure = e.toString();
                warn.accept("Plain passwords in " + file + " cannot be replaced by hashes: " + failure);
            }
        }
    }

    private void replaceIfQuiet() throws IOException {
        final Path real;
        final byte[] content;
        final Duration age;
        try {
            real = file.toRealPath();
            content = Files.readAllBytes(real);
            // After it: what is written meanwhile is new
            age = Duration.ofMillis(System.currentTimeMillis() - Files.getLastModifiedTime(real).toMillis());
        } catch (NoSuchFileException e) {
            seen = new byte[0];
            done = true;
            return;
        }
        final var now = nanoTime.getAsLong();
        if (!Arrays.equals(content, seen)) {
            seenSince = seen == null && !age.isNegative() ? now - age.toNanos() : now;
            seen = content;
            done = false;
        }
        if (!done && now - seenSince >= (hasEnd(content) ? QUIET : QUIET_WITHOUT_END).toNanos()) {
            replace(real);
        }
    }

    private static boolean hasEnd(final byte[] content) {
        return content.length > 0 && (content[content.length - 1] == '\n' || content[content.length - 1] == '\r');
    }

    private void replace(final Path real) throws IOException {
        final var hashed = PasswordLines.hash(new String(seen, StandardCharsets.ISO_8859_1));
        final var left = new HashSet<String>();
        for (var line : hashed.left()) {
            left.add(line.line());
            // The line itself may have a password
            if (!warnedOf.contains(line.line())) {
                warn.accept("Line " + line.number() + " of " + file + " " + line.why()
                    + ": it stays as it is, and nobody logs in by it. jaas:user-add sets a password");
            }
        }
        warnedOf = left;
        if (hashed.replaced() > 0) {
            final var content = hashed.text().getBytes(StandardCharsets.ISO_8859_1);
            if (!write(real, content)) {
                return;
            }
            seen = content;
            LOG.info("{}: {} plain passwords replaced by hashes", file, hashed.replaced());
        }
        done = true;
    }

    /** Whether the file was still as seen. */
    private boolean write(final Path real, final byte[] content) throws IOException {
        final var old = Files.readAttributes(real, PosixFileAttributes.class);
        final var fresh = real.resolveSibling("." + real.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try {
            try (var channel = FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                for (var buffer = ByteBuffer.wrap(content); buffer.hasRemaining();) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            copyOwner(old, fresh);
            if (!Objects.equals(Files.readAttributes(real, PosixFileAttributes.class).fileKey(), old.fileKey())
                    || !Arrays.equals(Files.readAllBytes(real), seen)) {
                return false;
            }
            Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static void copyOwner(final PosixFileAttributes old, final Path fresh) throws IOException {
        final var view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
        final var made = view.readAttributes();
        if (!made.group().equals(old.group())) {
            view.setGroup(old.group());
        }
        if (!made.owner().equals(old.owner())) {
            view.setOwner(old.owner());
        }
        view.setPermissions(old.permissions());
    }
}
