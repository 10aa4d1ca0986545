/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The directory of the controller's small files.
 */
@Component(service = Journal.class, configurationPid = "io.peregrine.flow")
@Designate(ocd = Journal.Configuration.class)
public final class Journal {
    /**
     * Where the journal is.
     */
    @ObjectClassDefinition(name = "Peregrine journal")
    public @interface Configuration {
        /**
         * Where to keep files.
         *
         * @return a directory; empty for {@code peregrine} in the container's data directory
         */
        @AttributeDefinition(name = "journal-directory", description = "Directory of the controller's small files")
        String journal$_$directory() default "";
    }

    private final Path directory;

    @Activate
    public Journal(final Configuration configuration) {
        this(directory(configuration.journal$_$directory()));
    }

    /**
     * A journal in a given place.
     *
     * @param directory where its files are or shall be
     */
    public Journal(final Path directory) {
        this.directory = directory;
    }

    private static Path directory(final String configured) {
        return configured.isBlank() ? Path.of(System.getProperty("karaf.data", "data"), "peregrine")
            : Path.of(configured);
    }

    /**
     * A file of the journal.
     *
     * @param name its name, of one user only
     * @param settings how many lines come before the entries, always
     * @return the file, which need not exist yet
     */
    public JournalFile file(final String name, final int settings) {
        return new JournalFile(directory.resolve(name), settings);
    }

    /**
     * The files of a series, which are called by a name and a number.
     *
     * @param name the series' name, which the file of each number has before it and a hyphen
     * @return the numbers of those that there are, ascending
     * @throws IOException if the directory cannot be read
     */
    public List<Long> series(final String name) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        final var pattern = Pattern.compile(Pattern.quote(name) + "-([0-9]{1,18})");
        try (var files = Files.list(directory)) {
            return files.map(file -> pattern.matcher(file.getFileName().toString())).filter(Matcher::matches)
                .map(matcher -> Long.valueOf(matcher.group(1))).sorted().toList();
        }
    }
}
