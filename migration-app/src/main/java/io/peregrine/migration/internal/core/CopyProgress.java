/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

/**
 * How far the copy of a guest's memory is, as libvirt tells (virDomainGetJobStats, virDomainMigrateGetMaxDowntime).
 *
 * @param at when it was asked, nanoseconds of a monotonic clock
 * @param iteration the pass over the memory, from 1; 0 before the first
 * @param remaining what is left of this pass, bytes
 * @param processed what has been sent of memory and disks, bytes
 * @param bandwidth bytes per second, 0 if it has not been measured yet
 * @param dirtyRate how fast the guest writes to memory as found at the end of the last pass, bytes per second; 0 in the
 *     first
 * @param downtimeLimit QEMU stops the guest when it can send the rest in this time, milliseconds
 * @param allowedDowntime what that limit is to be when QEMU is not kept from stopping the guest any more, milliseconds
 */
public record CopyProgress(long at, long iteration, long remaining, long processed, long bandwidth, long dirtyRate,
        long downtimeLimit, long allowedDowntime) {
    /**
     * The same with another limit to come.
     *
     * @param milliseconds the limit that is to be
     * @return the new value
     */
    public CopyProgress allowing(final long milliseconds) {
        return new CopyProgress(at, iteration, remaining, processed, bandwidth, dirtyRate, downtimeLimit, milliseconds);
    }
}
