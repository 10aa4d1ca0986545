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
     * The longest pause that a migration of a domain may make.
     *
     * @param domain the domain
     * @param downtime set to the time in milliseconds
     * @param flags 0
     * @return -1 if it fails
     */
    int virDomainMigrateGetMaxDowntime(DomainPointer domain, LongByReference downtime, int flags);

    /**
     * Sets the longest pause that a migration of a domain may make.
     *
     * @param domain the domain
     * @param downtime the time in milliseconds
     * @param flags 0
     * @return -1 if it fails
     */
    int virDomainMigrateSetMaxDowntime(DomainPointer domain, long downtime, int flags);

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

    /**
     * Moves a domain.
     *
     * @param domain the domain
     * @param destination the destination's connection URI
     * @param parameters an array of virTypedParameter, or null
     * @param count how many there are
     * @param flags virDomainMigrateFlags
     * @return -1 if it fails
     */
    int virDomainMigrateToURI3(DomainPointer domain, String destination, Pointer parameters, int count, int flags);

    /**
     * Switches a migration to post-copy.
     *
     * @param domain the domain
     * @param flags 0
     * @return -1 if it fails
     */
    int virDomainMigrateStartPostCopy(DomainPointer domain, int flags);

    /**
     * How far a domain's job is.
     *
     * @param domain the domain
     * @param type set to virDomainJobType
     * @param parameters set to an array of virTypedParameter, to be freed with {@link #virTypedParamsFree}
     * @param count set to how many there are
     * @param flags 0 for the job under way
     * @return -1 if it fails
     */
    int virDomainGetJobStats(DomainPointer domain, IntByReference type, PointerByReference parameters,
        IntByReference count, int flags);

    /**
     * Frees what libvirt has allocated.
     *
     * @param parameters an array of virTypedParameter
     * @param count how many there are
     */
    void virTypedParamsFree(Pointer parameters, int count);

    /**
     * A host's memory.
     *
     * @param connection the host
     * @param cell a NUMA cell, or -1 for the whole host
     * @param statistics an array of virNodeMemoryStats; null to ask how many there are
     * @param count how many there are
     * @param flags 0
     * @return -1 if it fails
     */
    int virNodeGetMemoryStats(ConnectionPointer connection, int cell, Pointer statistics, IntByReference count,
        int flags);

    /**
     * Compares a CPU with what a hypervisor can give.
     *
     * @param connection the host
     * @param emulator the emulator's path, or null for the default
     * @param arch the architecture
     * @param machine the machine type
     * @param virtType kvm or qemu
     * @param cpu the CPU's XML
     * @param flags 1 to fail with the reason where it is incompatible
     * @return virCPUCompareResult: -1 if it fails, 0 if it is incompatible
     */
    int virConnectCompareHypervisorCPU(ConnectionPointer connection, String emulator, String arch, String machine,
        String virtType, String cpu, int flags);
}
