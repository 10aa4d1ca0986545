/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.List;
import java.util.Optional;

/**
 * What an NFS server tells two hosts of its exports. An empty list says that a host has heard nothing: libvirt does not
 * tell a server that does not answer from one that has no such list, as with NFS version 4 alone, nor from a host
 * without the program that asks.
 *
 * @param wanted what the guest needs
 * @param here the exports, as the source hears; it need not have been asked if the destination has heard enough
 * @param there the exports, as the destination hears
 */
public record Exports(NfsPath wanted, Answer<List<String>> here, Answer<List<String>> there) {
    /** The export with what is wanted, as the destination hears. */
    Optional<String> heardThere() {
        return there.value().flatMap(wanted::exportOf);
    }

    /** The export with what is wanted, as the source hears while the destination has been asked and has not. */
    Optional<String> heardOnlyHere() {
        return there.value().isPresent() && heardThere().isEmpty() ? here.value().flatMap(wanted::exportOf)
            : Optional.empty();
    }
}
