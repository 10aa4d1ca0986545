/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.Map;
import java.util.Optional;

/**
 * How far the copy of a guest is, as virDomainGetJobStats tells.
 *
 * @param elapsed time since it began, milliseconds
 * @param total all that is to be copied, bytes
 * @param processed what has been copied, bytes
 * @param remaining what is to be copied still, bytes
 * @param rate how fast memory is copied, bytes per second; 0 if that is not known
 * @param iteration how often the memory has been gone through; 0 if that is not known
 * @param dirtyRate pages that the guest changes per second; 0 if that is not known
 * @param disks what is to be copied of disks, bytes
 * @param downtime the pause that QEMU expects, milliseconds; empty if that is not known
 */
public record Progress(long elapsed, long total, long processed, long remaining, long rate, long iteration,
        long dirtyRate, long disks, Optional<Long> downtime) {
    /** Nothing is known yet. */
    public static final Progress NONE = of(Map.of());

    private static final int ALL = 100;

    /**
     * Reads libvirt's answer.
     *
     * @param numbers the job's statistics by libvirt's names
     * @return the progress
     */
    public static Progress of(final Map<String, Long> numbers) {
        return new Progress(number(numbers, "time_elapsed"), number(numbers, "data_total"),
            number(numbers, "data_processed"), number(numbers, "data_remaining"), number(numbers, "memory_bps"),
            number(numbers, "memory_iteration"), number(numbers, "memory_dirty_rate"), number(numbers, "disk_total"),
            Optional.ofNullable(numbers.get("downtime")));
    }

    private static long number(final Map<String, Long> numbers, final String name) {
        return Math.max(0, numbers.getOrDefault(name, 0L));
    }

    /**
     * The same when all has been copied.
     *
     * @return the new value
     */
    Progress complete() {
        return new Progress(elapsed, total, Math.max(processed, total), 0, rate, iteration, dirtyRate, disks, downtime);
    }

    /**
     * Whether disks are copied, too.
     *
     * @return true if they are
     */
    public boolean withDisks() {
        return disks > 0;
    }

    /**
     * What does not remain, of the total.
     *
     * @return 0 to 100; 100 only if nothing remains
     */
    public int percent() {
        if (total <= 0) {
            return 0;
        }
        if (remaining == 0) {
            return ALL;
        }
        final double part = 1 - (double) remaining / total;
        return (int) Math.max(0, Math.min(ALL - 1, Math.floor(part * ALL)));
    }
}
