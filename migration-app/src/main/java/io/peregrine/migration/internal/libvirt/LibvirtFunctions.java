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
