/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.Progress;
import io.peregrine.migration.internal.core.jobs.Target;
import io.peregrine.migration.internal.libvirt.Controls;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * Moves guests peer to peer: libvirt at the source does it, so that a move outlives the controller. Each call has a
 * connection of its own.
 */
final class LibvirtMover implements Mover {
    private final Known known;
    private final Controls controls;

    LibvirtMover(final Known known, final Controls controls) {
        this.known = requireNonNull(known);
        this.controls = requireNonNull(controls);
    }

    @Override
    public void migrate(final String source, final UUID guest, final String destination, final MoveOptions options)
            throws IOException {
        final var target = Optional.ofNullable(known.targets().get(destination));
        final var peer = target.flatMap(Target::peer).orElseThrow(() -> new IOException("it is not known how libvirt at"
            + " " + source + " reaches that of " + destination + "; set peer-libvirt of hypervisor " + destination));
        try (var control = controls.open(source)) {
            control.migrate(guest, peer, options.orMigrationUri(target.flatMap(Target::migrationUri)));
        }
    }

    @Override
    public void startPostCopy(final String source, final UUID guest) throws IOException {
        try (var control = controls.open(source)) {
            control.startPostCopy(guest);
        }
    }

    @Override
    public void abort(final String source, final UUID guest) throws IOException {
        try (var control = controls.open(source)) {
            control.abort(guest);
        }
    }

    @Override
    public Gauge gauge(final String source) throws IOException {
        final var control = controls.open(source);
        return new Gauge() {
            @Override
            public Optional<Progress> progress(final UUID guest) throws IOException {
                return control.progress(guest);
            }

            @Override
            public void close() {
                control.close();
            }
        };
    }
}
