/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import io.peregrine.migration.internal.core.jobs.Progress;
import java.util.Optional;
import java.util.UUID;

/**
 * A guest that is being copied, as it is shown. Immutable.
 *
 * @param guest the domain
 * @param name the domain's name
 * @param source where it comes from
 * @param destination where it goes to
 * @param job Peregrine's job, empty if somebody else has started the move
 * @param progress how far it is; empty before libvirt has told
 */
record Moving(UUID guest, String name, String source, String destination, Optional<String> job,
        Optional<Progress> progress) {
}
