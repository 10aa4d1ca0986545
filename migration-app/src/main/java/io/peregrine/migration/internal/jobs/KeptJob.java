/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import io.peregrine.migration.internal.core.jobs.JobView;
import io.peregrine.migration.internal.core.jobs.MoveOptions;

/**
 * A job as it outlives the controller's process.
 *
 * @param view how it is
 * @param options how its guest is moved; of no meaning for evacuations and for jobs that have ended
 * @param memory what its guest needs, bytes; 0 where options have no meaning
 */
record KeptJob(JobView view, MoveOptions options, long memory) {
}
