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
import io.peregrine.migration.internal.core.jobs.Exports;
import io.peregrine.migration.internal.core.jobs.NfsPath;
import io.peregrine.migration.internal.libvirt.Controls;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks two hosts what they hear of NFS servers' exports, each host once of each server. Blocks while libvirt is asked.
 */
final class ExportFinder {
    private final Controls controls;
    private final String source;
    private final String destination;
    private final Map<String, Answer<List<String>>> here = new HashMap<>();
    private final Map<String, Answer<List<String>>> there = new HashMap<>();

    ExportFinder(final Controls controls, final String source, final String destination) {
        this.controls = requireNonNull(controls);
        this.source = requireNonNull(source);
        this.destination = requireNonNull(destination);
    }

    /** What the destination hears; where it hears of no fitting export, also what the source does, which has it. */
    Exports find(final NfsPath wanted) {
        final var heard = there.computeIfAbsent(wanted.server(), server -> ask(destination, server));
        final boolean enough = heard.value().flatMap(wanted::exportOf).isPresent();
        return new Exports(wanted, enough ? Answer.none("it was not asked")
            : here.computeIfAbsent(wanted.server(), server -> ask(source, server)), heard);
    }

    private Answer<List<String>> ask(final String host, final String server) {
        try {
            return Answer.of(controls.exports(host, server));
        } catch (IOException e) {
            return Answer.none("libvirt cannot ask for its exports at " + e.getMessage());
        }
    }
}
