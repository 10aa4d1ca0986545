/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.Map;
import java.util.Optional;
import org.libvirt.jna.DomainPointer;

/**
 * Reads what libvirt tells of a domain's job under way (virDomainGetJobStats).
 */
final class JobStatistics {
    /** virDomainJobType. */
    private static final int BOUNDED = 1;
    private static final int UNBOUNDED = 2;
    /** VIR_DOMAIN_JOB_STATS_COMPLETED and VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED. */
    private static final int COMPLETED = 1 | 1 << 1;

    private JobStatistics() {
        // Static methods only
    }

    /**
     * Asks libvirt.
     *
     * @param domain the domain
     * @return the whole numbers by libvirt's names, none if there is no job; empty if the call failed
     */
    static Optional<Map<String, Long>> read(final DomainPointer domain) {
        final var type = new IntByReference();
        final var parameters = new PointerByReference();
        final var count = new IntByReference();
        if (LibvirtFunctions.INSTANCE.virDomainGetJobStats(domain, type, parameters, count, 0) < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(type.getValue() == BOUNDED || type.getValue() == UNBOUNDED
                ? TypedParameters.numbers(parameters.getValue(), count.getValue()) : Map.of());
        } finally {
            if (parameters.getValue() != null) {
                LibvirtFunctions.INSTANCE.virTypedParamsFree(parameters.getValue(), count.getValue());
            }
        }
    }

    /**
     * Whether libvirt knows of a job of the domain that has been completed.
     *
     * @param domain the domain
     * @return true also if the call failed
     */
    static boolean isCompleted(final DomainPointer domain) {
        final var parameters = new PointerByReference();
        final var count = new IntByReference();
        if (LibvirtFunctions.INSTANCE.virDomainGetJobStats(domain, new IntByReference(), parameters, count,
                COMPLETED) < 0) {
            return true;
        }
        if (parameters.getValue() != null) {
            LibvirtFunctions.INSTANCE.virTypedParamsFree(parameters.getValue(), count.getValue());
        }
        return count.getValue() > 0;
    }
}
