/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt;

/**
 * What libvirt-java 0.5.4 does not bind.
 */
interface LibvirtFunctions extends Library {
    LibvirtFunctions INSTANCE = Native.load("virt", LibvirtFunctions.class);

    /** virConnectDomainEventJobCompletedCallback in libvirt-domain.h. */
    interface JobCompletedCallback extends Libvirt.VirDomainEventCallback {
        void eventCallback(ConnectionPointer connection, DomainPointer domain, Pointer parameters, int count,
            Pointer opaque);
    }

    /** virConnectDomainEventDeviceAddedCallback and ...RemovedCallback in libvirt-domain.h. */
    interface DeviceCallback extends Libvirt.VirDomainEventCallback {
        void eventCallback(ConnectionPointer connection, DomainPointer domain, Pointer alias, Pointer opaque);
    }

    /** virConnectDomainEventMigrationIterationCallback in libvirt-domain.h. */
    interface IterationCallback extends Libvirt.VirDomainEventCallback {
        void eventCallback(ConnectionPointer connection, DomainPointer domain, int iteration, Pointer opaque);
    }

    /**
     * Statistics of a domain's job under way.
     *
     * @param domain the domain
     * @param type set to virDomainJobType
     * @param parameters set to an array of typed parameters, to be freed by {@link #virTypedParamsFree}
     * @param count set to their number
     * @param flags 0
     * @return -1 if it fails
     */
    int virDomainGetJobStats(DomainPointer domain, IntByReference type, PointerByReference parameters,
        IntByReference count, int flags);

    /**
     * Frees an array of typed parameters.
     *
     * @param parameters the array
     * @param count how many there are
     */
    void virTypedParamsFree(Pointer parameters, int count);

    /**
     * The longest pause that a migration of a domain may make.
     *
     * @param domain the domain
     * @param downtime set to the time in milliseconds
     * @param flags 0
     * @return -1 if it fails
     */
    int virDomainMigrateGetMaxDowntime(DomainPointer domain, LongByReference downtime, int flags);

    /**
     * A domain's state and the reason for it.
     *
     * @param domain the domain
     * @param state set to virDomainState
     * @param reason set to the state's reason
     * @param flags 0
     * @return -1 if it fails
     */
    int virDomainGetState(DomainPointer domain, IntByReference state, IntByReference reason, int flags);
}
